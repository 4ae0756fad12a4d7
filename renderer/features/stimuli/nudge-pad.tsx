import { fixed } from '../../ui/format.ts';
import classes from './stimuli.module.css';

export interface NudgePadProps {
  /** How far along the first direction (to the right) and the second (up). */
  offset: readonly [number, number];
  step: number;
  onMove: (offset: readonly [number, number]) => void;
}

/** CSS pixels of the pad, and how far it reaches from its middle, in units of z. */
const size = 160;
const reach = 8;

const keys: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** A field to move a point in two directions: by arrow keys, or with a click. */
export function NudgePad({ offset, step, onMove }: NudgePadProps) {
  const [a, b] = offset;
  const place = (value: number): number => size / 2 + (Math.max(-reach, Math.min(reach, value)) * size) / (2 * reach);
  return (
    <div>
      <button
        type="button"
        className={classes.pad}
        aria-label={`Move along two directions with the arrow keys: ${fixed(a, 2)} and ${fixed(b, 2)}`}
        onKeyDown={(event) => {
          const move = keys[event.key];
          if (!move) return;
          event.preventDefault();
          onMove([a + move[0] * step, b + move[1] * step]);
        }}
        onClick={(event) => {
          // The keyboard's click (Enter, space) has no place.
          if (event.detail === 0) return;
          const box = event.currentTarget.getBoundingClientRect();
          const at = (pixels: number): number => ((pixels / size) * 2 - 1) * reach;
          onMove([at(event.clientX - box.left), -at(event.clientY - box.top)]);
        }}
      >
        <svg width={size} height={size} aria-hidden="true">
          <line x1={0} y1={size / 2} x2={size} y2={size / 2} />
          <line x1={size / 2} y1={0} x2={size / 2} y2={size} />
          <circle cx={place(a)} cy={place(-b)} r={6} />
        </svg>
      </button>
      <p className={classes.soft}>
        {fixed(a, 2)} along the first, {fixed(b, 2)} along the second
      </p>
    </div>
  );
}
