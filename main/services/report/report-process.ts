import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportChoice } from '../../contract/api/report.ts';
import { UserError } from '../../contract/errors.ts';
import type { Launcher, WorkerProcess } from '../../executors/index.ts';
import { writeFileAtomicAsync } from '../../files/atomic.ts';
import { entryModule } from '../../files/places.ts';
import { dropOthers } from '../../reports/write.ts';
import type { Workbench } from '../tools/workbench.ts';
import { packReport, type PackedReport, type ReportPieces } from './pack.ts';
import { reportFolder } from '../tools/report-folder.ts';
import type { Printer } from '../tools/printer.ts';
import { type ReportAnswer, reportAnswerSchema, type ReportRequest } from './request.ts';

export interface ReporterOptions {
  bench: Workbench;
  launcher: Launcher;
  printer: Printer;
}

/** Works out reports beside the host: a process for each, which ends with its answer. */
export class Reporter {
  readonly #bench: Workbench;
  readonly #launcher: Launcher;
  readonly #running = new Set<WorkerProcess>();
  readonly printer: Printer;

  constructor({ bench, launcher, printer }: ReporterOptions) {
    this.#bench = bench;
    this.#launcher = launcher;
    this.printer = printer;
  }

  /** index.html as it would be written. @throws UserError `study.not-found`, `report.*` */
  async page(study: string, choice: ReportChoice, signal: AbortSignal): Promise<string> {
    return this.#inFolder(async (folder) => {
      await this.#ask('page', study, choice, folder, signal);
      return readFileSync(join(folder, 'index.html'), 'utf8');
    });
  }

  /** Writes an archive of all that was chosen, and the report beside the study's data. @throws UserError */
  async write(study: string, choice: ReportChoice, path: string, signal: AbortSignal): Promise<PackedReport> {
    return this.#inFolder(async (folder) => {
      const { head, names, kept, leftOut } = await this.#ask('files', study, choice, folder, signal);
      const files = names.map((name) => ({ name, bytes: readFileSync(join(folder, ...name.split('/'))) }));
      const pieces: ReportPieces = { head, files, leftOut };
      const packed = await packReport(path, pieces, this.printer, signal);
      signal.throwIfAborted();
      await this.#keep(study, folder, kept);
      return packed;
    });
  }

  /** Puts the same bytes beside the study's data. */
  async #keep(study: string, from: string, names: readonly string[]): Promise<void> {
    const to = reportFolder(this.#bench.storage.folder, study);
    dropOthers(to, names);
    for (const name of names) await writeFileAtomicAsync(join(to, name), await readFile(join(from, name)));
  }

  close(): void {
    for (const worker of this.#running) worker.kill();
  }

  async #inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'boundary-report-'));
    try {
      return await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #ask(
    kind: ReportRequest['kind'],
    study: string,
    choice: ReportChoice,
    folder: string,
    signal: AbortSignal,
  ): Promise<Extract<ReportAnswer, { ok: true }>> {
    const { root, resources, storage } = this.#bench;
    const request: ReportRequest = { kind, root, resources, dataFolder: storage.folder, study, choice, folder };
    const answer = await this.#answerTo(request, signal);
    if (answer.ok) return answer;
    if (answer.refusal) throw new UserError(answer.refusal);
    throw new Error(answer.message);
  }

  #answerTo(request: ReportRequest, signal: AbortSignal): Promise<ReportAnswer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      let output = '';
      const worker = this.#launcher.launch(
        { entry: entryModule('services/report/report-child'), heapLimit: null },
        {
          message: (message) => resolve(reportAnswerSchema.parse(message)),
          output: (text) => {
            output = (output + text).slice(-4000);
          },
          exit: () => {
            this.#running.delete(worker);
            signal.removeEventListener('abort', stop);
            if (signal.aborted) reject(signal.reason);
            else reject(new Error(`the process that works out reports ended: ${output.trim()}`));
          },
        },
      );
      const stop = (): void => worker.kill();
      this.#running.add(worker);
      signal.addEventListener('abort', stop);
      worker.send(request);
    });
  }
}
