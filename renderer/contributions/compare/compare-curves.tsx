import { kindName } from '../../../main/domain/networks/index.ts';
import { useMemo } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunCurve, RunRow } from '../../../main/contract/api/index.ts';
import type { Comparison } from '../../../main/contributions/compare/contract.ts';
import {
  accuracySeries,
  at,
  formatCount,
  testSeries,
  trainingSeries,
  validationSeries,
} from '../../../main/domain/numbers/index.ts';
import {
  architectureLine,
  type LegendEntry,
  LineChart,
  type LineSeries,
  meanCurve,
  type Point,
  smooth,
  thinArchitectureLine,
} from '../../charts/index.ts';
import { useApi, useRunChanges } from '../../client/index.ts';
import { architectureColor } from '../../ui/words/index.ts';
import { HelpNote, QueryState } from '../../ui/parts/index.ts';
import {
  accuracyAxis,
  type CurveView,
  targetBands,
  trainingNote,
  useCurveView,
  useRunScale,
} from '../../recipes/index.ts';
import { detach } from '../../../main/contract/wire/index.ts';
import { SimpleGrid } from '@mantine/core';

/** Points of one curve, of few and of many runs; more would not be visible, and slow down zooming. */
const pointsOfCurve = { few: 300, many: 150 };

/** Up to this many runs, each has an entry in the legend, and raw values behind a smoothed curve. */
const mostNamed = 20;

const series = ['loss', ...Object.values(testSeries), ...Object.values(validationSeries), trainingSeries];

/** Curves of several runs in one chart each for loss and accuracy. */
export function CompareCurves({ comparison }: { comparison: Comparison }) {
  const { rows } = comparison;
  const api = useApi();
  const ids = rows.map(({ id }) => id);
  const curves = useQuery(
    api.runs.curves.queryOptions({
      input: { ids, series, points: rows.length > mostNamed ? pointsOfCurve.many : pointsOfCurve.few },
      meta: { live: 'self' },
      staleTime: 0,
      placeholderData: keepPreviousData,
    }),
  );
  const groups = useMemo(() => seedGroups(comparison), [comparison]);
  const [view, controls] = useCurveView(groups.some(({ length }) => length > 1));
  const [scale, refetchScale] = useRunScale(ids, view.axis);
  useRunChanges(ids, () => {
    detach(curves.refetch());
    refetchScale();
  });
  const { data } = curves;
  const { axis, smoothing, means } = view;
  const drawn = useMemo(() => {
    const lines = (names: (row: RunRow) => readonly string[]): LineSeries[] =>
      drawLines({
        groups: means ? groups : rows.map((row) => [row]),
        view: { axis, smoothing, means },
        points: (row) => scale.place(row.id, joinCurves(names(row).map((name) => findCurve(data, row, name)))),
      });
    return {
      loss: lines(() => ['loss']),
      accuracy: lines(({ landing }) => Object.values(accuracySeries(landing))),
      training: lines(() => [trainingSeries]),
    };
  }, [data, rows, groups, scale, axis, smoothing, means]);
  const all = useMemo(() => rows.flatMap(({ targets }) => targets), [rows]);
  const bands = useMemo(
    () =>
      targetBands(
        all.filter(({ target }, index) => all.findIndex((each) => each.target === target) === index),
        0,
      ),
    [all],
  );
  const best = useMemo(
    () => drawn.accuracy.reduce((most, { points }) => points.reduce((m, [, value]) => Math.max(m, value), most), 0),
    [drawn],
  );
  const y = useMemo(() => accuracyAxis(all, best), [all, best]);
  if (!data) return <QueryState query={curves} loading="Loading the curves" />;
  const without = rows.filter(({ id }) => scale.place(id, [[1, 0]]).length === 0).length;
  const hasTraining = drawn.training.some(({ points }) => points.length > 0);
  const named = means ? groups.length : rows.length;
  const common = {
    x: scale.x,
    n: `n = ${formatCount(rows.length, 'run')}`,
    height: 320,
    zooms: true,
    ...(named > mostNamed && { legend: architectureLegend(rows) }),
  };
  return (
    <section aria-label="Curves">
      {controls}
      <SimpleGrid minColWidth="min(480px, 100%)" autoFlow="auto-fit" spacing="xl">
        <LineChart title="Loss" y={lossAxis} series={drawn.loss} {...common} />
        <LineChart title={accuracyTitle(rows)} y={y} series={drawn.accuracy} targets={bands} {...common} />
        {hasTraining && <LineChart title="Training accuracy" y={y} series={drawn.training} {...common} />}
      </SimpleGrid>
      <HelpNote>
        Drag over a part of a chart to enlarge it; Shift and drag to move; double-click to show all.
        {named > mostNamed && ' The tip names the curves nearest to the pointer.'}
        {smoothing > 0 && ' Smoothed: an exponential moving average of the drawn points.'}
        {means && ' Means are over the runs of a recipe that reach a step; bands are ± one standard deviation.'}
        {hasTraining && ` ${trainingNote}`}
        {view.axis === 'time' &&
          ' Time: what workers spent on a run, interpolated between its starts, checkpoints, snapshots and end.'}
        {view.axis !== 'step' && without > 0 && ` Not known, so not drawn: ${formatCount(without, 'run')}.`}
      </HelpNote>
    </section>
  );
}

