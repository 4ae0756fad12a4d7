import { keptLabels, keptMistakes, type SnapshotEvaluation } from '../../contract/results/index.ts';
import type { EvaluationCounts, EvaluationTask } from './contract.ts';
import { confidenceOn } from '../../analysis/outcomes/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import { imageLength } from '../../domain/data/index.ts';
import { BlobStore } from '../../files/index.ts';
import { type CallContext, serve } from '../../processes/index.ts';
import { ClassifierPredictor, Confusion, type Predictions, toPredictions } from '../../training/predictions/index.ts';
import { loadTaskDataSet } from '../../training/data/load/index.ts';
import type { DataSet } from '../../training/data/index.ts';
import { type Engine, openNamed } from '../../training/engines/index.ts';

const handlersOf = (opening: Promise<Engine>, blobs: BlobStore) => ({
  evaluate: async (task: EvaluationTask, context: CallContext<EvaluationCounts>) =>
    evaluateSnapshot(task, await opening, blobs, context),
});
export type EvaluationHandlers = ReturnType<typeof handlersOf>;

/** Evaluates snapshots in this process, which has one engine. */
export function serveEvaluations(engineName: string, blobFolder: string): void {
  const opening = openNamed(engineName, { threads: 1 });
  // The first question reports what is wrong with the engine.
  opening.catch(() => undefined);
  serve(handlersOf(opening, new BlobStore(blobFolder)));
}

/** Images that are classified between two looks at the clock and at whether somebody still waits. */
const imagesAtOnce = 500;
/** Milliseconds between two reports. */
const reportInterval = 150;

/**
 * Confusion matrix, most confident mistakes and answers on all test images; reports what it has counted.
 * @throws UserError `examination.other-data-set`; the signal's reason
 */
async function evaluateSnapshot(
  task: EvaluationTask,
  engine: Engine,
  blobs: BlobStore,
  { emit, signal }: CallContext<EvaluationCounts>,
): Promise<SnapshotEvaluation> {
  const data = loadTaskDataSet(task, blobs);
  const where = blobs.path(task.snapshot);
  const predictor = new ClassifierPredictor(engine, blobs.get(task.snapshot), where);
  try {
    const { form, classes } = predictor.meta;
    const sameForm = (['height', 'width', 'channels'] as const).every((part) => form[part] === data[part]);
    if (!sameForm || classes.length !== data.classes.length) {
      throw new UserError(
        'examination.other-data-set',
        'This snapshot was trained on images of another size, with other channels or other classes',
        where,
        'Evaluate it on the data set of its own run.',
      );
    }
    const { test } = data;
    const size = imageLength(data);
    const logits = new Float32Array(test.count * classes.length);
    const counted = new Confusion(classes.length);
    let reported = performance.now();
    for (let first = 0; first < test.count; first += imagesAtOnce) {
      const end = Math.min(test.count, first + imagesAtOnce);
      const images = test.images.subarray(first * size, end * size);
      const part = await predictor.logits(images, () => Promise.resolve());
      logits.set(part, first * classes.length);
      counted.add(test.labels.subarray(first, end), toPredictions(part, classes.length).labels);
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      if (performance.now() - reported < reportInterval) continue;
      reported = performance.now();
      emit({ evaluated: end, ...counted.get() });
    }
    return { ...summarize(data, toPredictions(logits, classes.length)), ...counted.get() };
  } finally {
    predictor.dispose();
  }
}

/** Labels as bytes: one each, or two, little-endian, with more than 256 classes. */
function labelBytes(labels: Uint16Array, classes: number): Buffer {
  if (classes <= 256) return Buffer.from(labels);
  const bytes = Buffer.alloc(2 * labels.length);
  labels.forEach((label, image) => bytes.writeUInt16LE(label, 2 * image));
  return bytes;
}

function summarize(data: DataSet, { softmax, labels }: Predictions): Omit<SnapshotEvaluation, 'errors' | 'confusion'> {
  const { classes, height, width, channels, test } = data;
  const wrong: { image: number; actual: number; predicted: number; confidence: number; ofActual: number }[] = [];
  labels.forEach((predicted, image) => {
    const actual = test.labels[image] ?? 0;
    if (predicted === actual) return;
    const share = (label: number): number => softmax[image * classes.length + label] ?? 0;
    wrong.push({ image, actual, predicted, confidence: share(predicted), ofActual: share(actual) });
  });
  wrong.sort((a, b) => b.confidence - a.confidence || a.image - b.image);
  const size = imageLength(data);
  const pixels = (image: number): string =>
    Buffer.from(test.images.subarray(image * size, (image + 1) * size)).toString('base64');
  return {
    classes: [...classes],
    testCount: test.count,
    width,
    height,
    channels,
    mistakes: wrong.slice(0, keptMistakes).map((mistake) => ({ ...mistake, pixels: pixels(mistake.image) })),
    answers: {
      labels: test.count > keptLabels ? null : labelBytes(labels, classes.length).toString('base64'),
      ...confidenceOn(test.labels, { labels, softmax }),
    },
  };
}
