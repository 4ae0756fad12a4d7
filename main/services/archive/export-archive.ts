import { renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  type ArchiveManifest,
  archiveSchemaName,
  productGenerators,
  type StimulusSetArchive,
} from '../../contract/archive.ts';
import { UserError } from '../../contract/errors.ts';
import { canonicalJson } from '../../domain/identity.ts';
import { sha256InPieces } from '../../files/blobs.ts';
import { fileError } from '../../files/file-errors.ts';
import { makeFolder, newFileMode } from '../../files/atomic.ts';
import { maxZipBytes, ZipWriter } from '../../files/zip/writer.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find.ts';
import { readShipped } from '../generators/shipped.ts';
import type { Workbench } from '../tools/workbench.ts';
import { addPredictionBlobs, addRunBlobs, addSetBlobs, type NamedBlobs, noBlobs, pixelsOfCandidates } from './blobs.ts';
import { type WorkProgress, noProgress } from '../tools/jobs.ts';

interface ExportOptions {
  study: string;
  /** Path of the archive. An existing file is replaced. */
  path: string;
  /** Without weights an archive is small: everything shows, and nothing that needs a network computes. */
  weights: boolean;
  /** Time of export, milliseconds since 1970. Default: now. */
  at?: number;
  /** Called in the same turn as the last check for withdrawals, so that a later withdrawal finds the archive on offer. */
  offer?: () => void;
}

interface ExportOutcome {
  files: number;
  bytes: number;
  omitted: number;
  sessions: number;
}

/**
 * Writes a study as one archive, completely or not at all. Works in pieces of some milliseconds beside other work.
 * @throws UserError `study.not-found`, `archive.too-large`, `archive.withdrawn`, `archive.changed`, `file.*`; the
 * signal's reason
 */
export async function exportArchive(
  workbench: Workbench,
  options: ExportOptions,
  progress: WorkProgress = noProgress,
): Promise<ExportOutcome> {
  let path = `${options.path}.part`;
  try {
    makeFolder(dirname(options.path));
    const file = await open(path, 'w', newFileMode(dirname(path)));
    let exporter: Exporter;
    let outcome: ExportOutcome;
    try {
      exporter = new Exporter(workbench, options, progress, file);
      outcome = await exporter.write();
      await file.sync();
    } finally {
      await file.close();
    }
    exporter.refuseWithdrawn();
    renameSync(path, options.path);
    path = options.path;
    // Another process may have been quicker than the line above.
    exporter.refuseWithdrawn();
    options.offer?.();
    return outcome;
  } catch (error) {
    rmSync(path, { force: true });
    throw fileError(error, options.path);
  }
}

/** Files that an archive may list (`archiveManifestSchema`). */
const maxFiles = 65_000;

class Exporter {
  readonly #workbench: Workbench;
  readonly #options: ExportOptions;
  readonly #progress: WorkProgress;
  readonly #zip: ZipWriter;
  readonly #files: ArchiveManifest['files'] = [];
  readonly #omitted: ArchiveManifest['omitted'] = [];
  readonly #study: StudyRecord;
  readonly #withdrawn: number;

  constructor(workbench: Workbench, options: ExportOptions, progress: WorkProgress, file: FileHandle) {
    this.#workbench = workbench;
    this.#options = options;
    this.#progress = progress;
    this.#zip = ZipWriter.toFile(file);
    this.#study = findStudy(workbench, options.study);
    this.#withdrawn = this.#withdrawals();
  }

