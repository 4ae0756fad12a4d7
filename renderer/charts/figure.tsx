import { type ReactNode, useMemo } from 'react';
import type { BarsChart, Chart, Figure, LinesChart, Opens, PointsChart } from '../../main/contract/results/figure.ts';
import { chartTitle, dashPatterns, figureReasons, toAxis, toCurves } from '../../main/domain/results/figures.ts';
import { hueColor } from '../ui/words/hues.ts';
import { HelpNote } from '../ui/parts/states.tsx';
import { BarChart, type BarValue } from './bar-chart.tsx';
import { LineChart, type LineSeries } from './line-chart.tsx';
import { Mark } from './mark.tsx';
import { Matrix } from './matrix.tsx';
import type { ScatterPoint } from './point-walk.tsx';
import { Rows } from './rows-chart.tsx';
import { Scatter } from './scatter.tsx';

interface FigureViewProps {
  figure: Figure;
  /** Sample of the figure, where a chart does not say: `10 people; 9 networks`. */
  n?: string;
  /** Charts stand beside each other where there is room. */
  beside?: boolean;
  /** Called on a click on a mark, or Enter at the current one. */
  onOpen?: (opens: Opens) => void;
  /** Tip of a point that opens something; left out: its values. */
  tip?: (opens: Opens, texts: ReactNode) => ReactNode;
  height?: number;
  /** Pixels from the ends of charts of curves to their plots, which go from the first tick to the last. */
  plot?: { left: number; right: number; ticks: readonly number[] } | undefined;
}

/** A figure on the page: its charts, then what must be known to read them. */
export function FigureView(props: FigureViewProps) {
  const { figure, n, beside = false } = props;
  const { number = '', title, charts, notes } = figure;
  const named = number === '' ? title : `${number}: ${title}`;
  const drawn = charts.map((chart) => (
    <ChartView
      key={chart.title}
      {...props}
      chart={chart}
      title={chartTitle({ ...figure, title: named }, chart)}
      n={sampleOf(chart, title, charts.length, n)}
    />
  ));
  return (
    <section className="results-section" aria-label={`Figure: ${title}`}>
      {charts.length > 1 && <h2>{named}</h2>}
      {beside ? <div className="chart-pair">{drawn}</div> : drawn}
      {[...new Set([...notes, ...figureReasons(figure)])].map((note) => (
        <HelpNote key={note}>{note}</HelpNote>
      ))}
    </section>
  );
}

/** What stands behind a title: what a figure's only chart is of, and of how much it is. */
function sampleOf(chart: Chart, title: string, charts: number, n: string | undefined): string {
  const whose = n === undefined || chart.n !== undefined ? n : `n = ${n}`;
  return [charts === 1 && chart.title !== title && chart.title, chart.n, whose].filter(Boolean).join('; ');
}

type ChartProps<Kind extends Chart = Chart> = Omit<FigureViewProps, 'figure'> & {
  title: string;
  chart: Kind;
  n: string;
};

function ChartView(props: ChartProps) {
  const { chart } = props;
  switch (chart.kind) {
    case 'lines':
      return <Lines {...props} chart={chart} />;
    case 'points':
      return <Points {...props} chart={chart} />;
    case 'bars':
      return <Bars {...props} chart={chart} />;
    case 'rows':
      return <Rows {...props} chart={chart} />;
    case 'matrix':
      return <Matrix {...props} chart={chart} />;
  }
}

function Lines({ title, chart, n, onOpen, height, plot }: ChartProps<LinesChart>) {
  const { x, y, series, markers = [], ringName, intervalName } = chart;
  const axes = useMemo(() => {
    const { ticks } = plot ?? {};
    const shown = ticks && { ticks, domain: [ticks[0] ?? null, ticks.at(-1) ?? null] as const };
    return { x: { ...toAxis(x), ...shown }, y: toAxis(y) };
  }, [x, y, plot]);
  const drawn = useMemo(() => lineSeries(chart), [chart]);
  const isOpening = series.some(({ points }) => points.some(({ opens }) => opens));
  const pick = (at: number): void => {
    const all = series.flatMap(({ points }) => points.flatMap((point) => (point.x === at && point.opens) || []));
    const opens = joined(all);
    if (opens) onOpen?.(opens);
  };
  return (
    <LineChart
      title={title}
      n={n}
      {...axes}
      series={drawn}
      markers={markers.map(({ name: label, hue, ...at }) => ({ ...at, label, shape: 'ring', color: hueColor(hue) }))}
      {...(ringName !== undefined && { ringName })}
      {...(intervalName !== undefined && { whiskerName: intervalName })}
      {...(height !== undefined && { height })}
      {...(onOpen && isOpening && { onPick: pick })}
      plot={plot}
    />
  );
}

