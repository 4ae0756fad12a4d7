import type { ReactNode } from 'react';

/** What came of a check, as a mark and words. `as`: its color. */
export const Verdict = ({ as, mark, word }: { as: string; mark: string; word: ReactNode }) => (
  <span className="machine-state">
    <span aria-hidden="true" data-state={as}>
      {mark}
    </span>
    <span>{word}</span>
  </span>
);
