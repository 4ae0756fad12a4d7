import type { Quantity } from '../../../main/contract/exhibit.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { Figure2Numbers } from './figure2-numbers.tsx';
import { architectureSeries } from './architecture-series.tsx';
import { Incomplete } from './incomplete.tsx';
import { typeMeaning } from './type-names.ts';

type Point = TablesResult['figure2'][number];

/** Figure 2: types A and C against accuracy, a line for each architecture, spread over seed groups; and its numbers. */
export function Figure2({ tables }: { tables: TablesResult }) {
  const people = usePeople();
  const { figure2 } = tables;
  if (figure2.length === 0)
    return <p className="help-note">This study has no seed groups, so there is no Figure 2 and no Table 5.</p>;
  const architectures = [...new Set(figure2.map(({ architecture }) => architecture))];
  const targets = [...new Set(figure2.map(({ target }) => target))].sort((a, b) => a - b);
  const repeats = Math.max(...figure2.map((point) => point.repeats.length));
  const chart = (title: string, of: (point: Point) => Quantity) => (
    <LineChart
      title={title}
      n={spreadOver(repeats)}
      x={{ title: 'Target accuracy (%)', ticks: targets, domain: [targets[0] ?? null, targets.at(-1) ?? null] }}
      y={{ title: 'Percent of images', domain: [0, null] }}
      series={architectures.map((name) => seriesOf(name, figure2, of))}
    />
  );
  return (
    <section className="results-section" aria-label="Figure 2">
      <div className="chart-pair">
        {chart(`Figure 2: type A, ${typeMeaning('type_a', people)}`, ({ typeA }) => typeA)}
        {chart(`Figure 2: type C, ${typeMeaning('type_c', people)}`, ({ typeC }) => typeC)}
      </div>
      <Incomplete />
      <Figure2Numbers figure2={figure2} />
    </section>
  );
}

/** What whiskers are. */
export const spreadOver = (repeats: number): string =>
  repeats === 1 ? 'of 1 seed group: no spread' : `mean ± std over up to ${repeats} seed groups`;

function seriesOf(name: string, points: readonly Point[], of: (point: Point) => Quantity): LineSeries {
  const own = points.filter(({ architecture }) => architecture === name).sort((a, b) => a.target - b.target);
  return architectureSeries(
    name,
    own.map((point) => ({ x: point.target, of: of(point) })),
  );
}
