import type { Candidate } from '../../../main/contract/api/stimuli.ts';

/** Ways to look through candidates. */
export const orders = [
  { value: 'best', label: 'Best' },
  { value: 'confidence', label: 'Confidence' },
  { value: 'likeness', label: 'Likeness' },
  { value: 'variety', label: 'Variety' },
] as const;
export type CandidateOrder = (typeof orders)[number]['value'];

const values: Record<CandidateOrder, (candidate: Candidate, place: number) => number> = {
  best: (_, place) => -place,
  // Softmax saturates near 1; its logarithm less that of the next class does not.
  confidence: ({ margin }) => margin,
  likeness: ({ distance }) => (distance === null ? Number.NEGATIVE_INFINITY : -distance),
  variety: ({ variety }) => variety,
};

/** Places of the candidates in this order, the largest value first; ties as they came. */
export function sorted(candidates: readonly Candidate[], order: CandidateOrder): number[] {
  const value = candidates.map((candidate, place) => values[order](candidate, place));
  return [...candidates.keys()].sort((a, b) => (value[b] ?? 0) - (value[a] ?? 0) || a - b);
}
