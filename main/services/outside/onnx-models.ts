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
interface FileOfModel {
  path: string;
  name: string;
}

interface Working {
  /** How much of a part is done, in words for the user. */
  report?: (note: string) => void;
  signal?: AbortSignal;
}

/** Test images that a check uses at most, unless asked for more. */
const checkedImages = 1000;

/** What a file holds, and the mappings that it suggests. @throws UserError `outside.*`, `file.*`, `study.not-found` */
export async function inspectModel(
  { workbench, launcher }: ModelTools,
  studyName: string,
  file: FileOfModel,
  { signal }: Working = {},
): Promise<FoundModel> {
  const dataSet = findDataSet(workbench, findStudy(workbench, studyName));
  return withProcess({ workbench, launcher }, file, async (model) => {
    const found = await model.inspect({ ...(signal && { signal }) });
    const { width, height, channels, classes } = dataSet;
    return {
      file: withShortMetadata(found),
      proposal: proposeMapping(found, { width, height, channels, classes }, file.path),
      classes: [...classes],
    };
  });
}

interface Mapped {
  name: string;
  input: InputMapping;
  output: OutputMapping;
}

interface Checking extends Working {
  /** Test images that are used at most. */
  images?: number;
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

/**
 * Adds a model to a study after it was checked on labeled images, and has it answer for the study's stimuli. All of it or
 * nothing is stored.
 * @param accept adds it even where its mapping looks wrong
 * @throws UserError `outside.*`, `file.*`, `study.not-found`
 */
export async function addModel(
  tools: ModelTools,
  studyName: string,
  file: FileOfModel,
  { name, input, output }: Mapped,
  working: Checking & { accept?: boolean } = {},
): Promise<AddedModel> {
  const { workbench } = tools;
  const { storage, now } = workbench;
  refuseName(name, file.name);
  const study = findStudy(workbench, studyName);
  const set = findStimuli(workbench, study.id);
  const { check, found, prediction } = await withProcess(tools, file, async (model) => {
    const tried = await checkOn(workbench, model, study, { input, output }, working);
    const [warning] = tried.warnings;
    if (warning && working.accept !== true) throw notChecked(file.name, warning.text);
    return {
      check: tried,
      found: await model.inspect(),
      prediction: set ? await predict(model, { input, output }, set, working) : null,
    };
  });
  const path = realpathSync(file.path);
  for (const [at, each] of found.files.entries())
    await storeFile(workbench, each.hash, at === 0 ? path : join(dirname(path), each.name), file.name);
  const spec: OutsideModel = { kind: 'onnx', file: found.hash, input, output };
  const identity = outsideModelKey(spec);
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
  for (const model of storage.outsideModels.ofStudy(study.id)) {
    const spec = outsideModelSchema.safeParse(model.spec).data;
    if (model.prediction || spec?.kind !== 'onnx') continue;
    working.report?.(`${model.name} answers`);
    try {
      const prediction = await withStoredFile(tools, model, (process) => predict(process, spec, set, working));
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
    onEvent: ({ done, total }: { done: number; total: number }) => report(`${done} of ${total} ${what}`),
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
  { name, found }: OutsideModelRecord,
  work: (model: ModelProcess) => Promise<T>,
): Promise<T> {
  const { blobs, folder } = tools.workbench.storage;
  const { files } = modelFileSchema.parse(found);
  const parent = join(folder, 'uploads');
  makePrivateFolder(parent);
  const place = mkdtempSync(join(parent, 'model-'));
  try {
    const paths = files.map(({ hash, name: file }, at) => {
      // Missing or damaged: the error says what to do.
      if (!blobs.isIntact(hash)) blobs.get(hash);
      if (at > 0 && !isBelow(file)) throw new Error(`the model has a file outside of its folder: ${file}`);
      const [from, to] = [blobs.path(hash), join(place, at === 0 ? 'model.onnx' : file)];
      makePrivateFolder(dirname(to));
      try {
        linkSync(from, to);
      } catch {
        // Another disk, or a system without hard links.
        copyFileSync(from, to, constants.COPYFILE_EXCL);
      }
      return to;
    });
    return await withProcess(tools, { path: paths[0] ?? place, name }, work);
  } finally {
    rmSync(place, { recursive: true, force: true });
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
