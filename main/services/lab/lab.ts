import { join } from 'node:path';
import { removeBelowSync } from '../../files/below.ts';
import type { AppInfo } from '../../contract/api/app.ts';
import { formatCount, formatNames } from '../../domain/numbers/format.ts';
import { firstLine, messageOf } from '../../contract/wire/errors.ts';
import type { EngineName } from '../../contract/runs/run.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { removeUnfinishedImports } from '../workbench/hidden-import.ts';
import { DatabaseTasks } from '../tasks/database-tasks.ts';
import { PreviewProcess } from '../stimuli/preview-process.ts';
import { AnalysisProcess } from '../results/analysis-process.ts';
import { browserPrinter, type Printer } from '../tools/printer.ts';
import { ReportProcess } from '../report/report-process.ts';
import { LabelingService } from '../labeling/service.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { placesOf } from '../workbench/places.ts';
import { ChangeFeed } from '../workbench/change-feed.ts';
import { Downloads } from '../tools/downloads.ts';
import { errorText, Jobs } from '../tools/jobs.ts';
import type { MachineOptions } from '../../contract/runs/machine-options.ts';
import { Settings } from '../workbench/settings.ts';
import { resumeOvernight } from '../study/cut-off.ts';
import { StudyWork } from '../study/study-work.ts';
import { Removals } from '../workbench/removals.ts';
import { Uploads } from '../tools/uploads.ts';

/** What a contribution began when the data folder was opened. */
export interface Opened {
  /** Ends it. */
  readonly close: () => Promise<void>;
  /** Drops labels from memory: somebody withdrew. */
  readonly forget?: () => void;
}

/** What a contribution does while the data folder is open. */
export interface Opening {
  readonly name: string;
  readonly opened?: (lab: Lab) => Opened;
}

interface LabOptions {
  workbench: Workbench;
  launcher: Launcher;
  host: AppInfo['host'];
  printer?: Printer;
  /** Default: none. Whose data the folder has, and who is not here, is named by a notice. */
  contributions?: readonly Opening[];
  /** Gets each notice: what happened at the start, at once, and what is found later. */
  onNotice?: (message: string) => void;
}

/** Composition of all services that answer the calls of pages; one for each data folder. */
export class Lab {
  readonly workbench: Workbench;
  readonly host: AppInfo['host'];
  readonly launcher: Launcher;
  readonly changes = new ChangeFeed();
  readonly jobs: Jobs;
  readonly settings: Settings;
  readonly work: StudyWork;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly labeling: LabelingService;
  readonly previews: PreviewProcess;
  readonly reports: ReportProcess;
  readonly analysis: AnalysisProcess;
  readonly database: DatabaseTasks;
  readonly #closing = new AbortController();
  #defect: string | null = null;
  /** Removes what an import left that was cut off, beside other work. */
  readonly #cleaning: Promise<void>;
  /** What happened when the data folder was opened, and what was found since. */
  readonly #notices: string[] = [];
  readonly #onNotice: (message: string) => void;
  /** Ends when what the start left is done: see `StorageOptions.upkeep`. */
  readonly upkeep: Promise<void>;
  readonly removals: Removals;
  readonly #opened: readonly Opened[];

