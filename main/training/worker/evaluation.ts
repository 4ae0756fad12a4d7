import {
  evaluationCalls,
  type EvaluationTask,
  keptMistakes,
  type SnapshotEvaluation,
} from '../../contract/evaluation.ts';
import { UserError } from '../../contract/errors.ts';
import { BlobStore } from '../../files/blobs.ts';
import { serve } from '../../processes/serve.ts';
import { ClassifierPredictor, type Predictions, toPredictions } from '../predictions/predictor.ts';
import { loadTaskDataSet } from '../data/data-set.ts';
import type { DataSet } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';
import { openEngine } from '../engines/open.ts';
import { namedEngine } from './preview.ts';

/** Answers `evaluationCalls` in this process, which has one engine. */
export function serveEvaluations(engineName: string, blobFolder: string): void {
  const opening = openEngine(namedEngine(engineName), { threads: 1 });
  // The first question reports what is wrong with the engine.
  opening.catch(() => undefined);
  const blobs = new BlobStore(blobFolder);
  serve(evaluationCalls, { evaluate: async (task) => evaluateSnapshot(task, await opening, blobs) });
}

/** Confusion matrix and most confident mistakes on all test images. @throws UserError `examination.other-data-set` */
async function evaluateSnapshot(task: EvaluationTask, engine: Engine, blobs: BlobStore): Promise<SnapshotEvaluation> {
  const data = loadTaskDataSet(task);
  const where = blobs.path(task.snapshot);
  const predictor = new ClassifierPredictor(engine, blobs.get(task.snapshot), where);
  try {
    const { form, classes } = predictor.meta;
    if (form.height !== data.height || form.width !== data.width || classes.length !== data.classes.length) {
      throw new UserError({
        code: 'examination.other-data-set',
        what: 'This snapshot was trained on images of another size or with other classes',
        where,
        remedy: 'Evaluate it on the data set of its own run.',
      });
    }
    const logits = await predictor.logits(data.test.images, () => Promise.resolve());
    return summarise(data, toPredictions(logits, data.classes.length));
  } finally {
    predictor.dispose();
  }
}

function summarise(data: DataSet, { softmax, labels }: Predictions): SnapshotEvaluation {
  const { classes, height, width, test } = data;
  const counts = new Map<number, number>();
  const wrong: { image: number; actual: number; predicted: number; confidence: number; ofActual: number }[] = [];
  labels.forEach((predicted, image) => {
    const actual = test.labels[image] ?? 0;
    const cell = actual * classes.length + predicted;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
    if (predicted === actual) return;
    const share = (label: number): number => softmax[image * classes.length + label] ?? 0;
    wrong.push({ image, actual, predicted, confidence: share(predicted), ofActual: share(actual) });
  });
  wrong.sort((a, b) => b.confidence - a.confidence || a.image - b.image);
  const size = height * width;
  const pixels = (image: number): string =>
    Buffer.from(test.images.subarray(image * size, (image + 1) * size)).toString('base64');
  return {
    ...{ classes: [...classes], testCount: test.count, errors: wrong.length, width, height },
    confusion: [...counts]
      .sort(([a], [b]) => a - b)
      .map(([cell, count]) => ({
        actual: Math.floor(cell / classes.length),
        predicted: cell % classes.length,
        count,
      })),
    mistakes: wrong.slice(0, keptMistakes).map((mistake) => ({ ...mistake, pixels: pixels(mistake.image) })),
  };
}
