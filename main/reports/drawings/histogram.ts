import type { ImageClass } from '../../analysis/image-types.ts';
import { softmaxBins } from '../../exhibits/softmax.ts';
import { type Html, html } from '../html.ts';
import { peopleWord } from '../../domain/format.ts';
import { typeName } from '../../domain/image-types.ts';
import type { View } from '../../exhibits/view.ts';
import { plot, quarters, round } from './plot.ts';

/** How the largest softmax is spread over one type. */
export function softmaxHistogram(view: View, name: ImageClass, counts: readonly number[]): Html {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (total === 0 ? 0 : (100 * count) / total));
  const high = Math.max(20, 20 * Math.ceil(Math.max(...shares) / 20));
  const spoken = `${typeName(name, peopleWord(view))}: ${total} values; ${shares.at(-1)?.toFixed(0)} % of them above ${1 - 1 / softmaxBins}`;
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
