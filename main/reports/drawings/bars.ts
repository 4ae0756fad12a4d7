import type { BarsChart } from '../../contract/results/figure.ts';
import { axisDomain, axisTicks, padDomain } from '../../domain/settings/axes.ts';
import { toAxis, valueText } from '../../domain/results/figures.ts';
import { type Content, type Html, html } from '../html.ts';
import { markAt, plot, round, spokenOf } from './plot.ts';

/** Share of a category's width that its bars take. */
const filled = 0.8;

/** Bars by category and series, with intervals and the paper's values. */
export function drawBars(chart: BarsChart): Html {
  const { xTitle, y, series, categories } = chart;
  const axis = toAxis({ from: 0, ...y });
  const bars = categories.flatMap((category) => category.bars.flatMap((bar) => bar ?? []));
  const ends = bars.flatMap(({ value, interval, paper }) => [value, interval?.[1] ?? value, paper ?? value]);
  const [low, high] = padDomain(axis, axisDomain(axis, ends), 0, 0.05);
  const spoken = series.map(
    ({ name }, at) =>
      `${name}: ${categories.flatMap((category) => (category.bars[at] ? `${category.name} ${axis.format(category.bars[at].value)}` : [])).join(', ')}`,
  );
  const width = filled / Math.max(1, series.length);
  return plot(
    {
      spoken: spokenOf(chart, spoken.join('; ')),
      width: Math.max(340, 56 + 11 * categories.length * series.length),
      x: {
        from: -0.5,
        to: categories.length - 0.5,
        title: xTitle,
        ticks: [...categories.keys()],
        format: (at) => categories[at]?.name ?? '',
      },
      y: { ...axis, from: low, to: high, ticks: axisTicks(axis, [low, high]) },
    },
    (at) =>
      categories.map(
        (category, n): Content =>
          category.bars.map((bar, of): Content => {
            const hue = series[of]?.hue;
            if (!bar || hue === undefined) return '';
            const left = at.x(n - filled / 2 + of * width);
            const right = at.x(n - filled / 2 + (of + 1) * width);
            const [middle, top] = [round((left + right) / 2), at.y(bar.value)];
            const title = `${category.name}, ${series[of]?.name}: ${valueText(axis.format, bar.value, bar)}`;
            return html`<g class="hue-${hue}"><rect class="bin" x="${left}" y="${top}" width="${round(Math.max(1, right - left - 1))}" height="${round(at.y(low) - top)}"><title>${title}</title></rect>${
              bar.interval &&
              html`<path class="whisker" d="M${round(middle - 3)} ${at.y(bar.interval[1])}h6m-3 0V${at.y(bar.interval[0])}m-3 0h6" />`
            }${bar.paper !== undefined && markAt({ shape: 'diamond', hue: 'paper', x: middle, y: at.y(bar.paper) })}</g>`;
          }),
      ),
  );
}
