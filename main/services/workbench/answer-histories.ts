import { entryModule } from '../../files/places.ts';
import type { AnswerHistoriesOf } from '../../storage/answer-histories.ts';

/** What a contribution knows of how labels were given. */
export interface StoredHistories {
  /** The module whose export `answerHistories` this is, as `entryModule` takes it: child processes load it. */
  readonly module: string;
  readonly of: AnswerHistoriesOf;
}

/** Loads in a child process what its host has. @param module null: it has none */
export async function loadHistories(module: string | null): Promise<StoredHistories | undefined> {
  if (module === null) return undefined;
  return ((await import(entryModule(module))) as { answerHistories: StoredHistories }).answerHistories;
}
