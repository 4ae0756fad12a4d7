import type { RunCurve, RunDetails, RunRow } from '../../../../main/contract/api/runs.ts';
import { type ChartAxis, LineChart, type LineSeries, type TargetBand } from '../../../charts/line-chart.tsx';
import { Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../../../client/context.tsx';
import { formatInteger } from '../../../../main/domain/format.ts';
import { Loading, ErrorNotice } from '../../../ui/states.tsx';
import { useRunChanges } from '../../../client/refetch.ts';

/** The ranges that a run is to land in, as bands of a chart. `tolerance` in percentage points. */
export function targetBands(targets: RunRow['targets'], tolerance: number): TargetBand[] {
  return targets.map(({ target }) => ({ from: target - tolerance, to: target + tolerance, label: `${target} %` }));
}

/** Percentage points below the lowest target that still show, once a run has come that near. */
const below = 4;

/** The axis of accuracies: all of them, or, once a run comes near its targets, what lies around these. */
export function accuracyAxis(targets: RunRow['targets'], best: number): ChartAxis {
  const lowest = Math.min(...targets.map(({ target }) => target)) - below;
  return { title: 'Accuracy (%)', ...(best > lowest + 1 && { domain: [Math.max(0, lowest), null] as const }) };
}

const accuracySeries = ['accuracy', 'accuracy (estimated)'] as const;

/** As many as the drawer is wide: more could not be told apart. */
const drawnPoints = 600;

/** Loss and accuracy while the run trains, with its targets and where snapshots were taken. */
export function RunCurves({ details }: { details: RunDetails }) {
  const { row, series, snapshots, task } = details;
  const api = useApi();
  const isClassifier = task.kind === 'classifier';
  const names = isClassifier ? ['loss', ...accuracySeries] : series.slice(0, 12);
  const curves = useQuery(
    api.runs.curves.queryOptions({
      input: { ids: [row.id], series: names, points: drawnPoints },
      meta: { live: 'self' },
      staleTime: 0,
      placeholderData: keepPreviousData,
    }),
  );
  useRunChanges([row.id], () => void curves.refetch());
  const tolerance = isClassifier ? task.recipe.tolerance : 0;
  const bands = useMemo(() => targetBands(row.targets, tolerance), [row.targets, tolerance]);
  if (curves.isError && !curves.data) return <ErrorNotice error={curves.error} onRetry={() => void curves.refetch()} />;
  if (!curves.data) return <Loading label="Reading the curves" />;
  const { data } = curves;
  if (!isClassifier) {
    return (
      <Stack gap="lg">
        {data.map((curve) => (
          <LineChart
            key={curve.series}
            title={curve.series}
            x={{ title: 'Step' }}
            y={{ title: curve.series }}
            series={[seriesOf(curve, curve.series)]}
            n={nOf(curve)}
          />
        ))}
      </Stack>
    );
  }
  const loss = data.find((curve) => curve.series === 'loss');
  const accuracies = data.filter((curve) => curve.series !== 'loss' && curve.count > 0);
  const best = Math.max(0, ...accuracies.flatMap(({ values }) => values));
  return (
    <Stack gap="lg">
      {loss && (
        <LineChart
          title="Loss"
          x={{ title: 'Step' }}
          y={{ title: 'Loss (nats)', log: true }}
          series={[seriesOf(loss, 'Mean loss since the last look')]}
          n={nOf(loss)}
        />
      )}
      <LineChart
        title="Test accuracy"
        x={{ title: 'Step' }}
        y={accuracyAxis(row.targets, best)}
        series={accuracies.map((curve) =>
          seriesOf(curve, curve.series === 'accuracy' ? 'All test images' : 'Estimated from a part of them'),
        )}
        targets={bands}
        markers={snapshots.map(({ step, accuracy, target }) => ({
          ...{
            x: step,
            y: accuracy,
            shape: 'ring' as const,
            label: `Snapshot for ${target} %, step ${formatInteger(step)}`,
          },
        }))}
        n={`n = ${formatInteger(accuracies.reduce((sum, { count }) => sum + count, 0))} looks`}
        height={280}
      />
    </Stack>
  );
}

function seriesOf({ series, steps, values }: RunCurve, name: string): LineSeries {
  return { id: series, name, points: steps.map((step, index) => [step, values[index] ?? 0] as const) };
}

/** A curve drawn with fewer points than there are says so. */
function nOf({ count, steps }: RunCurve): string {
  return count > steps.length
    ? `n = ${formatInteger(count)} points, ${formatInteger(steps.length)} drawn`
    : `n = ${formatInteger(count)} points`;
}
