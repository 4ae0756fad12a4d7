import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../contract/wire/errors.ts';
import { type AnswerHistories, type AnswerHistoriesOf, noAnswerHistories } from './answer-histories.ts';
import { removeTemporaries } from '../files/atomic.ts';
import { BlobStore } from '../files/blobs.ts';
import { onFile } from '../files/file-errors.ts';
import { closeToOthers, makePrivateFolder } from '../files/private.ts';
import {
  type Backup,
  backUp,
  backUpIfDue,
  emptyJournal,
  eraseDeleted,
  finishErasure,
  identify,
  isErasurePending,
  lastWithdrawalId,
  moveJournal,
  removeUnfinishedBackups,
  rewrite,
} from './backups.ts';
import { referencedHashes, type ReferencedHashes } from './blobs-in-use.ts';
import type { Sections } from '../domain/plans/model-entries.ts';
import { type ContributedTables, contributorsOf, prepareTables } from './contributed.ts';
import { DataSets } from './data-sets.ts';
import { Database } from './database.ts';
import { type Health, readHealth } from './health.ts';
import { ImportedNames, namesFolder } from './imported-names.ts';
import { Labelers } from './labelers.ts';
import { Labeling } from './labeling/labeling.ts';
import { createDatabase, databaseVersion, migrate, refuseNewer } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { OpenFiles } from './open-files.ts';
import { noOtherModels, type OtherModels, type OtherModelsOf } from './other-models.ts';
import { findContradiction, keepLoss, keptLoss, type Notice, refuseLost, repairDatabase } from './repair.ts';
import { Evaluations, Models, Predictions } from './predictions.ts';
import { noOtherAnswers, type OtherAnswers, type OtherAnswersOf } from './other-answers.ts';
import { Responses } from './responses.ts';
import { Removals } from './removals.ts';
import { Placements } from './runs/placements.ts';
import { MetricCurves, RunHistory } from './runs/run-history.ts';
import { RunNotes, RunTable } from './runs/run-table.ts';
import { Runs } from './runs/runs.ts';
import { Settings } from './settings.ts';
import { StimulusSets } from './stimulus-sets.ts';
import { Studies } from './studies.ts';
import { StudyRuns } from './study-runs.ts';
import { removeUnfinished } from './unfinished.ts';
import { notesDatabase, WriterLock } from './writer-lock.ts';

export interface StorageOptions {
  /** Read only: needs no lock, may run beside a writer, and changes nothing. */
  readOnly?: boolean;
  /**
   * Write small changes beside the process that holds the lock, such as a request to cancel a run: takes no lock, and
   * neither repairs nor upgrades the database.
   */
  beside?: boolean;
  /**
   * `later`: the caller does for a large database, after its start, what reads or rewrites the complete file (`upkeepIsDue`).
   * Default: all of it is done at once.
   */
  upkeep?: 'at-once' | 'later';
  /** How models that were not trained here are read. Default: there are none. */
  otherModels?: OtherModelsOf;
  /** How answers that are no labels of a study's own labelers are read. Default: there are none. */
  otherAnswers?: OtherAnswersOf;
  /** Parts of studies' declarations that contributions read. Default: none, so that they are kept as they stand. */
  sections?: Sections;
  /** How it is read how labels were given. Default: nothing is known of it. */
  answerHistories?: AnswerHistoriesOf | undefined;
  /** The clock, milliseconds since 1970. */
  now?: () => number;
  /** Called before each statement of a writer, also while it migrates: tests end the process there. */
  onStatement?: () => void;
}

/**
 * Everything that is stored: the tables of the database, each behind its own functions, and the blobs that they name.
 */
