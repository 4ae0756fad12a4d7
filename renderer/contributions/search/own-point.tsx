import { Button, Group, NumberInput, Text, Box } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { norm } from '../../../main/domain/stimuli/index.ts';
import type { Sample, StimuliState } from '../../../main/contract/api/index.ts';
import type { SearchCalls } from '../../../main/contributions/search/calls.ts';
import type { Candidate } from '../../../main/contributions/search/contract.ts';
import type { AnchorSpec } from '../../../main/contract/stimuli/index.ts';
import { useApiOf } from '../../client/index.ts';
import { formatFixed } from '../../../main/domain/numbers/index.ts';
import { PixelImage } from '../../ui/images/index.ts';
import { QueryState } from '../../ui/parts/index.ts';
import { TextArea } from '../../ui/fields/index.ts';
import {
  CopyLatent,
  decodeFloats,
  decodeVote,
  latentText,
  onePixel,
  requestedModels,
  toBase64,
  useOtherVotes,
  usePixels,
  usePointPreview,
  VoteTable,
} from '../../stimuli/index.ts';
import { movePoint, parseLatent } from './own-latent.ts';
import { detach } from '../../../main/contract/wire/index.ts';

interface OwnPointProps {
  study: string;
  state: StimuliState;
  classIndex: number;
  start: Candidate | null;
  /** Chooses the point as the anchor of a class, or asks first. `z`: base64. */
  onChoose: (classIndex: number, anchor: AnchorSpec, z: string) => Promise<void>;
}

/** The starting point, and the offset along two directions. */
interface Place {
  z: Float32Array;
  from: Sample | null;
  offset: readonly [number, number];
}

/** A custom latent point: entered, or moved away from a sample along two directions. */
export function OwnPoint(props: OwnPointProps) {
  const [open, setOpen] = useState(false);
  return (
    <Box
      component="details"
      className="stimuli-own"
      p="8px 12px"
      bd="1px solid var(--line)"
      bdrs="sm"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Custom point: enter z, or move it</summary>
      {open && <Editor {...props} />}
    </Box>
  );
}

function Editor({ study, state, classIndex, start, onChoose }: OwnPointProps) {
  const api = useApiOf<SearchCalls>('search');
  const [place, setPlace] = useState<Place>(() => anchorPlace(state, classIndex));
  const [seed, setSeed] = useState(1);
  const [step, setStep] = useState(1);
  const directions = useQuery(
    api.directions.queryOptions({ input: { study, seed }, staleTime: Number.POSITIVE_INFINITY }),
  );
  const axes =
    directions.data && ([decodeFloats(directions.data.first), decodeFloats(directions.data.second)] as const);
  const z = axes ? movePoint(place.z, axes, place.offset) : place.z;
  const preview = usePointPreview(study, state, [toBase64(z)]);
  const { generator } = requestedModels(state);
  const isDrawn = preview.data !== undefined && !preview.isPlaceholderData;
  const others = useOtherVotes(study, isDrawn ? { kind: 'points', z: [toBase64(z)], generator } : null);
  const pixels = usePixels(preview.data?.images.pixels);
  const begin = (next: Omit<Place, 'offset'>): void => setPlace({ ...next, offset: [0, 0] });
  return (
    <div className="stimuli-own-parts">
      <div>
        <PixelImage
          pixels={pixels}
          imageSize={preview.data?.images ?? onePixel}
          size={192}
          label="The point as the generator draws it"
        />
        <Text size="sm">
          |z| = {formatFixed(norm(z), 3)}
          {place.from ? `, from sample ${place.from.sample} of seed ${place.from.seed}` : ', entered'}
        </Text>
        <Group gap={4}>
          <Button
            variant="filled"
            disabled={state.locked}
            onClick={() => detach(onChoose(classIndex, { z: [...z], from: place.from }, toBase64(z)))}
          >
            Use as anchor of {state.classes[classIndex]}
          </Button>
          <CopyLatent z={z} />
        </Group>
      </div>
      <div>
        <NudgePad
          offset={place.offset}
          step={step}
          onMove={(offset) => setPlace((before) => ({ ...before, offset }))}
        />
        <Group gap="xs">
          <NumberInput
            label="Step"
            value={step}
            min={0.05}
            max={10}
            step={0.25}
            w={80}
            onChange={(value) => setStep(Number(value) || 1)}
          />
          <NumberInput
            label="Directions (seed)"
            value={seed}
            min={0}
            max={4294967295}
            allowDecimal={false}
            w={128}
            onChange={(value) => {
              begin({ z, from: place.from });
              setSeed(Number(value));
            }}
          />
        </Group>
        <Group gap={4}>
          <Button size="compact-xs" onClick={() => begin(anchorPlace(state, classIndex))}>
            From the anchor
          </Button>
          <Button
            size="compact-xs"
            disabled={start === null}
            onClick={() =>
              start && begin({ z: decodeFloats(start.z), from: { seed: start.seed, sample: start.sample } })
            }
          >
            From the candidate
          </Button>
          <Button size="compact-xs" onClick={() => setPlace({ ...place, offset: [0, 0] })}>
            Reset
          </Button>
        </Group>
      </div>
      <TypedPoint key={latentText(z)} z={z} onSet={(typed) => begin({ z: typed, from: null })} />
      <div style={{ gridColumn: '1 / -1' }}>
        <QueryState query={preview} />
        {preview.data && (
          <VoteTable
            voters={state.voters}
            votes={[...(preview.data.reference ? [preview.data.reference] : []), ...preview.data.votes].map(decodeVote)}
            image={0}
            names={state.classes}
            shown={[classIndex]}
            others={others}
          />
        )}
      </div>
    </div>
  );
}

