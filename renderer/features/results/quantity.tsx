import type { ReactNode } from 'react';
import type { ApiInterval, Quantity } from '../../../main/contract/exhibit.ts';
import { quotedInterval } from '../../../main/domain/exhibits.ts';
import { formatFixed, formatInteger } from '../../../main/domain/format.ts';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { PaperValue, Undefined } from '../../ui/values.tsx';
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
  /** What the button does. Default: show the images. */
  actionName?: string | undefined;
}

/** One number with std, n, interval and the paper's value, or why it is undefined. */
export function QuantityText({ of, decimals = 1, unit, source, onOpen, label, actionName }: NumberProps) {
  const { value, std, n, paper, note } = of;
  const people = usePeople();
  return (
    <span className="quantity">
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
          <QuantityInterval of={of} decimals={decimals} />{' '}
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

function QuantityInterval({ of: { interval }, decimals }: { of: Quantity; decimals: number }) {
  const drawn = interval?.pair ? 'pairs of classes' : interval?.image ? 'images' : 'labelers or networks';
  return (
    <Interval
      of={quotedInterval({ interval })}
      decimals={decimals}
      brackets
      title={`95 % interval, ${drawn} resampled`}
    />
  );
}

interface IntervalProps {
  of: ApiInterval | null;
  decimals: number;
  brackets?: boolean;
  title?: string;
}

/** `12.1 to 18.9`, and the number of resamples without a value. */
export function Interval({ of, decimals, brackets = false, title }: IntervalProps) {
  if (of?.lo == null || of.hi === null) return null;
  const range = `${formatFixed(of.lo, decimals)} to ${formatFixed(of.hi, decimals)}`;
  return (
    <span className="interval" title={title}>
      <span className="on-one-line">{brackets ? `[${range}]` : range}</span>
      {of.nNull > 0 && <span className="soft"> ({formatInteger(of.nNull)} resamples undefined)</span>}
    </span>
  );
}

/** Ends of the 95 % interval. */
export function intervalRange(interval: Quantity['interval']): [number, number] | null {
  const each = quotedInterval({ interval });
  return each?.lo != null && each.hi !== null ? [each.lo, each.hi] : null;
}

/** Cells of an interval in CSV, under `intervalNames`. */
export const intervalCells = (of: ApiInterval | null): (number | null)[] => [
  ...[of?.lo ?? null, of?.hi ?? null, of?.nNull ?? null],
];
export const intervalNames = (drawn: string): string[] => [
  ...[`95 % from, drawing ${drawn}`, `95 % to, drawing ${drawn}`, `draws undefined, drawing ${drawn}`],
];

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
