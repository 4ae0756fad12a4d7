import type { LabelCounts, LabelMatrix } from './labels.ts';

/** What one person answered to one image: one class or several, ascending. */
export type LabelSet = readonly number[];

/** One person's answer to an image: the classes that may be right. */
export interface SetAnswer {
  readonly image: number;
  readonly labeler: number;
  readonly labels: LabelSet;
}

/** One person's ratings of one image: how much each class named applies, in any unit. */
export interface Ratings {
  readonly image: number;
  readonly labeler: number;
  readonly ratings: readonly { readonly label: number; readonly rating: number }[];
}

/** Who answered, and what kind of answers; images are numbered by their place in the set, ids ascending. */
type OfPeople<Kind extends string, Rest> = {
  readonly kind: Kind;
  readonly labelers: readonly string[];
} & Readonly<Rest>;

/** People's answers to the images of a set, of a kind other than single labels (metrics.md 14). Kinds are never pooled. */
export type PanelAnswers =
  /** `abstained[labeler * images + image]`: 1 where a person could not tell; the label is missing there. */
  | OfPeople<'abstain', { labels: LabelMatrix; abstained: Uint8Array }>
  /** By labeler, then image. `images`, `classes`: of the stimulus set. */
  | OfPeople<'set', { images: number; classes: number; answers: readonly SetAnswer[] }>
  | OfPeople<'graded', { images: number; classes: number; answers: readonly Ratings[] }>
  /** Nobody knows who gave which label. */
  | { readonly kind: 'counts'; readonly counts: LabelCounts };
