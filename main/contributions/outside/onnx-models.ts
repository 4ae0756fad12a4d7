import { createHash } from 'node:crypto';
import { constants, copyFileSync, linkSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../contract/wire/index.ts';
import {
  type AddedModel,
  type FoundModel,
  type FilesOf,
  type FoundFiles,
  foundFilesSchema,
  type ModelFile,
  type ModelMapping,
  type ModelProgress,
  type OutsideCheck,
  type OutsideModel,
  outsideModelSchema,
} from './contract/outside.ts';
import { isBelow } from '../../domain/data/index.ts';
import { formatInteger } from '../../domain/numbers/index.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import { listFiles, mapFiles, mappingOf, partsOf, specOf } from './contract/files.ts';
import { makePrivateFolder, sha256 } from '../../files/index.ts';
import type { Launcher } from '../../processes/index.ts';
import type { OtherPrediction, StimulusSetRecord, StudyRecord } from '../../storage/index.ts';
import { type OutsideModelRecord, outsideModelsOf } from '../answers/models/outside-models.ts';
import { ModelProcess } from './model/model-process.ts';
import { proposeMapping } from './model/propose.ts';
import { proposeImageText } from './model/propose-text.ts';
import { declaredDataSet } from '../../services/declaration/index.ts';
import { nameTaken } from '../answers/models/name-taken.ts';
import { findStimuli, findStudy, type Workbench } from '../../services/workbench/index.ts';
import { alreadyThere, changed, noDataSet, notAnswered, notChecked, otherKind, refuseName } from './refusals.ts';

/** What models of files are added and run with. Each runs in a process of its own. */
export interface ModelTools {
  readonly workbench: Workbench;
  readonly launcher: Launcher;
}

/** `name`: as its user calls it. External data lie beside it. */
export interface FileOfModel {
  path: string;
  name: string;
}

export interface Working {
  /** How much of a part is done, in words for the user, and from 0 to 1. */
  report?: (note: string, share: number) => void;
  signal?: AbortSignal;
}

/** Test images that a check uses at most, unless asked for more. */
const checkedImages = 1000;

/** What a model's files hold, and the mappings that they suggest. @throws UserError `outside.*`, `file.*`, `study.not-found` */
export async function inspectModel(
  { workbench, launcher }: ModelTools,
  studyName: string,
  files: FilesOf<FileOfModel>,
  working: Working = {},
): Promise<FoundModel> {
  const dataSet = findDataSet(workbench, findStudy(workbench, studyName));
  return withProcess({ workbench, launcher }, files, async (model) => {
    const found = await inspect(model, files, working);
    const { width, height, channels, classes } = dataSet;
    const images = { width, height, channels, classes };
    const paths = mapFiles(files, ({ path }) => path);
    const proposal = found.text
      ? proposeImageText(found, found.text, images, paths)
      : proposeMapping(found, images, paths.model);
    return { files: withShortMetadata(found), proposal, classes: [...classes] };
  });
}

/** The files under the names that their user calls them. */
async function inspect(model: ModelProcess, files: FilesOf<FileOfModel>, working: Working): Promise<FoundFiles> {
  const found = await model.inspect(asking('', working));
  const named = ({ files: [first, ...others], ...file }: ModelFile, { name }: FileOfModel): ModelFile => ({
    ...file,
    files: [...(first ? [{ ...first, name }] : []), ...others],
  });
  const { text } = files;
  if (!found.text || !text) return named(found, files.model);
  const { encoder, tokenizer } = found.text;
  const names = { encoder: named(encoder, text.encoder), tokenizer: { ...tokenizer, name: text.tokenizer.name } };
  return { ...named(found, files.model), text: names };
}

interface Checking extends Working {
  /** Test images that are used at most. */
  images?: number;
}

/** How a model does on labeled test images with a mapping, and its identity with that. Nothing is stored. @throws UserError `outside.*` */
export async function checkModel(
  tools: ModelTools,
  studyName: string,
  files: FilesOf<FileOfModel>,
  mapping: ModelMapping,
  working: Checking = {},
): Promise<{ check: OutsideCheck; identity: string }> {
  const study = findStudy(tools.workbench, studyName);
  return withProcess(tools, files, async (model) => {
    const described = specOf(mapping, await inspect(model, files, working));
    if (!described) throw otherKind(files.model.name);
    const check = await checkOn(tools.workbench, model, study, mapping, working);
    return { check, identity: sha256(canonicalJson(described)) };
  });
}

function checkOn(
  workbench: Workbench,
  model: ModelProcess,
  study: StudyRecord,
  mapping: ModelMapping,
  { images = checkedImages, ...working }: Checking,
): Promise<OutsideCheck> {
  const { source: dataSet, hash: dataSetHash } = findDataSet(workbench, study);
  return model.check(mapping, { dataSet, dataSetHash, images }, asking('images checked', working));
}

interface Adding extends Checking {
  accept?: boolean;
  checked?: (identity: string) => OutsideCheck | undefined;
  later?: boolean;
}

/**
 * Adds a model to a study after it was checked on labeled images, and has it answer for the study's stimuli. All of it or
 * nothing is stored.
 * @param accept adds it even where its mapping looks wrong
 * @param checked how it did, by its identity, where that is known already
 * @param later whether it is to answer for the stimuli later, by `predictOutside`
 * @throws UserError `outside.*`, `file.*`, `study.not-found`
 */
export async function addModel(
  tools: ModelTools,
  studyName: string,
  files: FilesOf<FileOfModel>,
  { name, mapping }: { name: string; mapping: ModelMapping },
  working: Adding = {},
): Promise<AddedModel> {
  const { workbench } = tools;
  const { storage, now } = workbench;
  refuseName(name, files.model.name);
  const study = findStudy(workbench, studyName);
  const set = working.later === true ? undefined : findStimuli(workbench, study.id);
  const { check, found, spec, identity, prediction } = await withProcess(tools, files, async (model) => {
    const read = await inspect(model, files, working);
    const described = specOf(mapping, read);
    if (!described) throw otherKind(files.model.name);
    const key = sha256(canonicalJson(described));
    const tried = working.checked?.(key) ?? (await checkOn(workbench, model, study, mapping, working));
    const [warning] = tried.warnings;
    if (warning && working.accept !== true) throw notChecked(files.model.name, warning.text);
    return {
      check: tried,
      found: read,
      spec: described,
      identity: key,
      prediction: set ? await predict(model, mapping, set, working) : null,
    };
  });
  await storeFiles(workbench, found, files);
  const { images, errors, accuracy } = check;
  storage.transaction(() => {
    const before = outsideModelsOf(storage).ofStudy(study.id);
    const same = before.find((model) => model.identity === identity);
    if (same) throw alreadyThere(same.name, studyName);
    if (before.some((model) => model.name === name)) throw nameTaken([name], studyName);
    const described = { identity, kind: spec.kind, spec, found: withShortMetadata(found) };
    const modelId = outsideModelsOf(storage).put(described, now());
    if (set && prediction) outsideModelsOf(storage).putPrediction(modelId, { ...prediction, ...sizeOf(set) }, now());
    outsideModelsOf(storage).link(study.id, modelId, { name, tested: { images, errors, accuracy } }, now());
  });
  return { name, check, predicted: prediction !== null };
}

/**
 * Has the models of files that have not answered for the study's current stimuli do so; returns how many did. A model of
 * which only answers are known cannot. One that fails stops no other.
 * @throws UserError `outside.not-answered`, at the end, if any failed; `study.not-found`
 */
export async function predictOutside(tools: ModelTools, studyName: string, working: Working = {}): Promise<number> {
  const { workbench } = tools;
  const { storage, now } = workbench;
  const study = findStudy(workbench, studyName);
  const set = findStimuli(workbench, study.id);
  if (!set) return 0;
  const failed: string[] = [];
  let done = 0;
  const open = outsideModelsOf(storage)
    .ofStudy(study.id)
    .flatMap((model) => {
      const spec = storedFileSpec(model);
      return spec && !model.prediction ? [{ model, spec }] : [];
    });
  for (const [at, { model, spec }] of open.entries()) {
    const report = (note: string, share: number): void =>
      working.report?.(`${model.name}: ${note}`, (at + share) / open.length);
    report('is being loaded', 0);
    try {
      const asked = { ...working, report };
      const prediction = await withStoredFiles(tools, model, (process) =>
        predict(process, mappingOf(spec), set, asked),
      );
      outsideModelsOf(storage).putPrediction(model.modelId, { ...prediction, ...sizeOf(set) }, now());
      done += 1;
    } catch (error) {
      if (!(error instanceof UserError) || working.signal?.aborted) throw error;
      failed.push(`${model.name}: ${error.message}`);
    }
  }
  if (failed.length > 0) throw notAnswered(studyName, done, failed);
  return done;
}

/** How a model of files is used; null: it is a table of answers. */
export const storedFileSpec = ({ spec }: Pick<OutsideModelRecord, 'spec'>): OutsideModel | null =>
  outsideModelSchema.safeParse(spec).data ?? null;

const sizeOf = ({ hash, images, classes }: StimulusSetRecord) => ({
  setHash: hash,
  count: images.length,
  classes: classes.length,
});

function findDataSet(workbench: Workbench, study: StudyRecord) {
  const dataSet = declaredDataSet(workbench, study);
  if (dataSet) return dataSet;
  throw noDataSet(study.name);
}

/** @param what is done with images, in words */
const asking = (what: string, { report, signal }: Working) => ({
  ...(signal && { signal }),
  ...(report && {
    onEvent: ({ of, done, total }: ModelProgress) => {
      const words = { bytes: 'bytes read', prompts: 'prompts encoded', images: what }[of];
      report(`${formatInteger(done)} of ${formatInteger(total)} ${words}`, total === 0 ? 0 : done / total);
    },
  }),
});

async function withProcess<T>(
  { workbench, launcher }: ModelTools,
  files: FilesOf<FileOfModel>,
  work: (model: ModelProcess) => Promise<T>,
): Promise<T> {
  const paths = mapFiles(files, ({ path }) => path);
  const model = new ModelProcess({ launcher, files: paths, blobs: workbench.storage.blobs.folder });
  try {
    return await work(model);
  } catch (error) {
    // An upload has a path that its user never saw.
    const file = error instanceof UserError && listFiles(files).find(({ path }) => error.where.includes(path));
    if (!file) throw error;
    const { code, message: what, remedy } = error;
    throw new UserError(code, what, error.where.replace(file.path, file.name), remedy, { cause: error });
  } finally {
    await model.close();
  }
}

async function predict(
  model: ModelProcess,
  mapping: ModelMapping,
  { width, height, channels, pixels }: StimulusSetRecord,
  working: Working,
): Promise<OtherPrediction> {
  const images = { from: 'blob', width, height, channels, pixels } as const;
  const { softmax, labels } = await model.predict(mapping, images, asking('stimuli', working));
  return { softmax, labels, confidence: null };
}

/** @throws UserError `outside.changed` if one is not the file any more that was inspected */
async function storeFiles(workbench: Workbench, found: FoundFiles, files: FilesOf<FileOfModel>): Promise<void> {
  const parts = listFiles(partsOf(found));
  for (const [at, { path: chosen, name }] of listFiles(files).entries()) {
    const path = realpathSync(chosen);
    for (const [place, each] of (parts[at] ?? []).entries())
      await storeFile(workbench, each.hash, place === 0 ? path : join(dirname(path), each.name), name);
  }
}

/** Hashing this many bytes takes a millisecond at most. */
const pieceBytes = 256 * 1024;

async function storeFile({ storage: { blobs } }: Workbench, hash: string, path: string, name: string): Promise<void> {
  await blobs.putStream(hash, async (take) => {
    const read = createHash('sha256');
    // One piece of memory for all: gigabytes of new ones have the host wait for their removal.
    const memory = Buffer.allocUnsafeSlow(pieceBytes);
    const file = await open(path);
    try {
      for (;;) {
        const { bytesRead } = await file.read(memory);
        if (bytesRead === 0) break;
        const piece = memory.subarray(0, bytesRead);
        read.update(piece);
        await take(piece);
      }
    } finally {
      await file.close();
    }
    if (read.digest('hex') !== hash) throw changed(name);
    return hash;
  });
}

/** Puts a model's files back under their names, for the time of `work`: each with its external data in a folder of its own. */
async function withStoredFiles<T>(
  tools: ModelTools,
  model: OutsideModelRecord,
  work: (process: ModelProcess) => Promise<T>,
): Promise<T> {
  const place = placeStoredFiles(tools.workbench, model);
  try {
    const files = mapFiles(place.files, (path) => ({ path, name: model.name }));
    return await withProcess(tools, files, async (process) => {
      await refuseDamaged(tools.workbench, model, process);
      return work(process);
    });
  } finally {
    place.remove();
  }
}

/** Files of a model below a folder of their own, by their paths. `remove` deletes the folder. */
export interface PlacedFiles {
  folder: string;
  files: FilesOf<string>;
  remove: () => void;
}

/** Puts a stored model's files into a folder of their own under their names. @throws UserError `blob.missing` */
export function placeStoredFiles(
  { storage: { blobs, folder } }: Workbench,
  { found }: Pick<OutsideModelRecord, 'found'>,
): PlacedFiles {
  const parts = mapFiles(partsOf(foundFilesSchema.parse(found)), (part) => {
    const first = nameBeside(part.slice(1).map(({ name }) => name));
    return part.map(({ hash, name }, at) => {
      // The error says what to do.
      if (!blobs.has(hash)) blobs.get(hash);
      return { from: blobs.path(hash), name: at === 0 ? first : name };
    });
  });
  return placeFiles(folder, parts);
}

/** A name for the ONNX file that none of its external data, and no folder of these, has. */
function nameBeside(others: readonly string[]): string {
  let name = 'model';
  while (others.some((other) => other.toLowerCase().startsWith(name))) name += '_';
  return name;
}

/** Hashes stored files in the model's process: they may be large. @throws UserError `blob.damaged` */
export async function refuseDamaged(
  { storage: { blobs } }: Workbench,
  { found }: Pick<OutsideModelRecord, 'found'>,
  process: ModelProcess,
): Promise<void> {
  const hashes = (files: FoundFiles): string[] =>
    listFiles(partsOf(files)).flatMap((part) => part.map(({ hash }) => hash));
  const expected = hashes(foundFilesSchema.parse(found));
  const read = hashes(await process.inspect());
  if (read.join() === expected.join()) return;
  for (const hash of expected) blobs.get(hash);
  throw new Error('the files are others than those of the model, though each is intact');
}

/**
 * Has the files of a model below a folder of their own in the data folder's uploads: each ONNX file first, and beside it its external
 * data. `name`: may lead below the folder.
 */
export function placeFiles(dataFolder: string, parts: FilesOf<readonly { from: string; name: string }[]>): PlacedFiles {
  const parent = join(dataFolder, 'uploads');
  makePrivateFolder(parent);
  const folder = mkdtempSync(join(parent, 'model-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  let place = 0;
  try {
    const files = mapFiles(parts, (part) => {
      const inside = join(folder, String(place++));
      const paths = part.map(({ from, name }) => {
        if (!isBelow(name)) throw new Error(`the model has a file outside of its folder: ${name}`);
        const to = join(inside, name);
        makePrivateFolder(dirname(to));
        try {
          linkSync(from, to);
        } catch {
          // Another disk, or a system without hard links.
          copyFileSync(from, to, constants.COPYFILE_EXCL);
        }
        return to;
      });
      return paths[0] ?? inside;
    });
    return { folder, files, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Characters of a value of the metadata that are stored. */
const storedMetadata = 1000;

function withShortMetadata({ text, ...found }: FoundFiles): FoundFiles {
  const short = ({ metadata, ...file }: ModelFile): ModelFile => ({
    ...file,
    metadata: metadata.map(({ key, value }) => ({
      key: key.slice(0, storedMetadata),
      value: value.slice(0, storedMetadata),
    })),
  });
  return { ...short(found), ...(text && { text: { ...text, encoder: short(text.encoder) } }) };
}
