import type { StudyEvent } from '../../services/study/events.ts';
import { studyProgress } from '../../services/study/progress.ts';
import type { StudyRunResult } from '../../services/study/run-study.ts';
import type { Workbench } from '../../services/tools/workbench.ts';
import { duration, printable } from './output.ts';

/** Milliseconds between progress lines where each stays on the page, and on a terminal, where it is overwritten. */
const everyOnPaper = 30_000;
const everyOnScreen = 1_000;

/** Tells a person at a terminal, or a log, what a study does: a line for each step, and where it stands now and then. */
export class StudyDisplay {
  readonly #bench: Workbench;
  readonly #workers: number;
  readonly #started: number;
  readonly #live = process.stdout.isTTY === true;
  #timer: NodeJS.Timeout | undefined;
  #studyId: number | undefined;

  constructor(bench: Workbench, workers: number) {
    this.#bench = bench;
    this.#workers = workers;
    this.#started = bench.now();
  }

  begin(title: string, folder: string): void {
    this.say(`Study: ${title}`);
    this.say(`Data folder: ${folder}`);
  }

  /** From now on says where the study stands. */
  watch(studyId: number): void {
    this.#studyId = studyId;
    this.#timer = setInterval(() => this.#progress(), this.#live ? everyOnScreen : everyOnPaper);
  }

  show(event: StudyEvent): void {
    switch (event.type) {
      case 'step': {
        const took = event.seconds === null ? '' : ` (${duration(event.seconds)})`;
        return this.say(`${event.name}: ${event.detail}${took}`);
      }
      case 'warning':
        return this.say(`Warning: ${event.message}`);
      case 'run': {
        const took = event.seconds === null ? '' : ` (${duration(event.seconds)})`;
        const detail = event.detail === '' ? '' : `: ${event.detail}`;
        return this.say(`${event.label} ${event.state}${detail}${took}`);
      }
      case 'predicted':
        // Its run has said so.
        return;
    }
  }

  end(result: StudyRunResult): void {
    const took = duration((this.#bench.now() - this.#started) / 1000);
    for (const problem of result.problems) this.say(`Problem: ${problem}`);
    if (result.stopped) return this.say(`Stopped after ${took}. The same command goes on from here.`);
    this.say(
      result.complete ? `Done in ${took}.` : `Ended after ${took}, with problems. The same command tries again.`,
    );
    if (result.report !== null) this.say(`Report: ${result.report}`);
  }

  say(line: string): void {
    this.#clear();
    const seconds = (this.#bench.now() - this.#started) / 1000;
    process.stdout.write(`[${clock(seconds)}] ${printable(line)}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #progress(): void {
    if (this.#studyId === undefined) return;
    const { running, done, total, secondsLeft } = studyProgress(this.#bench, this.#studyId, this.#workers);
    const now = running.map(({ label, share, note }) => {
      const percent = share === null ? '' : ` ${Math.round(100 * share)} %`;
      return `${label}${percent}${note === '' ? '' : ` (${note})`}`;
    });
    const left = secondsLeft === null ? '' : `; about ${duration(secondsLeft)} left`;
    const line = `${done} of ${total} runs done${left}; ${now.join(', ') || 'waiting'}`;
    if (!this.#live) return this.say(line);
    this.#clear();
    process.stdout.write(printable(line).slice(0, Math.max(20, process.stdout.columns - 1)));
  }

  #clear(): void {
    if (this.#live) process.stdout.write('\r\u001b[2K');
  }
}

const clock = (seconds: number): string =>
  [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
