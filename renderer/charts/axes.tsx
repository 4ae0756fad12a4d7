import { Label, XAxis, YAxis } from 'recharts';
import { type ChartAxis, type Domain, formatOf, tickStyle, ticksOf } from './axis.ts';

interface NumberAxisProps {
  axis: ChartAxis;
  domain: Domain;
  dataKey?: string;
  /** Values beyond its ends are cut off at the frame. */
  overflow?: boolean;
}

/** What both axes of numbers have. */
const shared = ({ axis, domain, dataKey, overflow }: NumberAxisProps, wanted?: number) => ({
  tick: tickStyle,
  type: 'number' as const,
  scale: axis.log ? ('log' as const) : ('linear' as const),
  domain: [...domain],
  ticks: ticksOf(axis, domain, wanted),
  tickFormatter: formatOf(axis),
  stroke: 'var(--line-strong)',
  ...(dataKey !== undefined && { dataKey }),
  ...(overflow && { allowDataOverflow: true }),
});

/** The axis of numbers under a drawing, with its title. */
export const NumbersBelow = (props: NumberAxisProps) => (
  <XAxis {...shared(props, 7)}>
    <Label value={props.axis.title} position="insideBottom" offset={-12} {...tickStyle} />
  </XAxis>
);

/** The axis of numbers left of a drawing, with its title. */
export const NumbersBeside = (props: NumberAxisProps) => (
  <YAxis width={56} {...shared(props)}>
    <Label value={props.axis.title} angle={-90} position="insideLeft" offset={-4} {...tickStyle} textAnchor="middle" />
  </YAxis>
);