export interface Storage {
  readonly folder: string;
  readonly readOnly: boolean;
  /** Events at opening that the user should know, e.g. that a backup was restored. */
  readonly notices: readonly Notice[];
  /**
   * Whether this start left to its caller: looking for contradictions, completing removals, an erasure that is pending, and
   * the daily backup.
   */
  readonly upkeepIsDue: boolean;
  readonly blobs: BlobStore;
  readonly dataSets: DataSets;
  readonly studies: Studies;
  readonly studyRuns: StudyRuns;
  readonly runs: Runs;
  readonly placements: Placements;
  readonly runHistory: RunHistory;
  readonly stimulusSets: StimulusSets;
  readonly predictions: Predictions;
  readonly models: Models;
  readonly otherModels: OtherModels;
  readonly answerHistories: AnswerHistories;
  readonly labelers: Labelers;
  readonly labeling: Labeling;
  readonly importedNames: ImportedNames;
  readonly responses: Responses;
  readonly otherAnswers: OtherAnswers;
  readonly settings: Settings;
  readonly runTable: RunTable;
  readonly runNotes: RunNotes;
  readonly curves: MetricCurves;
  readonly evaluations: Evaluations;
  readonly removals: Removals;
  /** For contributions that store rows of the core's tables: archives, and the labeling desk. */
  readonly database: Database;
  /**
   * The database, with a contribution's tables in it, which are made when it first asks; null: they are not there yet, and
   * this process may not make them. @throws UserError `storage.newer`, `storage.older`
   */
  tablesOf(contribution: ContributedTables): Database | null;
  /** Names of the contributions that have something stored here. */
  contributors(): string[];
  /** Removes what unfinished imports left. Each step needs a transaction of the caller. */
  removeUnfinished(now: number): Generator<void, void>;
  /** All of `work` or nothing of it. */
  transaction<T>(work: () => T): T;
  /** A verified backup, now. @param replaceOthers whether all other backups are deleted */
  backUp(replaceOthers?: boolean): Backup;
  /**
   * Removes the bytes of people who withdrew from the database file, its journal and all backups. False if another
   * process was reading, so that the journal cannot be emptied yet; then, and after an error, the request stays
   * pending.
   */
  eraseDeleted(): boolean;
  /** Rewrites the database without deleted rows, and blocks whoever else wants to write. */
  rewrite(): void;
  /** Empties the database's journal. False, at once, if another process is reading. */
  emptyJournal(): boolean;
  /**
   * Runs `work`, in which another process may hold the write lock. `stop` is called before this process writes, and ends
   * what holds the lock.
   */
  whileOtherWrites<T>(work: () => Promise<T>, stop: () => void): Promise<T>;
  /** Runs `work`, in which another process calls `moveJournal`, so that this one does not wait for it. */
  leaveJournal<T>(work: () => Promise<T>): Promise<T>;
  /** Moves what the journal holds into the database, beside all who read and write. */
  moveJournal(): void;
  /** Id of the last withdrawal, for `finishErasure`; 0: nobody withdrew. */
  lastWithdrawalId(): number;
  /** No file holds bytes any more of people up to the withdrawal `last`. False if somebody has withdrawn since. */
  finishErasure(last: number): boolean;
  /** Rows that contradict their indexes; reads the complete file. Null: there are none. */
  findContradiction(): Notice | null;
  /** Whether bytes of people who withdrew may still be in the file. */
  isErasurePending(): boolean;
  /** Size of the database file. */
  bytes(): number;
  /** A verified backup, unless one is younger than a day; for hosts that run for days. */
  backUpIfDue(): Backup | null;
  health(): Health;
  /** Hashes of the files that are needed; takes seconds for a large database. */
  referencedHashes(): ReferencedHashes;
  /** True if another process has written since the last call. */
  changedElsewhere(): boolean;
  close(): void;
}

/**
 * Opens the data folder's database as the only writer (or read-only); creates or migrates it if needed. A writer ends the
 * attempts of runs that an earlier one, which was killed, left running.
 * Later, anything that writes throws `storage.replaced` once files of the folder were deleted, moved or replaced.
 * @throws UserError `storage.in-use`, `storage.newer`, `storage.missing`, `storage.disk-full`, `storage.read-only`, `file.*`, ...
 */
export function openStorage(folder: string, options: StorageOptions = {}): Storage {
  const now = options.now ?? Date.now;
  const path = join(folder, 'workbench.sqlite');
  const storage =
    options.readOnly || options.beside
      ? openBeside(folder, path, now, options.readOnly ?? false)
      : openToWrite(folder, path, now, options);
  const { otherModels, otherAnswers, sections, answerHistories } = options;
  return {
    ...storage,
    ...(otherModels && { otherModels: otherModels(storage.database) }),
    ...(otherAnswers && { otherAnswers: otherAnswers(storage.database) }),
    ...(sections && { studies: new Studies(storage.database, sections) }),
    ...(answerHistories && { answerHistories: answerHistories(storage.database) }),
  };
}

/** A database of so many bytes is checked, backed up and rewritten in about 100 ms. */
export const smallDatabase = 8 * 2 ** 20;

