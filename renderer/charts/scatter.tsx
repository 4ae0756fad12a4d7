import { type ReactNode, useMemo, useState } from 'react';
import { CartesianGrid, ScatterChart as Drawing, ResponsiveContainer, Scatter as Points, Tooltip } from 'recharts';
import { architectureColor, ArchitectureShape } from '../ui/words/badges.tsx';
import { type ChartAxis, axisFormat, isPlottable, pointsDomain } from '../../main/domain/settings/axes.ts';
import { XNumberAxis, YNumberAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { PointWalk, type ScatterPoint } from './point-walk.tsx';
import { PlainTip } from './tips.tsx';

export type { ScatterPoint } from './point-walk.tsx';

interface ScatterKind {
  kind: string;
  name: string;
  /** Default: color and mark of the architecture. The mark is centered on (0, 0), 12 units wide. */
  color?: string;
  mark?: ReactNode;
}

interface ScatterProps {
  title: string;
  x: ChartAxis;
  y: ChartAxis;
  points: readonly ScatterPoint[];
  kinds: readonly ScatterKind[];
  /** Tip of the current point; left out: its values. */
  tip?: (point: ScatterPoint) => ReactNode;
  n?: string;
  height?: number;
  onOpen?: (point: ScatterPoint) => void;
}

/** Points by kind, with the mark and hue of each kind's architecture. */
export function Scatter({ title, x, y, points, kinds, tip, n, height = 280, onOpen }: ScatterProps) {
  const drawn = useMemo(
    () => points.filter((point) => isPlottable(x, point.x) && isPlottable(y, point.y)),
    [points, x, y],
  );
  const isCounted = points.some(({ count }) => count !== undefined);
  const kindName = (kind: string): string => kinds.find((each) => each.kind === kind)?.name ?? kind;
  const [at, setAt] = useState<string | null>(null);
  const tipLines = (point: ScatterPoint) => [
    [x.title, axisFormat(x)(point.x)] as const,
    [y.title, axisFormat(y)(point.y)] as const,
  ];
  const xs = pointsDomain(
    x,
    drawn.map((point) => point.x),
  );
  const ys = pointsDomain(
    y,
    drawn.map((point) => point.y),
  );
  return (
    <ChartFrame
      title={title}
      height={height}
      n={n}
      legend={kinds.map(({ kind, name, color, mark }) => ({
        name,
        color: color ?? architectureColor(kind),
        mark: mark ?? <ArchitectureShape kind={kind} />,
      }))}
      table={() => ({
        columns: ['Name', 'Kind', x.title, y.title, ...(isCounted ? ['Count'] : [])],
        rows: points.map((point) => [
          ...[point.label, kindName(point.kind), point.x, point.y],
          ...(isCounted ? [point.count ?? 1] : []),
        ]),
      })}
      onOpenRow={onOpen && ((row) => openPoint(points[row], points, onOpen))}
    >
      <PointWalk title={title} points={drawn} tip={tip} onOpen={onOpen} at={at} setAt={setAt} lines={tipLines}>
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
          <Drawing accessibilityLayer={false} margin={{ top: 8, right: 16, bottom: 20, left: 16 }} title={title}>
            <CartesianGrid stroke="var(--line)" strokeWidth={0.5} />
            <XNumberAxis axis={x} domain={xs} dataKey="x" />
            <YNumberAxis axis={y} domain={ys} dataKey="y" />
            {kinds.map(({ kind, name, mark }) => (
              <Points
                key={kind}
                name={name}
                data={drawn.filter((point) => point.kind === kind)}
                isAnimationActive={false}
                shape={(shape: MarkProps) => (
                  <Mark
                    {...shape}
                    scale={markScale(findPoint(shape.payload, drawn))}
                    current={at !== null && findPoint(shape.payload, drawn)?.id === at}
                  >
                    {mark ?? <ArchitectureShape kind={kind} />}
                  </Mark>
                )}
                {...(onOpen && { onClick: (item: { payload?: unknown }) => openPoint(item.payload, drawn, onOpen) })}
              />
            ))}
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: 'var(--line-strong)' }}
              content={({ active, payload }) => {
                const point = active ? findPoint(payload?.[0]?.payload, drawn) : undefined;
                if (!point) return null;
                if (tip) return <div className="chart-tip">{tip(point)}</div>;
                return <PlainTip title={point.label} lines={tipLines(point)} />;
              }}
            />
          </Drawing>
        </ResponsiveContainer>
      </PointWalk>
    </ChartFrame>
  );
}

interface MarkProps {
  cx?: number | string | undefined;
  cy?: number | string | undefined;
  payload?: unknown;
}

/** Scales the area by count, up to 16 times. */
const markScale = (point: ScatterPoint | undefined): number => Math.min(4, Math.sqrt(point?.count ?? 1));

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

function findPoint(payload: unknown, points: readonly ScatterPoint[]): ScatterPoint | undefined {
  const id = typeof payload === 'object' && payload !== null && 'id' in payload ? payload.id : undefined;
  return points.find((point) => point.id === id);
}

function openPoint(payload: unknown, points: readonly ScatterPoint[], onOpen: (point: ScatterPoint) => void): void {
  const point = findPoint(payload, points);
  if (point) onOpen(point);
}
