import type { Images, Sample, StimuliState } from '../../../main/contract/api/index.ts';
import type { SearchCalls } from '../../../main/contributions/search/calls.ts';
import {
  type Candidate,
  type FurtherSearch,
  furtherSearchSchema,
  searchSettings,
} from '../../../main/contributions/search/contract.ts';
import { Button, Group, Text, Popover, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatCount, formatFixed, formatInteger, formatPercent } from '../../../main/domain/numbers/index.ts';
import type { Pen } from '../../ui/export/index.ts';
import { imageAt, StimulusGrid, useThumbnailSize } from '../../ui/images/index.ts';
import { usePixels } from '../../stimuli/index.ts';
import { useMutation } from '@tanstack/react-query';
import { useApiOf } from '../../client/index.ts';
import { ErrorNotice } from '../../ui/parts/index.ts';
import { Segments, SettingFields, submitting, SwitchField } from '../../ui/fields/index.ts';

const orders = [
  { value: 'best', label: 'Best' },
  { value: 'confidence', label: 'Confidence' },
  { value: 'likeness', label: 'Likeness' },
  { value: 'variety', label: 'Difference' },
] as const;
type CandidateOrder = (typeof orders)[number]['value'];

const values: Record<CandidateOrder, (candidate: Candidate, place: number) => number> = {
  best: (_, place) => -place,
  // Softmax saturates near 1; the margin does not.
  confidence: ({ margin }) => margin ?? 0,
  likeness: ({ distance }) => (distance === null ? Number.NEGATIVE_INFINITY : -distance),
  variety: ({ variety }) => variety,
};

/** Indexes of the candidates in this order, the largest value first; ties keep their order. */
export function sortCandidates(candidates: readonly Candidate[], order: CandidateOrder): number[] {
  const value = candidates.map((candidate, place) => values[order](candidate, place));
  return [...candidates.keys()].sort((a, b) => (value[b] ?? 0) - (value[a] ?? 0) || a - b);
}

interface CandidateWallProps {
  study: string;
  state: StimuliState;
  classIndex: number;
  candidates: readonly Candidate[];
  images: Images;
  pinned: readonly Sample[];
  compared: ReadonlySet<string>;
  onCurrent: (candidate: Candidate) => void;
  onCompare: (candidate: Candidate) => void;
  onChoose: (candidate: Candidate) => void;
  onPin: (candidate: Candidate) => void;
}

/** `seed 1, sample 17`, or `test image 17` of a real one. */
export function candidateName({ seed, sample, norm }: Candidate, capital = false): string {
  if (norm === null) return `${capital ? 'Test' : 'test'} image ${sample}`;
  return `${capital ? 'Seed' : 'seed'} ${seed}, sample ${sample}`;
}

/** `confidence 99.80 %, |z| 7.91`, as far as these are known. */
function candidateFacts({ confidence, norm }: Candidate): string[] {
  const facts = [
    ...(confidence === null ? [] : [`confidence ${formatPercent(confidence, 2)}`]),
    ...(norm === null ? [] : [`|z| ${formatFixed(norm, 2)}`]),
  ];
  return facts.length === 0 ? [] : [facts.join(', ')];
}

/** Key of a sample, which always stands for the same z. */
export const sampleKey = ({ seed, sample }: { seed: number; sample: number }): string => `${seed}:${sample}`;

