import { NumberInput, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { useApi } from '../../client/context.tsx';
import { fixed } from '../../ui/format.ts';
import { HelpNote } from '../../ui/states.tsx';
import classes from './stimuli.module.css';
import type { DraftTools } from './use-draft.ts';

export interface InterpolationPanelProps {
  study: string;
  state: StimuliState;
  tools: DraftTools;
  /** The pair whose norms are drawn. */
  pair: readonly [number, number];
}

const alphaAxis = { title: 'Alpha', domain: [0, 1] as const, format: (value: number) => fixed(value, 1) };
const normAxis = { title: '|z|', domain: [0, null] as const, format: (value: number) => fixed(value, 1) };

/** How to go from one anchor to the other, in how many steps, and what that does to the norm of z. */
export function InterpolationPanel({ study, state, tools, pair }: InterpolationPanelProps) {
  const api = useApi();
  const [from, to] = [state.anchors[pair[0]]?.z, state.anchors[pair[1]]?.z];
  const norms = useQuery(
    api.stimuli.norms.queryOptions({
      input: { study, from: from ?? '', to: to ?? '', alphas: 41 },
      enabled: from !== undefined && to !== undefined,
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
      meta: { live: 'self' },
    }),
  );
  const { interpolation, alphas } = tools.draft;
  const series = useMemo(() => {
    const data = norms.data;
    if (!data) return [];
    return (['linear', 'spherical'] as const).map((kind) => ({
      id: kind,
      name: kind === interpolation ? `${kind} (chosen)` : kind,
      points: data.alphas.map((alpha, n) => [alpha, data[kind][n] ?? 0] as const),
      colour: kind === interpolation ? 'var(--ink)' : 'var(--line-strong)',
      dash: kind === 'linear' ? '' : '6 3',
    }));
  }, [norms.data, interpolation]);
  return (
    <section className={classes.interpolation} aria-label="Interpolation">
      <div className={classes.interpolationChoice}>
        <SegmentedControl
          aria-label="Interpolation"
          value={interpolation}
          disabled={state.locked}
          data={[
            { value: 'linear', label: 'Linear' },
            { value: 'spherical', label: 'Spherical' },
          ]}
          onChange={(kind) => tools.change({ interpolation: kind === 'spherical' ? 'spherical' : 'linear' })}
        />
        <NumberInput
          label="Images of each pair"
          w={168}
          min={2}
          max={101}
          allowDecimal={false}
          value={alphas}
          disabled={state.locked}
          onChange={(value) => {
            const count = Number(value);
            if (Number.isInteger(count) && count >= 2 && count <= 101) tools.change({ alphas: count });
          }}
        />
        <HelpNote>
          Linear passes nearer to 0 half-way, where a generator has seen few z; spherical keeps the norm between those
          of the anchors. The paper is linear, 11 images.
        </HelpNote>
      </div>
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
