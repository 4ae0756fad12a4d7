import { BarChart } from '../../../renderer/charts/bar-chart.tsx';
import { LineChart, type LineSeries } from '../../../renderer/charts/line-chart.tsx';
import { Scatter } from '../../../renderer/charts/scatter.tsx';
import { architectureColor, ArchitectureShape } from '../../../renderer/ui/words/badges.tsx';
import { RehearsalProvider } from '../../../renderer/ui/words/rehearsal.tsx';

const targets = [97.5, 98, 98.5];

/** Type A by target as Figure 2 has it. */
const spread = (kind: string, base: number): LineSeries => ({
  id: kind,
  name: kind.toUpperCase(),
  dash: '',
  color: architectureColor(kind),
  mark: <ArchitectureShape kind={kind} />,
  points: targets.map((target, at) => [target, base - at] as const),
  band: targets.map((target, at) => [target, base - at - 0.8, base - at + 0.8] as const),
  paper: [[98, base - 2]],
});

const ramp = [0, 0.25, 0.5, 0.75, 1];
const curves: LineSeries[] = [
  {
    id: 'people',
    name: 'people',
    color: 'var(--people)',
    dash: '7 3',
    points: ramp.map((x) => [x, x ** 2] as const),
    band: ramp.map((x) => [x, Math.max(0, x ** 2 - 0.1), Math.min(1, x ** 2 + 0.1)] as const),
  },
  {
    id: 'networks',
    name: 'networks',
    color: 'var(--networks)',
    dash: '',
    points: ramp.map((x) => [x, x] as const),
  },
];

const types = [
  { id: 'a', name: 'A: only networks disagree', color: 'var(--networks-3)' },
  { id: 'c', name: 'C: only people disagree', color: 'var(--people-3)', hatch: true },
];

const marks = [
  { kind: 'mlp', name: 'MLP' },
  { kind: 'cnn', name: 'CNN' },
];

/** One small chart of each kind, of a width that does not depend on the window: what is saved of them is kept in files. */
export function SmallCharts() {
  return (
    <div style={{ width: 420 }}>
      <LineChart
        title="Spread"
        n="mean ± std over 3 seed groups"
        x={{ title: 'Target accuracy (%)', ticks: targets }}
        y={{ title: 'Percent of images', domain: [0, null] }}
        series={[spread('mlp', 12), spread('cnn', 10), spread('vit', 18)]}
      />
      <RehearsalProvider value>
        <LineChart
          title="Curves"
          n="10 simulated labelers"
          x={{ title: 'Alpha', domain: [0, 1] }}
          y={{ title: 'Share', domain: [0, 1] }}
          series={curves}
          markers={[
            { x: 0.5, y: 0.5, label: 'flip', shape: 'ring', color: 'var(--networks)' },
            { x: 0.7, y: 0.4, label: 'the paper', shape: 'paper' },
          ]}
        />
      </RehearsalProvider>
      <BarChart
        title="Bars"
        xTitle="Target accuracy"
        y={{ title: 'Percent of images' }}
        n="n = 165 images"
        series={types}
        categories={targets.map((target, at) => ({
          name: `${target} %`,
          values: {
            a: { value: 15 - at, interval: [12 - at, 19 - at] as const, n: 165, paper: 14 },
            c: { value: 6 + at, n: 165 },
          },
        }))}
      />
      <Scatter
        title="Scatter"
        n="n = 6 images"
        x={{ title: 'Entropy (bits)' }}
        y={{ title: 'Votes (bits)' }}
        kinds={marks}
        points={[0, 1, 2, 3].map((at) => ({
          id: String(at),
          label: `Image ${at}`,
          kind: at % 2 === 0 ? 'mlp' : 'cnn',
          x: at / 2,
          y: (at % 3) / 2,
          count: at === 1 ? 3 : 1,
        }))}
      />
    </div>
  );
}
