import type { PanelFindings, PanelRecord, ResponseKind } from '../../contract/stimuli/responses.ts';
import { formatCount, formatFixed } from '../numbers/format.ts';

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

type Amount = Pick<PanelRecord, 'people' | 'answers'> & { kind: ResponseKind };

/** What a panel, or a table, has: "4,080 answers of 51 labelers". */
export function panelAmount({ kind, people, answers }: Amount): string {
  const isLabel = kind === 'counts' || kind === 'single';
  const amount = formatCount(answers, isLabel ? 'label' : kind === 'graded' ? 'rated answer' : 'answer');
  return people === null ? amount : `${amount} of ${formatCount(people, 'labeler')}`;
}

/** A warning where so few answers name the true class that the images are probably in another order; else null. */
export function orderDoubt({ truePct }: PanelFindings): string | null {
  if (truePct === undefined || truePct >= doubtfulPct) return null;
  return `Only ${formatFixed(truePct, 0)}\u00a0% of the answers name the true class of their image. The images of the file may be in another order.`;
}

const doubtfulPct = 30;

/** What an import set aside; empty if it took everything. */
export function setAside({ findings }: Pick<PanelRecord, 'findings'>): string[] {
  const { unknownImages, withdrawn, empty, aside } = findings;
  const { count, names } = unknownImages;
  return [
    ...(count > 0 ? [`${formatCount(count, 'image')} that the study does not have, such as ${names[0]}`] : []),
    ...(empty > 0 ? [`${formatCount(empty, 'row')} without an answer`] : []),
    ...(aside ? [`rows of ${formatCount(aside.count, 'other')}, such as ${aside.names[0]}`] : []),
    ...(withdrawn > 0 ? [`${formatCount(withdrawn, 'labeler')} who withdrew`] : []),
  ];
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
