import { className, formatVote } from '../../../main/domain/numbers/format.ts';

/** Votes for each label by class index: counts, or shares that sum to 1. */
export type Votes = readonly number[];

/** A change of the most frequent label, at the middle between two images. */
export interface Flip {
  /** Position between images: 2.5 is half-way between the third and the fourth. */
  at: number;
  from: number;
  to: number;
}

/** The most frequent label; the lowest of ties. Null without votes. */
export function mostFrequentLabel(votes: Votes | null): number | null {
  const most = votes ? Math.max(...votes) : 0;
  return votes && most > 0 ? votes.indexOf(most) : null;
}

/** Flips of the most frequent label along the images, skipping images without votes and with ties. */
export function findFlips(images: readonly (Votes | null)[]): Flip[] {
  const flips: Flip[] = [];
  let last: { index: number; label: number } | null = null;
  images.forEach((votes, index) => {
    const label = mostFrequentLabel(votes);
    if (label === null || isTied(votes, label)) return;
    if (last && last.label !== label) flips.push({ at: (last.index + index) / 2, from: last.label, to: label });
    last = { index, label };
  });
  return flips;
}

const isTied = (votes: Votes | null, label: number): boolean => votes?.lastIndexOf(votes[label] ?? 0) !== label;

/** `3 × 7, 8 × 2`, or of shares `3: 78 %, 8: 22 %`; the most frequent first. */
export function formatVotes(votes: Votes | null, classes: readonly string[]): string {
  const total = votes?.reduce((sum, count) => sum + count, 0) ?? 0;
  if (!votes || total === 0) return 'no labels';
  const isShares = total <= 1.0001 && !votes.every(Number.isInteger);
  const amount = (count: number): string => (isShares ? `: ${Math.round(count * 100)} %` : ` × ${formatVote(count)}`);
  return votes
    .map((count, label) => ({ count, label }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.label - b.label)
    .map(({ count, label }) => `${className(classes, label)}${amount(count)}`)
    .join(', ');
}
