import type { Exhibit, Quantity } from '../../../main/contract/exhibit.ts';
import { quantityAt } from '../../../main/domain/exhibits.ts';
import { LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { groupText, useParameters } from './address.ts';
import { groupTitle, useChoice, useSample } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { Incomplete } from './notes.tsx';
import { typeMeaning } from '../../../main/domain/image-types.ts';
import { ArchitectureShape, architectureColor } from '../../ui/badges.tsx';
import type { Target } from '../../../main/contract/recipes.ts';
import { targetTitle, compareTargets, isAccuracy, targetOfKey } from '../../../main/domain/targets.ts';

/** One seed cell's row of an exhibit. */
interface SeedRow {
  row: number;
  architecture: string;
  target: Target;
}

/** Rows of seed groups: those that have an architecture and a target. */
const seedRows = ({ rows }: Exhibit): SeedRow[] =>
  rows.flatMap(([architecture, target], row) =>
    typeof architecture === 'string' && (typeof target === 'number' || typeof target === 'string')
      ? [{ row, architecture, target: targetOfKey(String(target)) }]
      : [],
  );

const ascending = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

/** What the bands show. */
const spreadOver = (quantities: readonly (Quantity | null)[]): string => {
  const repeats = Math.max(0, ...quantities.map((each) => each?.n ?? 0));
  return repeats === 1 ? '1 seed group, so no std' : `mean ± std over up to ${repeats} seed groups`;
};

/** Figure 2: shares of types A and C by target accuracy, one line per architecture, and its table. */
export function Figure2({ exhibit }: { exhibit: Exhibit }) {
  const people = usePeople();
  const { overview } = useChoice();
  const [, change] = useParameters();
  const sample = useSample('people');
  const rows = seedRows(exhibit);
  if (rows.length === 0)
    return <HelpNote>This study has no seed groups, so there is no Figure 2 and no Table 5.</HelpNote>;
  const accuracies = ascending(rows.map(({ target }) => target).filter(isAccuracy));
  const chart = (title: string, key: string) => (
    <LineChart
      title={title}
      n={[sample, spreadOver(rows.map(({ row }) => quantityAt(exhibit, row, key)))].filter(Boolean).join('; ')}
      x={{
        title: 'Target accuracy (%)',
        ticks: accuracies,
        domain: [accuracies[0] ?? null, accuracies.at(-1) ?? null],
      }}
      y={{ title: 'Percent of images', domain: [0, null] }}
      series={[...new Set(rows.map(({ architecture }) => architecture))].map((name) => {
        const own = rows
          .filter(({ architecture }) => architecture === name)
          .sort((a, b) => compareTargets(a.target, b.target));
        return architectureSeries(
          name,
          own.flatMap(({ row, target }) => {
            const of = quantityAt(exhibit, row, key);
            return of && isAccuracy(target) ? [{ x: target, of }] : [];
          }),
        );
      })}
    />
  );
  return (
    <section className="results-section" aria-label="Figure 2">
      <div className="chart-pair">
        {chart(`Figure 2: type A, ${typeMeaning('type_a', people)}`, 'type_a_pct')}
        {chart(`Figure 2: type C, ${typeMeaning('type_c', people)}`, 'type_c_pct')}
      </div>
      <Incomplete />
      <ExhibitTable
        exhibit={exhibit}
        n={sample}
        onOpen={({ counts }) => {
          const group = counts?.group;
          if (group?.kind !== 'seeds') return undefined;
          return {
            run: () => change({ group: groupText(group) }),
            name: `choose ${groupTitle(group, overview)}`,
          };
        }}
      />
    </section>
  );
}

/** Table 5: certainty of seed groups by certainty of people, as a table and one chart per target. */
export function Table5({ exhibit }: { exhibit: Exhibit }) {
  const sample = useSample('people');
  if (seedRows(exhibit).length === 0)
    return <HelpNote>This study has no seed groups, so there is no Table 5.</HelpNote>;
  return (
    <>
      <ExhibitTable exhibit={exhibit} n={sample} />
      <Incomplete />
      <CertaintyCharts exhibit={exhibit} />
    </>
  );
}

function CertaintyCharts({ exhibit }: { exhibit: Exhibit }) {
  const people = usePeople();
  const rows = seedRows(exhibit);
  const points = rows.map(({ row, ...of }) => ({
    ...of,
    cells: exhibit.columns
      .flatMap(({ key }) => {
        const certainty = Number(/^certainty_(\d+)$/.exec(key ?? '')?.[1]);
        const quantity = quantityAt(exhibit, row, key ?? '');
        return quantity && !Number.isNaN(certainty) ? [{ x: certainty, of: quantity }] : [];
      })
      .filter(({ of: { value, paper } }) => value !== null || paper)
      .sort((a, b) => a.x - b.x),
  }));
  const all = points.flatMap(({ cells }) => cells);
  const ticks = ascending(all.map(({ x }) => x));
  const lowest = Math.min(...all.flatMap(({ of }) => lowEnd(of)));
  return (
    <div className="chart-row">
      {[...new Set(rows.map(({ target }) => target))].sort(compareTargets).map((target) => {
        const own = points.filter((point) => point.target === target);
        const quantities = own.flatMap(({ cells }) => cells.map(({ of }) => of));
        return (
          <LineChart
            key={target}
            title={`Table 5 at ${targetTitle(target)}`}
            n={`${spreadOver(quantities)}${quantities.some(({ paper }) => paper) ? '; diamonds: the paper' : ''}`}
            x={{ title: `Certainty of ${people} (%)`, ticks }}
            y={{ title: 'Certainty of networks (%)', domain: [Math.floor(lowest / 10) * 10, 100] }}
            series={own.map(({ architecture, cells }) => architectureSeries(architecture, cells))}
          />
        );
      })}
    </div>
  );
}

/** Charts of all targets share one scale. */
function lowEnd({ value, std, paper }: Quantity): number[] {
  return [...(value === null ? [] : [value - (std ?? 0)]), ...(paper ? [paper.mean] : [])];
}

/** Means with std, and the paper's means, in the mark and color of an architecture. `at`: ascending by x. */
function architectureSeries(name: string, at: readonly { x: number; of: Quantity }[]): LineSeries {
  const kind = name.toLowerCase();
  const own = at.flatMap(({ x, of: { value, std, n } }) =>
    value === null ? [] : [{ x, value, std: (n ?? 0) > 1 ? std : null }],
  );
  const paper = at.flatMap(({ x, of }) => (of.paper ? [[x, of.paper.mean] as const] : []));
  return {
    id: name,
    name,
    dash: '',
    color: architectureColor(kind),
    mark: <ArchitectureShape kind={kind} />,
    points: own.map(({ x, value }) => [x, value] as const),
    band: own.flatMap(({ x, value, std }) => (std === null ? [] : [[x, value - std, value + std] as const])),
    ...(paper.length > 0 && { paper }),
  };
}
