import type { StoredEntry, StoredSitting } from './kit-store.ts';

/** Entries in the order in which they happened: by sitting, then by number. */
export function inOrder(sittings: readonly StoredSitting[], entries: readonly StoredEntry[]): StoredEntry[] {
  const began = new Map(sittings.map(({ key, openedAt }) => [key, Date.parse(openedAt)]));
  return [...entries].sort((a, b) => (began.get(a.sitting) ?? 0) - (began.get(b.sitting) ?? 0) || a.seq - b.seq);
}

/** Current answers by trial, and the trial that was answered last; null: none. */
export function replay(
  before: readonly (number | null)[],
  ordered: readonly StoredEntry[],
): { answers: (number | null)[]; last: number | null } {
  const answers = [...before];
  let last: number | null = null;
  for (const entry of ordered) {
    if (!('event' in entry)) continue;
    const { trial, kind, choice } = entry.event;
    if (kind !== 'timeout') answers[trial] = choice;
    last = kind === 'undo' ? trial - 1 : trial;
  }
  return { answers, last };
}

/** The trial to go on with: the first without an answer after the last one, else the first without one; null: none. */
export function nextTrial(answers: readonly (number | null)[], last: number | null): number | null {
  const open = answers.flatMap((answer, trial) => (answer === null ? [trial] : []));
  return open.find((trial) => trial > (last ?? -1)) ?? open[0] ?? null;
}
