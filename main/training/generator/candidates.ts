import type { BlobStore } from '../../files/blobs.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { type Candidates, qualitySeries } from '../../contract/runs/generator.ts';
import type { CandidatesTask } from '../../contract/runs/run.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import {
  type Candidate,
  clearConfidence,
  clearSamples,
  distanceToReal,
  selectCandidates,
} from '../../domain/stimuli/candidates.ts';
import { askedClasses, drawLatents } from '../../domain/anchors/latents.ts';
import { imageLength, type ImageSize, resizeImages, storedSize } from '../../domain/data/images.ts';
import { loadTaskDataSet } from '../data/load/task-data.ts';
import type { DataSet } from '../data/data-set.ts';
import { ClassifierPredictor, toPredictions } from '../predictions/predictor.ts';
import { frechetFigures, relativeVariety } from './quality.ts';
import { GeneratorRenderer } from './renderer.ts';
import { type Outcome, Reporter, type RunContext } from '../run-context.ts';

/** Samples are compared with the first training images of their class, at most this many. */
const maxCompared = 2000;

/** Keeps the clearest and most diverse samples of each class. @throws UserError `candidates.missing-class` */
export async function runCandidates(task: CandidatesTask, context: RunContext): Promise<Outcome> {
  const { engine, blobs, control } = context;
  const pause = (): Promise<void> => control.yield();
  const renderer = new GeneratorRenderer(engine, blobs.get(task.generator), blobs.path(task.generator));
  const reference = new ClassifierPredictor(engine, blobs.get(task.reference), blobs.path(task.reference), true);
  try {
    const { latent, size } = renderer;
    const found = await classifySamples(task, { renderer, reference }, pause);
    const { points, pixels, softmax, classes, asked } = found;
    const chosen = await findCandidates(found, { ...task, blobs }, pause);
    if (task.real) await reportQuality(found, { size, reference, data: loadTaskDataSet(task.real, blobs) }, context);
    const content: Candidates = {
      schema: 'boundary-workbench/candidates/2',
      classes: chosen.map((candidates) =>
        candidates.map((candidate) => ({ ...candidate, z: [...rowAt(points, candidate.index, latent)] })),
      ),
      ...storedSize(size),
      pixels: blobs.put(Buffer.concat(chosen.flat().map(({ index }) => rowAt(pixels, index, imageLength(size))))),
      ...(task.clear && { clear: clearSamples(softmax, classes, asked) }),
      ...(asked && { conditional: true }),
    };
    return { result: { kind: 'candidates', candidates: blobs.put(Buffer.from(canonicalJson(content), 'utf8')) } };
  } finally {
    renderer.dispose();
    reference.dispose();
  }
}

/** Reports the figures of `GeneratorFigures` as metrics: they decide nothing, so results do not have them. */
async function reportQuality(
  { pixels, modelPixels, softmax, labels, classes }: ClassifiedSamples,
  { size, reference, data }: { size: ImageSize; reference: ClassifierPredictor; data: DataSet },
  { report, control }: RunContext,
): Promise<void> {
  const reporter = new Reporter(report);
  for (let k = 0; k < classes; k++) {
    const own = [...labels.keys()].filter((index) => labels[index] === k);
    const clear = own.filter((index) => softmax[index * classes + k]! > clearConfidence);
    reporter.metric(qualitySeries.samples, k, own.length);
    reporter.metric(qualitySeries.clear, k, clear.length);
  }
  reporter.metric(qualitySeries.variety, 0, relativeVariety(pixels, size, data));
  const frechet = await frechetFigures(reference, modelPixels, data, () => control.yield());
  if (frechet) {
    reporter.metric(qualitySeries.compared, 0, frechet.images);
    reporter.metric(qualitySeries.frechet, 0, frechet.samples);
    reporter.metric(qualitySeries.heldOut, 0, frechet.heldOut);
  }
  reporter.flush();
}

/** Samples of a generator as the reference classifier sees them. */
interface ClassifiedSamples {
  /** float32 [samples, latent]. */
  points: Float32Array;
  /** In the generator's size and in that of the networks. */
  pixels: Uint8Array;
  modelPixels: Uint8Array;
  /** float32 [samples, classes]. */
  softmax: Float32Array;
  /** The class of each sample: the one asked for of a conditional generator, else the predicted one. */
  labels: Uint16Array;
  /** The classes asked for; null unless the generator is conditional. */
  asked: Uint16Array | null;
  classes: number;
}

/** @throws UserError `candidates.other-classes` */
export async function classifySamples(
  { seed, samples }: Pick<CandidatesTask, 'seed' | 'samples'>,
  { renderer, reference }: { renderer: GeneratorRenderer; reference: ClassifierPredictor },
  pause: () => Promise<void>,
): Promise<ClassifiedSamples> {
  const { space, size } = renderer;
  const { form, classes } = reference.meta;
  if (space.classes > 0 && space.classes !== classes.length) throw otherClasses(space.classes, classes.length);
  const points = drawLatents(seed, samples, space);
  const pixels = await renderer.render(points, pause);
  const modelPixels = resizeImages(pixels, size, form);
  const predicted = toPredictions(await reference.logits(modelPixels, pause), classes.length);
  const asked = space.classes > 0 ? askedClasses(samples, space.classes) : null;
  return { points, pixels, modelPixels, ...predicted, ...(asked && { labels: asked }), asked, classes: classes.length };
}

const otherClasses = (generated: number, known: number): UserError =>
  new UserError(
    'candidates.other-classes',
    `The generator makes ${generated} classes, and the reference classifier knows ${known}`,
    'generator, reference',
    'Train both on the same data set.',
  );

/** Candidates of each class, best first. @throws UserError `candidates.missing-class` */
export async function findCandidates(
  { pixels, modelPixels, softmax, labels, classes, asked }: ClassifiedSamples,
  { real, perClass, blobs }: Pick<CandidatesTask, 'real' | 'perClass'> & { blobs: BlobStore },
  pause: () => Promise<void>,
): Promise<Candidate[][]> {
  const distances = real && (await distancesToReal(modelPixels, labels, loadTaskDataSet(real, blobs), pause));
  return selectCandidates({ classes, softmax, asked, pixels, distances, perClass });
}

/** Distance of each sample to the real images of its class, in the models' size. */
async function distancesToReal(
  pixels: Uint8Array,
  labels: Uint16Array,
  { train, ...form }: DataSet,
  pause: () => Promise<void>,
): Promise<Float64Array> {
  const area = imageLength(form);
  const distances = new Float64Array(labels.length);
  for (const label of new Set(labels)) {
    const members = [...train.labels.keys()].filter((index) => train.labels[index] === label).slice(0, maxCompared);
    const real = Buffer.concat(members.map((index) => rowAt(train.images, index, area)));
    for (const [index, own] of labels.entries()) {
      if (own !== label) continue;
      distances[index] = distanceToReal({ pixels, area }, index, { pixels: real, area });
      await pause();
    }
  }
  return distances;
}

const rowAt = <Values extends Float32Array | Uint8Array>(values: Values, row: number, length: number): Values =>
  values.subarray(row * length, (row + 1) * length) as Values;