  #withdrawals(): number {
    return this.#workbench.storage.labeling.withdrawals.datesOfStudy(this.#study.id).length;
  }

  /** @throws UserError `archive.withdrawn` if somebody withdrew since it was made */
  refuseWithdrawn(): void {
    if (this.#withdrawals() !== this.#withdrawn) throw withdrew(this.#options);
  }

  async write(): Promise<ExportOutcome> {
    const study = this.#study;
    const named = await this.#records(study.id);
    await this.#blobs(named);
    this.refuseWithdrawn();
    const manifest: ArchiveManifest = {
      schema: archiveSchemaName,
      product: this.#workbench.environment.product,
      exportedAt: new Date(this.#options.at ?? this.#workbench.now()).toISOString(),
      study: { name: study.name, title: study.spec.title },
      weights: this.#options.weights,
      files: this.#files,
      omitted: this.#omitted,
    };
    await this.#zip.add('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
    await this.#zip.end();
    const sessions = this.#files.filter(({ path: name }) => name.startsWith('sessions/')).length;
    return { files: this.#files.length, bytes: this.#zip.bytes, omitted: this.#omitted.length, sessions };
  }

  /** Writes the study's database records; returns the files that they name. */
  async #records(studyId: number): Promise<NamedBlobs> {
    const { archives } = this.#workbench.storage;
    const named = noBlobs();
    const study = archives.study(studyId);
    const keys = archives.runKeys(studyId);
    addPredictionBlobs(named, study);
    await this.#addJson('study.json', study);
    for (const [index, key] of keys.entries()) {
      await this.#next((0.3 * index) / keys.length, `run ${index + 1} of ${keys.length}`);
      const run = archives.run(key);
      addRunBlobs(named, run);
      await this.#addJson(`runs/${key}.json`, run);
    }
    for (const hash of new Set(study.sets.map((set) => set.hash))) {
      const set: StimulusSetArchive = archives.set(hash);
      addSetBlobs(named, set);
      await this.#addJson(`stimuli/${hash}.json`, set);
    }
    // Read at one moment: labels and their sessions belong together.
    const records = { responses: archives.responses(studyId), labeling: archives.labeling(studyId) };
    const sessions = archives.sessions(studyId);
    const { sets } = archives.study(studyId);
    if (canonicalJson(sets) !== canonicalJson(study.sets)) throw changed(this.#options);
    await this.#addJson('responses.json', records.responses);
    await this.#addJson('labeling.json', records.labeling);
    for (const [index, snapshot] of sessions.entries()) {
      await this.#next(0.3, `labeling session ${index + 1} of ${sessions.length}`);
      const session = archives.session(snapshot);
      if (session) await this.#addJson(`sessions/${session.place}.json`, session);
    }
    return named;
  }

  async #blobs({ data, weights }: NamedBlobs): Promise<void> {
    const own = new Set(
      productGenerators.map((name) => readShipped(this.#workbench.resources, name).provenance.weights.sha256),
    );
    const wanted = [...data];
    for (const hash of weights) {
      if (own.has(hash)) this.#omitted.push({ hash, why: 'product' });
      else if (this.#options.weights) wanted.push(hash);
      else if (!data.has(hash)) this.#omitted.push({ hash, why: 'weights' });
    }
    const seen = new Set(wanted);
    // Grows during the loop: candidates name their pixels.
    for (const [index, hash] of wanted.entries()) {
      await this.#next(0.3 + (0.7 * index) / wanted.length, `file ${index + 1} of ${wanted.length}`);
      const bytes = this.#blob(hash);
      if (!bytes) continue;
      await this.#add(`blobs/${hash}`, bytes);
      const pixels = pixelsOfCandidates(bytes);
      if (pixels === null || seen.has(pixels)) continue;
      seen.add(pixels);
      wanted.push(pixels);
    }
  }

  /** Null for one that is lost or damaged: the archive says so, and the rest of the study is worth having. */
  #blob(hash: string): Buffer | null {
    try {
      return this.#workbench.storage.blobs.get(hash);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#omitted.push({ hash, why: 'lost' });
      return null;
    }
  }

  #addJson(path: string, content: unknown): Promise<void> {
    return this.#add(path, Buffer.from(canonicalJson(content)));
  }

  async #add(path: string, bytes: Uint8Array): Promise<void> {
    const room = maxZipBytes - 64 * 2 ** 20;
    if (this.#zip.bytes + bytes.length > room || this.#files.length >= maxFiles - 10) throw tooLarge(this.#options);
    this.#files.push({ path, bytes: bytes.length, sha256: await sha256InPieces(bytes) });
    await this.#zip.add(path, bytes);
  }

  async #next(share: number, note: string): Promise<void> {
    await setImmediate();
    this.#progress.signal.throwIfAborted();
    this.#progress.update(share, note);
  }
}

const withdrew = ({ study }: ExportOptions): UserError =>
  new UserError({
    code: 'archive.withdrawn',
    what: 'Somebody withdrew while the archive was made',
    where: `study ${study}`,
    remedy: 'Export the study again. The new archive contains no data of this person.',
  });

const changed = ({ study }: ExportOptions): UserError =>
  new UserError({
    code: 'archive.changed',
    what: 'The stimuli changed while the archive was made',
    where: `study ${study}`,
    remedy: 'Export it again.',
  });

const tooLarge = ({ study, weights }: ExportOptions): UserError =>
  new UserError({
    code: 'archive.too-large',
    what: 'The study is larger than one archive holds (4 GB, 65,000 files)',
    where: `study ${study}`,
    remedy: weights
      ? 'Export it without weights; or copy the data folder itself while Boundary Workbench is closed.'
      : 'Copy the data folder itself while Boundary Workbench is closed.',
  });
