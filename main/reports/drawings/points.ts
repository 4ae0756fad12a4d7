import type { PointsChart } from '../../contract/results/figure.ts';
import { axisTicks, pointsDomain } from '../../domain/settings/axes.ts';
import { toAxis } from '../../domain/results/figures.ts';
import { formatCount, formatInteger } from '../../domain/numbers/format.ts';
import type { Content, Html } from '../html.ts';
import { markAt, plot, type PlotScales, round, spokenOf } from './plot.ts';

type Point = PointsChart['kinds'][number]['points'][number];

/** With more points than this, those of one kind that fall on one place share a mark. */
const mostPoints = 500;
/** Pixels between such places. */
const place = 4;
/** Factors of the size of a mark: of one point of a crowd, and the largest. */
const [crowdScale, mostScale] = [0.4, 4];

/** Points of several kinds. @param link what a mark that opens images leads to: the first of them */
export function drawPoints(chart: PointsChart, link?: (image: number, mark: Html) => Html): Html {
  const { x, y, kinds } = chart;
  const [across, up] = [toAxis(x), toAxis(y)];
  const all = kinds.flatMap(({ points }) => points);
  const xs = pointsDomain(
    across,
    all.map((point) => point.x),
  );
  const ys = pointsDomain(
    up,
    all.map((point) => point.y),
  );
  const spoken = kinds.map(({ name, points }) => `${name}: ${formatCount(countOf(points), 'point')}`).join('; ');
  const height = up.ticks && y.names ? 80 + 44 * y.names.length : 280;
  return plot(
    {
      spoken: spokenOf(chart, spoken),
      links: link !== undefined && !kinds.every(isCrowd),
      height,
      x: { ...across, from: xs[0], to: xs[1], ticks: axisTicks(across, xs, 7) },
      y: { ...up, from: ys[0], to: ys[1], ticks: axisTicks(up, ys) },
    },
    (at) =>
      kinds.map((kind): Content => {
        const { name, hue, mark, points } = kind;
        const text = (point: Point): string =>
          `${point.name}, ${name}: ${across.format(point.x)} and ${up.format(point.y)}`;
        if (isCrowd(kind))
          return crowds(points, at).map(({ own: [first], n, ...own }) => {
            const where = first && ` near ${across.format(first.x)} and ${up.format(first.y)}`;
            return markAt({ shape: mark, hue, title: `${name}: ${formatCount(n, 'point')}${where ?? ''}`, ...own });
          });
        return points.map((point) => {
          const drawn = markAt({
            shape: mark,
            hue,
            x: at.x(point.x),
            y: at.y(point.y),
            title: text(point),
            scale: markScale(1, point.count ?? 1),
          });
          const image = point.opens?.kind === 'images' ? point.opens.images[0] : undefined;
          return link && image !== undefined ? link(image, drawn) : drawn;
        });
      }),
  );
}

const countOf = (points: readonly Point[]): number => points.reduce((sum, { count = 1 }) => sum + count, 0);

/** Whether points of a kind share marks; other kinds of the chart keep theirs. */
const isCrowd = ({ points }: PointsChart['kinds'][number]): boolean => points.length > mostPoints;

/** A size whose area grows with the count, as far as marks may grow. @param one size of a single thing */
const markScale = (one: number, count: number): number => round(Math.min(mostScale, one * Math.sqrt(count)));

/** The count from which on marks do not grow. */
const mostCounted = (one: number): number => Math.round((mostScale / one) ** 2);

/** What sizes of marks mean where they do not simply grow with what they stand for. */
export function sizeNotes({ kinds }: PointsChart): string[] {
  const [crowded, others] = [kinds.filter(isCrowd), kinds.filter((kind) => !isCrowd(kind))];
  const most = mostCounted(1);
  const isCut = others.some(({ points }) => points.some(({ count = 1 }) => count > most));
  return [
    ...crowded.map(
      ({ name }) =>
        `${name}: points at one place share a mark; its area grows with their number, up to ${formatInteger(mostCounted(crowdScale))}.`,
    ),
    ...(isCut ? [`The largest marks stand for ${formatInteger(most)} or more.`] : []),
  ];
}

/** A mark for the points at each place. */
function crowds(
  points: readonly Point[],
  at: PlotScales,
): { x: number; y: number; scale: number; n: number; own: readonly Point[] }[] {
  const onGrid = (value: number): number => place * Math.round(value / place);
  return [...Map.groupBy(points, ({ x, y }) => `${onGrid(at.x(x))} ${onGrid(at.y(y))}`)].map(([key, own]) => {
    const [x = 0, y = 0] = key.split(' ').map(Number);
    const n = countOf(own);
    return { x, y, scale: markScale(crowdScale, n), n, own };
  });
}
