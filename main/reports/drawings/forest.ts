import { type Html, html } from '../html.ts';
import { plot, round } from './plot.ts';

interface DrawnEffect {
  name: string;
  estimate: number;
  /** Null: there is none. */
  interval: readonly [low: number, high: number] | null;
  wider: readonly [low: number, high: number] | null;
  /** Drawn full. */
  isApart: boolean;
}

/**
 * Differences in rows with their intervals, thick, and wider ones, thin.
 * @param lines what the rows are beside; no difference unless given
 * @returns null without rows
 */
export function forestPlot(
  title: string,
  rows: readonly DrawnEffect[],
  decimals: number,
  lines: readonly number[] = [0],
): Html | null {
  if (rows.length === 0) return null;
  const ends = [
    ...lines,
    ...rows.flatMap(({ estimate, interval, wider }) => [estimate, ...(interval ?? []), ...(wider ?? [])]),
  ];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = 0.06 * Math.max(high - low, 1e-6);
  const text = (value: number): string => value.toFixed(decimals);
  const spoken = rows
    .map(
      ({ name, estimate, interval }) =>
        `${name}: ${text(estimate)}${interval ? `, ${text(interval[0])} to ${text(interval[1])}` : ''}`,
    )
    .join('; ');
  // Numbers of lines and ends, unless one would be written over another.
  const ticks: number[] = [];
  for (const value of [...lines, high, low]) {
    if (ticks.every((other) => Math.abs(value - other) > 0.14 * (high - low)))
      ticks.push(Number(value.toFixed(decimals)));
  }
  const x = { from: low - room, to: high + room, ticks, title };
  const y = { from: -rows.length + 0.5, to: 0.5, ticks: [], title: '' };
  return plot({ spoken, width: 340, height: 64 + 34 * rows.length, x, y }, (at) => [
    lines.map((line) => html`<path class="grid" d="M${at.x(line)} ${at.y(0.5)}V${at.y(-rows.length + 0.5)}" />`),
    rows.map(({ name, estimate, interval, wider, isApart }, n) => {
      const middle = at.y(-n);
      return [
        html`<text class="row-name" x="10" y="${round(middle - 8)}">${name}</text>`,
        wider && html`<path class="effect-all" d="M${at.x(wider[0])} ${middle}H${at.x(wider[1])}" />`,
        interval && html`<path class="effect-one" d="M${at.x(interval[0])} ${middle}H${at.x(interval[1])}" />`,
        html`<rect class="effect-mark${isApart && ' apart'}" x="${round(at.x(estimate) - 4)}" y="${round(middle - 4)}" width="8" height="8"><title>${name}: ${text(estimate)}</title></rect>`,
      ];
    }),
  ]);
}
