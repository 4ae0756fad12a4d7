import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Calibration } from '../../../main/analysis/labels/scores.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { Snapshot } from '../../../main/contract/runs/run.ts';
import { EvaluationProcess } from '../../../main/contributions/evaluation/evaluation-process.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { runClassifier } from '../../../main/training/classifier/run.ts';
import { type DataSet, dataSetHeader } from '../../../main/training/data/data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { ClassifierPredictor, toPredictions } from '../../../main/training/predictions/predictor.ts';
import { RunControl } from '../../../main/training/run-context.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { colorShapes } from '../../training/small-data.ts';

const recipe = classifierRecipeSchema.parse({
  architecture: { kind: 'mlp', hidden: [32] },
  batch: 20,
  optimiser: { stepSize: 2e-3 },
  augmentation: { flip: true },
  targets: [90],
  tolerance: 4,
  maxEpochs: 6,
});

/** A network that was trained on a set whose originals are gone: its bytes are in the blob store, under its hash. */
async function trainedOn({ train, test: other, ...set }: DataSet, engine: Engine, blobs: BlobStore) {
  const header = Buffer.from(dataSetHeader({ train, test: other, ...set }), 'ascii');
  const dataSetHash = blobs.put(Buffer.concat([header, train.images, train.labels, other.images, other.labels]));
  const dataSet = { source: 'npz' as const, name: 'shapes', path: '/gone.npz', classes: [...set.classes] };
  const task = { kind: 'classifier' as const, dataSet, dataSetHash, seed: 3, recipe };
  const report = (): void => undefined;
  const outcome = await runClassifier(task, {
    engine,
    blobs,
    checkpoint: null,
    report,
    control: new RunControl(report),
  });
  if (!('result' in outcome) || outcome.result.kind !== 'classifier') throw new Error('the run did not end');
  const [snapshot] = outcome.result.snapshots as [Snapshot];
  return { snapshot, dataSet, dataSetHash };
}

test('an evaluation in color confirms the errors that the training counted, and keeps answers and pixels', async () => {
  const folder = join(temporaryFolder(), 'blobs');
  const [engine, blobs, data] = [await openEngine('wasm'), new BlobStore(folder), colorShapes()];
  const { snapshot, dataSet, dataSetHash } = await trainedOn(data, engine, blobs);
  const { weights, errors } = snapshot;
  const evaluations = new EvaluationProcess({ launcher: new ForkLauncher(), blobs: folder });
  const evaluation = await evaluations.evaluate({ snapshot: weights, dataSet, dataSetHash }, 'wasm');
  await evaluations.close();
  expect(errors).toBeGreaterThan(0);
  expect(evaluation).toMatchObject({ errors, width: 16, height: 16, channels: 3, classes: data.classes });
  expect(evaluation.mistakes).toHaveLength(errors);
  for (const { image, pixels } of evaluation.mistakes) {
    const own = data.test.images.subarray(image * 768, (image + 1) * 768);
    expect(pixels).toBe(Buffer.from(own).toString('base64'));
  }
  const predictor = new ClassifierPredictor(engine, blobs.get(weights), 'here');
  const logits = await predictor.logits(data.test.images, () => Promise.resolve());
  predictor.dispose();
  const { labels, softmax } = toPredictions(logits, 3);
  const calibration = new Calibration();
  const tops = Array.from(labels, (label, image) => softmax[3 * image + label] ?? 0);
  tops.forEach((top, image) => calibration.add(top, labels[image] === data.test.labels[image]));
  expect(evaluation.answers).toEqual({
    labels: Buffer.from(labels).toString('base64'),
    certainty: expect.closeTo(tops.reduce((sum, top) => sum + top, 0) / tops.length, 12),
    ece: calibration.expected(),
  });
});
