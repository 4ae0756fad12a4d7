import { Box } from '@mantine/core';
import { useState } from 'react';
import type { MatrixChart, Opens } from '../../main/contract/results/figure.ts';
import { pairText, shortValue } from '../../main/domain/results/figures.ts';
import { truncate } from '../../main/domain/numbers/format.ts';
import { ScrollBox } from '../ui/tables/plain-table.tsx';
import { HelpNote } from '../ui/parts/states.tsx';
import { useThumbnailSize } from '../ui/images/thumbnails.ts';
import { ChartFrame, type LegendEntry } from './chart-frame.tsx';
import { Mark } from './mark.tsx';

/** Arrow keys move between cells. */
const reachable = { tabIndex: 0 };

/** Characters of a name that are shown; the line below the matrix has the full name. */
const mostLetters = 18;

interface MatrixProps {
  chart: MatrixChart;
  title: string;
  n: string;
  onOpen?: ((opens: Opens) => void) | undefined;
}

/** Every rater against every other. Arrow keys move; Enter or a click shows images. */
export function Matrix({ chart, title, n, onOpen }: MatrixProps) {
  const { raters, values, signed, group } = chart;
  const [chosen, setAt] = useState<readonly [number, number]>([0, 1]);
  // Saved pictures show no cursor.
  const [isFocused, setFocused] = useState(false);
  const [isPointedAt, setPointedAt] = useState(false);
  const cell = useThumbnailSize(raters.length > 30 ? 14 : 26);
  if (chart.undefined !== undefined) return <HelpNote>There is no matrix. {chart.undefined}</HelpNote>;
  const size = raters.length * cell;
  const longest = Math.min(mostLetters, Math.max(...raters.map((rater) => rater.name.length)));
  const left = 34 + longest * 6.4;
  const top = 16 + longest * 6;
  // The number of raters may have dropped.
  const last = raters.length - 1;
  const at: readonly [number, number] = [Math.min(chosen[0], last), Math.min(chosen[1], last)];
  const cellDescription = pairText(chart, ...at);
  const openCell = ([row, column]: readonly [number, number]): void => {
    const [a, b] = [raters[row], raters[column]];
    if (!a || !b || a === b) return;
    const differ = { kind: 'raters-differ', a: toRater(a), b: toRater(b) } as const;
    onOpen?.({ kind: 'which', group, which: differ, title: `${a.name} and ${b.name} differ` });
  };
  const pressed = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter') openCell(at);
    const [down, across] = moves[event.key] ?? [0, 0];
    if (down === 0 && across === 0) return;
    const inside = (index: number): number => Math.max(0, Math.min(last, index));
    setAt([inside(at[0] + down), inside(at[1] + across)]);
    event.preventDefault();
  };
  return (
    <ChartFrame
      title={title}
      n={n}
      legend={scaleLegend(signed)}
      height={top + size + 30}
      table={() => ({
        columns: ['', ...raters.map((rater) => rater.name)],
        rows: raters.map((rater, row) => [rater.name, ...(values[row] ?? [])]),
      })}
    >
      <ScrollBox label={`${title}, matrix`}>
        <svg
          data-drawing
          className="agreement-matrix"
          width={left + size + 60}
          height={top + size + 4}
          role="application"
          aria-label={`${title}. ${cellDescription}. Use the arrow keys to move; press Enter to show the images on which the two differ.`}
          {...reachable}
          onKeyDown={pressed}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          onPointerEnter={() => setPointedAt(true)}
          onPointerLeave={() => setPointedAt(false)}
        >
          {raters.map((rater, index) => (
            <g
              key={rater.name}
              fill={rater.of === 'person' ? 'var(--people)' : 'var(--ink)'}
              fontSize={Math.min(11, cell - 2)}
            >
              <text x={left - 6} y={top + index * cell + cell / 2 + 4} textAnchor="end">
                {truncate(rater.name, mostLetters)}
              </text>
              <text transform={`translate(${left + index * cell + cell / 2 + 4} ${top - 6}) rotate(-60)`}>
                {truncate(rater.name, mostLetters)}
              </text>
              {rater.mark && cell > 20 && (
                <g transform={`translate(8 ${top + index * cell + cell / 2}) scale(0.8)`}>
                  <Mark shape={rater.mark} hue={rater.hue} />
                </g>
              )}
            </g>
          ))}
          {values.map((row, y) =>
            row.map((each, x) => (
              <MatrixCell
                key={`${raters[y]?.name} ${raters[x]?.name}`}
                value={each}
                self={x === y}
                size={cell}
                x={left + x * cell}
                y={top + y * cell}
                current={(isFocused || isPointedAt) && at[0] === y && at[1] === x}
                onPoint={() => setAt([y, x])}
                onOpen={() => openCell([y, x])}
              />
            )),
          )}
        </svg>
      </ScrollBox>
      <Box
        component="p"
        className="matrix-description"
        m="6px 0 0"
        style={{ fontVariantNumeric: 'tabular-nums' }}
        aria-live="polite"
      >
        {cellDescription}
      </Box>
    </ChartFrame>
  );
}

const moves: Record<string, readonly [number, number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

const toRater = ({ of: kind, name }: MatrixChart['raters'][number]) => ({ kind, name });

interface CellProps {
  value: number | null;
  self: boolean;
  size: number;
  x: number;
  y: number;
  current: boolean;
  onPoint: () => void;
  onOpen: () => void;
}

function MatrixCell({ value, self, size, x, y, current, onPoint, onOpen }: CellProps) {
  return (
    <g onPointerEnter={onPoint}>
      <rect
        x={x}
        y={y}
        width={size - 1}
        height={size - 1}
        fill={self ? 'var(--line)' : value === null ? 'transparent' : cellColor(value)}
        stroke={current ? 'var(--ink)' : value === null && !self ? 'var(--line)' : 'none'}
        strokeWidth={current ? 2 : 1}
        strokeDasharray={value === null && !self && !current ? '2 2' : undefined}
        {...(!self && { onClick: onOpen, style: { cursor: 'pointer' } })}
      />
      {size > 20 && !self && (
        <text
          x={x + size / 2}
          y={y + size / 2 + 4}
          textAnchor="middle"
          pointerEvents="none"
          fontSize={10}
          fill={value !== null && Math.abs(value) > 0.55 ? 'var(--surface)' : 'var(--ink)'}
        >
          {shortValue(value)}
        </text>
      )}
    </g>
  );
}

/** Background at 0, one hue at 1, another at −1: agreement below chance must not look like agreement. */
export function cellColor(value: number): string {
  const hue = value < 0 ? 'var(--series-2)' : 'var(--series-3)';
  return `color-mix(in srgb, ${hue} ${Math.round(Math.min(1, Math.abs(value)) * 100)}%, var(--surface))`;
}

const steps = [-0.5, 0, 0.5, 1] as const;

/** Steps of the color scale. */
const scaleLegend = (signed: boolean): LegendEntry[] =>
  steps
    .filter((value) => value >= 0 || signed)
    .map((value) => ({
      name: shortValue(value),
      color: cellColor(value),
      mark: <rect x="-5" y="-5" width="10" height="10" fill={cellColor(value)} stroke="var(--line-strong)" />,
    }));
