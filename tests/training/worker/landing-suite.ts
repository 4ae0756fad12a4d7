import { expect, test } from 'vitest';
import type { Target } from '../../../main/contract/recipes/recipes.ts';
import { trendAccuracy } from '../../../main/domain/numbers/trend.ts';
import type { BlobStore } from '../../../main/files/blobs.ts';
import { type ClassifierTask, runClassifier } from '../../../main/training/classifier/run.ts';
import { ClassifierTrainer } from '../../../main/training/classifier/trainer.ts';
import type { LabeledImages } from '../../../main/training/data/data-set.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { attempts, decided } from './attempts.ts';

/** Where trainings stop. @param classifier a small training @param engine the open one of the process */
export function testLandings(
  blobs: BlobStore,
  classifier: (recipe: object) => ClassifierTask,
  engine: () => Engine,
): void {
  const { runThrough } = attempts(blobs, engine);

  test('a classifier stops by epochs and by loss, and gives the same bytes when stopped and resumed', async () => {
    const task = classifier({ targets: [80, 'loss 0.6', 'epochs 1.5', 'loss 0.000001'], maxEpochs: 3 });
    const whole = await runThrough(runClassifier, task);
    if (whole.result.kind !== 'classifier') throw new Error('another kind');
    const { snapshots, missed, steps } = whole.result;
    expect(missed.map(({ target, nearestAccuracy }) => [target, nearestAccuracy])).toEqual([['loss 0.000001', null]]);
    expect(snapshots.map(({ target }) => target)).toEqual([80, 'epochs 1.5', 'loss 0.6']);
    const data = loadDataSet(task.dataSet, '/');
    const trainer = new ClassifierTrainer(engine(), task.recipe, task.seed, data);
    expect(steps).toBe(3 * trainer.stepsPerEpoch);
    const window = Math.min(100, trainer.stepsPerEpoch);
    const losses: number[] = [];
    const at = new Map<number, Target>();
    for (let step = 1; step <= steps; step++) {
      losses.push((await trainer.train(step)).loss);
      const mean = losses.slice(-window).reduce((sum, loss) => sum + loss, 0) / window;
      if (step === Math.round(1.5 * trainer.stepsPerEpoch)) at.set(step, 'epochs 1.5');
      if (step >= window && mean <= 0.6 && ![...at.values()].includes('loss 0.6')) at.set(step, 'loss 0.6');
      const found = snapshots.find(({ target }) => target === at.get(step));
      if (!found) continue;
      expect(found.step).toBe(step);
      expect(blobs.put(trainer.encodeWeights((await trainer.readState()).parameters))).toBe(found.weights);
      expect(found.testCount).toBe(data.test.count);
    }
    expect(at.size).toBe(2);
    trainer.dispose();
    const resumed = await runThrough(runClassifier, task, 41);
    expect(resumed.stops).toBeGreaterThan(0);
    expect(decided(resumed.result)).toEqual(decided(whole.result));
  });

  test('stopping on half of the test images, as earlier versions could, is refused with what to write instead', async () => {
    await expect(runThrough(runClassifier, classifier({ landing: 'half' }))).rejects.toMatchObject({
      code: 'recipe.half-landing',
      remedy: expect.stringContaining('"landing": "validation"'),
    });
  });

  test('a classifier that stops on validation images never trains on them, and its snapshots count test images', async () => {
    const task = classifier({ landing: 'validation', tolerance: 1 });
    const whole = await runThrough(runClassifier, task);
    if (whole.result.kind !== 'classifier') throw new Error('another kind');
    const data = loadDataSet(task.dataSet, '/');
    const size = data.height * data.width;
    const seen = new Map<number, number>();
    const isHeld = Array.from(data.train.labels, (label) => {
      seen.set(label, (seen.get(label) ?? 0) + 1);
      return (seen.get(label) ?? 0) % 6 === 0;
    });
    const part = (held: boolean): LabeledImages => {
      const chosen = isHeld.flatMap((own, image) => (own === held ? [image] : []));
      return {
        count: chosen.length,
        images: Uint8Array.from(chosen.flatMap((k) => [...data.train.images.subarray(k * size, (k + 1) * size)])),
        labels: Uint8Array.from(chosen, (k) => data.train.labels[k] ?? 0),
      };
    };
    const [kept, held] = [part(false), part(true)];
    expect(held.count).toBeGreaterThan(50);
    const points = whole.events.flatMap((event) => (event.type === 'metrics' ? event.points : []));
    expect(points.filter(({ series }) => series === 'accuracy')).toEqual([]);
    expect(whole.result.missed).toEqual([]);
    for (const { target, step: landed, errors, testCount, accuracy, weights } of whole.result.snapshots) {
      const errorsOn = async (test: LabeledImages): Promise<number> => {
        const trainer = new ClassifierTrainer(engine(), task.recipe, task.seed, { ...data, train: kept, test });
        for (let step = 1; step <= landed; step++) await trainer.train(step);
        expect(blobs.put(trainer.encodeWeights((await trainer.readState()).parameters))).toBe(weights);
        let wrong = 0;
        for (let from = 0; from < test.count; from += 50) {
          const images = Uint32Array.from({ length: Math.min(50, test.count - from) }, (_, k) => from + k);
          wrong += (await trainer.testMargins(images)).filter((margin) => !(margin > 0)).length;
        }
        trainer.dispose();
        return wrong;
      };
      expect(testCount).toBe(data.test.count);
      expect(accuracy).toBe((100 * (testCount - errors)) / testCount);
      expect(await errorsOn(data.test)).toBe(errors);
      const decided = (100 * (held.count - (await errorsOn(held)))) / held.count;
      expect(Math.abs(decided - Number(target))).toBeLessThanOrEqual(1 + 1e-9);
      const counted = points.filter(({ series, step }) => series === 'validation accuracy' && step === landed);
      expect(counted.map(({ value }) => value)).toEqual([decided]);
    }
    const resumed = await runThrough(runClassifier, task, 19);
    expect(resumed.stops).toBeGreaterThan(0);
    expect(decided(resumed.result)).toEqual(decided(whole.result));
  });

  test('a classifier that lands on its trend trains to the same weights again, also when stopped and resumed', async () => {
    const task = classifier({ landing: 'trend', targets: [82, 84], tolerance: 0.6 });
    const whole = await runThrough(runClassifier, task);
    if (whole.result.kind !== 'classifier') throw new Error('another kind');
    expect(whole.result.missed).toEqual([]);
    const points = whole.events.flatMap((event) => (event.type === 'metrics' ? event.points : []));
    const evaluations = points
      .filter(({ series }) => series === 'accuracy')
      .map(({ step, value }) => ({ step, accuracy: value, estimated: false }));
    const data = loadDataSet(task.dataSet, '/');
    const trainer = new ClassifierTrainer(engine(), task.recipe, task.seed, data);
    let step = 0;
    for (const { target, step: landed, errors, weights } of whole.result.snapshots) {
      const trend = trendAccuracy(evaluations, landed);
      expect(Math.abs((trend.accuracy ?? 0) - Number(target))).toBeLessThanOrEqual(0.6 + 1e-9);
      expect(trend.after).toBeGreaterThan(5);
      expect(evaluations.find((each) => each.step === landed)?.accuracy).toBe((100 * (500 - errors)) / 500);
      while (step < landed) await trainer.train(++step);
      expect(blobs.put(trainer.encodeWeights((await trainer.readState()).parameters))).toBe(weights);
    }
    trainer.dispose();
    // Its progress counts both: the search for the landings, and the training up to the last of them.
    const progress = whole.events.flatMap((event) => (event.type === 'progress' ? [event] : [])).at(-1);
    expect(progress?.done).toBe(whole.result.steps + step);
    expect(progress?.total).toBe(progress?.done);
    for (const stopEvery of [67, 211]) {
      const resumed = await runThrough(runClassifier, task, stopEvery);
      expect(resumed.stops).toBeGreaterThan(0);
      expect(decided(resumed.result)).toEqual(decided(whole.result));
    }
  });

  test('a classifier that cannot meet a target reports it, with the nearest accuracy', async () => {
    const { result } = await runThrough(runClassifier, classifier({ targets: [99.9], tolerance: 0.1, maxEpochs: 1 }));
    if (result.kind !== 'classifier') throw new Error('another kind');
    expect(result.snapshots).toEqual([]);
    expect(result.steps).toBe(62);
    expect(result.missed).toMatchObject([
      { target: 99.9, why: expect.stringMatching(/still below .* after 1 epoch\.$/) },
    ]);
    expect(result.missed[0]?.nearestAccuracy).toBeGreaterThan(60);
  });
}
