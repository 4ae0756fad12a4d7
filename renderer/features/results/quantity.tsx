import type { ReactNode } from 'react';
import type { Quantity } from '../../../main/contract/api/results-parts.ts';
import { fixed, whole } from '../../ui/numbers.ts';
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
          {fixed(value, decimals)}
          {std !== null && n > 1 && ` ± ${fixed(std, decimals)}`}
          {unit !== undefined && `\u00a0${unit}`}
        </Opened>
      )}{' '}
      {value !== null && (
        <span className="quantity-n">
          <span>{intervalText(of, decimals) ?? ''}</span>{' '}
          <span>
            n = {whole(n)} {unitName(of.of, n, people)}
          </span>
        </span>
      )}
      {paper && (
        <PaperValue {...(source !== undefined && { source })}>
          {fixed(paper.mean, decimals)}
          {paper.std !== null && ` ± ${fixed(paper.std, decimals)}`}
          {unit !== undefined && `\u00a0${unit}`}
        </PaperValue>
      )}
    </span>
  );
}

/** `[12.1 to 18.9]`, drawing pairs where that is known: images of a pair are not independent. */
export function intervalText({ interval }: Quantity, decimals = 1): string | null {
  const range = rangeOf(interval);
  return range && `[${fixed(range[0], decimals)} to ${fixed(range[1], decimals)}]`;
}

/** Ends of the 95 % interval. */
export function rangeOf(interval: Quantity['interval']): [number, number] | null {
  const each = interval?.pair ?? interval?.image ?? null;
  return each?.lo != null && each.hi !== null ? [each.lo, each.hi] : null;
}

/** What is known of a number, for a table that is saved. */
export const cellsOf = (of: Quantity): (number | null)[] => {
  const range = rangeOf(of.interval);
  return [of.value, of.std, of.n, range?.[0] ?? null, range?.[1] ?? null, of.paper?.mean ?? null];
};
export const cellNames = (name: string): string[] => [
  ...[name, `${name}: std`, `${name}: n`, `${name}: 95 % from`, `${name}: 95 % to`, `${name}: paper`],
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
