import { type ChartAxis, axisFormat } from '../../main/domain/settings/axes.ts';
import { valueText } from '../../main/domain/results/figures.ts';
import { LegendMark } from './chart-frame.tsx';
import { useYAxisScale } from 'recharts';
import { type DrawnSeries, valueAt } from './series.ts';

interface SeriesTipProps {
  /** The x value; undefined: no tip. */
  at: string | number | undefined;
  x: ChartAxis;
  y: ChartAxis;
  series: readonly DrawnSeries[];
  /** Pixels from the top of the chart to the pointer: of many curves, those nearest to it are named. */
  height: number | undefined;
}

const mostShown = 12;

/** Tip with the value of each curve that has one at an x. */
export function SeriesTip({ at, x, y, series, height }: SeriesTipProps) {
  const scale = useYAxisScale();
  if (at === undefined) return null;
  const found = series.flatMap((each) => {
    const point = each.faint ? null : valueAt(each, Number(at));
    const interval = point && each.band?.find(([x]) => x === point[0]);
    const n = point && each.counts?.find(([x]) => x === point[0])?.[1];
    return point ? [{ ...each, point, interval, n }] : [];
  });
  const distance = ({ point }: (typeof found)[number]): number => Math.abs(Number(scale?.(point[1])) - (height ?? 0));
  const rows =
    found.length > mostShown && height !== undefined ? found.toSorted((a, b) => distance(a) - distance(b)) : found;
  return (
    <div className="chart-tip">
      <p>
        {x.title} {axisFormat(x)(Number(at))}
      </p>
      {rows.slice(0, mostShown).map(({ id, name, color, dash, mark, point, interval, n }) => (
        <p key={id}>
          <LegendMark color={color} dash={dash} mark={mark} />
          <span>{name}</span>
          <span>
            {valueText(axisFormat(y), point[1], {
              ...(interval && { interval: [interval[1], interval[2]] }),
              n: n ?? undefined,
            })}
          </span>
        </p>
      ))}
      {rows.length > mostShown && <p>and {rows.length - mostShown} more, further from the pointer</p>}
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
