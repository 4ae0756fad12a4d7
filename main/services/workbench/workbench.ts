import { join } from 'node:path';
import type { Sections } from '../../domain/plans/model-entries.ts';
import type { RunEnvironment, Task } from '../../contract/runs/run.ts';
import { safeFileName } from '../../domain/data/file-names.ts';
import { sha256 } from '../../files/blobs.ts';
import { runEnvironment } from '../../files/environment.ts';
import { openStorage, type Storage, type StorageOptions } from '../../storage/open.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { AnswerFiles } from './answer-files.ts';
import type { Clusters } from './clusters.ts';
import type { StoredHistories } from './answer-histories.ts';
import type { LimitedPages } from './limited-pages.ts';
import { readersOf } from './contributed-parts.ts';
import type { StoredModels } from './stored-models.ts';
import type { DataSources } from './data-sources.ts';
import type { TakenStimuli } from './stimulus-sources.ts';

export type { RunSummary } from '../../storage/runs/run-record.ts';

/** The module with the results of a contribution, as `entryModule` takes it; child processes load it. */
export interface ResultModule {
  readonly name: string;
  readonly module: string;
}

/** What every service works with: the store, the product's files, its environment and the clock. */
export interface Workbench {
  readonly storage: Storage;
  /** Folder of the product (with package.json, resources, node_modules). */
  readonly root: string;
  /** Folder of presets, the paper's values and sample data. */
  readonly resources: string;
  readonly environment: RunEnvironment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Other computers that trainings can go to. */
  readonly clusters: readonly Clusters[];
  /** What reads answers in files; null: nothing here does. */
  readonly answerFiles: ((launcher: Launcher) => AnswerFiles) | null;
  /** What reads data sets that are neither MNIST nor IDX files; null: nothing here does. */
  readonly dataSources: DataSources | null;
  /** Pages that hosts limit to calls of their own; null: there are none. */
  readonly limitedPages: LimitedPages | null;
  /** Where studies can take images from that the program does not make. */
  readonly stimulusSources: readonly TakenStimuli[];
  /** Of contributions. */
  readonly resultModules: readonly ResultModule[];
  /** What contributions store of models that were not trained here. */
  readonly storedModels: readonly StoredModels[];
  /** The module of what a contribution knows of how labels were given; null: there is none. */
  readonly historiesModule: string | null;
  /** Whether a contribution's run takes seconds, so that a person waits for it. */
  readonly isShort: (task: Task) => boolean;
}

/** Makes what a contribution offers for one data folder. */
export type ClustersOf = (workbench: Workbench) => Clusters;

/** The same of what reads answers in files. @param launcher starts its processes */
export type AnswerFilesOf = (workbench: Workbench, launcher: Launcher) => AnswerFiles;

/** What contributions offer. */
export interface Contributed {
  /** Default: none, for processes that start and stop no runs. */
  readonly clusters?: readonly ClustersOf[];
  /** Default: none, for processes that import nothing. */
  readonly answerFiles?: AnswerFilesOf | undefined;
  /** Default: none, for processes that read no images. */
  readonly dataSources?: DataSources | undefined;
  /** Default: none, for processes that serve no pages. */
  readonly limitedPages?: LimitedPages | undefined;
  /** Default: none, for processes that freeze no stimuli. */
  readonly stimulusSources?: readonly TakenStimuli[];
  /** Default: none, for processes that compute no results. */
  readonly resultModules?: readonly ResultModule[];
  /** Default: none, for processes that need no models that were not trained here. */
  readonly storedModels?: readonly StoredModels[];
  /** Parts of study files in which contributions declare models. Default: none, for processes that plan none. */
  readonly sections?: Sections;
  /** Default: none. Then results do not say how and when people answered, nor why labels are missing. */
  readonly answerHistories?: StoredHistories | undefined;
  /** Which runs of contributions take seconds. Default: none. */
  readonly isShort?: (task: Task) => boolean;
}

interface WorkbenchOptions extends Contributed {
  root: string;
  resources: string;
  dataFolder: string;
  readOnly?: boolean;
  beside?: boolean;
  /** `later`: `Lab` does the upkeep of a large database, after the start. */
  upkeep?: StorageOptions['upkeep'];
  now?: () => number;
  /** Environment of the process that asks for the work; left out: read here, which starts git in a checkout. */
  environment?: RunEnvironment;
}

/** Opens the data folder. The caller closes `storage`. @throws UserError `storage.*`, `file.*` */
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const now = options.now ?? Date.now;
  const { dataFolder, readOnly = false, beside = false, upkeep = 'at-once' } = options;
  const { storedModels = [], stimulusSources = [], sections = [], isShort = () => false } = options;
  const readers = readersOf({ storedModels, sections, answerHistories: options.answerHistories });
  const storage = openStorage(dataFolder, { now, readOnly, beside, upkeep, ...readers });
  const environment = options.environment ?? runEnvironment(options.root);
  const clusters: Clusters[] = [];
  const {
    root,
    resources,
    resultModules = [],
    answerFiles: offered,
    dataSources = null,
    limitedPages = null,
  } = options;
  const answerFiles = offered ? (launcher: Launcher) => offered(workbench, launcher) : null;
  const historiesModule = options.answerHistories?.module ?? null;
  const modules = { resultModules, storedModels, historiesModule };
  const contributed = { clusters, answerFiles, dataSources, limitedPages, stimulusSources, isShort, ...modules };
  const workbench: Workbench = { storage, root, resources, environment, now, ...contributed };
  for (const clustersOf of options.clusters ?? []) clusters.push(clustersOf(workbench));
  return workbench;
}

/**
 * Default folder of a study's report: `<data>/studies/<name>/report`. A name that is no folder on every system, such as
 * `nul`, is replaced by one like it and a hash, so that no two studies share a folder: names of studies have no `~`.
 */
export function reportFolder(dataFolder: string, studyName: string): string {
  const safe = safeFileName(studyName);
  const name = safe === studyName ? safe : `${safe}~${sha256(studyName).slice(0, 8)}`;
  return join(dataFolder, 'studies', name, 'report');
}
