import { addSectionFiles } from './section-files.ts';
import type { z } from 'zod';
import {
  type ArchiveManifest,
  archiveManifestSchema,
  archiveSchemaName,
  colorArchiveSchemaName,
  type PanelArchive,
  panelArchiveSchema,
  answersArchiveSchemaName,
  earlierArchiveSchemaName,
  type LabelingArchive,
  labelingArchiveSchema,
  type ResponsesArchive,
  responsesArchiveSchema,
  type RunArchive,
  runArchiveSchema,
  type SessionArchive,
  sessionArchiveSchema,
  type StimulusSetArchive,
  stimulusSetArchiveSchema,
  type StudyArchive,
  studyArchiveSchema,
} from './format.ts';
import { problemOf, UserError } from '../../contract/wire/index.ts';
import { type Study, studySchemaWith } from '../../contract/studies/index.ts';
import { excessOf, runKey, stimulusSetHash, sectionsOf, type Sections } from '../../domain/plans/index.ts';
import { imageLength } from '../../domain/data/index.ts';
import { type BlobStore, largest, sha256 } from '../../files/index.ts';
import { archiveError, isBomb, ZipReader } from '../../files/zip/index.ts';
import { truthFault } from '../../storage/index.ts';
import {
  addStudyBlobs,
  addRunBlobs,
  addSetBlobs,
  maxCandidatesBytes,
  type NamedBlobs,
  noBlobs,
  pixelsOfCandidates,
} from './blobs.ts';
import { answersFiles, filesOfModel, isSound, type ModelKinds, outsideFault } from './check-models.ts';
import { knownSets, labelingFault, noLabeling, PanelCheck, responsesFault, SessionCheck } from './check-labels.ts';
import type { WorkProgress } from '../../services/tools/index.ts';

export interface CheckedArchive {
  manifest: ArchiveManifest;
  study: StudyArchive;
  sets: StimulusSetArchive[];
  responses: ResponsesArchive;
  labeling: LabelingArchive;
  /** Labeling sessions in their order, each read when its turn comes: millions of events take much room. */
  sessions(): AsyncIterable<SessionArchive>;
  sessionCount: number;
  /** In the order in which they were imported, each read when its turn comes. */
  panels(): AsyncIterable<PanelArchive>;
  runKeys: string[];
  run(key: string): Promise<RunArchive>;
  /** Its files that a record names. Others are not stored. */
  blobs: string[];
  /** Bytes of a blob. */
  size(hash: string): number;
  /** Stores a blob. */
  store(hash: string, blobs: BlobStore): Promise<void>;
  close(): void;
}

/** What reads parts of archives that contributions know. */
interface ArchiveReaders {
  /** What checks models that were not trained here. */
  readonly kinds?: ModelKinds;
  /** Parts of declarations. */
  readonly sections?: Sections;
}

/** Checks all files and records before any is stored. @throws UserError `archive.*`, `file.*`; the signal's reason */
export async function readArchive(
  path: string,
  progress: WorkProgress,
  { kinds = {}, sections = [] }: ArchiveReaders = {},
): Promise<CheckedArchive> {
  const zip = await ZipReader.open(path);
  try {
    return await new Checker(zip, progress, { kinds, sections }).check();
  } catch (error) {
    zip.close();
    throw error;
  }
}

const listed = '[0-9a-f]{64}';
const always = `study\\.json|responses\\.json|runs/${listed}\\.json|stimuli/${listed}\\.json|blobs/${listed}`;

const sessions = `${always}|labeling\\.json|sessions/(0|[1-9][0-9]{0,6})\\.json`;
const withSessions = new RegExp(`^(${sessions})$`);

/** Files that an archive may have besides its list. */
const allowedPaths: Record<ArchiveManifest['schema'], RegExp> = {
  [earlierArchiveSchemaName]: new RegExp(`^(${always})$`),
  [archiveSchemaName]: withSessions,
  [colorArchiveSchemaName]: withSessions,
  [answersArchiveSchemaName]: new RegExp(`^(${sessions}|panels/(0|[1-9][0-9]{0,3})\\.json)$`),
};

