import { expect, test } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { rarefied } from '../../../main/contributions/subsampling/exhibits/rarefaction.ts';
import { rarefactionFigures } from '../../../main/contributions/subsampling/exhibits/rarefaction-figure.ts';
import { acrossDomain, axisTicks } from '../../../main/domain/settings/axes.ts';
import { toAxis, toCurves } from '../../../main/domain/results/figures.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { labeled } from '../../reports/exhibit-files.ts';
import { sampleData } from '../../reports/sample.ts';

test.each([3, 4, 10])('numbers of %i raters are whole at each tick, and about seven of them', (people) => {
  const data = labeled(
    sampleData({ labelers: 'real', networks: 3, pairs: 2 }),
    people,
    (of, image) => (of + image) % 2,
  );
  const view = reportView(data, wholeReport);
  const charts = rarefactionFigures(view, rarefied(view)).flatMap((figure) => figure.charts);
  expect(charts.length).toBeGreaterThan(1);
  for (const chart of charts) {
    if (chart.kind !== 'lines') continue;
    const axis = toAxis(chart.x);
    const ticks = axisTicks(axis, acrossDomain(axis, toCurves(chart)), 7);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(9);
    expect(new Set(ticks.map(axis.format)).size).toBe(ticks.length);
    expect(ticks.filter((tick) => !Number.isInteger(tick))).toEqual([]);
  }
});
