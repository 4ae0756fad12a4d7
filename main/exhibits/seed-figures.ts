import type { Exhibit, Quantity } from '../contract/results/exhibit.ts';
import type { Figure, LinesChart } from '../contract/results/figure.ts';
import { architectureStyle } from '../domain/results/figures.ts';
import { quantityAt } from '../domain/results/exhibits.ts';
import { peopleWord } from '../domain/numbers/format.ts';
import { typeMeaning } from '../domain/stimuli/image-types.ts';
import { compareTargets, isAccuracy, targetOfKey, targetTitle } from '../domain/numbers/targets.ts';
import { figure2, table5 } from './paper-tables.ts';
import type { StudyNumbers } from './parts/study-numbers.ts';

/** Figures of networks that differ only in their seed: a line for each architecture, mean and standard deviation over groups. */

/** Figure 2: types A and C by target accuracy. */
export function seedTypesFigure(study: StudyNumbers): Figure {
  const exhibit = figure2(study);
  const rows = seedRows(exhibit);
  const accuracies = ascending(rows.map(({ target }) => target).filter(isAccuracy));
  const chart = (key: string, title: string, to?: number): LinesChart => {
    const numbers = rows.map(({ row, ...of }) => ({ ...of, of: quantityAt(exhibit, row, key) }));
    return {
      kind: 'lines',
      title,
      n: spreadOver(numbers.map(({ of }) => of)),
      x: { title: 'Target accuracy (%)', ticks: accuracies },
      y: { title: 'Percent of images', from: 0, ...(to !== undefined && { to }), decimals: 1 },
      series: byArchitecture(numbers.flatMap(({ target: x, ...of }) => (isAccuracy(x) ? { ...of, x } : []))),
    };
  };
  const people = peopleWord(study);
  const panels = [
    ['type_a_pct', `Type A, ${typeMeaning('type_a', people)}`],
    ['type_c_pct', `Type C, ${typeMeaning('type_c', people)}`],
  ] as const;
  const tops = panels.flatMap(([key, title]) => chart(key, title).series.flatMap(topsOf));
  // One scale for both, so that they can be compared.
  const to = tops.length === 0 ? undefined : 1.06 * Math.max(1, ...tops);
  const reason = quantityAt(exhibit, 0, 'type_a_pct')?.undefined ?? '';
  return {
    id: 'figure-2',
    number: 'Figure 2',
    title: 'Types against accuracy, networks that differ only in their seed',
    people: true,
    charts: tops.length === 0 ? [] : panels.map(([key, title]) => chart(key, title, to)),
    notes: tops.length === 0 ? [reason] : ['Mean ± population standard deviation over groups.'],
  };
}

const topsOf = ({ points }: LinesChart['series'][number]): number[] =>
  points.map(({ y, interval }) => interval?.[1] ?? y);

/** Table 5 drawn: certainty of networks by that of people, a chart for each target. */
export function certaintyFigure(study: StudyNumbers): Figure {
  const exhibit = table5(study);
  const points = seedRows(exhibit).flatMap(({ row, ...at }) =>
    exhibit.columns.flatMap(({ key }) => {
      const x = Number(/^certainty_(\d+)$/.exec(key ?? '')?.[1]);
      const of = quantityAt(exhibit, row, key ?? '');
      return of && !Number.isNaN(x) && (of.value !== null || of.paper) ? [{ ...at, x, of }] : [];
    }),
  );
  const ticks = ascending(points.map(({ x }) => x));
  // Charts of all targets share one scale.
  const lowest = Math.min(
    ...points.map(({ of }) => (of.value ?? 100) - (of.std ?? 0)),
    ...points.flatMap(({ of }) => of.paper?.mean ?? []),
  );
  return {
    id: 'table-5-figure',
    title: exhibit.title,
    people: true,
    charts: [...Map.groupBy(points, ({ target }) => target)]
      .sort(([a], [b]) => compareTargets(a, b))
      .map(
        ([target, own]): LinesChart => ({
          kind: 'lines',
          title: `Table 5 at ${targetTitle(target)}`,
          n: spreadOver(own.map(({ of }) => of)),
          x: { title: `Certainty of ${peopleWord(study)} (%)`, ticks },
          y: { title: 'Certainty of networks (%)', from: Math.floor(lowest / 10) * 10, to: 100, decimals: 1 },
          series: byArchitecture(own),
        }),
      ),
    notes: [],
  };
}

interface SeedRow {
  row: number;
  architecture: string;
  target: ReturnType<typeof targetOfKey>;
}

/** Rows of seed groups: those that have an architecture and a target. */
const seedRows = ({ rows }: Exhibit): SeedRow[] =>
  rows.flatMap(([architecture, target], row) =>
    typeof architecture === 'string' && (typeof target === 'number' || typeof target === 'string')
      ? [{ row, architecture, target: targetOfKey(String(target)) }]
      : [],
  );

const ascending = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

/** What the whiskers show. */
function spreadOver(quantities: readonly (Quantity | null)[]): string {
  const repeats = Math.max(0, ...quantities.map((each) => each?.n ?? 0));
  return repeats === 1 ? '1 seed group, so no std' : `mean ± std over up to ${repeats} seed groups`;
}

/** Means with std, and the paper's means, in the mark and color of each architecture. */
function byArchitecture(
  all: readonly { readonly architecture: string; readonly x: number; readonly of: Quantity | null }[],
): LinesChart['series'] {
  return [...Map.groupBy(all, ({ architecture }) => architecture)].map(([name, unsorted]) => {
    const own = unsorted.toSorted((a, b) => a.x - b.x);
    const paper = own.flatMap(({ x, of }) => (of?.paper ? [{ x, y: of.paper.mean }] : []));
    return {
      name,
      dash: 'none',
      ...architectureStyle(name),
      points: own.flatMap(({ x, of }) => {
        if (of?.value == null) return [];
        const { value: y, std, n } = of;
        return [{ x, y, ...((n ?? 0) > 1 && std !== null && { interval: [y - std, y + std] as [number, number] }) }];
      }),
      ...(paper.length > 0 && { paper }),
    };
  });
}
