import { useState } from 'react';
import type { AgreementResult } from '../../../main/contract/api/results-charts.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { ArchitectureShape } from '../../ui/badges.tsx';
import { truncate, formatFixed, peopleWord } from '../../../main/domain/format.ts';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { useChoice } from './choice.tsx';
import { cellText, groundOf, legendOf } from './matrix-scale.tsx';
import { labelersText, networksText } from './units.ts';
import { useOpenWhich } from './use-which.ts';

/** It is walked over by keyboard. */
const reachable = { tabIndex: 0 };

/** Letters of a name that are shown; the whole of it is said below. */
const mostLetters = 18;

export interface AgreementMatrixProps {
  agreement: AgreementResult;
  title: string;
}

/** Every rater against every other, like beside like. Arrow keys walk over the cells; Enter or a click shows images. */
export function AgreementMatrix({ agreement, title }: AgreementMatrixProps) {
  const { raters, values } = agreement;
  const people = peopleWord(agreement);
  const { group } = useChoice();
  const open = useOpenWhich();
  const [chosen, setAt] = useState<readonly [number, number]>([0, 1]);
  // A picture that is saved does not show where keys or pointer were last.
  const [isFocused, setFocused] = useState(false);
  const [isPointedAt, setPointedAt] = useState(false);
  if (values.length < 2)
    return (
      <p className="help-note">There is no matrix. {agreement.undefined ?? 'Two raters are needed to compare.'}</p>
    );
  const cell = raters.length > 30 ? 14 : 26;
  const size = raters.length * cell;
  const longest = Math.min(mostLetters, Math.max(...raters.map((rater) => rater.name.length)));
  const left = 34 + longest * 6.4;
  const top = 16 + longest * 6;
  const name = (index: number): string => raters[index]?.name ?? '';
  // Raters may have become fewer since.
  const last = raters.length - 1;
  const at: readonly [number, number] = [Math.min(chosen[0], last), Math.min(chosen[1], last)];
  const value = values[at[0]]?.[at[1]] ?? null;
  const said =
    at[0] === at[1]
      ? `${name(at[0])} with itself`
      : `${name(at[0])} and ${name(at[1])}: ${value === null ? 'not defined' : formatFixed(value, 3)}`;
  const openCell = ([row, column]: readonly [number, number]): void => {
    const [a, b] = [raters[row], raters[column]];
    if (!a || !b || a === b) return;
    const differ = { kind: 'raters-differ', a: raterOf(a), b: raterOf(b) } as const;
    open(group, differ, `${a.name} and ${b.name} differ`);
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
      n={[
        ...(agreement.networks > 0 ? [networksText(agreement.networks)] : []),
        labelersText(agreement.labelers, people),
      ].join(', ')}
      legend={legendOf(agreement.measure)}
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
          aria-label={`${title}. ${said}. Arrow keys walk over the cells, Enter shows the images on which the two differ.`}
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
              fill={rater.kind === 'person' ? 'var(--people)' : 'var(--ink)'}
              fontSize={Math.min(11, cell - 2)}
            >
              <text x={left - 6} y={top + index * cell + cell / 2 + 4} textAnchor="end">
                {truncate(rater.name, mostLetters)}
              </text>
              <text transform={`translate(${left + index * cell + cell / 2 + 4} ${top - 6}) rotate(-60)`}>
                {truncate(rater.name, mostLetters)}
              </text>
              {rater.kind === 'model' && cell > 20 && (
                <g transform={`translate(8 ${top + index * cell + cell / 2}) scale(0.8)`}>
                  <ArchitectureShape kind={rater.architecture.toLowerCase()} />
                </g>
              )}
            </g>
          ))}
          {values.map((row, y) =>
            row.map((each, x) => (
              <MatrixCell
                key={`${name(y)} ${name(x)}`}
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
      <p className="matrix-said" aria-live="polite">
        {said}
      </p>
    </ChartFrame>
  );
}

const moves: Record<string, readonly [number, number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

const raterOf = ({ kind, name }: AgreementResult['raters'][number]) => ({ kind, name });

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
        fill={self ? 'var(--line)' : value === null ? 'transparent' : groundOf(value)}
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
          {value === null ? '–' : cellText(value)}
        </text>
      )}
    </g>
  );
}