const isLarge = (path: string): boolean =>
  ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0) >
  smallDatabase;

type Writing = Pick<StorageOptions, 'onStatement' | 'upkeep'>;

function openToWrite(folder: string, path: string, now: () => number, { onStatement, upkeep }: Writing): Storage {
  makeDataFolder(folder);
  const lock = new WriterLock(folder, now());
  let database: Database | undefined;
  try {
    const upkeepIsDue = upkeep === 'later' && isLarge(path);
    const state = { folder, path, hadDatabase: lock.hadDatabase };
    const notices = repairDatabase(state, migrations.length, now(), upkeepIsDue ? 'quick' : 'complete');
    const isNew = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
    if (isNew) createDatabase(path);
    database = new Database(path, { onStatement });
    configure(database);
    // Reading makes SQLite create the log and its index, which `OpenFiles` watches.
    const stored = databaseVersion(database);
    const version = isNew ? 0 : stored;
    const files = new OpenFiles(database, now);
    if (version > 0 && version < migrations.length) backUp(database, folder, now());
    migrate(database);
    // A new database needs no backup.
    if (version === 0) identify(database, now());
    else notices.push(...keptLoss(database));
    if (version > 0 && upkeepIsDue) identify(database, now());
    else if (version > 0) notices.push(...dailyBackup(database, folder, now()));
    keepLoss(database, notices, now());
    removeLeftovers(folder, now());
    lock.noteDatabase();
    database.guardWrites(() => files.check());
    const beforeClose = (): void => files.rescueIfLost();
    const release = (): void => lock.release();
    const writer = { readOnly: false, mayMigrate: true };
    const storage = assemble({ folder, database, now, notices, upkeepIsDue, ...writer, beforeClose, release });
    // Nobody else holds the lock, so nobody is at work on them.
    storage.runs.recover(now());
    return storage;
  } catch (error) {
    database?.close();
    lock.release();
    throw error;
  }
}

/** Names in a data folder, and folders of these. */
const ownNames =
  /^(workbench\.sqlite.*|\.?writer\..*|blobs|backups|logs|studies|uploads|imports|exports|names|clusters)$/;
const ownFolders = ['blobs', 'backups', 'logs', 'studies', 'uploads', 'imports', 'exports', 'clusters', namesFolder];

/**
 * People's answers are private: a new data folder is closed to other accounts, and an older one is closed. If it has
 * files of other programs too, they stay as they are.
 */
function makeDataFolder(folder: string): void {
  if (!existsSync(folder)) return makePrivateFolder(folder);
  const names = readNames(folder);
  // Links are not followed, so a folder that is one itself is named by its target.
  const real = realpathSync(folder);
  for (const name of names) if (ownNames.test(name)) closeToOthers(join(real, name), real);
  if (names.every((name) => ownNames.test(name))) closeToOthers(real);
  else for (const name of ownFolders) makePrivateFolder(join(real, name));
}

/** Removes what writers that were killed left. */
function removeLeftovers(folder: string, now: number): void {
  removeUnfinishedBackups(folder);
  for (const name of ['blobs', 'studies', 'imports']) removeTemporaries(join(folder, name), now);
}

const readNames = (folder: string): string[] => onFile(folder, () => readdirSync(folder));

function openBeside(folder: string, path: string, now: () => number, readOnly: boolean): Storage {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    refuseLost({ folder, path, hadDatabase: notesDatabase(folder) }, now());
    throw noDatabase(folder);
  }
  const database = new Database(path, { readOnly });
  try {
    refuseNewer(database);
    if (databaseVersion(database) < migrations.length) throw olderVersion(path);
    if (!readOnly) configure(database);
    const parts = {
      folder,
      database,
      now,
      notices: keptLoss(database),
      upkeepIsDue: false,
      readOnly,
      mayMigrate: false,
    };
    return assemble({ ...parts, beforeClose: nothing, release: nothing });
  } catch (error) {
    database.close();
    throw error;
  }
}

const nothing = (): void => undefined;

function configure(database: Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('trusted_schema = OFF');
  // Deleted rows are overwritten, so that withdrawn answers cannot be recovered.
  database.pragma('secure_delete = ON');
}

/** Without its daily backup the program still starts; the user gets a notice. */
function dailyBackup(database: Database, folder: string, now: number): Notice[] {
  try {
    identify(database, now);
    completeRemovals(database);
    if (isErasurePending(database)) eraseDeleted(database, folder, now);
    backUpIfDue(database, folder, now);
    return [];
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'storage.damaged') throw error;
    return [
      { code: 'storage.no-backup', message: `The daily backup could not be made: ${error.message} (${error.where}).` },
    ];
  }
}