/** The candidates of a class, in an order that the user chooses. */
export function CandidateWall(props: CandidateWallProps) {
  const { study, state, classIndex, candidates, images, compared, onCurrent, onCompare } = props;
  const [order, setOrder] = useState<CandidateOrder>('best');
  const [onlyPinned, setOnlyPinned] = useState(false);
  const [at, setAt] = useState(0);
  const pixels = usePixels(images.pixels);
  const pinned = useMemo(() => new Set(props.pinned.map(sampleKey)), [props.pinned]);
  const shown = useMemo(() => {
    const places = sortCandidates(candidates, order);
    return onlyPinned ? places.filter((n) => pinned.has(sampleKey(candidates[n] as Candidate))) : places;
  }, [candidates, order, onlyPinned, pinned]);
  const cell = useThumbnailSize(64);
  const candidateAt = (index: number): Candidate | undefined => candidates[shown[index] ?? -1];
  const anchor = state.anchors[classIndex];
  const anchorKey = anchor?.exact && anchor.from ? sampleKey(anchor.from) : null;
  const selected = useMemo(
    () => new Set(shown.flatMap((n, index) => (compared.has(sampleKey(candidates[n] as Candidate)) ? [index] : []))),
    [shown, compared, candidates],
  );
  const here = candidateAt(Math.min(at, shown.length - 1));
  const withCurrent = (act: (candidate: Candidate) => void): void => {
    if (here) act(here);
  };
  const isPinned = here !== undefined && pinned.has(sampleKey(here));
  const pressed = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') withCurrent(props.onChoose);
    else if (event.key === 'p') withCurrent(props.onPin);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section aria-label={`Candidates of ${state.classes[classIndex]}`}>
      <Group gap="md" mb="xs">
        <Segments
          label="Order"
          value={order}
          options={orders.filter(({ value }) => state.source === 'generated' || value !== 'likeness')}
          onChange={setOrder}
        />
        <SwitchField label={`Pinned only (${pinned.size})`} checked={onlyPinned} onChange={setOnlyPinned} />
        {state.source === 'generated' && (
          <span style={{ marginLeft: 'auto' }}>
            <MoreCandidates study={study} state={state} />
          </span>
        )}
      </Group>
      <div onKeyDownCapture={pressed} role="presentation">
        <StimulusGrid
          label={`Candidates of ${state.classes[classIndex]}. Enter: use as anchor, space: compare, p: pin.`}
          count={shown.length}
          imageAt={(index) => {
            const place = shown[index] ?? -1;
            const candidate = candidates[place];
            if (!candidate || !pixels) return undefined;
            const key = sampleKey(candidate);
            const words = [
              ...(key === anchorKey ? ['anchor'] : []),
              ...(pinned.has(key) ? ['pinned'] : []),
              candidateName(candidate),
              ...candidateFacts(candidate),
            ];
            return {
              id: key,
              pixels: imageAt(pixels, images, place),
              label: words.join(', '),
            };
          }}
          imageSize={images}
          cell={cell}
          selected={selected}
          overlay={(context, box, index, color) => {
            const candidate = candidateAt(index);
            if (!candidate) return;
            const key = sampleKey(candidate);
            if (key === anchorKey)
              mark(context, box.x, box.y, 'Anchor', color('var(--accent)'), color('var(--surface)'));
            if (pinned.has(key)) mark(context, box.x, box.y + box.size - 16, 'Pinned', '#000000', '#ffffff');
          }}
          onCurrent={(index) => {
            setAt(index);
            const candidate = candidateAt(index);
            if (candidate) onCurrent(candidate);
          }}
          onOpen={() => undefined}
          onToggle={(index) => {
            const candidate = candidateAt(index);
            if (candidate) onCompare(candidate);
          }}
        />
      </div>
      <Group gap="xs" mt="xs">
        <Button
          variant="filled"
          onClick={() => withCurrent(props.onChoose)}
          disabled={shown.length === 0 || state.locked}
        >
          Use as anchor
        </Button>
        <Button onClick={() => withCurrent(onCompare)} disabled={shown.length === 0}>
          Compare
        </Button>
        <Button onClick={() => withCurrent(props.onPin)} disabled={shown.length === 0}>
          {isPinned ? 'Unpin' : 'Pin'}
        </Button>
        <Text size="sm" c="dimmed">
          {formatCount(shown.length, 'candidate')}. Arrow keys: move, Enter: use as anchor, space: compare, p: pin
        </Text>
      </Group>
    </section>
  );
}

function mark(context: Pen, x: number, y: number, word: string, ground: string, ink: string): void {
  context.font = '600 11px system-ui, sans-serif';
  context.fillStyle = ground;
  context.fillRect(x, y, context.measureText(word).width + 8, 16);
  context.fillStyle = ink;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(word, x + 4, y + 8.5);
}

function MoreCandidates({ study, state }: { study: string; state: StimuliState }) {
  const api = useApiOf<SearchCalls>('search');
  const [opened, setOpened] = useState(false);
  const next = Math.max(0, ...state.searches.map((search) => search.seed)) + 1;
  const [typed, setTyped] = useState<FurtherSearch | null>(null);
  const request = typed ?? furtherSearchSchema.parse({ seed: next });
  const search = useMutation({
    ...api.start.mutationOptions(),
    onSuccess: () => {
      setTyped(null);
      setOpened(false);
    },
  });
  const running = state.searches.some(({ state: is }) => is === 'queued' || is === 'running');
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus width={280}>
      <Popover.Target>
        <Button onClick={() => setOpened((is) => !is)} loading={running}>
          Find more
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submitting(() => search.mutate({ study, ...request }))}>
          <Stack gap="xs">
            <SettingFields settings={searchSettings} values={request} onValues={setTyped} />
            <Button variant="filled" type="submit" loading={search.isPending}>
              Draw {formatInteger(request.samples)} samples
            </Button>
          </Stack>
        </form>
        {search.isError && <ErrorNotice error={search.error} />}
      </Popover.Dropdown>
    </Popover>
  );
}
