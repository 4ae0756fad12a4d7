import type { ResponseKind } from '../contract/responses.ts';

/**
 * What a measure needs of people's answers (metrics.md 14): shares of votes that say how probable people find a class;
 * labels of which each answer is one; labels that can be counted all together, or one by one person.
 */
export type NeededOfPeople = 'shares' | 'single' | 'fleiss';

const setsAreNoLabels =
  'Answers are sets of labels: this measure is defined for single labels only, and split votes are no counts of labels.';
const reasons: Partial<Record<ResponseKind, Partial<Record<NeededOfPeople, string>>>> = {
  set: { single: setsAreNoLabels, fleiss: setsAreNoLabels },
  graded: {
    shares: 'Answers are ratings, and a scale of ratings is no probability.',
    fleiss: 'Answers are ratings: of their agreement, Krippendorff’s α is defined.',
  },
};

/** Why a measure is not defined for answers of a kind, a sentence; null: it is. */
export const whyNotOfKind = (kind: ResponseKind, needed: NeededOfPeople): string | null =>
  reasons[kind]?.[needed] ?? null;

/** Whether certainty, entropy, distances and scores are defined. */
export const haveShares = (kind: ResponseKind): boolean => whyNotOfKind(kind, 'shares') === null;
