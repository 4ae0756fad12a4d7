import { Label, useChartHeight, XAxis, YAxis } from 'recharts';
import { axisFormat, axisTicks, type ChartAxis, type Domain } from '../../main/domain/settings/axes.ts';
import { truncate } from '../../main/domain/numbers/format.ts';

export const tickStyle = { fill: 'var(--ink-soft)', fontSize: 11 };

interface NumberAxisProps {
  axis: ChartAxis;
  domain: Domain;
  dataKey?: string;
  /** Cuts off values beyond the ends. */
  overflow?: boolean;
}

const shared = ({ axis, domain, dataKey, overflow }: NumberAxisProps, wanted?: number) => ({
  tick: tickStyle,
  type: 'number' as const,
  scale: axis.log ? ('log' as const) : ('linear' as const),
  domain: [...domain],
  ticks: axisTicks(axis, domain, wanted),
  tickFormatter: axisFormat(axis),
  stroke: 'var(--line-strong)',
  ...(dataKey !== undefined && { dataKey }),
  ...(overflow && { allowDataOverflow: true }),
});

/** The numeric x axis below a chart, with its title. */
export const XNumberAxis = (props: NumberAxisProps) => (
  <XAxis {...shared(props, 7)}>
    <Label value={props.axis.title} position="insideBottom" offset={-12} {...tickStyle} />
  </XAxis>
);

/** Pixels of a y axis. */
export const axisWidth = 56;

/** The numeric y axis left of a chart, with its title. */
export const YNumberAxis = (props: NumberAxisProps) => {
  const height = useChartHeight() ?? 240;
  const { title } = props.axis;
  const most = Math.floor((height - 24) / letterWidth);
  return (
    <YAxis width={axisWidth} {...shared(props)}>
      <Label
        value={[...title].length > most ? `${truncate(title, most - 1)}…` : title}
        angle={-90}
        position="insideLeft"
        offset={-4}
        {...tickStyle}
        textAnchor="middle"
      />
    </YAxis>
  );
};

/** Pixels of a letter of an axis's title, about. */
const letterWidth = 6;
