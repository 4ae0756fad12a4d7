import type { Database } from './database.ts';

/** A model that was not trained here, as a study has it. */
export interface OtherModel {
  /** Id of its place in the study. */
  readonly id: number;
  /** SHA-256 of all that decides its answers: two models with one identity are the same. */
  readonly identity: string;
  /** Unique in the study. */
  readonly name: string;
  /** What stands in place of an architecture. */
  readonly title: string;
  /** Whether it has files here with which it can answer for other stimuli. */
  readonly canPredict: boolean;
  /** How it did on labeled images, with percent of `images`; null: it was tried on none. */
  readonly tested: { readonly images: number; readonly errors: number; readonly accuracy: number } | null;
  /** What it answered for the study's current stimulus set; null: nothing. */
  readonly prediction: OtherPrediction | null;
}

/** What a model says of one stimulus set, as hashes of blobs; images in id order. */
export interface OtherPrediction {
  /** Uint16 [count]. */
  readonly labels: string;
  /** Float32 [count, classes]; null: unknown. */
  readonly softmax: string | null;
  /** Float32 [count], of the labels; null where softmax is known, or nothing but labels. */
  readonly confidence: string | null;
}

/** What these models are called. */
export interface OtherModelsWords {
  /** Their group, as a heading. */
  readonly group: string;
  /** One of them, in a sentence; with an s several. */
  readonly one: string;
}

/** Models that were not trained here and are compared with people as one group. A contribution stores them. */
export interface OtherModels {
  readonly words: OtherModelsWords;
  /** The study's current ones, by name. */
  ofStudy(studyId: number): OtherModel[];
}

/** How a contribution reads them. */
export type OtherModelsOf = (database: Database) => OtherModels;

/** Where no contribution has any. */
export const noOtherModels: OtherModels = {
  words: { group: 'Other models', one: 'other model' },
  ofStudy: () => [],
};
