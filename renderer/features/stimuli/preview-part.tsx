import { Group, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { RehearsalMark } from '../../ui/badges.tsx';
import { BoundaryStrip } from '../../ui/boundary-strip.tsx';
import { counted } from '../../ui/format.ts';
import { Empty, Loading, Refused } from '../../ui/states.tsx';
import { InterpolationPanel } from './interpolation-panel.tsx';
import { LookAlong } from './look-along.tsx';
import classes from './stimuli.module.css';
import type { DraftTools } from './use-draft.ts';
import { type PairStrip, showsFrozen, type StripAnswer, usePairStrips } from './use-stimuli.ts';
import { usePixels } from './use-pixels.ts';
import { labelCounts } from './votes.ts';
import { WholeGrid } from './whole-grid.tsx';

export interface PreviewPartProps {
  study: string;
  state: StimuliState;
  /** Null for imported stimuli. */
  tools: DraftTools | null;
  onOpen: (image: number) => void;
}

/** What people and networks will see: the whole grid, each pair along alpha, and one pair looked at closely. */
export function PreviewPart({ study, state, tools, onOpen }: PreviewPartProps) {
  const strips = usePairStrips(study, state);
  const [at, setAt] = useState(0);
  const [asGrid, setAsGrid] = useState(true);
  const frozen = showsFrozen(state);
  if (strips.length === 0) {
    return <Empty title="Nothing to show yet">Choose anchors first, or import a set.</Empty>;
  }
  const failed = strips.find(({ error }) => error !== null);
  const rehearsal = strips.some(({ strip }) => strip?.simulated === true);
  return (
    <div className={classes.preview}>
      {tools && <InterpolationPanel {...{ study, state, tools, pair: strips[at]?.pair ?? [0, 1] }} />}
      {failed && <Refused error={failed.error} />}
      <section aria-labelledby="all-images">
        <Group gap="md" mb="xs">
          <h2 id="all-images" className={classes.heading}>
            {counted(strips.length, 'pair')}, {frozen ? 'frozen' : 'as the draft would give them'}
          </h2>
          <Switch
            label="With votes under each"
            checked={!asGrid}
            onChange={(event) => setAsGrid(!event.currentTarget.checked)}
          />
          {rehearsal && !asGrid && <RehearsalMark />}
          <Text size="sm" c="dimmed">
            {state.voters.length === 0
              ? 'No trained model votes yet; the images are what they will see.'
              : `Letters: the label that most of ${counted(state.voters.length, 'model')} give.`}
          </Text>
        </Group>
        {asGrid ? (
          <WholeGrid {...{ state, strips, onOpen }} />
        ) : (
          <div className={classes.strips}>
            {strips.map((answer) => (
              <OneStrip key={answer.pair.join('-')} {...{ state, answer, onOpen }} />
            ))}
          </div>
        )}
      </section>
      <LookAlong {...{ study, state, strips, at, onAt: setAt }} />
    </div>
  );
}

function OneStrip({ state, answer, onOpen }: Pick<PreviewPartProps, 'state' | 'onOpen'> & { answer: StripAnswer }) {
  const { pair, strip } = answer;
  if (!strip) return <Loading label={`Drawing ${state.classes[pair[0]]} to ${state.classes[pair[1]]}`} lines={2} />;
  return <ReadStrip {...{ state, pair, strip, onOpen }} />;
}

function ReadStrip({
  state,
  pair,
  strip,
  onOpen,
}: Pick<PreviewPartProps, 'state' | 'onOpen'> & { pair: readonly [number, number]; strip: PairStrip }) {
  const pixels = usePixels(strip.images.pixels);
  const { width, height, count } = strip.images;
  const networks = labelCounts(strip.votes, state.classes.length, count);
  return (
    <BoundaryStrip
      pair={pair}
      classes={state.classes}
      width={width}
      height={height}
      size={56}
      rehearsal={strip.simulated}
      images={strip.alphas.map((alpha, n) => ({
        alpha,
        pixels: pixels?.subarray(n * width * height, (n + 1) * width * height) ?? null,
        people: strip.people?.[n] ?? null,
        networks: networks?.[n] ?? null,
      }))}
      onOpen={(n) => {
        const id = strip.ids[n];
        if (id !== undefined) onOpen(id);
      }}
    />
  );
}
