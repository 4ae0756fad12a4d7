import type { ReactNode } from 'react';
import type { ApiInterval, Quantity } from '../../../main/contract/api/results-parts.ts';
import type { ExportCell } from '../../ui/export/csv.ts';
import { formatFixed, formatInteger } from '../../../main/domain/format.ts';
import { usePeople } from '../../ui/rehearsal.tsx';
import { PaperValue, Undefined } from '../../ui/values.tsx';
import { unitName } from './units.ts';

export interface NumberProps {
  of: Quantity;
  decimals?: number;
  /** Behind the value: `%`. */
  unit?: string;
  /** Where the paper has its value: `Table 2`. */
  source?: string;
  /** Shows the images that it counts. */
  onOpen?: (() => void) | undefined;
  /** What a button says besides the number: `Type A`. */
  label?: string;
}

/** One number with all that belongs beside it: spread, n, interval, the paper's value, or why it is undefined. */
export function QuantityText({ of, decimals = 1, unit, source, onOpen, label }: NumberProps) {
  const { value, std, n, paper } = of;
  const people = usePeople();
  return (
    <span className="quantity">
      {value === null ? (
        <Undefined reason={of.undefined ?? 'it is not defined'} />
      ) : (
        <Opened onOpen={onOpen} label={label}>
          {formatFixed(value, decimals)}
          {std !== null && n > 1 && ` ± ${formatFixed(std, decimals)}`}
          {unit !== undefined && `\u00a0${unit}`}
        </Opened>
      )}{' '}
      {value !== null && (
        <span className="quantity-n">
          <QuantityInterval of={of} decimals={decimals} />{' '}
          <span>
            n = {formatInteger(n)} {unitName(of.of, n, people)}
          </span>
        </span>
      )}
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

/** The 95 % interval that is quoted: pairs drawn where there are any, as images of a pair are not independent. */
const quoted = (interval: Quantity['interval']): ApiInterval | null => interval?.pair ?? interval?.image ?? null;

function QuantityInterval({ of: { interval }, decimals }: { of: Quantity; decimals: number }) {
  const drawn = interval?.pair ? 'pairs of classes' : 'images';
  return <Interval of={quoted(interval)} decimals={decimals} brackets title={`95 % interval, ${drawn} drawn anew`} />;
}

export interface IntervalProps {
  of: ApiInterval | null;
  decimals: number;
  brackets?: boolean;
  title?: string;
}

/** `12.1 to 18.9`, and how many of the draws were left out, as they have no value. */
export function Interval({ of, decimals, brackets = false, title }: IntervalProps) {
  if (of?.lo == null || of.hi === null) return null;
  const range = `${formatFixed(of.lo, decimals)} to ${formatFixed(of.hi, decimals)}`;
  return (
    <span className="interval" title={title}>
      <span className="on-one-line">{brackets ? `[${range}]` : range}</span>
      {of.nNull > 0 && <span className="soft"> ({formatInteger(of.nNull)} draws undefined)</span>}
    </span>
  );
}

/** Ends of the 95 % interval. */
export function rangeOf(interval: Quantity['interval']): [number, number] | null {
  const each = quoted(interval);
  return each?.lo != null && each.hi !== null ? [each.lo, each.hi] : null;
}

/** An interval in a table that is saved, under `intervalNames`. */
export const intervalCells = (of: ApiInterval | null): (number | null)[] => [
  ...[of?.lo ?? null, of?.hi ?? null, of?.nNull ?? null],
];
export const intervalNames = (drawn: string): string[] => [
  ...[`95 % from, drawing ${drawn}`, `95 % to, drawing ${drawn}`, `draws undefined, drawing ${drawn}`],
];

/** What is known of a number, for a table that is saved. */
export const cellsOf = (of: Quantity | null): ExportCell[] => [
  ...[of?.value ?? null, of?.std ?? null, of?.n ?? null, of?.of ?? null],
  ...[...intervalCells(of?.interval?.pair ?? null), ...intervalCells(of?.interval?.image ?? null)],
  ...[of?.paper?.mean ?? null, of?.paper?.std ?? null, of?.undefined ?? null],
];
export const cellNames = (name: string): string[] => [
  name,
  ...[
    'std',
    'n',
    'n of what',
    ...intervalNames('pairs'),
    ...intervalNames('images'),
    'paper',
    'paper std',
    'not defined',
  ].map((part) => `${name}: ${part}`),
];

export function Opened(props: { onOpen: (() => void) | undefined; label: string | undefined; children: ReactNode }) {
  const { onOpen, label, children } = props;
  if (!onOpen) return <span className="quantity-value">{children}</span>;
  return (
    <button type="button" className="quantity-value link-button" onClick={onOpen} title="Show the images">
      {children}
      {label !== undefined && <span className="sr"> {label}: show the images</span>}
    </button>
  );
}
