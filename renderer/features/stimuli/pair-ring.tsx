import { Box } from '@mantine/core';
import { useState } from 'react';
import type { PairBalance } from '../../../main/domain/stimuli/pair-balance.ts';
import { formatCount } from '../../../main/domain/numbers/format.ts';

/** Two classes by index, the smaller first. */
export type Pair = readonly [number, number];

export interface PairGraphProps {
  names: readonly string[];
  pairs: readonly Pair[];
  balance: PairBalance;
  disabled: boolean;
  onToggle: (a: number, b: number) => void;
}

/** CSS pixels. */
const size = 400;
const radius = 160;

type Point = Record<'x' | 'y', number>;

const nodePosition = (k: number, count: number): Point => {
  const angle = (2 * Math.PI * k) / count - Math.PI / 2;
  return { x: size / 2 + radius * Math.cos(angle), y: size / 2 + radius * Math.sin(angle) };
};

const lineBetween = (from: Point, to: Point): React.CSSProperties => ({
  left: (from.x + to.x) / 2,
  top: (from.y + to.y) / 2,
  width: Math.hypot(to.x - from.x, to.y - from.y),
  transform: `translate(-50%, -50%) rotate(${Math.atan2(to.y - from.y, to.x - from.x)}rad)`,
});

/** With more classes, names on the ring overlap. */
const most = { short: 20, long: 12 };
export const fitsRing = (names: readonly string[]): boolean =>
  names.length <= (hasLong(names) ? most.long : most.short);

/** Classes on a ring with a line for each pair. Clicking two classes, or a line, changes the design. */
export function PairGraph({ names, pairs, balance, disabled, onToggle }: PairGraphProps) {
  const [first, setFirst] = useState<number | null>(null);
  const usual = Math.max(...balance.counts);
  const pick = (k: number): void => {
    if (first === null) return setFirst(k);
    setFirst(null);
    if (first !== k) onToggle(first, k);
  };
  return (
    <Box
      component="figure"
      className="stimuli-graph"
      pos="relative"
      data-long={hasLong(names)}
      style={{ width: size, height: size }}
    >
      <figcaption className="sr">Pairs as lines between classes on a ring</figcaption>
      {pairs.map(([i, j]) => (
        <button
          key={`${i}-${j}`}
          type="button"
          // The table beside it is for the keyboard and screen readers.
          tabIndex={-1}
          aria-hidden="true"
          className="stimuli-edge"
          style={lineBetween(nodePosition(i, names.length), nodePosition(j, names.length))}
          title={`${names[i]} and ${names[j]}: click to remove this pair`}
          data-joined={(first !== null && (i === first || j === first)) || undefined}
          disabled={disabled}
          onClick={() => onToggle(i, j)}
        />
      ))}
      {names.map((name, k) => {
        const { x, y } = nodePosition(k, names.length);
        const pairCount = balance.counts[k] ?? 0;
        return (
          <button
            key={name}
            type="button"
            className="stimuli-node"
            style={{ left: x, top: y }}
            aria-pressed={first === k}
            aria-label={`${name}, in ${formatCount(pairCount, 'pair')}`}
            data-odd={pairCount !== usual || undefined}
            disabled={disabled}
            onClick={() => pick(k)}
            onKeyDown={(event) => event.key === 'Escape' && setFirst(null)}
          >
            <strong title={name}>{name}</strong>
            <span>{pairCount}</span>
          </button>
        );
      })}
      <Box
        component="p"
        pos="absolute"
        top="50%"
        left={0}
        w="100%"
        ta="center"
        style={{ pointerEvents: 'none' }}
        aria-live="polite"
      >
        {first === null ? '' : `${names[first]} and …`}
      </Box>
    </Box>
  );
}

/** Whether names need more room than a digit. */
export const hasLong = (names: readonly string[]): true | undefined =>
  names.some((name) => name.length > 3) || undefined;
