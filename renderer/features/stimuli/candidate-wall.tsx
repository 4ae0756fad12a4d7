import { Button, Group, SegmentedControl, Switch, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Candidate, Images, StimuliState } from '../../../main/contract/api/stimuli.ts';
import { counted, fixed, percentText } from '../../ui/format.ts';
import type { Pen } from '../../ui/export/svg-pen.ts';
import { StimulusGrid } from '../../ui/stimulus-grid.tsx';
import { type CandidateOrder, orders, sorted } from './candidate-order.ts';
import { MoreCandidates } from './more-candidates.tsx';
import { usePixels } from './use-pixels.ts';

export interface CandidateWallProps {
  study: string;
  state: StimuliState;
  classIndex: number;
  candidates: readonly Candidate[];
  images: Images;
  /** Those put beside each other, by key. */
  compared: ReadonlySet<string>;
  onCurrent: (candidate: Candidate) => void;
  onCompare: (candidate: Candidate) => void;
  onChoose: (candidate: Candidate) => void;
  onPin: (candidate: Candidate) => void;
}

/** A sample's name: the same z at all times. */
export const keyOf = ({ seed, sample }: { seed: number; sample: number }): string => `${seed}:${sample}`;

/** Hundreds of candidates of a class, in an order of the user's. */
export function CandidateWall(props: CandidateWallProps) {
  const { study, state, classIndex, candidates, images, compared, onCurrent, onCompare } = props;
  const [order, setOrder] = useState<CandidateOrder>('best');
  const [onlyPinned, setOnlyPinned] = useState(false);
  const [at, setAt] = useState(0);
  const pixels = usePixels(images.pixels);
  const area = images.width * images.height;
  const pinned = useMemo(
    () => new Set(state.pinned.filter((each) => each.classIndex === classIndex).map(keyOf)),
    [state.pinned, classIndex],
  );
  const shown = useMemo(() => {
    const places = sorted(candidates, order);
    return onlyPinned ? places.filter((n) => pinned.has(keyOf(candidates[n] as Candidate))) : places;
  }, [candidates, order, onlyPinned, pinned]);
  const candidateAt = (index: number): Candidate | undefined => candidates[shown[index] ?? -1];
  const anchor = state.anchors[classIndex];
  const anchorKey = anchor?.exact && anchor.from ? keyOf(anchor.from) : null;
  const selected = useMemo(
    () => new Set(shown.flatMap((n, index) => (compared.has(keyOf(candidates[n] as Candidate)) ? [index] : []))),
    [shown, compared, candidates],
  );
  const here = candidateAt(Math.min(at, shown.length - 1));
  const withCurrent = (act: (candidate: Candidate) => void): void => {
    if (here) act(here);
  };
  const isPinned = here !== undefined && pinned.has(keyOf(here));
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
        <SegmentedControl
          aria-label="Order"
          value={order}
          data={[...orders]}
          onChange={(value) => setOrder(orders.find((each) => each.value === value)?.value ?? 'best')}
        />
        <Switch
          label={`Pinned only (${pinned.size})`}
          checked={onlyPinned}
          onChange={(event) => setOnlyPinned(event.currentTarget.checked)}
        />
        <span style={{ marginLeft: 'auto' }}>
          <MoreCandidates study={study} state={state} />
        </span>
      </Group>
      <div onKeyDownCapture={pressed} role="presentation">
        <StimulusGrid
          label={`Candidates of ${state.classes[classIndex]}. Enter makes one the anchor, space compares, p pins.`}
          count={shown.length}
          imageAt={(index) => {
            const place = shown[index] ?? -1;
            const candidate = candidates[place];
            if (!candidate || !pixels) return undefined;
            const key = keyOf(candidate);
            const words = [
              ...(key === anchorKey ? ['anchor'] : []),
              ...(pinned.has(key) ? ['pinned'] : []),
              `seed ${candidate.seed}, sample ${candidate.sample}`,
              `confidence ${percentText(candidate.confidence, 2)}, |z| ${fixed(candidate.norm, 2)}`,
            ];
            return {
              id: key,
              pixels: pixels.subarray(place * area, (place + 1) * area),
              label: words.join(', '),
            };
          }}
          imageWidth={images.width}
          imageHeight={images.height}
          cell={64}
          selected={selected}
          overlay={(context, box, index, colour) => {
            const candidate = candidateAt(index);
            if (!candidate) return;
            const key = keyOf(candidate);
            if (key === anchorKey)
              mark(context, box.x, box.y, 'Anchor', colour('var(--accent)'), colour('var(--surface)'));
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
        <Button onClick={() => withCurrent(props.onChoose)} disabled={shown.length === 0 || state.locked}>
          Use as anchor
        </Button>
        <Button variant="default" onClick={() => withCurrent(onCompare)} disabled={shown.length === 0}>
          Compare
        </Button>
        <Button variant="default" onClick={() => withCurrent(props.onPin)} disabled={shown.length === 0}>
          {isPinned ? 'Unpin' : 'Pin'}
        </Button>
        <Text size="sm" c="dimmed">
          {counted(shown.length, 'candidate')}. Arrow keys move, Enter: anchor, space: compare, p: pin
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
