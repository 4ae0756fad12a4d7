import { Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RunCurve, RunDetails } from '../../../../main/contract/api/run-details.ts';
import { LineChart, type LineSeries } from '../../../charts/line-chart.tsx';
import { useApi } from '../../../client/context.tsx';
import { whole } from '../../../ui/format.ts';
import { Loading, Refused } from '../../../ui/states.tsx';
import { accuracyAxis, targetBands } from '../curves.ts';
import { useRunChanges } from '../../../client/refetch.ts';

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
  if (curves.isError && !curves.data) return <Refused error={curves.error} onRetry={() => void curves.refetch()} />;
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
          ...{ x: step, y: accuracy, shape: 'ring' as const, label: `Snapshot for ${target} %, step ${whole(step)}` },
        }))}
        n={`n = ${whole(accuracies.reduce((sum, { count }) => sum + count, 0))} looks`}
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
    ? `n = ${whole(count)} points, ${whole(steps.length)} drawn`
    : `n = ${whole(count)} points`;
}
