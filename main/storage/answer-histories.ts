import type { Database } from './database.ts';

/** An answer, or what stands in its place. `at`: ISO 8601. */
export interface GivenAnswer {
  readonly label: number | null;
  readonly instead: 'cannot-tell' | 'timeout' | 'blank' | null;
  readonly at: string | null;
}

/** How a labeler answered one image. */
export interface AnswerHistory extends GivenAnswer {
  /** `entered`: `at` is when it was typed in. */
  readonly how: 'given' | 'entered';
  /** Null where it was not measured. */
  readonly responseMs: number | null;
  /** Answers that were changed. */
  readonly earlier: readonly GivenAnswer[];
}

/** What is known of how labels were given, beyond the labels. A contribution stores it. */
export interface AnswerHistories {
  /** How many images a labeler answered without a label: could not tell, or ran out of time. Null: unknown. */
  unlabeled(labelerId: number): { readonly cannotTell: number; readonly timedOut: number } | null;
  /** Null: unknown, as of labels from a table. */
  ofImage(labelerId: number, setHash: string, imageId: number): AnswerHistory | null;
}

/** How a contribution reads it. */
export type AnswerHistoriesOf = (database: Database) => AnswerHistories;

/** Where no contribution knows more than the labels. */
export const noAnswerHistories: AnswerHistories = { unlabeled: () => null, ofImage: () => null };
