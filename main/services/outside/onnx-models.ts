import { createHash } from 'node:crypto';
import { constants, copyFileSync, createReadStream, linkSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { AddedModel, FoundModel } from '../../contract/outside-models.ts';
import {
  type InputMapping,
  type ModelFile,
  modelFileSchema,
  type OutsideCheck,
  type OutsideModel,
  outsideModelSchema,
  type OutputMapping,
} from '../../contract/outside.ts';
import { isBelow } from '../../domain/file-names.ts';
import { formatInteger } from '../../domain/format.ts';
import { outsideModelKey } from '../../domain/identity.ts';
import { makePrivateFolder } from '../../files/private.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { OutsideModelRecord, OutsidePrediction, StimulusSetRecord, StudyRecord } from '../../storage/index.ts';
import { ModelProcess } from '../../training/outside/model-process.ts';
import { proposeMapping } from '../../training/outside/propose.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { findStimuli, findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { changed, nameTaken, noDataSet, notAnswered, notChecked, refuseName } from './refusals.ts';

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

/** What a file holds, and the mappings that it suggests. @throws UserError `outside.*`, `file.*`, `study.not-found` */
export async function inspectModel(
  { workbench, launcher }: ModelTools,
  studyName: string,
  file: FileOfModel,
  working: Working = {},
): Promise<FoundModel> {
  const dataSet = findDataSet(workbench, findStudy(workbench, studyName));
  return withProcess({ workbench, launcher }, file, async (model) => {
    const found = await model.inspect(asking('bytes read', working));
    const { width, height, channels, classes } = dataSet;
    return {
      file: withShortMetadata(found),
      proposal: proposeMapping(found, { width, height, channels, classes }, file.path),
      classes: [...classes],
    };
  });
}

export interface Mapped {
  name: string;
  input: InputMapping;
  output: OutputMapping;
}

interface Checking extends Working {
  /** Test images that are used at most. */
  images?: number;
}

/** How a model does on labeled test images with a mapping, and what both together are called. Nothing is stored. @throws UserError `outside.*` */
export async function checkModel(
  tools: ModelTools,
  studyName: string,
  file: FileOfModel,
  { input, output }: Omit<Mapped, 'name'>,
  working: Checking = {},
): Promise<{ check: OutsideCheck; identity: string }> {
  const study = findStudy(tools.workbench, studyName);
  return withProcess(tools, file, async (model) => {
    const { hash } = await model.inspect(asking('bytes read', working));
    const check = await checkOn(tools.workbench, model, study, { input, output }, working);
    return { check, identity: outsideModelKey({ kind: 'onnx', file: hash, input, output }) };
  });
}

function checkOn(
  workbench: Workbench,
  model: ModelProcess,
  study: StudyRecord,
  { input, output }: Omit<Mapped, 'name'>,
  { images = checkedImages, ...working }: Checking,
): Promise<OutsideCheck> {
  const { source: dataSet, hash: dataSetHash } = findDataSet(workbench, study);
  return model.check(input, output, { dataSet, dataSetHash, images }, asking('images checked', working));
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
  file: FileOfModel,
  { name, input, output }: Mapped,
  working: Adding = {},
): Promise<AddedModel> {
  const { workbench } = tools;
  const { storage, now } = workbench;
  refuseName(name, file.name);
  const study = findStudy(workbench, studyName);
  const set = working.later === true ? undefined : findStimuli(workbench, study.id);
  const { check, found, spec, identity, prediction } = await withProcess(tools, file, async (model) => {
    const read = await model.inspect(asking('bytes read', working));
    const described: OutsideModel = { kind: 'onnx', file: read.hash, input, output };
    const key = outsideModelKey(described);
    const tried = working.checked?.(key) ?? (await checkOn(workbench, model, study, { input, output }, working));
    const [warning] = tried.warnings;
    if (warning && working.accept !== true) throw notChecked(file.name, warning.text);
    return {
      ...{ check: tried, found: read, spec: described, identity: key },
      prediction: set ? await predict(model, { input, output }, set, working) : null,
    };
  });
  const path = realpathSync(file.path);
  for (const [at, each] of found.files.entries())
    await storeFile(workbench, each.hash, at === 0 ? path : join(dirname(path), each.name), file.name);
  const { images, errors, accuracy } = check;
  storage.transaction(() => {
    const before = storage.outsideModels.ofStudy(study.id);
    if (before.some((model) => model.name === name || model.identity === identity)) throw nameTaken([name], studyName);
    const described = { identity, kind: 'onnx' as const, spec, found: withShortMetadata(found) };
    const modelId = storage.outsideModels.put(described, now());
    if (set && prediction) storage.outsideModels.putPrediction(modelId, { ...prediction, ...sizeOf(set) }, now());
    storage.outsideModels.link(study.id, modelId, { name, tested: { images, errors, accuracy } }, now());
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
  const open = storage.outsideModels.ofStudy(study.id).flatMap((model) => {
    const spec = storedFileSpec(model);
    return spec && !model.prediction ? [{ model, spec }] : [];
  });
  for (const [at, { model, spec }] of open.entries()) {
    const report = (note: string, share: number): void =>
      working.report?.(`${model.name}: ${note}`, (at + share) / open.length);
    report('is being loaded', 0);
    try {
      const asked = { ...working, report };
      const prediction = await withStoredFile(tools, model, (process) => predict(process, spec, set, asked));
      storage.outsideModels.putPrediction(model.modelId, { ...prediction, ...sizeOf(set) }, now());
      done += 1;
    } catch (error) {
      if (!(error instanceof UserError) || working.signal?.aborted) throw error;
      failed.push(`${model.name}: ${error.message}`);
    }
  }
  if (failed.length > 0) throw notAnswered(studyName, done, failed);
  return done;
}

/** How a model of a file is used; null: it is another kind of model. */
export function storedFileSpec({ spec }: Pick<OutsideModelRecord, 'spec'>) {
  const read = outsideModelSchema.safeParse(spec).data;
  return read?.kind === 'onnx' ? read : null;
}

const sizeOf = ({ hash, images, classes }: StimulusSetRecord) => ({
  ...{ setHash: hash, count: images.length, classes: classes.length },
});

function findDataSet(workbench: Workbench, study: StudyRecord) {
  const dataSet = declaredDataSet(workbench, study);
  if (dataSet) return dataSet;
  throw noDataSet(study.name);
}

const asking = (what: string, { report, signal }: Working) => ({
  ...(signal && { signal }),
  ...(report && {
    onEvent: ({ done, total }: { done: number; total: number }) =>
      report(`${formatInteger(done)} of ${formatInteger(total)} ${what}`, total === 0 ? 0 : done / total),
  }),
});

async function withProcess<T>(
  { workbench, launcher }: ModelTools,
  { path, name }: FileOfModel,
  work: (model: ModelProcess) => Promise<T>,
): Promise<T> {
  const model = new ModelProcess({ launcher, path, blobs: workbench.storage.blobs.folder });
  try {
    return await work(model);
  } catch (error) {
    // An upload has a path that its user never saw.
    if (!(error instanceof UserError) || !error.where.includes(path)) throw error;
    const { code, message: what, remedy } = error;
    throw new UserError({ code, what, remedy, where: error.where.replace(path, name), cause: error });
  } finally {
    await model.close();
  }
}

async function predict(
  model: ModelProcess,
  { input, output }: Omit<Mapped, 'name'>,
  { width, height, channels, pixels }: StimulusSetRecord,
  working: Working,
): Promise<OutsidePrediction> {
  const images = { from: 'blob', width, height, channels, pixels } as const;
  const { softmax, labels } = await model.predict(input, output, images, asking('stimuli', working));
  return { softmax, labels, confidence: null };
}

/** @throws UserError `outside.changed` if it is not the file any more that was inspected */
async function storeFile({ storage: { blobs } }: Workbench, hash: string, path: string, name: string): Promise<void> {
  await blobs.putStream(hash, async (take) => {
    const read = createHash('sha256');
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 22 })) {
      read.update(piece as Buffer);
      await take(piece as Buffer);
    }
    if (read.digest('hex') !== hash) throw changed(name);
    return hash;
  });
}

