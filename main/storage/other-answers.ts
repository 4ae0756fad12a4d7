import type { People } from '../analysis/labels/answers.ts';
import type { ResponseKind } from '../contract/stimuli/responses.ts';
import type { Database } from './database.ts';
import type { LabelerRecord } from './labelers.ts';

/** People's answers about a study's stimuli that its figures use in place of the labels of its labelers. */
export interface OtherAnswersRecord {
  readonly id: number;
  readonly kind: Exclude<ResponseKind, 'single'>;
  /** The file that they come from, by its hash. */
  readonly source: string;
  /** People who have not withdrawn since; null: nobody knows who they were, as of counts. */
  readonly people: number | null;
  /** Answers of these people; of counts: labels. */
  readonly answers: number;
  /** Images with an answer, when they were stored. */
  readonly images: number;
  /** When they were stored, milliseconds since 1970. */
  readonly importedAt: number;
}

/** Answers of one person, or of counts of all people, as they are stored. */
export interface StoredPerson {
  /** Null: counts. */
  readonly labeler: LabelerRecord | null;
  /** Number of answers; of counts: of labels. */
  readonly amount: number;
  readonly answers: string;
}

/** Answers of people that are no labels of the study's own labelers. A contribution stores them. */
export interface OtherAnswers {
  /** Those that figures of a study use: chosen, and about its present stimuli. Undefined: its own labels. */
  inUse(studyId: number): OtherAnswersRecord | undefined;
  get(id: number): OtherAnswersRecord | undefined;
  /** Kinds of answers about a stimulus set that a study has, whether in use or not, each once. */
  kindsOf(studyId: number, setHash: string): ResponseKind[];
  /** People of a study with such answers, by pseudonym. */
  people(studyId: number): LabelerRecord[];
  /** People by pseudonym with their answers, one at a time; counts: one entry. */
  stored(id: number): Iterable<StoredPerson>;
  /** All answers, labelers by pseudonym, and the records of these labelers, in their order; none of counts. @throws Error if there are none */
  readWithPeople(id: number): { people: LabelerRecord[]; answers: People };
}

/** How a contribution reads them. */
export type OtherAnswersOf = (database: Database) => OtherAnswers;

/** Where no contribution has any. */
export const noOtherAnswers: OtherAnswers = {
  inUse: () => undefined,
  get: () => undefined,
  kindsOf: () => [],
  people: () => [],
  stored: () => [],
  readWithPeople: (id) => {
    throw new Error(`there are no answers ${id}`);
  },
};
