import { expect, test } from 'vitest';
import type { BlobStore } from '../../../main/files/blobs.ts';
import { type ClassifierTask, runClassifier } from '../../../main/training/classifier/run.ts';
import { withSoftLabels } from '../../../main/training/classifier/soft-labels.ts';
import { ClassifierTrainer, type CreateTrainer } from '../../../main/training/classifier/trainer.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import type { RunContext } from '../../../main/training/run-context.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import { decodeClassifierWeights } from '../../../main/training/weights/weights.ts';
import { putSoftLabels } from '../classifier/soft-images.ts';
import { attempts, decided } from './attempts.ts';

/** Trainings that start from given weights. @param classifier a small training @param engine the open one of the process */
export function testStarts(
  blobs: BlobStore,
  classifier: (recipe: object) => ClassifierTask,
  engine: () => Engine,
): void {
  const { context, runThrough } = attempts(blobs, engine);

  test('a training from given weights is what continuing by hand is, alone and in a stack, also when resumed', async () => {
    const base = await runThrough(runClassifier, classifier({ targets: ['epochs 0.2'] }));
    const [snapshot] = base.result.kind === 'classifier' ? base.result.snapshots : [];
    const start = snapshot?.weights ?? '';
    const softLabels = putSoftLabels(blobs, Array(7 * 784).fill(99), Array(7 * 10).fill(0.1));
    // The seed draws other initial weights and another order, and an initialization has no effect.
    const recipe = { softLabels, targets: ['epochs 0.15'], initialisation: { kind: 'orthogonal' } };
    const task = { ...classifier({ ...recipe, start }), seed: 6 };
    const inStack: CreateTrainer = (of, seed, data) => new StackedTrainers(engine()).join(of, seed, data, 2);
    const alone: CreateTrainer = (of, seed, data) => Promise.resolve(new ClassifierTrainer(engine(), of, seed, data));
    const data = withSoftLabels(loadDataSet(task.dataSet, '/'), softLabels, blobs);
    const { parameters } = decodeClassifierWeights(blobs.get(start), '');
    for (const create of [alone, inStack]) {
      const run = (of: ClassifierTask, on: RunContext) => runClassifier(of, on, create);
      const { result } = await runThrough(run, task);
      if (result.kind !== 'classifier') throw new Error('another kind');
      const trainer = await create(classifier(recipe).recipe, 6, data);
      await trainer.restore({ ...(await trainer.readState()), parameters });
      for (let step = 1; step <= result.steps; step++) await trainer.train(step);
      const byHand = trainer.encodeWeights((await trainer.readState()).parameters);
      trainer.dispose();
      expect(result.snapshots.map(({ weights }) => weights)).toEqual([blobs.put(byHand)]);
      if (create === inStack) continue;
      const resumed = await runThrough(run, task, 11);
      expect(resumed.stops).toBeGreaterThan(0);
      expect(decided(resumed.result)).toEqual(decided(result));
    }
    const refusal = (change: object) => runClassifier(classifier({ ...recipe, start, ...change }), context(null));
    await expect(refusal({ architecture: { kind: 'mlp', hidden: [31] } })).rejects.toMatchObject({
      code: 'start.mismatch',
    });
    await expect(refusal({ start: softLabels.pixels })).rejects.toMatchObject({ code: 'tensor-file.damaged' });
    blobs.remove(start);
    await expect(refusal({})).rejects.toMatchObject({ code: 'start.missing', where: blobs.path(start) });
  });
}
