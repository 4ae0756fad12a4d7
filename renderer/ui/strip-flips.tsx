import type { Flip } from './strip-votes.ts';

export interface StripFlipsProps {
  alphas: readonly number[];
  /** Who labelled: `People`. */
  whose: string;
  people: readonly Flip[];
  networks: readonly Flip[];
  classes: readonly string[];
}

const height = 18;
const middle = height / 2;

/** Ticks on the alpha axis where the most frequent label flips: people's above the line, networks' below. */
export function StripFlips({ alphas, whose, people, networks, classes }: StripFlipsProps) {
  const x = (at: number): string => `${((at + 0.5) / alphas.length) * 100}%`;
  const name = (label: number): string => classes[label] ?? String(label);
  const spoken = (who: string, flips: readonly Flip[]): string =>
    flips.length === 0
      ? ''
      : `${who} flip ${flips.map(({ at, from, to }) => `from ${name(from)} to ${name(to)} at alpha ${alphaAt(alphas, at).toFixed(2)}`).join(', ')}.`;
  const text = [spoken(whose, people), spoken('Networks', networks)].filter(Boolean).join(' ') || 'No label flips.';
  return (
    <svg className="strip-flips" role="img" aria-label={text}>
      <title>{text}</title>
      <line x1={x(0)} x2={x(alphas.length - 1)} y1={middle} y2={middle} stroke="var(--line-strong)" />
      {people.map(({ at }) => (
        <line key={`p${at}`} x1={x(at)} x2={x(at)} y1={0} y2={middle} stroke="var(--people)" strokeWidth="3" />
      ))}
      {networks.map(({ at }) => (
        <line key={`n${at}`} x1={x(at)} x2={x(at)} y1={middle} y2={height} stroke="var(--networks)" strokeWidth="3" />
      ))}
    </svg>
  );
}

/** The alpha at a position between images. */
function alphaAt(alphas: readonly number[], at: number): number {
  const before = alphas[Math.floor(at)] ?? 0;
  const after = alphas[Math.ceil(at)] ?? before;
  return before + (after - before) * (at - Math.floor(at));
}
