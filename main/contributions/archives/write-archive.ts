import { toStoredStatistics } from '../../contract/recipes/index.ts';
import type { FileHandle } from 'node:fs/promises';
import {
  type ArchiveManifest,
  archiveSchemaName,
  colorArchiveSchemaName,
  answersArchiveSchemaName,
  productGenerators,
  type StimulusSetArchive,
} from './format.ts';
import { UserError } from '../../contract/wire/index.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import { sha256 } from '../../files/index.ts';
import { maxZipBytes, ZipWriter } from '../../files/zip/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { findStudy, type StoredFiles, type Workbench } from '../../services/workbench/index.ts';
import { readShipped } from '../../services/generators/index.ts';
import type { WorkProgress } from '../../services/tools/index.ts';
import { addSectionFiles } from './section-files.ts';
import { addStudyBlobs, addRunBlobs, addSetBlobs, type NamedBlobs, noBlobs, pixelsOfCandidates } from './blobs.ts';
import { filesOfModel, kindsOf, type OutsideModel } from './check-models.ts';
import { archivesOf } from './storage/archives.ts';

export interface WriteOptions {
  study: string;
  weights: boolean;
  /** Time of export, milliseconds since 1970. */
  at: number;
}

interface WriteOutcome {
  files: number;
  bytes: number;
  omitted: number;
  sessions: number;
}

/** Files that an archive may list (`archiveManifestSchema`). */
const maxFiles = 65_000;

/** Writes a study as one archive, from one moment of the database. */
export class ArchiveWriter {
  readonly #workbench: Workbench;
  readonly #options: WriteOptions;
  readonly #progress: WorkProgress;
  readonly #zip: ZipWriter;
  readonly #files: ArchiveManifest['files'] = [];
  readonly #omitted: ArchiveManifest['omitted'] = [];
  readonly #study: StudyRecord;
  #schema: ArchiveManifest['schema'] = archiveSchemaName;

  constructor(workbench: Workbench, options: WriteOptions, progress: WorkProgress, file: FileHandle) {
    this.#workbench = workbench;
    this.#options = options;
    this.#progress = progress;
    this.#zip = ZipWriter.toFile(file);
    this.#study = findStudy(workbench, options.study);
  }

  async write(): Promise<WriteOutcome> {
    const study = this.#study;
    const release = archivesOf(this.#workbench.storage).holdMoment();
    const named = await this.#records(study.id).finally(release);
    await this.#blobs(named);
    const manifest: ArchiveManifest = {
      schema: this.#schema,
      product: this.#workbench.environment.product,
      exportedAt: new Date(this.#options.at).toISOString(),
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

  /** @throws UserError `archive.models` where nothing here knows which files a model has */
  #filesOf(model: OutsideModel): StoredFiles {
    const kinds = kindsOf(this.#workbench.storedModels);
    if (model.kind in kinds) return filesOfModel(kinds, model);
    throw new UserError(
      'archive.models',
      `This version does not know which files its outside models (${model.kind}) have`,
      `study ${this.#options.study}`,
      'Export the study with a version that has the contribution “outside”.',
    );
  }

  /** Writes the study's database records; returns the files that they name. */
  async #records(studyId: number): Promise<NamedBlobs> {
    const archives = archivesOf(this.#workbench.storage);
    const named = noBlobs();
    const study = archives.study(studyId);
    const keys = archives.runKeys(studyId);
    let inColor = study.dataSets.some(({ channels }) => channels > 1);
    let unplaced = study.specs.some(({ spec }) => spec.stimuli.source === 'test-images');
    addStudyBlobs(named, study, (model) => this.#filesOf(model));
    const { blobs, studies } = this.#workbench.storage;
    for (const { spec } of study.specs.slice(-1))
      addSectionFiles(named, spec, studies.sections, (hash) => blobs.has(hash));
    await this.#addJson('study.json', { ...study, dataSets: study.dataSets.map(toStoredStatistics) });
    for (const [index, key] of keys.entries()) {
      this.#next((0.3 * index) / keys.length, `run ${index + 1} of ${keys.length}`);
      const run = archives.run(key);
      addRunBlobs(named, run);
      await this.#addJson(`runs/${key}.json`, run);
    }
    for (const hash of new Set(study.sets.map((set) => set.hash))) {
      const set: StimulusSetArchive = archives.set(hash);
      inColor ||= set.channels !== undefined;
      unplaced ||= set.images.some(({ alpha }) => alpha === null);
      addSetBlobs(named, set);
      await this.#addJson(`stimuli/${hash}.json`, set);
    }
    this.#next(0.3, 'labels');
    await this.#addJson('responses.json', archives.responses(studyId));
    await this.#addJson('labeling.json', archives.labeling(studyId));
    const panels = archives.panels(studyId);
    if (study.outside || panels.length > 0 || unplaced) this.#schema = answersArchiveSchemaName;
    else if (inColor) this.#schema = colorArchiveSchemaName;
    for (const [index, id] of panels.entries()) {
      this.#next(0.3, `panel ${index + 1} of ${panels.length}`);
      const panel = archives.panel(id);
      if (panel) await this.#addJson(`panels/${index}.json`, panel);
    }
    const sessions = archives.sessions(studyId);
    for (const [index, snapshot] of sessions.entries()) {
      this.#next(0.3, `labeling session ${index + 1} of ${sessions.length}`);
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
      this.#next(0.3 + (0.7 * index) / wanted.length, `file ${index + 1} of ${wanted.length}`);
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
    this.#files.push({ path, bytes: bytes.length, sha256: sha256(bytes) });
    await this.#zip.add(path, bytes);
  }

  #next(share: number, note: string): void {
    this.#progress.signal.throwIfAborted();
    this.#progress.update(share, note);
  }
}

const tooLarge = ({ study, weights }: WriteOptions): UserError =>
  new UserError(
    'archive.too-large',
    'The study is larger than one archive holds (4 GB, 65,000 files)',
    `study ${study}`,
    weights
      ? 'Export it without weights; or copy the data folder itself while Boundary Workbench is closed.'
      : 'Copy the data folder itself while Boundary Workbench is closed.',
  );
