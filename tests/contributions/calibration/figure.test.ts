import { expect, test } from 'vitest';
import { Calibration } from '../../../main/analysis/labels/scores.ts';
import { reliabilityFigure } from '../../../main/contributions/calibration/exhibits/reliability-figure.ts';

const whose = { rehearsal: false, response: 'single' } as const;
const choice = { kind: 'diverse', target: 98 } as const;

function calibrationOf(...values: [confidence: number, isRight: boolean][]): Calibration {
  const found = new Calibration();
  for (const [confidence, isRight] of values) found.add(confidence, isRight);
  return found;
}

test('calibration: all networks together weigh each by its images, and a point opens its bin', () => {
  const each = [
    calibrationOf([0.25, true], [0.25, false]),
    calibrationOf([0.23, true], [0.23, true], [0.23, false], [0.23, false]),
  ];
  const ensemble = calibrationOf([0.9, true], [0.9, false]);
  const figure = reliabilityFigure(whose, [{ title: '98 %', choice, n: 6, ensemble, each }]);
  const [chart] = figure.charts;
  const series = chart?.kind === 'lines' ? chart.series : [];
  expect(series.map(({ name }) => name)).toEqual([
    ...['Perfect calibration', 'Ensemble (mean softmax)', 'Single networks'],
  ]);
  expect(series[1]!.points).toMatchObject([{ x: 0.9, y: 0.5, n: 2, opens: { which: { bin: 13, of: 'ensemble' } } }]);
  expect(series[2]!.points).toMatchObject([
    { x: expect.closeTo(1.42 / 6, 12), y: 0.5, n: 6, opens: { which: { bin: 3, of: 'any' }, group: choice } },
  ]);
  expect(reliabilityFigure(whose, [{ title: '98 %', choice, n: 0, ensemble: null, each: [] }]).charts).toEqual([]);
});
