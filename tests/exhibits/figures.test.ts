import { expect, test } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import type { LinesChart } from '../../main/contract/results/figure.ts';
import { acrossDomain } from '../../main/domain/settings/axes.ts';
import { toAxis, toCurves } from '../../main/domain/results/figures.ts';
import { reportExhibits } from '../../main/exhibits/all.ts';
import { typesFigure } from '../../main/exhibits/types-figure.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { sampleData } from '../reports/sample.ts';

test('curves without intervals have no room for whiskers at the ends of their axis', () => {
  const series = {
    name: 'a',
    hue: 'ink',
    dash: 'none',
    mark: 'circle',
    points: [
      { x: 1, y: 2 },
      { x: 2, y: 3 },
    ],
  } as const;
  const chart = (of: LinesChart['series'][number]): LinesChart => ({
    kind: 'lines',
    title: '',
    x: { title: 'x' },
    y: { title: 'y' },
    series: [of],
  });
  const ends = (of: LinesChart): readonly number[] => acrossDomain(toAxis(of.x), toCurves(of));
  expect(ends(chart({ ...series, points: [...series.points] }))).toEqual([1, 2]);
  expect(
    ends(
      chart({
        ...series,
        points: [
          { x: 1, y: 2, interval: [1, 3] },
          { x: 2, y: 3 },
        ],
      }),
    )[0],
  ).toBeLessThan(1);
});

test('a report with types and without softmax has Table 4 in its files, as on its page', () => {
  const idsOf = (...sections: ('types' | 'softmax')[]): string[] =>
    reportExhibits(reportView(sampleData(), { ...wholeReport, sections })).map(({ id }) => id);
  expect(idsOf('types')).toContain('table-4');
  expect(idsOf('softmax')).toContain('table-4');
  expect(idsOf('types', 'softmax').filter((id) => id === 'table-4')).toHaveLength(1);
  expect(reportExhibits(reportView(sampleData(), { ...wholeReport, sections: [] })).map(({ id }) => id)).not.toContain(
    'table-4',
  );
});

test('a figure of types says for whom its error bars hold', () => {
  const { charts, notes } = typesFigure(reportView(sampleData({ targets: [97.5, 98] })));
  expect(charts[0]).toMatchObject({ intervalName: '95 % interval' });
  expect(notes.join(' ')).toMatch(
    /^Error bars: 95 % intervals for other anchors and pairs of classes drawn in the same way, .*Sample size: 10 anchors/,
  );
});

test('a figure of types names targets other than accuracies as people read them, and other groups by their titles', () => {
  const view = reportView(sampleData({ targets: [97.5, 98] }));
  const [first, second] = view.groups;
  if (!first || !second) return expect.fail('two targets are missing');
  const groups = [
    { ...first, target: 'epochs 10' },
    { ...second, target: '', title: 'Seeds' },
  ];
  const [chart] = typesFigure({ ...view, groups }).charts;
  expect(chart?.kind === 'bars' && chart.categories.map(({ name }) => name)).toEqual(['10 epochs', 'Seeds']);
});
