import type { RealImages } from '../../contract/runs/generator.ts';
import type { BlendTask, TestImagesTask, TestImageStimuliTask } from '../../contract/runs/run.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { imageLength, imagesAt, storedSize } from '../../domain/data/images.ts';
import { alphas } from '../../domain/stimuli/interpolation.ts';
import { countConfusion } from '../../domain/anchors/pair-design.ts';
import { blendImages, clearImages, positionsByClass, realCandidates } from '../../domain/anchors/real-images.ts';
import { loadTaskDataSet } from '../data/load/task-data.ts';
import { ClassifierPredictor, toPredictions } from '../predictions/predictor.ts';
import type { Outcome, RunContext } from '../run-context.ts';

/** Candidates among the test images, and how the reference confuses classes on all of them. */
export async function runTestImages(task: TestImagesTask, { engine, blobs, control }: RunContext): Promise<Outcome> {
  const data = loadTaskDataSet(task, blobs);
  const { classes, test } = data;
  const length = imageLength(data);
  const members = positionsByClass(test.labels, classes.length);
  const found = task.reference === null ? null : await classify(task.reference, test.images);
  const chosen = realCandidates(members, task.perClass, found && { softmax: found.softmax, pixels: test.images });
  const pixels = chosen.flat().map(({ index }) => test.images.subarray(index * length, (index + 1) * length));
  const content: RealImages = {
    schema: 'boundary-workbench/real-images/1',
    members,
    clear: found && clearImages(members, found.softmax),
    classes: chosen.map((list) => list.map((candidate) => ({ ...candidate }))),
    ...storedSize(data),
    pixels: blobs.put(Buffer.concat(pixels)),
    confusion: found && countConfusion(test.labels, found.labels, found.softmax, classes.length),
    ...(found && task.confidence && { confidence: largestOf(found.softmax, classes.length) }),
  };
  return { result: { kind: 'candidates', candidates: blobs.put(Buffer.from(canonicalJson(content), 'utf8')) } };

  async function classify(reference: string, images: Uint8Array): Promise<ReturnType<typeof toPredictions>> {
    const predictor = new ClassifierPredictor(engine, blobs.get(reference), blobs.path(reference));
    try {
      return toPredictions(await predictor.logits(images, () => control.yield()), classes.length);
    } finally {
      predictor.dispose();
    }
  }
}

/** The largest softmax of each image. */
const largestOf = (softmax: Float32Array, classes: number): number[] =>
  Array.from({ length: softmax.length / classes }, (_, image) =>
    softmax.subarray(image * classes, (image + 1) * classes).reduce((a, b) => Math.max(a, b), 0),
  );

/** Test images as they are, in the models' size. */
export async function takeTestImages(task: TestImageStimuliTask, { blobs }: RunContext): Promise<Outcome> {
  const data = loadTaskDataSet(task, blobs);
  const positions = new Uint32Array(Uint8Array.from(blobs.get(task.positions)).buffer);
  if (positions.length !== task.count)
    throw new Error(`${task.count} images are asked for, and ${positions.length} named`);
  const size = { ...storedSize(data), pixels: blobs.put(imagesAt(data.test.images, imageLength(data), positions)) };
  return { result: { kind: 'stimuli', original: size, model: size } };
}

/** Images between test images, in the models' size. */
export async function runBlends(task: BlendTask, { blobs, control }: RunContext): Promise<Outcome> {
  const data = loadTaskDataSet(task, blobs);
  const length = imageLength(data);
  const steps = alphas(task.alphas);
  const pixels = new Uint8Array(task.ways.length * steps.length * length);
  for (const [n, way] of task.ways.entries()) {
    pixels.set(blendImages(data.test.images, length, [way], steps, task.interpolation), n * steps.length * length);
    await control.yield();
  }
  const size = { ...storedSize(data), pixels: blobs.put(pixels) };
  return { result: { kind: 'stimuli', original: size, model: size } };
}
