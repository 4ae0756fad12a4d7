import { className } from '../../domain/numbers/index.ts';
import type { NewStudyPlan, Probed, Proposal, ReadyImages } from './contract.ts';
import { UserError } from '../../contract/wire/index.ts';
import { patchFor } from '../../contract/recipes/index.ts';
import { type DataSetSource, nameSchema, type Study, type StudyInput } from '../../contract/studies/index.ts';
import {
  isPrepared,
  type PreparedSource,
  sourceName,
  sourcePaths,
  uploadedPath,
  withPaths,
} from '../../domain/data/index.ts';
import { canonicalJson, imagesOf, isDesigned, modelCount } from '../../domain/plans/index.ts';
import { generatorFor } from '../../domain/settings/index.ts';
import { checkRecipe } from '../../domain/networks/index.ts';
import { pairCount, usualTestImages } from '../../domain/anchors/index.ts';
import { anchorsFor, declareNewStudy, designFor } from './declaration.ts';
import { proposedReferenceTarget, proposedTarget, stepsOfProbe } from './target.ts';
import type { DataSetRecord, Progress } from '../../contract/api/index.ts';
import { prepareSource, type StoredImages, storedImages } from '../formats/stored-images.ts';
import { askReader } from '../formats/process.ts';
import {
  badName,
  checkStudy,
  imagesOfClasses,
  readDataSet,
  storeNewStudy,
  trainingImages,
} from '../../services/declaration/index.ts';
import { forecast, studyCost } from '../../services/estimates/index.ts';
import { runTask } from '../../services/tasks/index.ts';
import {
  availableEngines,
  engineOfEnvironment,
  type Followed,
  type Tools,
  type Uploads,
} from '../../services/tools/index.ts';
import { freeName, type Workbench } from '../../services/workbench/index.ts';
import { probeAccuracies } from './probe.ts';

export type NewStudyTools = Pick<Tools, 'workbench' | 'settings' | 'launcher'> & Partial<Pick<Tools, 'uploads'>>;
type ReadingTools = Pick<Tools, 'workbench' | 'launcher'>;
type Following = Followed<Progress>;

/** The sources under which images of uploaded files are stored, by the source that was read. */
const readUploads = new WeakMap<Uploads, Map<string, DataSetSource>>();

/**
 * All images of a source, with some of each class to show: as they are stored, where their files have not changed since, or
 * read now and kept in the data folder. Of an upload only the images are kept.
 * @throws UserError `data-set.*`, `idx.*`, `file.*`, `upload.gone`; the signal's reason
 */
export async function readyImages(
  { workbench, launcher, uploads }: NewStudyTools,
  { source, again }: { source: DataSetSource; again: boolean },
  { report, signal }: Following,
): Promise<ReadyImages> {
  const { storage, now } = workbench;
  const options = { launcher, onProgress: report, signal, again };
  const prepare = async (): Promise<StoredImages> => {
    const upload = uploads?.idAt(sourcePaths(source)[0]?.path ?? '') ?? null;
    if (isPrepared(source) && uploads && upload !== null)
      return readUpload(workbench, source, { ...options, uploads, upload });
    if (isPrepared(source)) return prepareSource(workbench, source, options);
    report({ share: null, note: 'images' });
    const record = await runTask(launcher, 'describeDataSet', { source, folder: storage.folder }, { signal });
    storage.dataSets.put(record, now());
    return { record, findings: null, preparedAt: null, areFilesGone: false };
  };
  const { record, findings, preparedAt, areFilesGone } = await prepare();
  report({ share: null, note: 'images to show' });
  const { counts, preview } = await previewImages({ workbench, launcher }, record, signal);
  const classes = counts.map((count, label) => ({ name: className(record.classes, label), ...count }));
  const { hash, width, height, channels, trainCount: train, testCount: test } = record;
  const size = { width, height, channels, train, test };
  return { type: 'ready', source: record.source, preparedAt, areFilesGone, hash, ...size, classes, findings, preview };
}

/** What was read of an upload stays, when the file itself is gone. */
async function readUpload(
  workbench: Workbench,
  source: PreparedSource,
  { uploads, upload, ...options }: Parameters<typeof prepareSource>[2] & { uploads: Uploads; upload: string },
): Promise<StoredImages> {
  const known = readUploads.get(uploads) ?? new Map<string, DataSetSource>();
  readUploads.set(uploads, known);
  const key = canonicalJson(source);
  const kept = options.again ? undefined : known.get(key);
  const stored = kept && storedImages(workbench, kept);
  if (stored) return { ...stored, areFilesGone: false };
  return uploads.use(upload, async ({ name }) => {
    const storedAs = (hash: string): DataSetSource => withPaths(source, () => uploadedPath(hash, name));
    const read = await prepareSource(workbench, source, { ...options, storedAs });
    known.set(key, read.record.source);
    return read;
  });
}

/**
 * Proposes the accuracy at which the networks of a study on these images are stopped, from brief trainings.
 * @throws UserError `new-study.not-read`, `probe.failed`; the signal's reason
 */
