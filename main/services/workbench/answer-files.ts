import type { DataSetSource, LabelersSpec } from '../../contract/studies/study.ts';
import type { ChangeFeed } from './change-feed.ts';

/** Labelers that a study file takes from a file. */
export type LabelersOfFile = Extract<LabelersSpec, { path: string }>;

/** What a study got, in words. */
export interface ProvidedLabels {
  /** Of the step. */
  readonly name: string;
  readonly detail: string;
}

/** How `study new` names a study, and where its file goes; null: proposed, and the data folder. */
export interface NewStudyOptions {
  readonly name: string | null;
  readonly title: string | null;
  readonly out: string | null;
  /** Only says what the study would have. */
  readonly preview: boolean;
}

/**
 * Reads what people and models answered in files of any program, in a process of its own. A contribution offers it; hosts and
 * commands give it to `openWorkbench`.
 */
export interface AnswerFiles {
  /**
   * Stores the answers that a study file names, all or none. Repeating it changes nothing. Null: nobody in the file counts, as
   * its labelers are simulated and people labeled in sessions.
   * @param study with the folder where its paths begin
   * @throws UserError `csv.*`, `file.*`, `labeling.*`, `outside.*`
   */
  provide(
    study: { id: number; name: string; spec: LabelersOfFile; folder: string },
    setHash: string,
    warn: (message: string) => void,
  ): Promise<ProvidedLabels | null>;
  /**
   * Prints what the answers beside images are, all of them test images that were read, and makes a study of both.
   * @param from where images and answers lie @param people names of people; null: guessed
   * @throws UserError `csv.*`, `labeling.*`, `new-study.*`, `study.*`
   */
  makeStudy(
    changes: ChangeFeed,
    images: { source: DataSetSource; from: string; people: string[] | null },
    options: NewStudyOptions,
  ): Promise<void>;
}