/** Runs that validation images decide have an accuracy of these, not of test images, as they train. */
function accuracyTitle(rows: readonly RunRow[]): string {
  const onValidation = rows.filter(({ landing }) => landing === 'validation').length;
  if (onValidation === 0) return 'Test accuracy';
  return onValidation === rows.length ? 'Validation accuracy' : 'Accuracy of test or validation images';
}

const lossAxis = { title: 'Loss (nats)', log: true };

interface DrawLines {
  /** Each is one line: its only run's, or the mean of its runs. */
  groups: readonly (readonly RunRow[])[];
  view: CurveView;
  points: (row: RunRow) => readonly Point[];
}

/** Lines in the hue of their architecture, told apart by dash and lightness. */
function drawLines({ groups, view: { smoothing }, points }: DrawLines): LineSeries[] {
  const places = new Map<string, number>();
  return groups.flatMap((runs): LineSeries[] => {
    const first = at(runs, 0);
    const kind = first.architecture ?? '';
    const place = places.get(kind) ?? 0;
    places.set(kind, place + 1);
    const line = groups.length > mostNamed ? thinArchitectureLine : architectureLine;
    const style = { id: String(first.id), ...line(kind, place) };
    if (runs.length > 1) {
      const curves = runs.map((row) => smooth(points(row), smoothing));
      return [{ ...style, name: `${first.name} and ${runs.length - 1} other seeds`, ...meanCurve(curves) }];
    }
    const raw = points(first);
    const smoothed = { ...style, name: first.name, points: smooth(raw, smoothing) };
    if (smoothing === 0 || groups.length > mostNamed) return [smoothed];
    return [{ ...style, id: `${first.id} raw`, name: first.name, dash: '', points: raw, faint: true }, smoothed];
  });
}

/** Runs whose recipes differ in the seed alone, together. */
function seedGroups({ rows, differences }: Comparison): RunRow[][] {
  const recipe = (place: number): string =>
    JSON.stringify(differences.flatMap(({ key, values }) => (key === 'seed' ? [] : [values[place]])));
  return [...Map.groupBy(rows, (row) => recipe(rows.indexOf(row))).values()];
}

function architectureLegend(rows: readonly RunRow[]): LegendEntry[] {
  return [...Map.groupBy(rows, ({ architecture }) => architecture ?? '')].map(([kind, runs]) => ({
    name: `${kindName(kind)} (${formatCount(runs.length, 'run')})`,
    color: architectureColor(kind),
  }));
}

function findCurve(curves: readonly RunCurve[] | undefined, { id }: RunRow, name: string): RunCurve | undefined {
  return curves?.find((curve) => curve.run === id && curve.series === name);
}

/** Joins a run's series into one line, by step. */
function joinCurves(curves: readonly (RunCurve | undefined)[]): Point[] {
  return curves
    .flatMap((curve) => curve?.steps.map((step, index): Point => [step, at(curve.values, index)]) ?? [])
    .sort(([a], [b]) => a - b);
}
