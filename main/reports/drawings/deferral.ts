import type { Exhibit } from '../../contract/exhibit.ts';
import { columnName, quantityAt } from '../../domain/exhibits.ts';
import { type Html, html } from '../html.ts';
import { path, plot } from './plot.ts';

/** What people disagree on among the images kept, of one group. @param rows of the exhibit that are its own @param people what they are called */
export function deferralPlot(exhibit: Exhibit, rows: readonly number[], people: string): Html | null {
  const lines = (['best', 'random', 'networks'] as const).map((key) => ({
    key,
    points: rows.flatMap((row) => {
      const [x, y] = [quantityAt(exhibit, row, 'left')?.value, quantityAt(exhibit, row, key)?.value];
      return x == null || y == null ? [] : [[x, y] as const];
    }),
  }));
  const all = lines.flatMap(({ points }) => points.map(([, y]) => y));
  if (rows.length < 2) return null;
  const top = 10 * Math.ceil(Math.max(1, ...all) / 10);
  const x = { from: 0, to: 100, ticks: [0, 25, 50, 75, 100], title: `% of images left to ${people}` };
  const y = { from: 0, to: top, ticks: [0, top / 2, top], title: '% of images kept' };
  const said = lines.map(
    ({ key, points }) => `${columnName(exhibit, key)}: ${points.map(([, of]) => of.toFixed(0)).join(', ')} %`,
  );
  return plot({ spoken: said.join('; '), width: 300, height: 210, x, y }, (at) =>
    lines.map(
      ({ key, points }) =>
        html`<g class="${key === 'networks' ? 'networks' : 'deferral-limit'}"><path class="line${key === 'random' ? ' dashed' : ''}" d="${path(points, at)}" /></g>`,
    ),
  );
}