/** Puts a model's files back into a folder of their own under their names, for the time of `work`. */
async function withStoredFile<T>(
  tools: ModelTools,
  model: OutsideModelRecord,
  work: (process: ModelProcess) => Promise<T>,
): Promise<T> {
  const place = placeStoredFiles(tools.workbench, model);
  try {
    return await withProcess(tools, { path: place.path, name: model.name }, async (process) => {
      await refuseDamaged(tools.workbench, model, process);
      return work(process);
    });
  } finally {
    place.remove();
  }
}

/** Files of a model in a folder of their own. `path`: of the ONNX file. `remove` deletes the folder. */
export interface PlacedFiles {
  folder: string;
  path: string;
  remove: () => void;
}

/** Puts a stored model's files into a folder of their own under their names. @throws UserError `blob.missing` */
export function placeStoredFiles(
  { storage: { blobs, folder } }: Workbench,
  { found }: Pick<OutsideModelRecord, 'found'>,
): PlacedFiles {
  const files = modelFileSchema.parse(found).files.map(({ hash, name }, at) => {
    // The error says what to do.
    if (!blobs.has(hash)) blobs.get(hash);
    return { from: blobs.path(hash), name: at === 0 ? 'model.onnx' : name };
  });
  return placeFiles(folder, files);
}

/** Hashes stored files in the model's process: they may be large. @throws UserError `blob.damaged` */
export async function refuseDamaged(
  { storage: { blobs } }: Workbench,
  { found }: Pick<OutsideModelRecord, 'found'>,
  process: ModelProcess,
): Promise<void> {
  const { hash, files } = modelFileSchema.parse(found);
  if ((await process.inspect()).hash === hash) return;
  for (const each of files) blobs.get(each.hash);
  throw new Error('the hash of the files is another one than that of the model, though each is intact');
}

/** Has files, the ONNX file first, in a folder of their own below the data folder's uploads. `name`: may lead below it. */
export function placeFiles(dataFolder: string, files: readonly { from: string; name: string }[]): PlacedFiles {
  const parent = join(dataFolder, 'uploads');
  makePrivateFolder(parent);
  const folder = mkdtempSync(join(parent, 'model-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const paths = files.map(({ from, name }) => {
      if (!isBelow(name)) throw new Error(`the model has a file outside of its folder: ${name}`);
      const to = join(folder, name);
      makePrivateFolder(dirname(to));
      try {
        linkSync(from, to);
      } catch {
        // Another disk, or a system without hard links.
        copyFileSync(from, to, constants.COPYFILE_EXCL);
      }
      return to;
    });
    return { folder, path: paths[0] ?? folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Characters of a value of the metadata that are stored. */
const storedMetadata = 1000;

const withShortMetadata = ({ metadata, ...file }: ModelFile): ModelFile => ({
  ...file,
  metadata: metadata.map(({ key, value }) => ({
    key: key.slice(0, storedMetadata),
    value: value.slice(0, storedMetadata),
  })),
});
