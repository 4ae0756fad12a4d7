import type { ResponseKind } from '../../contract/stimuli/responses.ts';
import { formatCount } from '../numbers/format.ts';

/** Kinds of answers as screens, reports and the command line name them. */
export const kindNames: Record<ResponseKind, string> = {
  single: 'Single labels',
  abstain: 'Labels or “can’t tell”',
  set: 'Sets of labels',
  graded: 'Ratings',
  counts: 'Counts of labels',
};

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

/** What counts as agreement by answers of a kind, where it is not simply that all gave the same label: a sentence (metrics.md 14). */
export const whenAgreed: Partial<Record<ResponseKind, string>> = {
  abstain: '“Can’t tell” counts as no label.',
  set: 'People agree on an image where all chose the same single label.',
  graded: 'Of ratings, the label that a person rated highest counts.',
};

interface Amount {
  kind: ResponseKind;
  /** Null: nobody knows who they were. */
  people: number | null;
  /** Of counts: labels. */
  answers: number;
}

/** What a body of answers has: "4,080 answers of 51 labelers". */
export function answersAmount({ kind, people, answers }: Amount): string {
  const isLabel = kind === 'counts' || kind === 'single';
  const amount = formatCount(answers, isLabel ? 'label' : kind === 'graded' ? 'rated answer' : 'answer');
  return people === null ? amount : `${amount} of ${formatCount(people, 'labeler')}`;
}

/** Labelers and their labels: "12 simulated labelers (rehearsal only), 480 labels". */
export const labelersText = ({
  labelers,
  labels,
  simulated,
}: {
  labelers: number;
  labels: number;
  simulated: boolean;
}): string =>
  `${simulated ? `${formatCount(labelers, 'simulated labeler')} (rehearsal only)` : formatCount(labelers, 'labeler')}, ${formatCount(labels, 'label')}`;
