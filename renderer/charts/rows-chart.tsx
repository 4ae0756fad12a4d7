import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import type { Opens, RowsChart } from '../../main/contract/results/figure.ts';
import { at } from '../../main/domain/numbers/arrays.ts';
import { axisTicks } from '../../main/domain/settings/axes.ts';
import { rowsDomain, rowTexts, toAxis } from '../../main/domain/results/figures.ts';
import type { ExportTable } from '../ui/export/csv.ts';
import { tickStyle } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { PointWalk } from './point-walk.tsx';

interface RowsProps {
  title: string;
  chart: RowsChart;
  n: string;
  onOpen?: (opens: Opens) => void;
}

const [rowHeight, top, bottom] = [30, 22, 44];

/** Estimates in rows, with intervals, beside a line that stands for no difference, or between two bounds. */
export function Rows({ title, chart, n, onOpen }: RowsProps) {
  const { x, rows, lines } = chart;
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [current, setCurrent] = useState<string | null>(null);
  const width = Math.max(measured || 640, 420);
  const height = top + bottom + rowHeight * rows.length;
  const left = Math.min(width * 0.35, 24 + 7 * Math.max(4, ...rows.map(({ name }) => name.length)));
  const right = 24 + 7 * Math.max(4, ...rows.map(({ verdict }) => verdict.length));
  const axis = toAxis(x);
  const [low, high] = rowsDomain(chart);
  const place = (value: number): number => left + ((value - low) / (high - low)) * (width - left - right);
  const y = (row: number): number => top + (row + 0.5) * rowHeight;
  const openRow = (row: number): void => {
    const opens = rows[row]?.opens;
    if (opens) onOpen?.(opens);
  };
  const isOpening = onOpen !== undefined && rows.some(({ opens }) => opens);
  const points = rows.map(({ name: label }, row) => ({ id: String(row), label, kind: '', x: row, y: 0 }));
  return (
    <ChartFrame
      title={title}
      n={n}
      height={height}
      legend={[]}
      table={() => toTable(chart)}
      onOpenRow={isOpening ? openRow : undefined}
    >
      <PointWalk
        title={title}
        points={points}
        at={current}
        setAt={setCurrent}
        tip={undefined}
        lines={({ id }) => rowTexts(chart, at(rows, Number(id)))}
        onOpen={isOpening ? ({ id }) => openRow(Number(id)) : undefined}
        shows
      >
        <div ref={ref} className="forest">
          <svg data-drawing="" width={width} height={height} role="img" aria-label={title}>
            {axisTicks(axis, [low, high], 6).map((tick) => (
              <g key={tick} transform={`translate(${place(tick).toFixed(1)} 0)`}>
                <line y1={top} y2={height - bottom} stroke="var(--line)" strokeWidth={0.5} />
                <text y={height - bottom + 16} textAnchor="middle" {...tickStyle}>
                  {axis.format(tick)}
                </text>
              </g>
            ))}
            <text x={(left + width - right) / 2} y={height - 6} textAnchor="middle" {...tickStyle}>
              {x.title}
            </text>
            {lines.map((line, index) => (
              <g key={line.name} transform={`translate(${place(line.at).toFixed(1)} 0)`}>
                <line y1={top} y2={height - bottom} stroke="var(--ink-soft)" strokeDasharray="4 3" />
                <text
                  y={top - 6}
                  textAnchor={lines.length === 1 ? 'middle' : index === 0 ? 'end' : 'start'}
                  {...tickStyle}
                >
                  {line.name}
                </text>
              </g>
            ))}
            {rows.map((row, index) => (
              <g
                key={row.name}
                className={onOpen && row.opens ? 'bar-opens' : undefined}
                transform={`translate(0 ${y(index)})`}
                onPointerEnter={() => setCurrent(String(index))}
                onPointerLeave={() => setCurrent(null)}
                onClick={() => openRow(index)}
              >
                <rect
                  x={0}
                  y={-rowHeight / 2}
                  width={width}
                  height={rowHeight}
                  fill={current === String(index) ? 'var(--hover)' : 'transparent'}
                />
                <text x={left - 12} y={4} textAnchor="end" fill="var(--ink)" fontSize={12}>
                  {row.name}
                </text>
                {row.wider && <Bar from={place(row.wider[0])} to={place(row.wider[1])} width={1} />}
                {row.interval && <Bar from={place(row.interval[0])} to={place(row.interval[1])} width={3} />}
                {row.value !== null && (
                  <rect
                    x={place(row.value) - 5}
                    y={-5}
                    width={10}
                    height={10}
                    fill={row.full ? 'var(--ink)' : 'var(--surface)'}
                    stroke="var(--ink)"
                    strokeWidth={1.5}
                  />
                )}
                <text x={width - right + 12} y={4} fill="var(--ink-soft)" fontSize={12}>
                  {row.verdict}
                </text>
              </g>
            ))}
          </svg>
        </div>
      </PointWalk>
    </ChartFrame>
  );
}

function toTable({ rowName, valueName, intervalName, widerName, rows }: RowsChart): ExportTable {
  const ends = (name: string): string[] => [`${name}: from`, `${name}: to`];
  return {
    columns: [
      ...[rowName, valueName, ...ends(intervalName)],
      ...(widerName === undefined ? [] : ends(widerName)),
      'Verdict',
    ],
    rows: rows.map(({ name, value, interval, wider, verdict }) => [
      ...[name, value, interval?.[0] ?? null, interval?.[1] ?? null],
      ...(widerName === undefined ? [] : [wider?.[0] ?? null, wider?.[1] ?? null]),
      verdict,
    ]),
  };
}

/** A horizontal line with ends. */
function Bar({ from, to, width }: { from: number; to: number; width: number }) {
  const [a, b] = [from.toFixed(1), to.toFixed(1)];
  const end = width > 1 ? 0 : 5;
  return (
    <path
      d={`M${a} 0H${b}M${a} ${-end}V${end}M${b} ${-end}V${end}`}
      stroke="var(--ink)"
      strokeWidth={width}
      fill="none"
    />
  );
}
