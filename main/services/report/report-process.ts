import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReportChoice, wholeReport } from '../../contract/api/report.ts';
import { writeFileAtomicAsync } from '../../files/atomic.ts';
import { within } from '../../files/below.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { entryModule } from '../../files/places.ts';
import { askOnce } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { dropOthers } from '../../reports/write.ts';
import { reportFolder, type Workbench } from '../workbench/workbench.ts';
import type { Printer } from '../tools/printer.ts';
import { packReport, type PackedReport, type ReportPieces } from './pack.ts';
import type { ReportHandlers } from './report-child.ts';
import { placesOf } from '../workbench/places.ts';

export interface ReportProcessOptions {
  workbench: Workbench;
  launcher: Launcher;
  printer: Printer;
}

/** Makes reports beside the host, each in a process of its own that ends with its answer. */
export class ReportProcess {
  readonly #workbench: Workbench;
  readonly #launcher: Launcher;
  readonly #closing = new AbortController();
  readonly printer: Printer;

  constructor({ workbench, launcher, printer }: ReportProcessOptions) {
    this.#workbench = workbench;
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

  /**
   * Writes the complete report beside the study's data; gives the path of its page.
   * @throws UserError `study.not-found`, `report.*`
   */
  async keep(study: string, signal: AbortSignal): Promise<string> {
    return this.#inFolder(async (folder) => {
      const { kept } = await this.#ask('kept', study, wholeReport, folder, signal);
      signal.throwIfAborted();
      await this.#keep(study, folder, kept);
      return join(reportFolder(this.#workbench.storage.folder, study), 'index.html');
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

  /** Ends the reports that are being made; they reject. */
  close(): void {
    this.#closing.abort(new Error('the program is about to end'));
  }

  /** Puts the same bytes beside the study's data. */
  async #keep(study: string, from: string, names: readonly string[]): Promise<void> {
    const to = reportFolder(this.#workbench.storage.folder, study);
    const write = async (folder: string): Promise<void> => {
      dropOthers(folder, names);
      for (const name of names) await writeFileAtomicAsync(join(folder, name), await readFile(join(from, name)));
    };
    await within(this.#workbench.storage.folder, to, write, { make: true });
  }

  async #inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'boundary-report-'));
    try {
      return await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  #ask(kind: keyof ReportHandlers, study: string, choice: ReportChoice, folder: string, signal: AbortSignal) {
    const process = {
      launcher: this.#launcher,
      entry: entryModule('services/report/report-child'),
      died: (why: string) => died(study, why),
      failed: (_: string, detail: string) => new Error(detail),
    };
    const request = { ...placesOf(this.#workbench), study, choice, folder };
    return askOnce<ReportHandlers, typeof kind>(process, kind, request, {
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
  }
}

const died = (study: string, why: string): UserError =>
  new UserError(
    'report.died',
    `The process that makes the report ended: ${why}`,
    study,
    'Try again; stored data is unchanged. If it happens again, choose fewer models or close other programs.',
  );
