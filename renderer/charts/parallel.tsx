import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { architectureColor, ArchitectureShape } from '../ui/badges.tsx';
import { axisDomain, axisFormat, axisTicks, type ChartAxis, tickStyle } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { PointWalk } from './point-walk.tsx';

/** An axis of parallel coordinates, with the value of each line; null: it has none there. */
export interface ParallelAxis {
  axis: ChartAxis;
  values: readonly (number | null)[];
}

interface ParallelProps {
  title: string;
  /** From left to right. */
  axes: readonly ParallelAxis[];
  /** In the order of the values. `kind`: architecture, which decides the hue. */
  lines: readonly { id: string; label: string; kind: string }[];
  kinds: readonly { kind: string; name: string }[];
  n?: string;
  height?: number;
  onOpen?: (id: string) => void;
}

const [top, bottom, side] = [40, 12, 72];

/** A line for each thing across one vertical axis a value. Pointing at a line, or the arrow keys, name it. */
export function ParallelCoordinates({ title, axes, lines, kinds, n, height = 300, onOpen }: ParallelProps) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [at, setAt] = useState<string | null>(null);
  const width = Math.max(measured || 640, axes.length * 100);
  const x = (place: number): number =>
    axes.length < 2 ? width / 2 : side + (place * (width - 2 * side)) / (axes.length - 1);
  const scales = axes.map(({ axis, values }) => {
    const [low, high] = axisDomain(
      axis,
      values.flatMap((value) => value ?? []),
    );
    const part = (value: number): number =>
      axis.log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    const y = (value: number): number => height - bottom - part(value) * (height - top - bottom);
    return { y, ticks: axisTicks(axis, [low, high], 5) };
  });
  const valuesOf = (line: number) =>
    axes.map(({ axis, values }) => {
      const value = values[line] ?? null;
      return [axis.title, value === null ? '–' : axisFormat(axis)(value)] as const;
    });
  const path = (line: number): string => {
    let pen = 'M';
    return axes
      .flatMap(({ values }, place) => {
        const y = scales[place]?.y(values[line] ?? Number.NaN) ?? Number.NaN;
        if (!Number.isFinite(y)) {
          pen = 'M';
          return [];
        }
        const piece = `${pen}${x(place).toFixed(1)} ${y.toFixed(1)}`;
        pen = 'L';
        return [piece];
      })
      .join('');
  };
  const open = onOpen && (({ id }: { id: string }) => onOpen(id));
  const current = lines.findIndex(({ id }) => id === at);
  const order = [...lines.keys()].sort((a, b) => Number(a === current) - Number(b === current));
  return (
    <ChartFrame
      title={title}
      n={n}
      height={height}
      legend={kinds.map(({ kind, name }) => ({
        name,
        color: architectureColor(kind),
        mark: <ArchitectureShape kind={kind} />,
      }))}
      table={() => ({
        columns: ['Name', ...axes.map(({ axis }) => axis.title)],
        rows: lines.map(({ label }, line) => [label, ...valuesOf(line).map(([, value]) => value)]),
      })}
      onOpenRow={onOpen && ((row) => lines[row] && onOpen(lines[row].id))}
    >
      <PointWalk
        title={title}
        things="runs"
        points={lines.map(({ id, label, kind }, place) => ({ id, label, kind, x: place, y: 0 }))}
        tip={undefined}
        lines={({ id }) => valuesOf(lines.findIndex((line) => line.id === id))}
        onOpen={open}
        at={at}
        setAt={setAt}
        shows
      >
        <div ref={ref} className="parallel">
          <svg data-drawing="" width={width} height={height} role="img" aria-label={title}>
            {order.map((line) => {
              const { id = '', kind = '' } = lines[line] ?? {};
              return (
                <path
                  key={id}
                  className={onOpen ? 'parallel-line bar-opens' : 'parallel-line'}
                  d={path(line)}
                  fill="none"
                  stroke={architectureColor(kind)}
                  strokeWidth={id === at ? 3 : 1.5}
                  strokeOpacity={at === null || id === at ? 0.85 : 0.25}
                  onPointerEnter={() => setAt(id)}
                  onPointerLeave={() => setAt(null)}
                  onClick={onOpen && (() => onOpen(id))}
                />
              );
            })}
            {axes.map(({ axis }, place) => (
              <g key={axis.title} transform={`translate(${x(place).toFixed(1)} 0)`}>
                <text
                  y={place % 2 === 0 ? 28 : 12}
                  textAnchor="middle"
                  fill="var(--ink)"
                  fontSize={11}
                  fontWeight={600}
                >
                  {axis.title}
                </text>
                <line y1={top} y2={height - bottom} stroke="var(--line-strong)" />
                {scales[place]?.ticks.map((tick) => (
                  <g key={tick} transform={`translate(0 ${scales[place]?.y(tick).toFixed(1)})`}>
                    <line x1={-4} x2={4} stroke="var(--line-strong)" />
                    <text x={7} y={4} {...tickStyle} stroke="var(--ground)" strokeWidth={3} paintOrder="stroke">
                      {axisFormat(axis)(tick)}
                    </text>
                  </g>
                ))}
              </g>
            ))}
          </svg>
        </div>
      </PointWalk>
    </ChartFrame>
  );
}
