import { Slider, Group } from '@mantine/core';
import { useMemo } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunAxis } from '../../main/contract/api/runs.ts';
import { type CurveAxis, curveAxes, onAxis, type StepScale, timeUnit } from '../charts/curves.ts';
import type { ChartAxis } from '../../main/domain/settings/axes.ts';
import type { Point } from '../charts/series.ts';
import { useApi } from '../client/context.tsx';
import { useParameter } from '../navigation/addresses.ts';
import { detach } from '../../main/contract/wire/detach.ts';
import { SwitchField, Segments } from '../ui/fields/fields.tsx';

/** How curves of runs are drawn, as the address says. */
export interface CurveView {
  axis: CurveAxis;
  /** Weight of the smoothing, 0 to 0.99. */
  smoothing: number;
  /** Means of runs that differ in the seed alone. */
  means: boolean;
}

const replace = { replace: true };

/** The view, and controls that change it. @param hasGroups some runs differ in the seed alone */
export function useCurveView(hasGroups: boolean): readonly [CurveView, React.ReactNode] {
  const [x, setX] = useParameter('x');
  const [smoothing, setSmoothing] = useParameter('smooth');
  const [of, setOf] = useParameter('curves');
  const view = {
    axis: curveAxes.find((axis) => axis === x) ?? 'step',
    smoothing: Math.min(0.99, Math.max(0, Number(smoothing) || 0)),
    means: hasGroups && of === 'means',
  } as const;
  const controls = (
    <Group gap="8px 16px" mb="md">
      <Segments
        label="Horizontal axis"
        value={view.axis}
        options={{ step: 'Step', epoch: 'Epoch', time: 'Time' }}
        onChange={(value) => setX(value === 'step' ? null : value, replace)}
      />
      <label htmlFor="curve-smoothing">
        Smoothing <span className="soft">{view.smoothing.toFixed(2)}</span>
      </label>
      <Slider
        id="curve-smoothing"
        w={160}
        min={0}
        max={0.99}
        step={0.01}
        label={null}
        thumbLabel="Smoothing"
        value={view.smoothing}
        onChange={(value) => setSmoothing(value === 0 ? null : value.toFixed(2), replace)}
      />
      {hasGroups && (
        <SwitchField
          label="Mean ± std of seeds"
          checked={view.means}
          onChange={(checked) => setOf(checked ? 'means' : null, replace)}
        />
      )}
    </Group>
  );
  return [view, controls];
}

/** The x axis of curves of runs, and how a run's points lie on it. */
export interface RunScale {
  x: ChartAxis;
  place: (run: number, points: readonly Point[]) => readonly Point[];
}

/** The scale, and a function that asks anew when the runs have new points. */
export function useRunScale(ids: readonly number[], axis: CurveAxis): readonly [RunScale, () => void] {
  const api = useApi();
  const { data, refetch } = useQuery(
    api.runs.axes.queryOptions({
      input: { ids: [...ids] },
      enabled: axis !== 'step',
      meta: { live: 'self' },
      staleTime: 0,
      placeholderData: keepPreviousData,
    }),
  );
  const scale = useMemo(() => toScale(data, axis), [data, axis]);
  return [
    scale,
    () => {
      if (axis !== 'step') detach(refetch());
    },
  ];
}

function toScale(axes: readonly RunAxis[] | undefined, axis: CurveAxis): RunScale {
  const byRun = new Map<number, StepScale>(axes?.map((each) => [each.run, each]));
  const longest = Math.max(0, ...(axes?.map(({ clock }) => clock.at(-1)?.[1] ?? 0) ?? []));
  const unit = timeUnit(longest);
  const titles = { step: 'Step', epoch: 'Epoch', time: `Time spent (${unit.name})` } as const;
  return {
    x: { title: titles[axis] },
    place: (run, points) => onAxis(points, axis, byRun.get(run), unit.length),
  };
}
