import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { formatFixed } from '../../main/domain/format.ts';
import { axisDomain, axisFormat, axisTicks, type ChartAxis, padDomain, tickStyle } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { PointWalk } from './point-walk.tsx';

type Range = readonly [low: number, high: number];

/** An estimate with its interval, and a wider one for all rows together. */
export interface ForestRow {
  id: string;
  label: string;
  /** Null: there is none. */
  estimate: number | null;
  interval: Range | null;
  wider: Range | null;
  /** A few words at the end of the row. */
  verdict: string;
  /** Drawn full: the wider interval leaves out the line. */
  isApart: boolean;
}

interface ForestProps {
  title: string;
  x: ChartAxis;
  rows: readonly ForestRow[];
  /** What lies at a line, e.g. `MLP`; with a second one, their names stand on either side. None: there is no line. */
  lines: readonly { at: number; name: string }[];
  /** What the rows are; `Level` unless given. */
  rowName?: string;
  /** What is drawn; differences with 95 % intervals unless given. */
  names?: { value: string; interval: string; from: string; to: string };
  /** What the wider intervals are; left out: there are none. */
  wider?: string;
  decimals: number;
  n?: string;
  onOpen?: (id: string) => void;
}

const [rowHeight, top, bottom] = [30, 22, 44];

const differences = { value: 'Difference', interval: '95 % interval', from: '95 % from', to: '95 % to' };

/** Estimates in rows, with intervals, beside a line that stands for no difference, or between two bounds. */
export function Forest(props: ForestProps) {
  const { title, x, rows, lines, rowName = 'Level', names = differences, wider, decimals, n, onOpen } = props;
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [at, setAt] = useState<string | null>(null);
  const width = Math.max(measured || 640, 420);
  const height = top + bottom + rowHeight * rows.length;
  const left = Math.min(width * 0.35, 24 + 7 * Math.max(4, ...rows.map(({ label }) => label.length)));
  const right = 24 + 7 * Math.max(4, ...rows.map(({ verdict }) => verdict.length));
  const ends = rows.flatMap(({ estimate, interval, wider: all }) => [
    ...(estimate === null ? [] : [estimate]),
    ...[...(interval ?? []), ...(all ?? [])],
  ]);
  const [low, high] = padDomain(x, axisDomain(x, [...lines.map((line) => line.at), ...ends]), 0.04);
  const place = (value: number): number => left + ((value - low) / (high - low)) * (width - left - right);
  const y = (row: number): number => top + (row + 0.5) * rowHeight;
  const text = (value: number): string => formatFixed(value, decimals);
  const range = (of: Range | null): string => (of ? `${text(of[0])} to ${text(of[1])}` : '–');
  const linesOf = (row: ForestRow) => [
    [names.value, row.estimate === null ? '–' : text(row.estimate)] as const,
    [names.interval, range(row.interval)] as const,
    ...(wider === undefined ? [] : [[wider, range(row.wider)] as const]),
  ];
  const points = rows.map(({ id, label }, row) => ({ id, label, kind: '', x: row, y: 0 }));
  return (
    <ChartFrame
      title={title}
      n={n}
      height={height}
      legend={[]}
      table={() => ({
        columns: [
          ...[rowName, names.value, names.from, names.to],
          ...(wider === undefined ? [] : [`${wider}: from`, `${wider}: to`]),
          'Verdict',
        ],
        rows: rows.map(({ label, estimate, interval, wider: all, verdict }) => [
          ...[label, estimate, interval?.[0] ?? null, interval?.[1] ?? null],
          ...(wider === undefined ? [] : [all?.[0] ?? null, all?.[1] ?? null]),
          verdict,
        ]),
      })}
      onOpenRow={onOpen && ((row) => rows[row] && onOpen(rows[row].id))}
    >
      <PointWalk
        title={title}
        points={points}
        at={at}
        setAt={setAt}
        tip={undefined}
        lines={({ id }) => linesOf(rows.find((row) => row.id === id) ?? emptyRow)}
        onOpen={onOpen && (({ id }) => onOpen(id))}
        shows
      >
        <div ref={ref} className="forest">
          <svg data-drawing="" width={width} height={height} role="img" aria-label={title}>
            {axisTicks(x, [low, high], 6).map((tick) => (
              <g key={tick} transform={`translate(${place(tick).toFixed(1)} 0)`}>
                <line y1={top} y2={height - bottom} stroke="var(--line)" strokeWidth={0.5} />
                <text y={height - bottom + 16} textAnchor="middle" {...tickStyle}>
                  {axisFormat(x)(tick)}
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
                key={row.id}
                className={onOpen ? 'bar-opens' : undefined}
                transform={`translate(0 ${y(index)})`}
                onPointerEnter={() => setAt(row.id)}
                onPointerLeave={() => setAt(null)}
                onClick={onOpen && (() => onOpen(row.id))}
              >
                <rect
                  x={0}
                  y={-rowHeight / 2}
                  width={width}
                  height={rowHeight}
                  fill={at === row.id ? 'var(--hover)' : 'transparent'}
                />
                <text x={left - 12} y={4} textAnchor="end" fill="var(--ink)" fontSize={12}>
                  {row.label}
                </text>
                {row.wider && <Bar from={place(row.wider[0])} to={place(row.wider[1])} width={1} />}
                {row.interval && <Bar from={place(row.interval[0])} to={place(row.interval[1])} width={3} />}
                {row.estimate !== null && (
                  <rect
                    x={place(row.estimate) - 5}
                    y={-5}
                    width={10}
                    height={10}
                    fill={row.isApart ? 'var(--ink)' : 'var(--surface)'}
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

const emptyRow: ForestRow = {
  id: '',
  label: '',
  estimate: null,
  interval: null,
  wider: null,
  verdict: '',
  isApart: false,
};

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
