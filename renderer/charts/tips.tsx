import { type ChartAxis, axisFormat } from './axes.tsx';
import { LegendMark } from './chart-frame.tsx';
import { type DrawnSeries, nearestIndex } from './series.ts';

interface SeriesTipProps {
  /** The x value; undefined: no tip. */
  at: string | number | undefined;
  x: ChartAxis;
  y: ChartAxis;
  series: readonly DrawnSeries[];
}

const mostShown = 12;

/** Tip with each curve's value nearest to an x. */
export function SeriesTip({ at, x, y, series }: SeriesTipProps) {
  if (at === undefined) return null;
  const rows = series.flatMap(({ id, name, colour, dash, mark, points, band }) => {
    const point = points[nearestIndex(points, Number(at))];
    const interval = point && band?.find(([x]) => x === point[0]);
    return point ? [{ id, name, colour, dash, mark, point, interval }] : [];
  });
  return (
    <div className="chart-tip">
      <p>
        {x.title} {axisFormat(x)(Number(at))}
      </p>
      {rows.slice(0, mostShown).map(({ id, name, colour, dash, mark, point, interval }) => (
        <p key={id}>
          <LegendMark colour={colour} dash={dash} mark={mark} />
          <span>{name}</span>
          <span>
            {axisFormat(y)(point[1])}
            {mark !== undefined && interval && ` [${axisFormat(y)(interval[1])} to ${axisFormat(y)(interval[2])}]`}
          </span>
        </p>
      ))}
      {rows.length > mostShown && <p>and {rows.length - mostShown} more</p>}
    </div>
  );
}

export function PlainTip({ title, lines }: { title: string; lines: readonly (readonly [string, string])[] }) {
  return (
    <div className="chart-tip">
      <p>
        <strong>{title}</strong>
      </p>
      {lines.map(([name, value]) => (
        <p key={name}>
          <span>{name}</span>
          <span>{value}</span>
        </p>
      ))}
    </div>
  );
}