/** What one click at marks of several curves opens: all of their numbers, else what is behind the first. */
function joined(all: readonly Opens[]): Opens | undefined {
  const numbers = all.flatMap((opens) => (opens.kind === 'numbers' ? opens.numbers : []));
  return numbers.length > 0 ? { kind: 'numbers', numbers } : all[0];
}

/** The curves as the page draws them. */
export function lineSeries(chart: LinesChart): LineSeries[] {
  const curves = toCurves(chart);
  return chart.series.map(({ name, hue, dash, mark, weight, joined, points }, at): LineSeries => {
    const { points: drawn = [], band = [], paper = [] } = curves[at] ?? {};
    const counts = points.flatMap(({ x, n }) => (n === undefined ? [] : [[x, n] as const]));
    return {
      id: `${at} ${name}`,
      name,
      color: hueColor(hue),
      dash: dashPatterns[dash],
      points: drawn,
      ...(band.length > 0 && { band }),
      ...(counts.length > 0 && { counts }),
      ...(paper.length > 0 && { paper }),
      ...(mark && { mark: <Mark shape={mark} hue={hue} /> }),
      ...(weight === 'thin' && { thin: true }),
      ...(weight === 'faint' && { faint: true }),
      ...(joined === false && { joined }),
    };
  });
}

interface OpeningPoint extends ScatterPoint {
  opens: Opens | undefined;
}

/** The points as the page draws them. */
export const scatterPoints = ({ kinds }: PointsChart): OpeningPoint[] =>
  kinds.flatMap(({ name, points }, kind) =>
    points.map(({ name: label, x, y, opens, count }, at) => ({
      id: `${kind} ${at}`,
      kind: name,
      label,
      opens,
      x,
      y,
      ...(count !== undefined && { count }),
    })),
  );

function Points({ title, chart, n, onOpen, tip, height }: ChartProps<PointsChart>) {
  const { x, y, kinds } = chart;
  const axes = useMemo(() => ({ x: toAxis(x), y: toAxis(y) }), [x, y]);
  const all = useMemo(() => scatterPoints(chart), [chart]);
  const byId = useMemo(() => new Map(all.map((point) => [point.id, point.opens])), [all]);
  const opensOf = ({ id }: ScatterPoint): Opens | undefined => byId.get(id);
  return (
    <Scatter
      title={title}
      n={n}
      {...axes}
      points={all}
      kinds={kinds.map(({ name, hue, mark }) => ({
        kind: name,
        name,
        color: hueColor(hue),
        mark: <Mark shape={mark} hue={hue} />,
      }))}
      height={y.names ? 90 + 56 * y.names.length : (height ?? 280)}
      {...(onOpen &&
        all.some(({ opens }) => opens) && {
          onOpen: (point: ScatterPoint) => {
            const opens = opensOf(point);
            if (opens) onOpen(opens);
          },
        })}
      {...(tip && {
        tip: (point: ScatterPoint) => {
          const opens = opensOf(point);
          const texts = `${point.label}: ${axes.x.format(point.x)} and ${axes.y.format(point.y)}`;
          return opens ? tip(opens, texts) : texts;
        },
      })}
    />
  );
}

/** The bars as the page draws them. */
export const barCategories = ({ categories }: BarsChart) =>
  categories.map(({ name, bars }) => ({
    name,
    values: Object.fromEntries(bars.map((bar, at) => [String(at), toBar(bar)])),
  }));

function Bars({ title, chart, n, onOpen, height }: ChartProps<BarsChart>) {
  const { xTitle, y, series, categories, intervalName } = chart;
  const axis = useMemo(() => toAxis(y), [y]);
  const drawn = useMemo(() => barCategories(chart), [chart]);
  const opensOf = (name: string, at: number): Opens | undefined =>
    categories.find((each) => each.name === name)?.bars[at]?.opens;
  return (
    <BarChart
      title={title}
      n={n}
      xTitle={xTitle}
      y={axis}
      series={series.map(({ name, hue }, at) => ({
        id: String(at),
        name,
        color: hueColor(hue),
        hatch: hue === 'type_c',
        ...(hue === 'both_disagree' && { outline: 'var(--disagree-outline)' }),
      }))}
      categories={drawn}
      {...(intervalName !== undefined && { intervalName })}
      {...(height !== undefined && { height })}
      {...(onOpen && {
        onOpen: ({ name }: { name: string }, at: string) => {
          const opens = opensOf(name, Number(at));
          if (opens) onOpen(opens);
        },
      })}
    />
  );
}

function toBar(bar: BarsChart['categories'][number]['bars'][number]): BarValue {
  if (!bar) return { value: null };
  const { opens: _, ...value } = bar;
  return value;
}
