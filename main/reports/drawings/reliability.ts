import { targetCalibration } from '../../exhibits/softmax.ts';
import { type Html, html } from '../html.ts';
import type { View } from '../../exhibits/view.ts';
import { path, plot, quarters } from './plot.ts';
import { peopleWord } from '../../domain/format.ts';
import { targetTitle } from '../../domain/targets.ts';

/** A reliability diagram; the diagonal is perfect. Marks grow with the number of values. */
export function reliability(view: View, target: string): Html | null {
  const { count, correct, confidence } = targetCalibration(view, target);
  const total = count.reduce((a, b) => a + b, 0);
  if (total === 0) return null;
  const points = Array.from(count).flatMap((n, bin) =>
    n === 0 ? [] : [{ n, x: (confidence[bin] ?? 0) / n, y: (correct[bin] ?? 0) / n }],
  );
  const spoken = `${targetTitle(target)}: ${points.map(({ n, x, y }) => `of ${n} values at ${x.toFixed(2)} ${(100 * y).toFixed(0)} % agree`).join('; ')}`;
  const axis = { from: 0, to: 1.02, ticks: quarters };
  const x = { ...axis, title: 'softmax' };
  return plot(
    { spoken, width: 300, height: 260, x, y: { ...axis, title: `agrees with ${peopleWord(view)}` } },
    (at) => [
      html`<path class="grid dashed" d="${path(
        [
          [0, 0],
          [1, 1],
        ],
        at,
      )}" />`,
      html`<g class="networks"><path class="line" d="${path(
        points.map(({ x, y }) => [x, y] as const),
        at,
      )}" />${points.map(
        ({ n, x, y }) =>
          html`<circle class="mark" cx="${at.x(x)}" cy="${at.y(y)}" r="${(2 + 6 * Math.sqrt(n / total)).toFixed(1)}"><title>${n} values: mean softmax ${x.toFixed(3)}, ${(100 * y).toFixed(1)} % agree</title></circle>`,
      )}</g>`,
    ],
  );
}
