import type { PointsChart } from '../../contract/figure.ts';
import { axisDomain, axisTicks, padDomain } from '../../domain/axes.ts';
import { toAxis } from '../../domain/figures.ts';
import { formatCount } from '../../domain/format.ts';
import type { Content, Html } from '../html.ts';
import { markAt, plot, type PlotScales, round } from './plot.ts';

type Point = PointsChart['kinds'][number]['points'][number];

/** From this many points on, those of one kind that fall on one place share a mark. */
const mostPoints = 500;
/** Pixels between such places. */
const place = 4;

/** Points of several kinds. @param link what a mark that opens one image leads to */
export function drawPoints({ x, y, kinds }: PointsChart, link?: (image: number, mark: Html) => Html): Html {
  const [across, up] = [toAxis(x), toAxis(y)];
  const all = kinds.flatMap(({ points }) => points);
  const xs = padDomain(
    across,
    axisDomain(
      across,
      all.map((point) => point.x),
    ),
    0.05,
  );
  const ys = padDomain(
    up,
    axisDomain(
      up,
      all.map((point) => point.y),
    ),
    0.05,
  );
  const isCrowd = all.length > mostPoints;
  const spoken = kinds.map(({ name, points }) => `${name}: ${formatCount(countOf(points), 'point')}`).join('; ');
  const height = up.ticks && y.names ? 80 + 44 * y.names.length : 280;
  return plot(
    {
      spoken,
      links: link !== undefined && !isCrowd,
      height,
      x: { ...across, from: xs[0], to: xs[1], ticks: axisTicks(across, xs, 7) },
      y: { ...up, from: ys[0], to: ys[1], ticks: axisTicks(up, ys) },
    },
    (at) =>
      kinds.map(({ name, hue, mark, points }): Content => {
        const text = (point: Point): string =>
          `${point.name}, ${name}: ${across.format(point.x)} and ${up.format(point.y)}`;
        if (isCrowd) return crowds(points, at).map((own) => markAt({ shape: mark, hue, ...own }));
        return points.map((point) => {
          const drawn = markAt({
            shape: mark,
            hue,
            x: at.x(point.x),
            y: at.y(point.y),
            title: text(point),
            scale: markScale(point.count ?? 1),
          });
          const image =
            point.opens?.kind === 'images' && point.opens.images.length === 1 ? point.opens.images[0] : undefined;
          return link && image !== undefined ? link(image, drawn) : drawn;
        });
      }),
  );
}

const countOf = (points: readonly Point[]): number => points.reduce((sum, { count = 1 }) => sum + count, 0);

/** Areas grow with counts, up to 16 times. */
const markScale = (count: number): number => round(Math.min(4, Math.sqrt(count)));

function crowds(points: readonly Point[], at: PlotScales): { x: number; y: number; scale: number }[] {
  const onGrid = (value: number): number => place * Math.round(value / place);
  return [...Map.groupBy(points, ({ x, y }) => `${onGrid(at.x(x))} ${onGrid(at.y(y))}`)].map(([key, own]) => {
    const [x = 0, y = 0] = key.split(' ').map(Number);
    return { x, y, scale: Math.min(1, 0.3 + countOf(own) / 30) };
  });
}
