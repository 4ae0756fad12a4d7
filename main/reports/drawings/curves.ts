import type { AllCurves } from '../../exhibits/curves.ts';
import { curvePoints } from '../../domain/psychometric.ts';
import { type Html, html } from '../html.ts';
import { path, plot } from './plot.ts';

/**
 * The psychometric curves of all pairs: of people, dashed, and of the networks at one target.
 * @param group place of the networks among the raters; null: people alone
 */
export function curvesPlot({ raters, fitted, rows }: AllCurves, group: number | null): Html | null {
  const shown = raters.flatMap(({ of, title }, place) =>
    of === 'labelers' || place === group
      ? [{ of, title, curves: fitted.flatMap((ofPair) => ofPair[place]?.all ?? []) }]
      : [],
  );
  const drawn = shown.map(({ of, title, curves }) => ({
    of,
    title,
    curves: curves.flatMap(({ centre, slope, lapse }) => (centre === null ? [] : [{ centre, slope, lapse }])),
  }));
  if (drawn.every(({ curves }) => curves.length === 0)) return null;
  const said = drawn.map(({ title, curves }) => `${title}: ${curves.length} of ${rows.length} pairs have a curve`);
  const x = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], title: 'alpha' };
  const y = { from: -0.04, to: 1.04, ticks: [0, 0.5, 1], title: 'second class' };
  return plot({ spoken: said.join('; '), width: 300, height: 210, x, y }, (at) =>
    drawn.map(
      ({ of, curves }) =>
        html`<g class="${of === 'labelers' ? 'people' : 'networks'}">${curves.map(
          (curve) =>
            html`<path class="line thin${of === 'labelers' ? ' dashed' : ''}" d="${path(curvePoints(curve, [0, 1]), at)}" />`,
        )}</g>`,
    ),
  );
}
