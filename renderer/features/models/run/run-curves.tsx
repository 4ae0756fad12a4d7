import { Stack } from '@mantine/core';
import { useMemo } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunCurve, RunDetails, RunRow } from '../../../../main/contract/api/runs.ts';
import { at } from '../../../../main/domain/numbers/arrays.ts';
import { formatInteger } from '../../../../main/domain/numbers/format.ts';
import { accuracySeries, trainingSeries } from '../../../../main/domain/numbers/trend.ts';
import { type ChartMarker, LineChart, type LineSeries } from '../../../charts/line-chart.tsx';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { smooth } from '../../../charts/curves.ts';
import { architectureColor } from '../../../ui/words/badges.tsx';
import { type RunScale, useCurveView, useRunScale } from '../../../recipes/curve-controls.tsx';
import { accuracyAxis, targetBands, trainingNote } from '../../../recipes/accuracy-axis.ts';
import { HelpNote, QueryState } from '../../../ui/parts/states.tsx';
import type { Target } from '../../../../main/contract/recipes/recipes.ts';
import { targetTitle } from '../../../../main/domain/numbers/targets.ts';
import { detach } from '../../../../main/contract/wire/detach.ts';

/** The images on which a run evaluates its accuracy as it trains. */
export function decidingImages(landing: RunRow['landing']): string {
  if (landing === 'validation') return 'validation images';
  return landing === 'half' ? 'test images of the deciding half' : 'test images';
}

/** About one a pixel of the drawer. */
const drawnPoints = 600;

/** Loss and accuracy of a run, with its targets and snapshots; live while it trains. */
export function RunCurves({ details }: { details: RunDetails }) {
  const { row, series, snapshots, task } = details;
  const api = useApi();
  const isClassifier = task.kind === 'classifier';
  const { counted, estimated } = accuracySeries(row.landing);
  const names = isClassifier ? ['loss', counted, estimated, trainingSeries] : series.slice(0, 12);
  const curves = useQuery(
    api.runs.curves.queryOptions({
      input: { ids: [row.id], series: names, points: drawnPoints },
      meta: { live: 'self' },
      staleTime: 0,
      placeholderData: keepPreviousData,
    }),
  );
  const [view, controls] = useCurveView(false);
  const [scale, refetchScale] = useRunScale([row.id], view.axis);
  useRunChanges([row.id], () => {
    detach(curves.refetch());
    refetchScale();
  });
  const tolerance = isClassifier ? task.recipe.tolerance : 0;
  const bands = useMemo(() => targetBands(row.targets, tolerance), [row.targets, tolerance]);
  if (!curves.data) return <QueryState query={curves} loading="Loading the curves" />;
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
            series={[toSeries(curve, curve.series)]}
            n={pointCountText(curve)}
            zooms
          />
        ))}
      </Stack>
    );
  }
  const loss = data.find((curve) => curve.series === 'loss');
  const training = data.find((curve) => curve.series === trainingSeries && curve.count > 0);
  const accuracies = data.filter(({ series, count }) => (series === counted || series === estimated) && count > 0);
  const images = decidingImages(row.landing);
  const best = Math.max(0, ...accuracies.flatMap(({ values }) => values));
  const line = { place: scale.place, smoothing: view.smoothing, kind: row.architecture ?? '' };
  const markers = snapshots.flatMap(({ step, accuracy, target }) => snapshotMarkers(row, { step, accuracy, target }));
  return (
    <Stack gap="lg">
      {controls}
      {loss && (
        <LineChart
          title="Loss"
          x={scale.x}
          y={{ title: 'Loss (nats)', log: true }}
          series={runLines(line, loss, 'Mean loss since the last evaluation')}
          n={pointCountText(loss)}
          zooms
        />
      )}
      <LineChart
        title={`${row.landing === 'validation' ? 'Validation' : 'Test'}${training ? ' and training' : ''} accuracy`}
        x={scale.x}
        y={accuracyAxis(row.targets, best)}
        series={[
          ...(training ? runLines({ ...line, dash: '7 3' }, training, trainingName) : []),
          ...accuracies.flatMap((curve) =>
            curve.series === counted
              ? runLines(line, curve, `All ${images}`)
              : runLines({ ...line, dash: '2 3' }, curve, `Estimated from some ${images}`),
          ),
        ]}
        targets={bands}
        markers={markers.flatMap((marker) => {
          const [placed] = scale.place(row.id, [[marker.x, marker.y]]);
          return placed ? [{ ...marker, x: placed[0] }] : [];
        })}
        zooms
        ringName="Snapshot, counted accuracy"
        trendName="Trend at the snapshot"
        n={`n = ${formatInteger(accuracies.reduce((sum, { count }) => sum + count, 0))} evaluations`}
        height={280}
      />
      {training && <HelpNote>{trainingNote}</HelpNote>}
    </Stack>
  );
}

const trainingName = 'Training images since the last evaluation';

interface LineStyle {
  place: RunScale['place'];
  smoothing: number;
  /** Architecture. */
  kind: string;
  dash?: string;
}

/** A curve of a run on the chosen axis; where it is smoothed, its raw values weakly behind it. */
function runLines({ place, smoothing, kind, dash = '' }: LineStyle, curve: RunCurve, name: string): LineSeries[] {
  const { points, ...series } = toSeries(curve, name);
  const raw = place(curve.run, points);
  const style = { ...series, color: architectureColor(kind), dash };
  if (smoothing === 0) return [{ ...style, points: raw }];
  return [
    { ...style, id: `${series.id} raw`, dash: '', points: raw, faint: true },
    { ...style, name: `${name}, smoothed`, points: smooth(raw, smoothing) },
  ];
}

/** A ring at the counted accuracy, and a bar at the trend's. */
function snapshotMarkers(
  { targets }: RunRow,
  { step, accuracy, target }: { step: number; accuracy: number; target: Target },
): ChartMarker[] {
  const { trend, validation } = targets.find((each) => each.target === target) ?? {};
  const label = `Snapshot for ${targetTitle(target)}, step ${formatInteger(step)}`;
  const ring = { x: step, y: validation ?? accuracy, shape: 'ring' as const, label };
  if (trend?.accuracy == null) return [ring];
  return [{ x: step, y: trend.accuracy, shape: 'trend', label: `Trend at step ${formatInteger(step)}` }, ring];
}

function toSeries({ series, steps, values }: RunCurve, name: string): LineSeries {
  return { id: series, name, points: steps.map((step, index) => [step, at(values, index)] as const) };
}

/** Says when a curve is drawn with fewer points than it has. */
function pointCountText({ count, steps }: RunCurve): string {
  return count > steps.length
    ? `n = ${formatInteger(count)} points, ${formatInteger(steps.length)} drawn`
    : `n = ${formatInteger(count)} points`;
}
