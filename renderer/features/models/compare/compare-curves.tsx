import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RunCurve } from '../../../../main/contract/api/run-details.ts';
import type { RunRow } from '../../../../main/contract/api/run-table.ts';
import { LineChart, type LineSeries } from '../../../charts/line-chart.tsx';
import { useApi } from '../../../client/context.tsx';
import { Loading, Refused } from '../../../ui/states.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { accuracyAxis, targetBands } from '../curves.ts';

/** Points of one curve among many: more could not be told apart. */
const pointsOfCurve = 300;

const series = ['loss', 'accuracy', 'accuracy (estimated)'];

/** Curves of several runs over each other. */
export function CompareCurves({ rows }: { rows: readonly RunRow[] }) {
  const api = useApi();
  const ids = rows.map(({ id }) => id);
  const curves = useQuery(
    api.runs.curves.queryOptions({
      input: { ids, series, points: pointsOfCurve },
      meta: { live: 'self' },
      staleTime: 0,
      placeholderData: keepPreviousData,
    }),
  );
  useRunChanges(ids, () => void curves.refetch());
  const { data } = curves;
  const drawn = useMemo(
    () => ({
      loss: rows.map((row) => lineOf(row, [curveOf(data, row, 'loss')])),
      accuracy: rows.map((row) =>
        lineOf(row, [curveOf(data, row, 'accuracy'), curveOf(data, row, 'accuracy (estimated)')]),
      ),
    }),
    [data, rows],
  );
  const bands = useMemo(() => {
    const all = rows.flatMap(({ targets }) => targets);
    return targetBands(
      all.filter(({ target }, index) => all.findIndex((each) => each.target === target) === index),
      0,
    );
  }, [rows]);
  if (curves.isError && !data) return <Refused error={curves.error} onRetry={() => void curves.refetch()} />;
  if (!data) return <Loading label="Reading the curves" />;
  const best = Math.max(0, ...drawn.accuracy.flatMap(({ points }) => points.map(([, value]) => value)));
  const all = rows.flatMap(({ targets }) => targets);
  const n = `n = ${rows.length} runs`;
  return (
    <div className="compare-curves">
      <LineChart
        title="Loss"
        x={{ title: 'Step' }}
        y={{ title: 'Loss (nats)', log: true }}
        series={drawn.loss}
        n={n}
        height={300}
      />
      <LineChart
        title="Test accuracy at looks"
        x={{ title: 'Step' }}
        y={accuracyAxis(all, best)}
        series={drawn.accuracy}
        targets={bands}
        n={n}
        height={300}
      />
    </div>
  );
}

function curveOf(curves: readonly RunCurve[] | undefined, { id }: RunRow, name: string): RunCurve | undefined {
  return curves?.find((curve) => curve.run === id && curve.series === name);
}

/** One line of a run's points, whichever series they are from, by step. */
function lineOf({ id, name }: RunRow, curves: readonly (RunCurve | undefined)[]): LineSeries {
  const points = curves
    .flatMap((curve) => curve?.steps.map((step, index) => [step, curve.values[index] ?? 0] as const) ?? [])
    .sort(([a], [b]) => a - b);
  return { id: String(id), name, points };
}