export async function probeTarget(
  { workbench, launcher, settings }: NewStudyTools,
  source: DataSetSource,
  { report, signal }: Following,
): Promise<Probed> {
  const record = checkPatches(readDataSet(workbench, source));
  const steps = stepsOfProbe(record.trainCount);
  const wanted = settings.get().engine;
  const engine = (wanted === 'auto' ? engineOfEnvironment() : wanted) ?? availableEngines().names[0] ?? 'wasm';
  const { blobs } = workbench.storage;
  const accuracies = await probeAccuracies(record, { launcher, engine, blobs, steps, onProgress: report, signal });
  const target = proposedTarget(accuracies, record.classes.length);
  const referenceTarget = target === null ? null : proposedReferenceTarget(accuracies, target);
  return { type: 'probed', steps, accuracies, target, referenceTarget };
}

/** @throws UserError `new-study.not-read`, `study.*` */
export function proposeStudy(tools: NewStudyTools, plan: NewStudyPlan): Proposal {
  const record = checkPatches(readDataSet(tools.workbench, plan.source));
  const study = declare(tools, plan);
  const { stimuli, models } = study;
  const pairs = isDesigned(stimuli) ? pairCount(stimuli.design, record.classes.length) : 0;
  const recipe = models[0]?.recipe;
  return {
    pairs,
    stimuli: imagesOf(stimuli, record.classes.length),
    models: models.reduce((sum, entry) => sum + modelCount(entry), 0),
    tolerance: recipe?.tolerance ?? 0,
    maxEpochs: recipe?.maxEpochs ?? 0,
    cost: studyCost(study, forecast(tools, record), tools.workbench.storage.studies.sections),
  };
}

/** Stores the study under its name, and gives it. @throws UserError `new-study.not-read`, `study.*` */
export function createFromImages(tools: NewStudyTools & Pick<Tools, 'changes'>, plan: NewStudyPlan): string {
  return storeNewStudy(tools, declare(tools, plan));
}

/** @throws UserError `new-study.not-read`, `new-study.patches`, `study.*`; where a network cannot be trained (`checkRecipe`) */
export function declare(tools: Pick<Tools, 'workbench'>, plan: NewStudyPlan): Study {
  const { source, target, stimuli, perArchitecture, simulated } = plan;
  const record = checkPatches(readDataSet(tools.workbench, source));
  const { width, height, channels, trainCount, testCount, classes } = record;
  const size = { width, height, channels };
  const name = plan.name ?? freeName(tools.workbench.storage, sourceName(source));
  if (!nameSchema.safeParse(name).success) throw badName(name);
  const design = designFor(classes.length);
  const made = (): Pick<StudyInput, 'generator' | 'stimuli'> => {
    if (stimuli === 'generated')
      return { generator: { recipe: generatorFor({ ...size, trainCount }) }, stimuli: { source: stimuli, design } };
    if (stimuli === 'test-images') {
      return { generator: null, stimuli: { source: stimuli, choose: usualTestImages(testCount) } };
    }
    const anchorDesign = anchorsFor(fewestTestImages(tools, record));
    return { generator: null, stimuli: { source: stimuli, design, anchorDesign } };
  };
  const about = stimuli === 'test-images' ? 'on test images' : 'at the boundary between classes';
  const study = declareNewStudy({
    name,
    title: plan.title ?? `${sourceName(source)}: networks and people ${about}`,
    dataSet: source,
    size,
    trainCount,
    testCount,
    target,
    perArchitecture,
    simulated,
    ...made(),
    referenceTarget: plan.referenceTarget ?? target,
  });
  const { models, reference } = checkStudy(study, `study ${name}`, tools.workbench.storage.studies.sections);
  const images = trainingImages(tools.workbench, record);
  for (const { recipe } of [...models, ...(reference ? [reference] : [])])
    checkRecipe(recipe, images, sourceName(source));
  return study;
}

/** Test images of the class with the fewest. @throws UserError `new-study.no-test-images` */
function fewestTestImages({ workbench }: Pick<Tools, 'workbench'>, record: DataSetRecord): number {
  const { classes, testCount, source } = record;
  const counts = imagesOfClasses(workbench, record)?.test;
  // An earlier version read it.
  if (!counts) return testCount / classes.length;
  const empty = classes.find((_, label) => (counts[label] ?? 0) === 0);
  if (empty === undefined) return Math.min(...counts);
  throw new UserError(
    'new-study.no-test-images',
    `No test image is of the class “${empty}”, and stimuli are made from test images of every class`,
    sourceName(source),
    'Add test images of it, leave the class out, or let a generator draw the images.',
  );
}

/** @throws UserError `data-set.*`, `idx.*`, `file.*`; the signal's reason */
function previewImages({ workbench, launcher }: ReadingTools, record: DataSetRecord, signal: AbortSignal) {
  const { source, hash } = record;
  const input = { source, hash, blobs: workbench.storage.blobs.folder };
  return askReader(launcher, 'preview', input, { signal });
}

/** A Vision Transformer of more patches takes hours where others take minutes. */
const mostPatches = 400;

function checkPatches(record: DataSetRecord): DataSetRecord {
  const { width, height, name } = record;
  const patch = patchFor(record);
  if ((width / patch) * (height / patch) <= mostPatches) return record;
  throw new UserError(
    'new-study.patches',
    `Images of ${width} × ${height} pixels cannot be cut into few square patches, which the Vision Transformer needs`,
    name,
    'Choose a width and height that can both be divided by a number from 3 to 16, such as 32 × 32.',
  );
}
