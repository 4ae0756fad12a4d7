import type { LabelerRecord } from '../../storage/index.ts';

/**
 * What labelers are called in tables and analyses, in their order: their pseudonyms, with the labeler's number behind
 * one that several share, e.g. `P1 (12)`: two files may both have a P1, and so has a corrected file that was imported
 * again. No two are the same.
 */
export function labelerNames(labelers: readonly Pick<LabelerRecord, 'id' | 'pseudonym'>[]): string[] {
  const times = new Map<string, number>();
  for (const { pseudonym } of labelers) times.set(pseudonym, (times.get(pseudonym) ?? 0) + 1);
  const numbered = ({ id, pseudonym }: Pick<LabelerRecord, 'id' | 'pseudonym'>): string => `${pseudonym} (${id})`;
  const names = labelers.map((labeler) => (times.get(labeler.pseudonym) === 1 ? labeler.pseudonym : numbered(labeler)));
  // Somebody may be called "P1 (12)" already.
  return new Set(names).size === names.length ? names : labelers.map(numbered);
}