/** Steps of a transaction at start: some 20,000 rows. */
const stepsAtStart = 200;

/**
 * At start nobody is labeling yet, so it is done at once, in transactions that a kill does not undo. A command line has
 * nothing else that does, and what is being deleted can be neither used nor made anew.
 */
function completeRemovals(database: Database): void {
  const removals = new Removals(database);
  if (!removals.isPending) return;
  const steps = removals.steps();
  let isDone = false;
  while (!isDone) {
    database.transaction(() => {
      for (let step = 0; step < stepsAtStart && !isDone; step++) isDone = steps.next().done === true;
    });
  }
}

interface Parts {
  folder: string;
  database: Database;
  now: () => number;
  notices: Notice[];
  upkeepIsDue: boolean;
  readOnly: boolean;
  /** Whether it is the only writer. */
  mayMigrate: boolean;
  beforeClose: () => void;
  release: () => void;
}

function assemble(parts: Parts): Storage {
  const { folder, database, now, notices, upkeepIsDue, readOnly, beforeClose, release } = parts;
  const blobs = new BlobStore(join(folder, 'blobs'));
  const runs = new Runs(database, blobs);
  let seen = database.pragmaValue('data_version');
  return {
    folder,
    readOnly,
    notices,
    upkeepIsDue,
    blobs,
    dataSets: new DataSets(database),
    studies: new Studies(database),
    studyRuns: new StudyRuns(database),
    runs,
    placements: new Placements(database, runs),
    runHistory: new RunHistory(database),
    stimulusSets: new StimulusSets(database),
    predictions: new Predictions(database),
    models: new Models(database),
    otherModels: noOtherModels,
    answerHistories: noAnswerHistories,
    labelers: new Labelers(database),
    labeling: new Labeling(database),
    importedNames: new ImportedNames(database, folder),
    responses: new Responses(database),
    otherAnswers: noOtherAnswers,
    settings: new Settings(database),
    runTable: new RunTable(database),
    runNotes: new RunNotes(database),
    curves: new MetricCurves(database),
    evaluations: new Evaluations(database),
    removals: new Removals(database),
    database,
    tablesOf: (contribution) => {
      const access = { mayWrite: parts.mayMigrate, backUp: () => backUp(database, folder, now()) };
      return prepareTables(database, contribution, access) ? database : null;
    },
    contributors: () => contributorsOf(database),
    removeUnfinished: (at) => removeUnfinished(database, at),
    transaction: (work) => database.transaction(work),
    backUp: (replaceOthers) => backUp(database, folder, now(), replaceOthers),
    eraseDeleted: () => eraseDeleted(database, folder, now()),
    rewrite: () => rewrite(database),
    emptyJournal: () => emptyJournal(database),
    whileOtherWrites: (work, stop) => database.whileOtherWrites(work, stop),
    leaveJournal: (work) => database.leaveJournal(work),
    moveJournal: () => moveJournal(database),
    lastWithdrawalId: () => lastWithdrawalId(database),
    finishErasure: (last) => finishErasure(database, last, now()),
    findContradiction: () => findContradiction(database, folder, now()),
    isErasurePending: () => isErasurePending(database),
    bytes: () => Number(database.pragmaValue('page_count')) * Number(database.pragmaValue('page_size')),
    backUpIfDue: () => backUpIfDue(database, folder, now()),
    health: () => readHealth(database, folder, now()),
    referencedHashes: () => referencedHashes(database),
    changedElsewhere() {
      const before = seen;
      seen = database.pragmaValue('data_version');
      return seen !== before;
    },
    close() {
      beforeClose();
      database.close();
      release();
    },
  };
}

function noDatabase(folder: string): UserError {
  return new UserError(
    'storage.not-there',
    'There is no database in this data folder yet',
    folder,
    'Run a study first (boundary study run quick), or choose another data folder with --data.',
  );
}

function olderVersion(path: string): UserError {
  return new UserError(
    'storage.older',
    'The database is from an older version of Boundary Workbench',
    path,
    'Open it once with `npm start`, or add --upgrade to the command, e.g. `boundary --upgrade study list`. Both make a backup first. Older versions cannot open the folder afterwards.',
  );
}
