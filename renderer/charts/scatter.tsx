import { type ReactNode, useMemo, useState } from 'react';
import { CartesianGrid, ScatterChart as Drawing, ResponsiveContainer, Scatter as Points, Tooltip } from 'recharts';
import { architectureColour, ArchitectureShape } from '../ui/badges.tsx';
import {
  type ChartAxis,
  type Domain,
  axisDomain,
  isPlottable,
  axisFormat,
  NumbersBelow,
  NumbersBeside,
  padDomain,
} from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { PointWalk, type ScatterPoint } from './point-walk.tsx';
import { PlainTip } from './tips.tsx';

export type { ScatterPoint } from './point-walk.tsx';

export interface ScatterKind {
  kind: string;
  name: string;
  /** Left out: colour and mark of an architecture. The mark is drawn around (0, 0), 12 units wide. */
  colour?: string;
  mark?: ReactNode;
}

export interface ScatterProps {
  title: string;
  x: ChartAxis;
  y: ChartAxis;
  points: readonly ScatterPoint[];
  /** Names of kinds, for the legend. */
  kinds: readonly ScatterKind[];
  /** Drawn beside the point that is looked at, instead of its values. */
  tip?: (point: ScatterPoint) => ReactNode;
  n?: string;
  height?: number;
  onOpen?: (point: ScatterPoint) => void;
}

/** Points by kind, each with the mark and the hue of its architecture. */
export function Scatter({ title, x, y, points, kinds, tip, n, height = 280, onOpen }: ScatterProps) {
  const drawn = useMemo(
    () => points.filter((point) => isPlottable(x, point.x) && isPlottable(y, point.y)),
    [points, x, y],
  );
  const isCounted = points.some(({ count }) => count !== undefined);
  const nameOf = (kind: string): string => kinds.find((each) => each.kind === kind)?.name ?? kind;
  const [at, setAt] = useState<string | null>(null);
  const linesOf = (point: ScatterPoint) => [
    [x.title, axisFormat(x)(point.x)] as const,
    [y.title, axisFormat(y)(point.y)] as const,
  ];
  const xs = roomFor(
    x,
    drawn.map((point) => point.x),
  );
  const ys = roomFor(
    y,
    drawn.map((point) => point.y),
  );
  return (
    <ChartFrame
      {...{ title, height, n }}
      legend={kinds.map(({ kind, name, colour, mark }) => ({
        name,
        colour: colour ?? architectureColour(kind),
        mark: mark ?? <ArchitectureShape kind={kind} />,
      }))}
      table={() => ({
        columns: ['Name', 'Kind', x.title, y.title, ...(isCounted ? ['How many'] : [])],
        rows: points.map((point) => [
          ...[point.label, nameOf(point.kind), point.x, point.y],
          ...(isCounted ? [point.count ?? 1] : []),
        ]),
      })}
      onOpenRow={onOpen && ((row) => opened(points[row], points, onOpen))}
    >
      <PointWalk {...{ title, points: drawn, tip, onOpen, at, setAt }} lines={linesOf}>
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
          <Drawing accessibilityLayer={false} margin={{ top: 8, right: 16, bottom: 20, left: 16 }} title={title}>
            <CartesianGrid stroke="var(--line)" strokeWidth={0.5} />
            <NumbersBelow axis={x} domain={xs} dataKey="x" />
            <NumbersBeside axis={y} domain={ys} dataKey="y" />
            {kinds.map(({ kind, name, mark }) => (
              <Points
                key={kind}
                name={name}
                data={drawn.filter((point) => point.kind === kind)}
                isAnimationActive={false}
                shape={(shape: MarkProps) => (
                  <Mark
                    {...shape}
                    scale={scaleOf(pointOf(shape.payload, drawn))}
                    current={at !== null && pointOf(shape.payload, drawn)?.id === at}
                  >
                    {mark ?? <ArchitectureShape kind={kind} />}
                  </Mark>
                )}
                {...(onOpen && { onClick: (item: { payload?: unknown }) => opened(item.payload, drawn, onOpen) })}
              />
            ))}
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: 'var(--line-strong)' }}
              content={({ active, payload }) => {
                const point = active ? pointOf(payload?.[0]?.payload, drawn) : undefined;
                if (!point) return null;
                if (tip) return <div className="chart-tip">{tip(point)}</div>;
                return <PlainTip title={point.label} lines={linesOf(point)} />;
              }}
            />
          </Drawing>
        </ResponsiveContainer>
      </PointWalk>
    </ChartFrame>
  );
}

const roomFor = (axis: ChartAxis, values: number[]): Domain => padDomain(axis, axisDomain(axis, values), 0.05);

interface MarkProps {
  cx?: number | string | undefined;
  cy?: number | string | undefined;
  payload?: unknown;
}

/** Area by count, up to sixteen times. */
const scaleOf = (point: ScatterPoint | undefined): number => Math.min(4, Math.sqrt(point?.count ?? 1));

function Mark({
  cx,
  cy,
  scale,
  current,
  children,
}: MarkProps & { scale: number; current: boolean; children: ReactNode }) {
  return (
    <g transform={`translate(${Number(cx)} ${Number(cy)}) scale(${Number(scale.toFixed(3))})`}>
      {children}
      {current && <circle className="walk-mark" r={8} fill="none" stroke="var(--accent)" strokeWidth={2} />}
    </g>
  );
}

function pointOf(payload: unknown, points: readonly ScatterPoint[]): ScatterPoint | undefined {
  const id = typeof payload === 'object' && payload !== null && 'id' in payload ? payload.id : undefined;
  return points.find((point) => point.id === id);
}

function opened(payload: unknown, points: readonly ScatterPoint[], onOpen: (point: ScatterPoint) => void): void {
  const point = pointOf(payload, points);
  if (point) onOpen(point);
}
