import {
  type Examination,
  type ExaminationMessage,
  examinationMessageSchema,
  type ExaminationTask,
} from '../../contract/evaluation.ts';
import { UserError } from '../../contract/errors.ts';
import type { EngineName } from '../../contract/run.ts';
import type { Launcher, WorkerProcess } from '../../executors/index.ts';
import { entryModule } from '../../files/places.ts';

export interface ExaminerOptions {
  launcher: Launcher;
  /** Folder of the blob store. */
  blobs: string;
  /** Milliseconds without a request after which the process ends. Default 30,000. */
  idleFor?: number;
  /** Milliseconds that one examination may take. Default 300,000. */
  patience?: number;
}

interface Asked {
  resolve: (result: Examination) => void;
  reject: (reason: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * A worker process beside those that train, which looks at test images with finished snapshots. Started when there is
 * something to do, for one engine at a time.
 */
export class Examiner {
  readonly #options: ExaminerOptions;
  readonly #asked = new Map<number, Asked>();
  #process: { worker: WorkerProcess; engine: EngineName; output: string } | null = null;
  #idle: NodeJS.Timeout | undefined;
  #next = 1;
  #line: Promise<unknown> = Promise.resolve();

  constructor(options: ExaminerOptions) {
    this.#options = options;
  }

  /** One after another. @throws UserError `examination.failed` */
  examine(task: ExaminationTask, engine: EngineName): Promise<Examination> {
    const result = this.#line.then(() => this.#ask(task, engine));
    this.#line = result.catch(() => undefined);
    return result;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#process?.worker.kill();
    this.#process = null;
    this.#rejectAll('The program ended', '');
  }

  #ask(task: ExaminationTask, engine: EngineName): Promise<Examination> {
    clearTimeout(this.#idle);
    const { worker } = this.#processFor(engine);
    const examination = this.#next++;
    return new Promise<Examination>((resolve, reject) => {
      const timer = setTimeout(() => worker.kill(), this.#options.patience ?? 300_000);
      this.#asked.set(examination, { resolve, reject, timer });
      worker.send({ type: 'examine', examination, task, engine, threads: 1, blobs: this.#options.blobs });
    }).finally(() => {
      this.#idle = setTimeout(() => this.close(), this.#options.idleFor ?? 30_000);
      this.#idle.unref();
    });
  }

  #processFor(engine: EngineName): { worker: WorkerProcess } {
    if (this.#process?.engine === engine) return this.#process;
    this.close();
    const started = { engine, output: '' };
    const worker = this.#options.launcher.launch(
      { entry: entryModule('training/worker/worker'), heapLimit: null },
      {
        message: (message) => this.#heard(message),
        output: (text) => {
          started.output = (started.output + text).slice(-4000);
        },
        exit: () => this.#ended(worker, started.output),
      },
    );
    this.#process = Object.assign(started, { worker });
    return this.#process;
  }

  #heard(message: unknown): void {
    const parsed = examinationMessageSchema.safeParse(message);
    if (parsed.success) this.#answer(parsed.data);
  }

  #answer({ examination, outcome }: ExaminationMessage): void {
    const asked = this.#asked.get(examination);
    this.#asked.delete(examination);
    clearTimeout(asked?.timer);
    if (outcome.ok) asked?.resolve(outcome.result);
    else asked?.reject(failed(outcome.message, outcome.detail));
  }

  #ended(worker: WorkerProcess, output: string): void {
    if (this.#process?.worker !== worker) return;
    this.#process = null;
    this.#rejectAll('The process that looks at the test images ended', output);
  }

  #rejectAll(message: string, detail: string): void {
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer);
      reject(failed(message, detail));
    }
    this.#asked.clear();
  }
}

function failed(message: string, detail: string): UserError {
  return new UserError({
    code: 'examination.failed',
    what: `The test images could not be looked at: ${message.replace(/\s*\n\s*/g, '; ')}`,
    where: detail.trim().split('\n').at(-1)?.slice(0, 300) || 'the process beside the workers',
    remedy: 'Try it again; if its files are missing, start the study again, which makes them anew.',
  });
}
