import type { Quantity } from '../../../main/contract/exhibit.ts';

interface IntervalNoteProps {
  /** What was drawn: `pairs of classes`. */
  drawn: string;
  /** So many of them; left out where it is not the same for all intervals. */
  units?: number | undefined;
}

/** How the intervals above were made. */
export function IntervalNote({ drawn, units }: IntervalNoteProps) {
  return (
    <p className="help-note">
      Intervals: 95 %, bootstrap over {units === undefined ? drawn : `n = ${units} ${drawn}`}, 1000 resamples, BCa with
      quantiles expanded for few {drawn} (Efron 1987, Hesterberg 2015).
    </p>
  );
}

/** The same under numbers; nothing where none has an interval. */
export function IntervalNoteOf({ quantities }: { quantities: readonly (Quantity | null)[] }) {
  const shown = quantities.flatMap((of) => of?.interval?.pair ?? of?.interval?.image ?? []);
  if (!shown.some(({ lo }) => lo !== null)) return null;
  const byPair = quantities.some((of) => of?.interval?.pair);
  const [units, ...others] = new Set(shown.map((each) => each.units));
  return (
    <IntervalNote drawn={byPair ? 'pairs of classes' : 'images'} units={others.length === 0 ? units : undefined} />
  );
}
