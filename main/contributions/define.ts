import type { AnyRouter } from '@orpc/server';
import type { Command } from 'commander';
import type { Task } from '../contract/runs/index.ts';
import type { StudySection } from '../domain/plans/index.ts';
import type { Setting } from '../domain/settings/index.ts';
import type { ContributedTables } from '../storage/index.ts';
import type { Lab, Opened } from '../services/lab/index.ts';
import type {
  AnswerFilesOf,
  ClustersOf,
  Contributed,
  DataSources,
  LimitedPages,
  StoredHistories,
  StoredModels,
  TakenStimuli,
} from '../services/workbench/index.ts';
import type { Outcome } from '../terminal/index.ts';

export type AddCommands = (program: Command, outcome: Outcome) => void;

/** What the core asks for, and works without. But for clusters, stored models, stimulus sources, parts of study files and `isShort`, at most one contribution offers each. */
export interface Offers {
  /** Other computers that trainings can go to, for each workbench that a host or a command opens. */
  readonly clusters?: ClustersOf;
  /** Reads what people and models answered in files of any program. */
  readonly answerFiles?: AnswerFilesOf;
  /** What it stores of models that were not trained here. Several may, each of kinds of its own. */
  readonly storedModels?: StoredModels;
  /** What it knows of how labels were given, beyond the labels. */
  readonly answerHistories?: StoredHistories;
  /** Whether a run is one of its kind (`contributedKinds`) and takes seconds, so that a person waits for it. */
  readonly isShort?: (task: Task) => boolean;
  /** Reads data sets as others store them. */
  readonly dataSources?: DataSources;
  /** Pages that hosts limit to calls of their own. */
  readonly limitedPages?: LimitedPages;
  /** Where studies take images from that the program does not make. Several may, each of sources of its own. */
  readonly stimulusSources?: readonly TakenStimuli[];
  /** A part of study files in which it declares models. Several may, each a part of its own. */
  readonly studySection?: StudySection;
}

/**
 * What a capability adds to the program. The core imports none: hosts pass on the list in `all.ts`. What of the page
 * belongs to it is said in `renderer/contributions`.
 */
export interface Contribution {
  /** Its folder, the area of its calls, and the owner of its tables in the database. */
  readonly name: string;
  /**
   * Names of contributions that it uses, and without which it cannot be. Import rules and `check:contributions` read this
   * from the text of its `index.ts`.
   */
  readonly needs?: readonly string[];
  /** Its calls, made with `call` of `services/api/base.ts`: a page calls `name.call`. Loaded with the first call. */
  readonly calls?: () => Promise<{ default: AnyRouter }>;
  /** Adds commands, or parts of commands, to the command line, which alone loads them. */
  readonly commands?: () => Promise<{ default: AddCommands }>;
  /** Its tables in the database, which `storage.tablesOf` makes and opens. They have its name. */
  readonly tables?: ContributedTables;
  /** What the core asks for, and works without. */
  readonly offers?: Offers;
  /** Its settings, by the names of their tables in its README.md: `<!-- settings of NAME -->`. */
  readonly settings?: () => Promise<Readonly<Record<string, readonly Setting[]>>>;
  /** Its module of results (`ContributedResults`), from `main` and without ending: processes that compute results load it. */
  readonly results?: string;
  /** Called once the data folder is open, when a host of pages starts. Gives what ends it when the folder closes, and drops labels. */
  readonly opened?: (lab: Lab) => Opened;
}

/** Checks a manifest by its types. */
export const defineContribution = <Defined extends Contribution>(contribution: Defined): Defined => contribution;

/** What these contributions offer `openWorkbench`. */
export const contributedBy = (contributions: readonly Contribution[]): Contributed => ({
  clusters: contributions.flatMap(({ offers }) => offers?.clusters ?? []),
  storedModels: contributions.flatMap(({ offers }) => offers?.storedModels ?? []),
  answerFiles: contributions.find(({ offers }) => offers?.answerFiles)?.offers?.answerFiles,
  isShort: (task) => contributions.some(({ offers }) => offers?.isShort?.(task)),
  dataSources: contributions.find(({ offers }) => offers?.dataSources)?.offers?.dataSources,
  answerHistories: contributions.find(({ offers }) => offers?.answerHistories)?.offers?.answerHistories,
  limitedPages: contributions.find(({ offers }) => offers?.limitedPages)?.offers?.limitedPages,
  stimulusSources: contributions.flatMap(({ offers }) => offers?.stimulusSources ?? []),
  sections: contributions.flatMap(({ offers }) => offers?.studySection ?? []),
  resultModules: contributions.flatMap(({ name, results }) =>
    results === undefined ? [] : [{ name, module: results }],
  ),
});
