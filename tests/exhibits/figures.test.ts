import { expect, test } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import type { LinesChart } from '../../main/contract/figure.ts';
import { acrossDomain, axisTicks } from '../../main/domain/axes.ts';
import { toAxis, toCurves } from '../../main/domain/figures.ts';
import { alongChart, type DrawnRaters } from '../../main/exhibits/along-figure.ts';
import { reportExhibits } from '../../main/exhibits/all.ts';
import { rarefied } from '../../main/exhibits/rarefaction.ts';
import { rarefactionFigures } from '../../main/exhibits/rarefaction-figure.ts';
import { reportAlongFigure } from '../../main/exhibits/study-figures.ts';
import { typesFigure } from '../../main/exhibits/types-figure.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { labeled } from '../reports/exhibit-files.ts';
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

test('third classes have a pattern that no other curve of their color has, whichever group they are of', () => {
  const group = (place: number, of: DrawnRaters['of']): DrawnRaters => ({
    title: `group ${place}`,
    of,
    architecture: place === 0 ? null : 'mlp',
    softmax: () => [0.5, 0.2, 0.3],
    votes: () => [5, 2, 3],
    flip: null,
    curve: null,
  });
  const raters = [group(0, 'labelers'), ...[0, 1, 2, 3].map((place) => group(place, 'models'))];
  const pair = { row: { i: 0, j: 1, images: [0, 1] }, alphas: [0, 1], ids: [0, 1], from: '0', to: '1', raters };
  const { series } = alongChart({ rehearsal: false }, pair, 'softmax');
  expect(series).toHaveLength(10);
  expect(new Set(series.map(({ hue, dash }) => `${hue} ${dash}`)).size).toBe(10);
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

test('only pairs whose images a report shows are drawn along alpha, and how many are left out is said', () => {
  const view = reportView(sampleData({ networks: 2, pairs: 4 }));
  expect(reportAlongFigure(view)).toMatchObject({ charts: { length: 4 }, notes: [] });
  const { layout } = view;
  const cut = reportAlongFigure({ ...view, layout: { ...layout, rows: layout.rows.slice(0, 1) } });
  const [i = 0, j = 0] = layout.rows[0]?.pair ?? [];
  expect(cut.charts.map(({ title }) => title)).toEqual([`${view.long(i)} to ${view.long(j)}, 97.5 %`]);
  expect(cut.notes).toEqual(['3 more pairs are not drawn here.']);
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
