import type { ReactNode } from 'react';
import '../verdict.css';

/** What came of a check, as a mark and words. `as`: its color. */
export const Verdict = ({ as, mark, word }: { as: string; mark: string; word: ReactNode }) => (
  <span className="verdict">
    <span aria-hidden="true" data-state={as}>
      {mark}
    </span>
    <span>{word}</span>
  </span>
);
