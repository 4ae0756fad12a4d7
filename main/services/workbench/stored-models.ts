import type { OtherAnswersOf } from '../../storage/other-answers.ts';
import type { OtherModelsOf, OtherPrediction } from '../../storage/other-models.ts';

/** A model that was not trained here, as an archive has it. */
export interface ArchivedModel {
  readonly kind: string;
  /** What decides its answers: its identity is the hash of this. */
  readonly spec: unknown;
  /** What its files say of themselves. */
  readonly found: unknown;
  readonly predictions: readonly (OtherPrediction & { readonly setHash: string })[];
}

/** Hashes of a model's files; or why it is not the one that its identity names: a sentence without its stop. */
export type StoredFiles = { readonly files: readonly string[] } | { readonly fault: string };

/** What a contribution stores of models that were not trained here, and of people's answers beside labels. */
export interface StoredModels {
  /** The module whose export `storedModels` this is, as `entryModule` takes it: child processes load it. */
  readonly module: string;
  /** Reads those of a data folder, all kinds; one contribution does. */
  readonly of?: OtherModelsOf;
  /** Reads people's answers of a data folder that are no labels of a study's own labelers; one contribution does. */
  readonly answersOf?: OtherAnswersOf;
  /** Checks an archived model of each of its kinds. */
  readonly kinds: Readonly<Record<string, (model: ArchivedModel) => StoredFiles>>;
}
