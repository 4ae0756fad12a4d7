import { useThumbnailSize } from '../../ui/images/thumbnails.ts';
import { Group, Text, Stack } from '@mantine/core';
import { useState, useMemo } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { RehearsalMark } from '../../ui/words/badges.tsx';
import { SwitchField } from '../../ui/fields/fields.tsx';
import { SettingFields } from '../../ui/fields/setting-fields.tsx';
import { stimuliSettings } from '../../../main/domain/settings/stimuli-settings.ts';
import { useClassFilter } from '../../ui/fields/class-filter.tsx';
import { imageAt } from '../../ui/images/pixel-image.tsx';
import { BoundaryStrip } from '../../ui/images/boundary-strip.tsx';
import { formatCount, formatFixed } from '../../../main/domain/numbers/format.ts';
import { Empty, ErrorNotice } from '../../ui/parts/states.tsx';
import { PairDetail } from './pair-detail.tsx';
import type { DraftProps, DraftTools } from './use-draft.ts';
import { usePixels } from '../../stimuli/points.ts';
import { expectedSize, pairEnds, showsFrozen, type StripResult, usePairStrips } from './use-stimuli.ts';
import { labelCounts } from '../../stimuli/vote-table.tsx';
import { ImageGrid } from './image-grid.tsx';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { LineChart } from '../../charts/line-chart.tsx';
import { useApi } from '../../client/context.tsx';

interface PreviewPartProps {
  study: string;
  state: StimuliState;
  /** Null for imported stimuli. */
  tools: DraftTools | null;
  onOpen: (image: number) => void;
}

/** The images that people and models see: all of them, each pair along alpha, and one pair in detail. */
export function PreviewPart({ study, state, tools, onOpen }: PreviewPartProps) {
  const strips = usePairStrips(study, state);
  const [at, setAt] = useState(0);
  const [asGrid, setAsGrid] = useState(true);
  const frozen = showsFrozen(state);
  const find = useClassFilter(state.classes);
  if (strips.length === 0) {
    return <Empty title="Nothing to show yet">Choose anchors first, or import a set.</Empty>;
  }
  const failed = strips.find(({ error }) => error !== null);
  const rehearsal = strips.some(({ strip }) => strip?.simulated === true);
  const shown = strips.filter(({ pair }) => pair.some((k) => find.isShown(state.classes[k])));
  return (
    <div className="stimuli-preview">
      {tools && state.source === 'generated' && (
        <InterpolationPanel study={study} state={state} tools={tools} pair={strips[at]?.pair ?? [0, 1]} />
      )}
      {tools && state.source === 'blended' && (
        <section className="stimuli-interpolation" aria-label="Blending">
          <WayFields state={state} tools={tools} />
        </section>
      )}
      {failed && <ErrorNotice error={failed.error} />}
      <section aria-labelledby="all-images">
        <Group gap="md" mb="xs">
          <h2 id="all-images">
            {formatCount(strips.length, 'pair')}, {frozen ? 'frozen' : 'from the draft'}
          </h2>
          <SwitchField label="Show votes" checked={!asGrid} onChange={(checked) => setAsGrid(!checked)} />
          {find.field}
          {rehearsal && !asGrid && <RehearsalMark />}
          <Text size="sm" c="dimmed">
            {state.voters.length === 0
              ? 'There are no trained models yet.'
              : `Letters: the most frequent label of ${formatCount(state.voters.length, 'model')}.`}
          </Text>
        </Group>
        {asGrid ? (
          <ImageGrid state={state} onOpen={onOpen} strips={shown} />
        ) : (
          <Stack style={{ overflowX: 'auto' }}>
            {shown.map((answer) => (
              <OneStrip key={answer.pair.join('-')} state={state} answer={answer} onOpen={onOpen} />
            ))}
          </Stack>
        )}
      </section>
      <PairDetail study={study} state={state} strips={strips} at={at} onAt={setAt} />
    </div>
  );
}

/** Before its images come, their places. */
function OneStrip({ state, answer, onOpen }: Pick<PreviewPartProps, 'state' | 'onOpen'> & { answer: StripResult }) {
  const { pair, strip } = answer;
  const pixels = usePixels(strip?.images.pixels);
  const size = useThumbnailSize(56);
  const imageSize = strip?.images ?? expectedSize(state);
  const count = strip?.images.count ?? state.draft?.alphas ?? 11;
  const alphas = strip?.alphas ?? state.frozen?.alphas ?? Array.from({ length: count }, (_, n) => n / (count - 1));
  const networks = strip ? labelCounts(strip.votes, state.classes.length, count) : null;
  return (
    <div className="stimuli-strip" data-voters={state.voters.length > 0 || undefined} aria-busy={!strip}>
      <BoundaryStrip
        pair={pair}
        classes={state.classes}
        imageSize={imageSize}
        size={size}
        rehearsal={strip?.simulated ?? false}
        images={alphas.map((alpha, n) => ({
          alpha,
          pixels: pixels && imageAt(pixels, imageSize, n),
          people: strip?.people?.[n] ?? null,
          networks: networks?.[n] ?? null,
        }))}
        onOpen={(n) => {
          const id = strip?.ids[n];
          if (id !== undefined) onOpen(id);
        }}
      />
    </div>
  );
}

interface InterpolationPanelProps extends DraftProps {
  pair: readonly [number, number];
}

const alphaAxis = { title: 'Alpha', domain: [0, 1] as const, format: (value: number) => formatFixed(value, 1) };
const normAxis = { title: '|z|', domain: [0, null] as const, format: (value: number) => formatFixed(value, 1) };

/** How images are made between two ends, and how many. */
function WayFields({ state, tools }: Omit<DraftProps, 'study'>) {
  const { draft } = tools;
  return (
    <Stack gap="sm">
      <SettingFields
        settings={stimuliSettings[draft.source].filter(({ key }) => key === 'alphas' || key === 'interpolation')}
        values={draft}
        onValues={tools.change}
        disabled={state.locked}
      />
    </Stack>
  );
}

/** The kind of interpolation, the number of images per pair, and their effect on the norm of z. */
function InterpolationPanel({ study, state, tools, pair }: InterpolationPanelProps) {
  const api = useApi();
  const { from, to } = pairEnds(state, pair);
  const norms = useQuery(
    api.stimuli.norms.queryOptions({
      input: { study, from, to, alphas: 41 },
      enabled: from !== '' && to !== '',
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
      meta: { live: 'never' },
    }),
  );
  const { interpolation } = tools.draft;
  const series = useMemo(() => {
    const data = norms.data;
    if (!data) return [];
    return (['linear', 'spherical'] as const).map((kind) => ({
      id: kind,
      name: kind === interpolation ? `${kind} (chosen)` : kind,
      points: data.alphas.map((alpha, n) => [alpha, data[kind][n] ?? 0] as const),
      color: kind === interpolation ? 'var(--ink)' : 'var(--line-strong)',
      dash: kind === 'linear' ? '' : '6 3',
    }));
  }, [norms.data, interpolation]);
  return (
    <section className="stimuli-interpolation" aria-label="Interpolation">
      <WayFields state={state} tools={tools} />
      <div>
        <LineChart
          title={`Norm of z from ${state.classes[pair[0]]} to ${state.classes[pair[1]]}`}
          x={alphaAxis}
          y={normAxis}
          series={series}
          height={150}
        />
      </div>
    </section>
  );
}
