import { Calibration } from '../../analysis/scores.ts';
import { type Html, html } from '../html.ts';
import { peopleWord } from '../../exhibits/study-numbers.ts';
import type { View } from '../view.ts';
import { path, plot, quarters } from './plot.ts';

/** How often networks agree with the majority of people, by how sure they are: all networks of a target together. */
export function calibrationOf(view: View, target: string): Calibration {
  const majority = view.data.analysis?.humans.majority_label ?? [];
  const classes = view.data.dataSet.classes.length;
  const found = new Calibration();
  for (const { repeat, target: of, softmax, labels } of view.data.predictions) {
    if (repeat !== null || of !== Number(target)) continue;
    majority.forEach((label, image) => {
      if (label === null) return;
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, softmax[image * classes + k] ?? 0);
      found.add(top, labels[image] === label);
    });
  }
  return found;
}

/** A reliability diagram; the diagonal is perfect. Marks grow with the number of values. */
export function reliability(view: View, target: string): Html | null {
  const { count, correct, confidence } = calibrationOf(view, target);
  const total = count.reduce((a, b) => a + b, 0);
  if (total === 0) return null;
  const points = Array.from(count).flatMap((n, bin) =>
    n === 0 ? [] : [{ n, x: (confidence[bin] ?? 0) / n, y: (correct[bin] ?? 0) / n }],
  );
  const spoken = `${target} %: ${points.map(({ n, x, y }) => `of ${n} values at ${x.toFixed(2)} ${(100 * y).toFixed(0)} % agree`).join('; ')}`;
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