/** Cap by the kind of a file. */
function largestFile(path: string): number {
  if (path.startsWith('blobs/')) return largest.blob;
  if (path.startsWith('runs/')) return largest.run;
  if (path.startsWith('stimuli/')) return largest.stimulusSet;
  if (path.startsWith('sessions/')) return largest.session;
  if (path.startsWith('panels/')) return largest.responses;
  return path === 'study.json' ? largest.study : path === 'responses.json' ? largest.responses : largest.labeling;
}

class Checker {
  readonly #zip: ZipReader;
  readonly #progress: WorkProgress;
  readonly #kinds: ModelKinds;
  readonly #sections: Sections;
  readonly #named: NamedBlobs = noBlobs();
  #hashes = new Map<string, string>();

  constructor(zip: ZipReader, progress: WorkProgress, { kinds, sections }: Required<ArchiveReaders>) {
    this.#zip = zip;
    this.#progress = progress;
    this.#kinds = kinds;
    this.#sections = sections;
  }

  async check(): Promise<CheckedArchive> {
    const zip = this.#zip;
    const manifest = await this.#manifest();
    await this.#files(manifest);
    const study = this.#withSections(await this.#record('study.json', studyArchiveSchema, largest.study));
    const responses = await this.#record('responses.json', responsesArchiveSchema, largest.responses);
    const runKeys = this.#namesIn('runs/', '.json');
    for (const key of runKeys) await this.#run(key);
    const sets: StimulusSetArchive[] = [];
    for (const hash of this.#namesIn('stimuli/', '.json')) sets.push(await this.#set(hash));
    this.#references(study, sets, responses, runKeys);
    const { labeling, sessionNames } = await this.#labeling(manifest, study, sets, responses);
    const panelNames = await this.#panels(study, sets, responses);
    addStudyBlobs(this.#named, study, (model) => filesOfModel(this.#kinds, model));
    const files = new Set(this.#namesIn('blobs/', ''));
    for (const { spec } of study.specs.slice(-1))
      addSectionFiles(this.#named, spec, this.#sections, (hash) => files.has(hash));
    await this.#blobsThere(manifest);
    await this.#answers(study);
    return {
      manifest,
      study,
      sets,
      responses,
      labeling,
      runKeys,
      blobs: this.#namedBlobs(),
      sessions: () => this.#sessions(sessionNames),
      sessionCount: sessionNames.length,
      panels: () => this.#readPanels(panelNames),
      run: (key) => this.#record(`runs/${key}.json`, runArchiveSchema, largest.run),
      size: (hash) => zip.fileSize(`blobs/${hash}`) ?? 0,
      store: (hash, blobs) =>
        blobs.putStream(hash, async (take) => (await zip.hash(`blobs/${hash}`, largest.blob, take)).sha256),
      close: () => zip.close(),
    };
  }

  async #manifest(): Promise<ArchiveManifest> {
    const json = await this.#parseJson('manifest.json', await this.#zip.read('manifest.json', largest.manifest));
    const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
    if (typeof schema !== 'string' || !Object.hasOwn(allowedPaths, schema)) {
      const what =
        typeof schema === 'string' ? `It is of another format (${schema.slice(0, 100)})` : 'It is not a study';
      throw archiveError('other-schema', `${what}; this version reads ${answersArchiveSchemaName}`, this.#zip.path);
    }
    return this.#parse('manifest.json', archiveManifestSchema, json);
  }

  /** Everything in the archive is on the list, once, with the hash that stands there. */
  async #files({ files, schema }: ArchiveManifest): Promise<void> {
    const listed = new Map(files.map((file) => [file.path, file]));
    if (listed.size !== files.length) throw this.#error('duplicate', 'Its list names a file twice');
    const unlisted = this.#zip.names.find((name) => name !== 'manifest.json' && !listed.has(name));
    if (unlisted !== undefined) throw this.#error('unlisted', `${JSON.stringify(unlisted)} is not on its list`);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > largest.archive) throw this.#error('bomb', 'It unpacks to more than 64 GiB');
    if (isBomb({ bytes: total, packedBytes: this.#zip.packedBytes })) {
      throw this.#error('bomb', 'Its files unpack to more than 200 times their packed size');
    }
    this.#hashes = new Map(files.map(({ path, sha256 }) => [path, sha256]));
    let done = 0;
    for (const { path, bytes: size, sha256: wanted } of files) {
      this.#progress.signal.throwIfAborted();
      if (!allowedPaths[schema].test(path)) {
        throw this.#error('unknown-file', `${JSON.stringify(path)} is not part of a study`);
      }
      const { sha256, bytes } = await this.#zip.hash(path, Math.min(size, largestFile(path)));
      if (bytes !== size || sha256 !== wanted) throw this.#error('wrong-hash', `${path} does not match its hash`);
      if (path.startsWith('blobs/') && path !== `blobs/${sha256}`) {
        throw this.#error('wrong-hash', `${path} does not match the hash in its name`);
      }
      done += bytes;
      this.#progress.update((0.3 * done) / Math.max(1, total), 'checking hashes');
    }
  }

  async #run(key: string): Promise<void> {
    this.#progress.signal.throwIfAborted();
    this.#progress.update(0.3, 'checking runs');
    const run = await this.#record(`runs/${key}.json`, runArchiveSchema, largest.run);
    if (run.key !== key || runKey(run.task, run.engine) !== key) {
      throw this.#error('wrong-key', `runs/${key}.json describes another run`);
    }
    const agrees =
      (run.state === 'done') === (run.result !== null && run.result.kind === run.task.kind) &&
      (run.state === 'failed') === (run.failure !== null) &&
      ['done', 'failed', 'cancelled'].includes(run.state) === (run.endedAt !== null) &&
      run.attempts.length > 0 === (run.startedAt !== null) &&
      run.metrics.every(({ steps, values }) => steps.length === values.length && isAscending(steps));
    const started = run.state === 'queued' || run.state === 'cancelled' || run.attempts.length > 0;
    if (!agrees || !started) throw this.#error('invalid', `runs/${key}.json contradicts itself`);
    addRunBlobs(this.#named, run);
  }

  async #set(hash: string): Promise<StimulusSetArchive> {
    const set = await this.#record(`stimuli/${hash}.json`, stimulusSetArchiveSchema, largest.stimulusSet);
    const { width, height, channels = 1, images } = set;
    const size = { width, height, channels };
    const bytes = imageLength(size) * images.length;
    const pixels = await this.#zip.read(`blobs/${set.pixels}`, Math.min(bytes, largest.blob));
    if (pixels.length !== bytes || set.hash !== hash || stimulusSetHash({ ...size, images, pixels }) !== hash) {
      throw this.#error('wrong-hash', `stimuli/${hash}.json does not match its hash`);
    }
    const fault = truthFault(set);
    if (fault !== null) throw this.#error('invalid', `stimuli/${hash}.json contradicts itself: ${fault}`);
    addSetBlobs(this.#named, set);
    return set;
  }

  #references(
    study: StudyArchive,
    sets: readonly StimulusSetArchive[],
    responses: ResponsesArchive,
    runKeys: readonly string[],
  ): void {
    const runs = new Set(runKeys);
    const known = knownSets(sets);
    const current = new Set(study.links.filter((link) => link.replacedAt === null).map((link) => link.role));
    const wrong = [
      study.links.some((link) => !runs.has(link.run)) && 'the study refers to a missing run',
      study.predictions.some(({ run }) => run !== null && !runs.has(run)) && 'a prediction refers to a missing run',
      study.links.filter((link) => link.replacedAt === null).length !== current.size && 'two runs have the same role',
      study.sets.filter((set) => set.replacedAt === null).length > 1 && 'the study has two stimulus sets',
      [...study.sets.map(({ hash }) => hash), ...study.predictions.map(({ setHash }) => setHash)].some(
        (hash) => !known.has(hash),
      ) && 'a stimulus set is missing',
      responsesFault(responses, known) ?? false,
      study.name !== study.specs.at(-1)?.spec.name && 'the study has two names',
      specsFault(study, this.#sections) ?? false,
      outsideFault(study, sets, this.#kinds) ?? false,
    ].find((each) => each !== false);
    if (wrong !== undefined) throw this.#error('invalid', `Its records contradict each other: ${wrong}`);
  }

  /** What people did in sessions; an archive of an earlier version has none. */
  async #labeling(
    { schema }: ArchiveManifest,
    study: StudyArchive,
    sets: readonly StimulusSetArchive[],
    responses: ResponsesArchive,
  ): Promise<{ labeling: LabelingArchive; sessionNames: string[] }> {
    if (schema === earlierArchiveSchemaName) return { labeling: noLabeling, sessionNames: [] };
    const labeling = await this.#record('labeling.json', labelingArchiveSchema, largest.labeling);
    const fault = labelingFault(labeling);
    if (fault !== undefined) throw this.#error('invalid', `labeling.json contradicts itself: ${fault}`);
    const own = new Set(study.sets.map(({ hash }) => hash));
    const check = new SessionCheck(labeling, {
      sets: knownSets(sets.filter(({ hash }) => own.has(hash))),
      labelers: responses.labelers,
      sessions: this.#namesIn('sessions/', '.json').length,
    });
    const sessionNames = await this.#checkSessions(check);
    const nobodys = check.nobodysLabels();
    if (nobodys !== undefined) throw this.#error('invalid', `responses.json contradicts the sessions: ${nobodys}`);
    return { labeling, sessionNames };
  }

  /** Names of the sessions' files in their order. */
  async #checkSessions(check: SessionCheck): Promise<string[]> {
    const places = this.#namesIn('sessions/', '.json').sort((a, b) => Number(a) - Number(b));
    const names = places.map((place) => `sessions/${place}.json`);
    let at = 0;
    for await (const session of this.#sessions(names)) {
      this.#progress.signal.throwIfAborted();
      this.#progress.update(0.3 + (0.2 * at) / names.length, `checking session ${at + 1} of ${names.length}`);
      const fault = check.fault(session, places[at] ?? '');
      if (fault !== undefined) throw this.#error('invalid', `${names[at]} contradicts itself: ${fault}`);
      at += 1;
    }
    return names;
  }

  /** Names of the panels' files in their order. */
  async #panels(
    study: StudyArchive,
    sets: readonly StimulusSetArchive[],
    responses: ResponsesArchive,
  ): Promise<string[]> {
    const numbers = this.#namesIn('panels/', '.json').sort((a, b) => Number(a) - Number(b));
    const names = numbers.map((number) => `panels/${number}.json`);
    const own = new Set(study.sets.map(({ hash }) => hash));
    const check = new PanelCheck(knownSets(sets.filter(({ hash }) => own.has(hash))), responses.labelers);
    let at = 0;
    for await (const panel of this.#readPanels(names)) {
      this.#progress.signal.throwIfAborted();
      const fault = check.fault(panel);
      if (fault !== undefined) throw this.#error('invalid', `${names[at]} contradicts itself: ${fault}`);
      at += 1;
    }
    return names;
  }

  async *#readPanels(names: readonly string[]): AsyncGenerator<PanelArchive> {
    for (const name of names) yield await this.#record(name, panelArchiveSchema, largest.responses);
  }

  async *#sessions(names: readonly string[]): AsyncGenerator<SessionArchive> {
    for (const name of names) yield await this.#record(name, sessionArchiveSchema, largest.session);
  }

  async #blobsThere({ omitted }: ArchiveManifest): Promise<void> {
    const there = new Set([...this.#namesIn('blobs/', ''), ...omitted.map(({ hash }) => hash)]);
    const { data, weights, candidates } = this.#named;
    for (const hash of candidates) {
      const bytes = this.#zip.fileSize(`blobs/${hash}`) ?? 0;
      if (bytes > largest.candidates) throw this.#error('bomb', `blobs/${hash} is too large for candidates`);
    }
    for (const hash of data) {
      if ((this.#zip.fileSize(`blobs/${hash}`) ?? Number.POSITIVE_INFINITY) > maxCandidatesBytes) continue;
      const pixels = pixelsOfCandidates(await this.#zip.read(`blobs/${hash}`, maxCandidatesBytes));
      if (pixels !== null) data.add(pixels);
    }
    const missing = [...data, ...weights].find((hash) => !there.has(hash));
    if (missing !== undefined)
      throw this.#error('missing-file', `A file that it refers to is missing: blobs/${missing}`);
  }

  /** What models answered is read once, unless it was lost: wrong values would fail every result of the study. */
  async #answers(study: StudyArchive): Promise<void> {
    for (const file of answersFiles(study)) {
      this.#progress.signal.throwIfAborted();
      const name = `blobs/${file.hash}`;
      const size = this.#zip.fileSize(name);
      if (size === undefined) continue;
      const isSize = size === file.bytes;
      if (!isSize || !isSound(await this.#zip.read(name, largest.blob), file))
        throw this.#error('invalid', `${name} does not hold the answers of a model that it should`);
    }
  }

  #namedBlobs(): string[] {
    const { data, weights } = this.#named;
    return this.#namesIn('blobs/', '').filter((hash) => data.has(hash) || weights.has(hash));
  }

  #namesIn(folder: string, ending: string): string[] {
    return this.#zip.names
      .filter((name) => name.startsWith(folder))
      .map((name) => name.slice(folder.length, name.length - ending.length));
  }

  /** Reads a file anew, and checks its hash anew: it may have changed since. */
  async #record<Schema extends z.ZodType>(name: string, schema: Schema, maxBytes: number): Promise<z.infer<Schema>> {
    const bytes = await this.#zip.read(name, maxBytes);
    if (sha256(bytes) !== this.#hashes.get(name)) throw this.#error('wrong-hash', `${name} does not match its hash`);
    return this.#parse(name, schema, this.#parseJson(name, bytes));
  }

  #parseJson(name: string, bytes: Buffer): unknown {
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      throw this.#error('invalid', `${name} is not JSON`, error);
    }
  }

  /** The study with the parts of its declarations that contributions read, checked by them. */
  #withSections({ specs, ...study }: StudyArchive): StudyArchive {
    const schema = studySchemaWith(this.#sections);
    return { ...study, specs: specs.map(({ spec, at }) => ({ spec: this.#parse('study.json', schema, spec), at })) };
  }

  #parse<Schema extends z.ZodType>(name: string, schema: Schema, json: unknown): z.infer<Schema> {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue ? `${issue.path.join('.') || 'top level'}: ${issue.message}` : 'of another form';
    throw this.#error('invalid', `${name} is not valid: ${where}`);
  }

  #error(code: string, what: string, cause?: unknown): ReturnType<typeof archiveError> {
    return archiveError(code, what, this.#zip.path, cause);
  }
}

/** What a declaration, present or past, asks for that a study may not have: too much, or models that make no sense. */
const specsFault = ({ specs }: StudyArchive, sections: Sections): string | undefined =>
  specs
    .map(({ spec }) => excessOf(spec, sections)?.what ?? modelsFault(spec, sections))
    .find((each) => each !== undefined);

function modelsFault(spec: Study, sections: Sections): string | undefined {
  const refuse = (key: string, what: string, remedy: string): never => {
    throw new UserError('study.invalid', what, key, remedy);
  };
  try {
    for (const { check } of sectionsOf(spec, sections)) check(spec, 'study.json', refuse, []);
    return undefined;
  } catch (error) {
    return problemOf(error).what;
  }
}

const isAscending = (steps: readonly number[]): boolean =>
  steps.every((step, at) => at === 0 || step > (steps[at - 1] ?? 0));
