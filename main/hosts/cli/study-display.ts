import { formatDuration, formatRemaining } from '../../domain/numbers/format.ts';
import { ChangeFeed } from '../../services/workbench/change-feed.ts';
import { Settings } from '../../services/workbench/settings.ts';
import type { StudyEvent } from '../../services/study/events.ts';
import { studyProgress } from '../../services/study/progress.ts';
import type { StudyRunResult } from '../../services/study/run-study.ts';
import type { Workbench } from '../../services/workbench/workbench.ts';
import { printable } from '../../terminal/output.ts';

/** Milliseconds between progress lines: in a log, where each line stays, and on a terminal, where it is overwritten. */
const logInterval = 30_000;
const terminalInterval = 1_000;

/** Prints the progress of a study to a terminal or a log: a line for each step, and a progress line at intervals. */
export class StudyDisplay {
  readonly #workbench: Workbench;
  readonly #workers: number;
  readonly #tools: Parameters<typeof studyProgress>[0];
  readonly #started: number;
  readonly #live = process.stdout.isTTY === true;
  #timer: NodeJS.Timeout | undefined;
  #studyId: number | undefined;
  #readAt = 0;

  constructor(workbench: Workbench, workers: number) {
    this.#workbench = workbench;
    this.#tools = { workbench, settings: new Settings(workbench, new ChangeFeed()) };
    this.#workers = workers;
    this.#started = workbench.now();
  }

  begin(title: string, folder: string): void {
    this.print(`Study: ${title}`);
    this.print(`Data folder: ${folder}`);
  }

  /** Starts printing progress lines. */
  watch(studyId: number): void {
    this.#studyId = studyId;
    this.#timer = setInterval(() => this.#progress(), this.#live ? terminalInterval : logInterval);
  }

  show(event: StudyEvent): void {
    switch (event.type) {
      case 'step': {
        const took = event.seconds === null ? '' : ` (${formatDuration(event.seconds * 1000)})`;
        return this.print(`${event.name}: ${event.detail}${took}`);
      }
      case 'warning':
        return this.print(`Warning: ${event.message}`);
      case 'run': {
        const took = event.seconds === null ? '' : ` (${formatDuration(event.seconds * 1000)})`;
        const detail = event.detail === '' ? '' : `: ${event.detail}`;
        return this.print(`${event.label} ${event.state}${detail}${took}`);
      }
      case 'reading':
        return this.#reading(`Reading the data set: ${event.note}`);
      case 'predicted':
        // The event of its run has been printed already.
        return;
    }
  }

  end(result: StudyRunResult): void {
    const took = formatDuration(this.#workbench.now() - this.#started);
    for (const problem of result.problems) this.print(`Problem: ${problem}`);
    if (result.stopped) return this.print(`Stopped after ${took}. Run the same command again to resume.`);
    this.print(
      result.complete ? `Done in ${took}.` : `Ended after ${took} with problems. Run the same command again to retry.`,
    );
    if (result.report !== null) this.print(`Report: ${result.report}`);
  }

  print(line: string): void {
    this.#clear();
    const seconds = (this.#workbench.now() - this.#started) / 1000;
    process.stdout.write(`[${clock(seconds)}] ${printable(line)}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  /** At the same intervals as the progress of runs. */
  #reading(line: string): void {
    const now = performance.now();
    if (now - this.#readAt < (this.#live ? terminalInterval : logInterval)) return;
    this.#readAt = now;
    this.#overwrite(line);
  }

  #overwrite(line: string): void {
    if (!this.#live) return this.print(line);
    this.#clear();
    process.stdout.write(printable(line).slice(0, Math.max(20, process.stdout.columns - 1)));
  }

  #progress(): void {
    if (this.#studyId === undefined) return;
    const study = this.#workbench.storage.studies.get(this.#studyId);
    if (!study) return;
    const { running, done, total, secondsLeft } = studyProgress(this.#tools, study, this.#workers);
    const current = running.map(({ label, share, note }) => {
      const percent = share === null ? '' : ` ${Math.round(100 * share)} %`;
      return `${label}${percent}${note === '' ? '' : ` (${note})`}`;
    });
    const remaining = secondsLeft === null ? '' : `; ${formatRemaining(secondsLeft)}`;
    const line = `${done} of ${total} runs done${remaining}; ${current.join(', ') || 'waiting'}`;
    this.#overwrite(line);
  }

  #clear(): void {
    if (this.#live) process.stdout.write('\r\u001b[2K');
  }
}

const clock = (seconds: number): string =>
  [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
