import type { AnswerHistoriesOf } from '../../storage/answer-histories.ts';

/** What a contribution knows of how labels were given. */
export interface StoredHistories {
  /** The module whose export `answerHistories` this is, as `entryModule` takes it: child processes load it. */
  readonly module: string;
  readonly of: AnswerHistoriesOf;
}
