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
