import type { ReactNode } from 'react';
import type { ApiInterval, Exhibit, Quantity } from '../../main/contract/results/exhibit.ts';
import { claimMarks, intervalText } from '../../main/domain/results/claims.ts';
import { shareName } from '../../main/domain/results/exhibits.ts';
import { formatFixed, formatInteger } from '../../main/domain/numbers/format.ts';
import { isQuantity } from '../../main/domain/results/exhibits.ts';
import { HelpNote } from '../ui/parts/states.tsx';
import { capitalize, usePeople } from '../ui/words/rehearsal.tsx';
import { PaperValue, Undefined } from '../ui/words/values.tsx';
import { unitName } from './unit-names.ts';

interface NumberProps {
  of: Quantity;
  decimals?: number;
  /** Unit after the value: `%`. */
  unit?: string;
  /** Table of the paper with its value: `Table 2`. */
  source?: string;
  /** Shows the images that it counts. */
  onOpen?: (() => void) | undefined;
  /** Accessible name of the button, after the number: `Type A`. */
  label?: string | undefined;
  /** No number beside it has an interval, which a note says once. */
  noIntervals?: boolean;
  /** What the button does. Default: show the images. */
  actionName?: string | undefined;
}

/** One number with std, n, interval and the paper's value, or why it is undefined. */
export function QuantityText({
  of,
  decimals = 1,
  unit,
  source,
  onOpen,
  label,
  actionName,
  noIntervals = false,
}: NumberProps) {
  const { value, std, n, paper, note } = of;
  const people = usePeople();
  return (
    <span className="quantity" data-quantity={shareName(of)}>
      {value === null ? (
        <Undefined reason={of.undefined ?? 'It is not defined.'} />
      ) : (
        <ValueButton onOpen={onOpen} label={label} actionName={actionName}>
          {formatFixed(value, decimals)}
          {std !== null && (n ?? 0) > 1 && ` ± ${formatFixed(std, decimals)}`}
          {unit !== undefined && `\u00a0${unit}`}
        </ValueButton>
      )}{' '}
      {value !== null && (
        <span className="quantity-n">
          {!noIntervals && <Interval of={of.interval} decimals={decimals} brackets />}{' '}
          {n !== null && (
            <span>
              n = {formatInteger(n)} {of.of !== null && unitName(of.of, n, people)}
            </span>
          )}
        </span>
      )}
      {note !== undefined && <small>{note}</small>}
      {paper && (
        <PaperValue {...(source !== undefined && { source })}>
          {formatFixed(paper.mean, decimals)}
          {paper.std !== null && ` ± ${formatFixed(paper.std, decimals)}`}
          {unit !== undefined && `\u00a0${unit}`}
        </PaperValue>
      )}
    </span>
  );
}

/** Says once what the sign before the paper's values is; nothing where a table has none. */
export function PaperNote({ exhibit }: { exhibit: Pick<Exhibit, 'rows' | 'number'> }) {
  if (!exhibit.rows.flat().some((cell) => isQuantity(cell) && cell.paper)) return null;
  return (
    <HelpNote>
      <PaperValue>the value in the paper{exhibit.number !== '' && `, ${exhibit.number}`}</PaperValue>
    </HelpNote>
  );
}

interface IntervalProps {
  of: ApiInterval | null;
  decimals: number;
  brackets?: boolean;
}

/** `[12.1 to 18.9]` with the mark of its claim, which a note explains, and the number of resamples without a value. */
export function Interval({ of, decimals, brackets = false }: IntervalProps) {
  const people = usePeople();
  if (of?.undefined != null) {
    return (
      <span className="interval">
        [<Undefined reason={of.undefined} />]
      </span>
    );
  }
  if (of?.lo == null || of.hi === null) return null;
  const range = `${formatFixed(of.lo, decimals)} to ${formatFixed(of.hi, decimals)}`;
  return (
    <span className="interval" title={intervalText(of, people)}>
      <span className="on-one-line">
        {brackets ? `[${range}]` : range}
        <sup>{claimMarks[of.claim]}</sup>
      </span>
      {of.nNull > 0 && <span className="soft"> ({formatInteger(of.nNull)} resamples undefined)</span>}
    </span>
  );
}

/** Cells of an interval in CSV, under `intervalNames`. */
export const intervalCells = (of: ApiInterval | null): (number | string | null)[] => [
  ...[of?.lo ?? null, of?.hi ?? null, of?.n ? claimMarks[of.claim] : null, of?.n ? `${of.n} ${of.units}` : null],
];
export const intervalNames = ['95 % from', '95 % to', '95 % claim', '95 % units'];

interface ValueButtonProps {
  onOpen: (() => void) | undefined;
  label: string | undefined;
  actionName?: string | undefined;
  children: ReactNode;
}

export function ValueButton({ onOpen, label, actionName, children }: ValueButtonProps) {
  if (!onOpen) return <span className="quantity-value">{children}</span>;
  return (
    <button
      type="button"
      className="quantity-value link-button"
      onClick={onOpen}
      title={actionName === undefined ? 'Show the images' : capitalize(actionName)}
    >
      {children}
      {label !== undefined && (
        <span className="sr">
          {' '}
          {label}: {actionName ?? 'show the images'}
        </span>
      )}
    </button>
  );
}
