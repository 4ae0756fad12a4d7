/** Consecutive trials that are shown together: `from` to before `to`. */
export interface TrialPage {
  from: number;
  to: number;
  isPractice: boolean;
}

/**
 * The trials of a session in pages of at most `perPage`. Practice has pages of its own, and each block begins a page.
 * @param breaks trials before which a break is offered
 */
export function pagesOf(
  trials: number,
  practice: number,
  breaks: readonly number[],
  perPage: number,
): readonly TrialPage[] {
  const starts = new Set([practice, ...breaks]);
  const pages: TrialPage[] = [];
  for (let from = 0; from < trials; ) {
    let to = from + 1;
    while (to < trials && to - from < perPage && !starts.has(to)) to++;
    pages.push({ from, to, isPractice: to <= practice });
    from = to;
  }
  return pages;
}

/** Index of the page that a trial is on. */
export function pageOf(pages: readonly TrialPage[], trial: number): number {
  return Math.max(
    0,
    pages.findIndex(({ to }) => trial < to),
  );
}
