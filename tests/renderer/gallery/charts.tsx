import { useState } from 'react';
import { BarChart } from '../../../renderer/charts/bar-chart.tsx';
import { LineChart, type LineSeries, type Point } from '../../../renderer/charts/line-chart.tsx';
import { Scatter } from '../../../renderer/charts/scatter.tsx';

const curve = (id: string, color: string, rate: number): LineSeries => {
  const points = Array.from({ length: 200 }, (_, i): Point => [i * 10, 2.3 * Math.exp(-i * rate) + 0.02]);
  const band = points.map(([x, y]) => [x, y * 0.8, y * 1.2] as const);
  return { id, name: `=${id} <b>`, color, points, band };
};
const series = [curve('mlp', 'var(--mlp)', 0.02), curve('cnn', 'var(--cnn)', 0.04), curve('vit', 'var(--vit)', 0.01)];
const kinds = [
  { kind: 'mlp', name: 'MLP' },
  { kind: 'cnn', name: 'CNN' },
  { kind: 'vit', name: 'ViT' },
];

export function Charts() {
  const [picked, setPicked] = useState<number | null>(null);
  return (
    <>
      <LineChart
        title="Loss"
        n="n = 3 runs"
        x={{ title: 'Steps' }}
        y={{ title: 'Loss (nats)', log: true }}
        series={series}
        targets={[
          { from: 0.1, to: 0.12, label: '97.5 %' },
          { from: 0.12, to: 0.13, label: '98 %' },
          { from: 0.13, to: 0.13, label: '98.5 %' },
        ]}
        markers={[
          { x: 400, y: 1.05, label: 'Snapshot', shape: 'ring' },
          { x: 1200, y: 0.2, label: 'The paper', shape: 'paper' },
        ]}
        cursor={picked}
        onPick={setPicked}
      />
      <BarChart
        title="Disagreement"
        xTitle="Target (%)"
        y={{ title: 'Images (%)' }}
        n="n = 165 images"
        series={[
          { id: 'a', name: 'Type A', color: 'var(--networks-3)', hatch: true },
          { id: 'c', name: 'Type C', color: 'var(--people-3)' },
        ]}
        categories={[97.5, 98, 98.5].map((target) => ({
          name: String(target),
          values: {
            a: { value: 120 - target, interval: [118 - target, 123 - target], n: 10, paper: 21.5 },
            c: { value: 10, interval: [8, 13], n: 10 },
          },
        }))}
      />
      <Scatter
        title="Entropy by accuracy"
        x={{ title: 'Accuracy (%)' }}
        y={{ title: 'Entropy (bits)' }}
        kinds={kinds}
        points={Array.from({ length: 90 }, (_, i) => ({
          id: String(i),
          label: `Model ${i}`,
          kind: ['mlp', 'cnn', 'vit'][i % 3] ?? '',
          x: 97.5 + (i % 10) / 10,
          y: 0.2 + ((i * 7) % 13) / 20,
        }))}
      />
      <output>picked {String(picked)}</output>
    </>
  );
}
