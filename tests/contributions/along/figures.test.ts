import { expect, test } from 'vitest';
import { alongChart, type DrawnRaters } from '../../../main/contributions/along/exhibits/along-figure.ts';
import { reportAlongFigure } from '../../../main/contributions/along/exhibits/pairs.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { sampleWithAlong } from './with-along.ts';

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

test('only pairs whose images a report shows are drawn along alpha, and how many are left out is said', () => {
  const view = reportView(sampleWithAlong({ networks: 2, pairs: 4 }));
  expect(reportAlongFigure(view)).toMatchObject({ charts: { length: 4 }, notes: [] });
  const { layout } = view;
  const cut = reportAlongFigure({ ...view, layout: { ...layout, rows: layout.rows.slice(0, 1) } });
  const [i = 0, j = 0] = layout.rows[0]?.pair ?? [];
  expect(cut.charts.map(({ title }) => title)).toEqual([`${view.long(i)} to ${view.long(j)}, 97.5 %`]);
  expect(cut.notes).toEqual(['3 more pairs are not drawn here.']);
});