function TypedPoint({ z, onSet }: { z: Float32Array; onSet: (z: Float32Array) => void }) {
  const [text, setText] = useState(() => latentText(z));
  const parsed = parseLatent(text, z.length);
  return (
    <div className="stimuli-typed">
      <TextArea
        label={`z (${z.length} numbers)`}
        value={text}
        rows={6}
        spellCheck={false}
        error={'wrong' in parsed ? parsed.wrong : null}
        onChange={setText}
      />
      <Button disabled={'wrong' in parsed || text === latentText(z)} onClick={() => 'z' in parsed && onSet(parsed.z)}>
        Draw this point
      </Button>
    </div>
  );
}

function anchorPlace(state: StimuliState, classIndex: number): Place {
  const anchor = state.anchors[classIndex];
  const latent = state.generator?.latent ?? 1;
  return { z: anchor ? decodeFloats(anchor.z) : new Float32Array(latent), from: anchor?.from ?? null, offset: [0, 0] };
}

interface NudgePadProps {
  /** Offset along the first direction (right) and the second (up). */
  offset: readonly [number, number];
  step: number;
  onMove: (offset: readonly [number, number]) => void;
}

/** CSS pixels of the pad, and its range from the middle in units of z. */
const size = 160;
const reach = 8;

const keys: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Moves a point in two directions, with arrow keys or a click. */
function NudgePad({ offset, step, onMove }: NudgePadProps) {
  const [a, b] = offset;
  const place = (value: number): number => size / 2 + (Math.max(-reach, Math.min(reach, value)) * size) / (2 * reach);
  return (
    <div>
      <Box
        type="button"
        component="button"
        className="stimuli-pad"
        display="block"
        p={0}
        bd="1px solid var(--line-strong)"
        bdrs="sm"
        bg="var(--surface)"
        style={{ cursor: 'crosshair' }}
        aria-label={`Move along two directions with the arrow keys: ${formatFixed(a, 2)} and ${formatFixed(b, 2)}`}
        onKeyDown={(event) => {
          const move = keys[event.key];
          if (!move) return;
          event.preventDefault();
          onMove([a + move[0] * step, b + move[1] * step]);
        }}
        onClick={(event) => {
          // A click by keyboard (Enter, space) has no position.
          if (event.detail === 0) return;
          const box = event.currentTarget.getBoundingClientRect();
          const at = (pixels: number): number => ((pixels / size) * 2 - 1) * reach;
          onMove([at(event.clientX - box.left), -at(event.clientY - box.top)]);
        }}
      >
        <svg width={size} height={size} aria-hidden="true">
          <line x1={0} y1={size / 2} x2={size} y2={size / 2} />
          <line x1={size / 2} y1={0} x2={size / 2} y2={size} />
          <circle cx={place(a)} cy={place(-b)} r={6} />
        </svg>
      </Box>
      <Box component="p" m={0} c="dimmed" fz="xs">
        First direction {formatFixed(a, 2)}, second direction {formatFixed(b, 2)}
      </Box>
    </div>
  );
}
