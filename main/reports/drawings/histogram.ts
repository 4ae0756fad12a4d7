import { type ImageClass, imageClasses } from '../../analysis/image-types.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import { typeTitle } from '../../exhibits/study-numbers.ts';
import type { View } from '../view.ts';
import { plot, quarters, round } from './plot.ts';

export const softmaxBins = 20;

/** Largest softmax of each network on each image of a type, in bins of equal width from 0 to 1. */
export function softmaxCounts(view: View, target: string): Record<ImageClass, number[]> {
  const counts = Object.fromEntries(imageClasses.map((name) => [name, new Array<number>(softmaxBins).fill(0)]));
  const found = counts as Record<ImageClass, number[]>;
  const group = view.groups.find((each) => each.target === target)?.group;
  const classes = view.data.dataSet.classes.length;
  for (const { repeat, target: of, softmax } of view.data.predictions) {
    if (repeat !== null || of !== Number(target)) continue;
    group?.image_class.forEach((name, image) => {
      if (name === null) return;
      let top = 0;
      for (let k = 0; k < classes; k++) top = Math.max(top, softmax[image * classes + k] ?? 0);
      const bins = found[name];
      const bin = Math.min(softmaxBins - 1, Math.floor(top * softmaxBins));
      bins[bin] = (bins[bin] ?? 0) + 1;
    });
  }
  return found;
}

/** How the largest softmax is spread over one type. */
export function softmaxHistogram(view: View, name: ImageClass, counts: readonly number[]): Html {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (total === 0 ? 0 : (100 * count) / total));
  const high = Math.max(20, 20 * Math.ceil(Math.max(...shares) / 20));
  const spoken = `Type ${typeTitle(view, name)}: ${total} values; ${shares.at(-1)?.toFixed(0)} % of them above ${1 - 1 / softmaxBins}`;
  const ticks = [0, high / 2, high];
  const x = { from: 0, to: 1, ticks: quarters, title: 'largest softmax' };
  return plot({ spoken, width: 270, height: 170, x, y: { from: 0, to: high, ticks, title: '% of values' } }, (at) =>
    shares.map((share, bin) => {
      const [left, right] = [at.x(bin / softmaxBins), at.x((bin + 1) / softmaxBins)];
      return (
        share > 0 &&
        html`<rect class="bin ${name}" x="${left}" y="${at.y(share)}" width="${round(Math.max(1, right - left - 1))}" height="${round(at.y(0) - at.y(share))}"><title>${bin / softmaxBins} to ${(bin + 1) / softmaxBins}: ${counts[bin]} of ${total}</title></rect>`
      );
    }),
  );
}
