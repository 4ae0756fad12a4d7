import { Group, Slider, Text, Box } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { LiveImages, StimuliState, Strip } from '../../../main/contract/api/stimuli.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { useApi } from '../../client/context.tsx';
import { className, formatCount, formatFixed, formatPercent } from '../../../main/domain/numbers/format.ts';
import { imageAt, PixelImage } from '../../ui/images/pixel-image.tsx';
import { QueryState } from '../../ui/parts/states.tsx';
import { requestedModels, useOtherVotes, usePixels } from '../../stimuli/points.ts';
import { expectedSize, pairEnds, showsFrozen, type StripResult } from './use-stimuli.ts';
import { architectureColor } from '../../ui/words/badges.tsx';
import { ChoiceField } from '../../ui/fields/fields.tsx';
import { VoteTable, decodeVote, softmaxAt } from '../../stimuli/vote-table.tsx';

interface PairDetailProps {
  study: string;
  state: StimuliState;
  strips: readonly StripResult[];
  at: number;
  onAt: (at: number) => void;
}

/** With more pairs, a list of them can be searched. */
const manyPairs = 20;

/** More steps than the set has, to show where a label flips. */
const steps = 41;

const alphaAxis = { title: 'Alpha', domain: [0, 1] as const, format: (value: number) => formatFixed(value, 2) };

/** One pair in detail: an image at any alpha, each model's label and softmax there, and a chart of the softmax. */
export function PairDetail({ study, state, strips, at, onAt }: PairDetailProps) {
  const answer = strips[at] ?? strips[0];
  const [i = 0, j = 0] = answer?.pair ?? [];
  const ready = strips.every((each) => each.strip !== undefined || each.error !== null);
  const fine = useFineStrip(study, state, [i, j], ready);
  const others = useOtherVotes(study, ready ? liveImages(state, [i, j], fine.data !== undefined) : null);
  const strip: Strip | undefined = fine.data ?? answer?.strip;
  const [alpha, setAlpha] = useState(0.5);
  const n = strip ? nearestIndex(strip.alphas, alpha) : 0;
  const pixels = usePixels(strip?.images.pixels);
  const votes = useMemo(() => strip?.votes.map(decodeVote) ?? [], [strip]);
  const imageSize = strip?.images ?? expectedSize(state);
  const names = [className(state.classes, i), className(state.classes, j)] as const;
  const series = useMemo(() => {
    if (!strip) return [];
    const own = votes.map((vote) => {
      const voter = state.voters.find(({ weights }) => weights === vote.weights);
      return {
        id: vote.weights,
        name: voter?.name ?? 'Model',
        points: strip.alphas.map((x, k) => [x, softmaxAt(vote, k, j, state.classes.length)] as const),
        ...(voter && { color: `var(--${voter.architecture})` }),
      };
    });
    const further = others.flatMap(({ key, name, kind, answer }) => {
      const softmax = answer !== null && 'labels' in answer ? answer.softmax : null;
      // A strip that was replaced by a finer one meanwhile.
      if (softmax?.length !== strip.alphas.length * state.classes.length) return [];
      const points = strip.alphas.map((x, k) => [x, softmax[k * state.classes.length + j] ?? 0] as const);
      return [{ id: key, name, points, color: architectureColor(kind) }];
    });
    return [...own, ...further];
  }, [strip, votes, others, state.voters, state.classes.length, j]);
  return (
    <Box component="section" miw={0} aria-labelledby="pair-detail">
      <Group gap="md" mb="xs">
        <h2 id="pair-detail">Along one pair</h2>
        <ChoiceField
          aria-label="Pair"
          w={280}
          searchable={strips.length > manyPairs}
          value={String(at)}
          options={strips.map(({ pair }, index) => ({
            value: String(index),
            label: `${state.classes[pair[0]]} to ${state.classes[pair[1]]}`,
          }))}
          onChange={(value) => onAt(Number(value))}
        />
      </Group>
      <QueryState query={fine} />
      <div className="stimuli-along-parts">
        <div>
          <PixelImage
            pixels={pixels && imageAt(pixels, imageSize, n)}
            imageSize={imageSize}
            size={224}
            label={`${names[0]} to ${names[1]}, alpha ${formatFixed(strip?.alphas[n] ?? alpha, 3)}`}
          />
          <Slider
            mt="sm"
            w={232}
            min={0}
            max={1}
            step={1 / (steps - 1)}
            value={alpha}
            onChange={setAlpha}
            label={null}
            thumbLabel="Alpha"
          />
          <Text size="sm">
            alpha {formatFixed(strip?.alphas[n] ?? alpha, 3)}
            {strip?.norms[n] !== undefined && `, |z| ${formatFixed(strip.norms[n] ?? 0, 2)}`}
          </Text>
        </div>
        <VoteTable
          voters={state.voters}
          votes={votes}
          image={n}
          names={state.classes}
          shown={[i, j]}
          loading={fine.isFetching || !ready}
          others={others}
        />
        <Box className="stimuli-along-chart" mih={272}>
          {series.length > 0 && (
            <LineChart
              title={`Softmax of ${names[1]}`}
              n={`n = ${formatCount(series.length, 'model')}`}
              x={alphaAxis}
              y={{ title: `Softmax of ${names[1]}`, domain: [0, 1], format: (value) => formatPercent(value, 0) }}
              series={series}
              cursor={strip?.alphas[n] ?? null}
              height={220}
              onPick={setAlpha}
            />
          )}
        </Box>
      </div>
    </Box>
  );
}

/** A strip with more alphas than the set; needs the z of both anchors. @param ready asked for only then */
function useFineStrip(study: string, state: StimuliState, [i, j]: readonly [number, number], ready: boolean) {
  const api = useApi();
  const { from, to } = pairEnds(state, [i, j]);
  return useQuery(
    api.stimuli.strip.queryOptions({
      input: {
        study,
        from,
        to,
        alphas: steps,
        interpolation: state.draft?.interpolation ?? 'linear',
        ...requestedModels(state),
      },
      enabled: ready && from !== '' && to !== '',
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
      meta: { live: 'never' },
      retry: false,
    }),
  );
}

/** The images of the strip that is shown: along the fine way, or the frozen ones. */
function liveImages(state: StimuliState, pair: readonly [number, number], isFine: boolean): LiveImages | null {
  const { from, to } = pairEnds(state, pair);
  if (from === '' || to === '') return showsFrozen(state) ? { kind: 'pair', pair: [...pair] } : null;
  const { generator } = requestedModels(state);
  if (!isFine) return null;
  return { kind: 'way', from, to, alphas: steps, interpolation: state.draft?.interpolation ?? 'linear', generator };
}

const nearestIndex = (alphas: readonly number[], alpha: number): number =>
  alphas.reduce((best, each, n) => (Math.abs(each - alpha) < Math.abs((alphas[best] ?? 2) - alpha) ? n : best), 0);
