import type { Quantity } from '../../../main/contract/api/results-parts.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { LineChart, type LineSeries } from '../../charts/line-chart.tsx';

type Point = TablesResult['figure2'][number];

/** Figure 2: types A and C against accuracy, a line for each architecture, spread over seed groups. */
export function Figure2({ tables }: { tables: TablesResult }) {
  if (tables.figure2.length === 0) {
    return <p className="help-note">This study has no seed groups, so there is no Figure 2 and no Table 5.</p>;
  }
  const architectures = [...new Set(tables.figure2.map(({ architecture }) => architecture))];
  const repeats = Math.max(...tables.figure2.map((point) => point.repeats.length));
  const chart = (title: string, of: (point: Point) => Quantity) => (
    <LineChart
      title={title}
      n={`mean ± std over up to ${repeats} seed groups`}
      x={{ title: 'Target accuracy (%)' }}
      y={{ title: 'Percent of images', domain: [0, null] }}
      series={architectures.map((name, at) => seriesOf(name, at, tables.figure2, of))}
    />
  );
  return (
    <section className="results-section" aria-label="Figure 2">
      <div className="chart-pair">
        {chart('Figure 2: type A, only networks disagree', ({ typeA }) => typeA)}
        {chart('Figure 2: type C, only people disagree', ({ typeC }) => typeC)}
      </div>
    </section>
  );
}

const dashes = ['', '7 3', '2 3', '9 3 2 3'];

function seriesOf(name: string, at: number, points: readonly Point[], of: (point: Point) => Quantity): LineSeries {
  const own = points
    .filter(({ architecture }) => architecture === name)
    .sort((a, b) => a.target - b.target)
    .flatMap((point) => {
      const { value, std } = of(point);
      return value === null ? [] : [{ x: point.target, value, std: std ?? 0 }];
    });
  const colour = ['mlp', 'cnn', 'vit'].includes(name.toLowerCase()) ? name.toLowerCase() : 'other-architecture';
  return {
    ...{ id: name, name, colour: `var(--${colour})`, dash: dashes[at % dashes.length] ?? '' },
    points: own.map(({ x, value }) => [x, value] as const),
    band: own.map(({ x, value, std }) => [x, value - std, value + std] as const),
  };
}
