import { useState } from 'react';
import type { PairBalance } from '../../../main/contract/pair-balance.ts';
import classes from './stimuli.module.css';

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

const positionOf = (k: number, count: number): { x: number; y: number } => {
  const angle = (2 * Math.PI * k) / count - Math.PI / 2;
  return { x: size / 2 + radius * Math.cos(angle), y: size / 2 + radius * Math.sin(angle) };
};

/** Classes on a ring, a line for each pair. Two classes one after another, or a line, change the design. */
export function PairGraph({ names, pairs, balance, disabled, onToggle }: PairGraphProps) {
  const [first, setFirst] = useState<number | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const usual = Math.max(...balance.counts);
  const pick = (k: number): void => {
    if (first === null) return setFirst(k);
    setFirst(null);
    if (first !== k) onToggle(first, k);
  };
  return (
    <figure className={classes.graph} style={{ width: size, height: size }}>
      <figcaption className="sr">Pairs as lines between classes on a ring</figcaption>
      <svg width={size} height={size} aria-hidden="true">
        {pairs.map(([i, j]) => {
          const [from, to] = [positionOf(i, names.length), positionOf(j, names.length)];
          const key = `${i}-${j}`;
          const line = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse alone; the table beside it is for the keyboard
            <g
              key={key}
              className={classes.edge}
              data-hovered={hovered === key || undefined}
              data-joined={(first !== null && (i === first || j === first)) || undefined}
              onMouseEnter={() => setHovered(key)}
              onMouseLeave={() => setHovered(null)}
              onClick={() => !disabled && onToggle(i, j)}
            >
              <title>{`${names[i]} and ${names[j]}: click to part them`}</title>
              <line {...line} className={classes.edgeLine} />
              <line {...line} className={classes.edgeTarget} />
            </g>
          );
        })}
      </svg>
      {names.map((name, k) => {
        const { x, y } = positionOf(k, names.length);
        const pairCount = balance.counts[k] ?? 0;
        return (
          <button
            key={name}
            type="button"
            className={classes.node}
            style={{ left: x, top: y }}
            aria-pressed={first === k}
            aria-label={`${name}, in ${pairCount} pairs`}
            data-odd={pairCount !== usual || undefined}
            disabled={disabled}
            onClick={() => pick(k)}
            onKeyDown={(event) => event.key === 'Escape' && setFirst(null)}
          >
            <strong>{name.slice(0, 6)}</strong>
            <span>{pairCount}</span>
          </button>
        );
      })}
      <p className={classes.graphHint} aria-live="polite">
        {first === null ? '' : `${names[first]} and …`}
      </p>
    </figure>
  );
}
