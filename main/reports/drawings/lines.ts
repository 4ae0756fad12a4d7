import type { LinesChart } from '../../contract/results/figure.ts';
import { acrossDomain, axisTicks, upDomain } from '../../domain/settings/axes.ts';
import { dashPatterns, markShifts, toAxis, toCurves, valueText } from '../../domain/results/figures.ts';
import { type Content, type Html, html } from '../html.ts';
import { markAt, path, plot, type PlotScales, spokenOf } from './plot.ts';

/** With more points than this a curve has no dot at each. */
const mostDots = 60;

/** Curves with their intervals, the paper's values and highlighted points. */
export function drawLines(chart: LinesChart): Html {
  const { series, markers = [] } = chart;
  const [x, y] = [toAxis(chart.x), toAxis(chart.y)];
  const curves = toCurves(chart);
  const shifts = markShifts(curves);
  const across = acrossDomain(x, curves);
  const up = upDomain(
    y,
    curves,
    markers.map((marker) => marker.y),
  );
  const scale = { x: { ...x, from: across[0], to: across[1], ticks: axisTicks(x, across, 7) } };
  const spoken = series.flatMap(({ name, points, weight }) =>
    weight ? [] : `${name}: ${rangeText(points, y.format)}`,
  );
  return plot(
    {
      spoken: spokenOf(chart, [...spoken, ...markers.map(({ name }) => name)].join('; ')),
      ...scale,
      y: { ...y, from: up[0], to: up[1], ticks: axisTicks(y, up) },
    },
    (at) => [
      curves.map(
        ({ band, mark }, n) => mark === undefined && band.length > 1 && bandOf(band, series[n]?.hue ?? '', at),
      ),
      series.map(
        (each, n) =>
          html`<g transform="translate(${shifts[n] ?? 0} 0)">${curve(each, x.format, y.format, curves[n]?.points ?? [], at)}</g>`,
      ),
      markers.map(({ name, hue, ...of }) => markAt({ shape: 'ring', hue, x: at.x(of.x), y: at.y(of.y), title: name })),
    ],
  );
}

/** `12.3 at 2, 40.1 at 10`: its first and its last point. */
function rangeText(points: LinesChart['series'][number]['points'], write: (value: number) => string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'no points';
  return points.length === 1 ? write(first.y) : `${write(first.y)} to ${write(last.y)}`;
}

function bandOf(band: readonly (readonly [x: number, low: number, high: number])[], hue: string, at: PlotScales): Html {
  const upper = band.map(([x, , high]) => [x, high] as const);
  const lower = band.map(([x, low]) => [x, low] as const).reverse();
  return html`<path class="band hue-${hue}" d="${path([...upper, ...lower], at)}Z" />`;
}

function curve(
  { name, hue, dash, mark, weight, joined, points, paper = [] }: LinesChart['series'][number],
  writeX: (value: number) => string,
  write: (value: number) => string,
  line: readonly (readonly [x: number, y: number])[],
  at: PlotScales,
): Html {
  const pattern = dashPatterns[dash];
  const dots = weight || (mark === undefined && points.length > mostDots) ? [] : points;
  return html`<g class="hue-${hue}${weight && ` ${weight}`}">${joined !== false && html`<path class="line" d="${path(line, at)}"${pattern !== '' && html` stroke-dasharray="${pattern}"`} />`}${dots.map(
    (point): Content => {
      const [px, py] = [at.x(point.x), at.y(point.y)];
      const title = `${name}, ${writeX(point.x)}: ${valueText(write, point.y, point)}`;
      const { interval } = point;
      return [
        mark && interval && html`<path class="bar" d="M${px} ${at.y(interval[1])}V${at.y(interval[0])}" />`,
        mark
          ? markAt({ shape: mark, hue, x: px, y: py, title })
          : html`<circle class="mark" cx="${px}" cy="${py}" r="2"><title>${title}</title></circle>`,
      ];
    },
  )}${paper.map((of) => markAt({ shape: 'diamond', hollow: true, hue, x: at.x(of.x), y: at.y(of.y), title: `The paper, ${writeX(of.x)}: ${write(of.y)}` }))}</g>`;
}