  constructor(options: LabOptions) {
    const { workbench, launcher, host, printer = browserPrinter(), onNotice = () => undefined } = options;
    const { contributions = [] } = options;
    this.workbench = workbench;
    this.host = host;
    this.launcher = launcher;
    this.#onNotice = onNotice;
    for (const { message } of workbench.storage.notices) this.#notify(message);
    const here = new Set(contributions.map(({ name }) => name));
    const absent = workbench.storage.contributors().filter((name) => !here.has(name));
    if (absent.length > 0) this.#notify(`This version lacks ${formatNames(absent)}. Its data in this folder are kept.`);
    for (const [section, studies] of workbench.storage.studies.withUnread())
      this.#notify(
        `This version lacks what plans trainings of “${section}” in ${formatNames(studies, 3)}. The declaration and what was trained are kept.`,
      );
    this.jobs = new Jobs(this.changes, workbench.now);
    this.settings = new Settings(workbench, this.changes);
    const { changes, jobs, settings } = this;
    emptyExports(workbench.storage.folder);
    this.downloads = new Downloads(workbench.storage.blobs);
    this.uploads = new Uploads(workbench.storage.folder);
    const { downloads, uploads } = this;
    this.reports = new ReportProcess({ workbench, launcher, printer });
    this.work = new StudyWork({
      workbench,
      changes,
      jobs,
      settings,
      launcher,
      writeReport: (study, signal) => this.reports.keep(study, signal),
    });
    this.analysis = new AnalysisProcess({ launcher, ...placesOf(workbench) });
    this.database = new DatabaseTasks({ workbench, changes, jobs, launcher });
    this.removals = new Removals({
      workbench,
      replaceBackups: () => this.database.replaceBackups(),
      rewrite: () => this.database.rewrite(),
    });
    const { removals } = this;
    this.labeling = new LabelingService({ workbench, changes, downloads, uploads, removals });
    this.previews = new PreviewProcess({
      launcher,
      blobs: workbench.storage.blobs.folder,
      engine: () => previewEngine(settings.get().engine),
    });
    for (const clusters of workbench.clusters) {
      clusters.follow({
        onRun: ({ run }) => changes.publish('runs', [run.id]),
        onObserved: () => {
          changes.publish('runs');
          changes.publish('clusters');
        },
      });
    }
    // What is left over is hidden, and the next import or start tries again.
    this.#cleaning = removeUnfinishedImports(workbench, this.#closing.signal).catch(() => undefined);
    this.upkeep = workbench.storage.upkeepIsDue ? this.#doUpkeep() : Promise.resolve();
    this.#opened = contributions.flatMap(({ opened }) => opened?.(this) ?? []);
    const begun = resumeOvernight(this, this.work);
    if (begun > 0) this.#notify(`${formatCount(begun, 'job')} that the last end of the program cut off began again.`);
  }

  #notify(message: string): void {
    this.#notices.push(message);
    this.#onNotice(message);
    this.changes.publish('app');
  }

  /** What the start left, each in a process of its own, beside all other work. */
  async #doUpkeep(): Promise<void> {
    const { storage } = this.workbench;
    try {
      await this.#cleaning;
      // Rewriting makes the indexes anew, and would hide what this finds.
      const contradiction = await this.database.findContradiction();
      if (contradiction !== null) this.#notify(contradiction);
      await this.removals.complete();
      if (this.#closing.signal.aborted) return;
      if (storage.isErasurePending()) await this.removals.erase();
      if (!this.#closing.signal.aborted) await this.database.backUpIfDue();
    } catch (error) {
      // The timer of erasures tries again, and so does the next start.
      if (!this.#closing.signal.aborted) this.#notify(`The database could not be tidied: ${errorText(error)}`);
    }
  }

  /** What everybody who opens a page should know: what happened when the data folder was opened, and since, and the last defect. */
  get notices(): string[] {
    return this.#defect === null ? [...this.#notices] : [...this.#notices, this.#defect];
  }

  /** Has pages show that an error occurred that no call or job reports. */
  noteDefect(error: unknown): void {
    this.#defect = `Something went wrong in the program (${firstLine(messageOf(error))}). Stored data are safe. If something does not complete, start it again; if this comes back, restart the program.`;
    this.changes.publish('app');
  }

  /** Drops labels from memory: somebody withdrew, and an answer from them might be written after the cache was emptied. */
  forgetLabels(): void {
    this.analysis.restart();
    for (const { forget } of this.#opened) forget?.();
  }

  /** Has every run checkpoint and every process exit, then closes the data folder. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#cleaning;
    this.reports.close();
    this.database.close();
    await Promise.all([this.upkeep, this.removals.close()]);
    const { previews, analysis } = this;
    const own = [this.work, previews, analysis];
    await Promise.all([...own.map((each) => each.close()), ...this.#opened.map((each) => each.close())]);
    await Promise.all(this.workbench.clusters.map((clusters) => clusters.close()));
    this.changes.close();
    this.downloads.close();
    this.uploads.close();
    this.workbench.storage.close();
  }
}

/** Previews are small, so the engine that starts fastest and is always there draws them, unless the user named one. */
const previewEngine = (engine: MachineOptions['engine']): EngineName => (engine === 'auto' ? 'wasm' : engine);

/** Removes files that an earlier start of the program left: no page can fetch them any more. */
function emptyExports(dataFolder: string): void {
  try {
    removeBelowSync(dataFolder, join(dataFolder, 'exports'));
  } catch {
    // A file that another program reads: the next start tries again.
  }
}
