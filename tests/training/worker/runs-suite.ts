import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { candidatesSchema } from '../../../main/contract/runs/generator.ts';
import { generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { EngineName, WorkerEvent } from '../../../main/contract/runs/run.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { runCandidates } from '../../../main/training/generator/candidates.ts';
import { TrainingBatches } from '../../../main/training/classifier/images.ts';
import { ClassifierTrainer } from '../../../main/training/classifier/trainer.ts';
import { trainingSeries } from '../../../main/domain/numbers/trend.ts';
import { putSoftLabels } from '../classifier/soft-images.ts';
import { type ClassifierTask, runClassifier } from '../../../main/training/classifier/run.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { type GeneratorTask, runGenerator } from '../../../main/training/generator/run.ts';
import { runPredictions } from '../../../main/training/predictions/run.ts';
import { runStimuli } from '../../../main/training/generator/stimuli.ts';
import { encodeClassifierWeights } from '../../../main/training/weights/weights.ts';
import { thorough } from '../../thorough.ts';
import { temporaryFolder, writeSmallMnist } from '../small-data.ts';
import { attempts, decided, smallClassifier } from './attempts.ts';
import { testLandings } from './landing-suite.ts';
import { testStarts } from './start-suite.ts';

/** Weights of a classifier that tells images with more ink on the left (class 0) from those with more on the right. */
function leftOrRight(classes = 2): Buffer {
  const isSide = (pixel: number, side: number): boolean => Math.floor((pixel % 28) / 14) === side;
  return encodeClassifierWeights({
    meta: {
      architecture: { kind: 'mlp', hidden: [2] },
      form: { height: 28, width: 28, channels: 1 as const, mean: [0], std: [1] },
      classes: ['left', 'right', ...Array.from({ length: classes - 2 }, (_, k) => `other ${k}`)],
    },
    parameters: {
      'dense1.weight': {
        shape: [784, 2],
        values: Float32Array.from({ length: 1568 }, (_, k) => (isSide(k >> 1, k & 1) ? 1 : 0)),
      },
      'dense1.bias': { shape: [2], values: new Float32Array(2) },
      'dense2.weight': {
        shape: [2, classes],
        values: Float32Array.from({ length: 2 * classes }, (_, k) => (k % classes === Math.floor(k / classes) ? 1 : 0)),
      },
      'dense2.bias': { shape: [classes], values: new Float32Array(classes) },
    },
  });
}

/** All that a recipe of a generator of gray images can add. */
const withOptions = {
  conditional: true,
  spectralNorm: true,
  loss: 'hinge',
  augmentation: ['translation', 'cutout'],
  average: 0.9,
};

/** Real runs on one engine. A process has one engine, so each engine has a test file of its own. */
export function testRuns(engineName: EngineName): void {
  // What follows from the numbers of any engine is tested on the fastest one; before a release on each.
  const hasAll = engineName === 'wasm' || thorough;
  const folder = temporaryFolder();
  const blobs = new BlobStore(join(folder, 'blobs'));
  let engine: Engine;
  let small: ReturnType<typeof writeSmallMnist>;

  beforeAll(async () => {
    small = writeSmallMnist(folder);
    engine = await openEngine(engineName);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const classifier = (recipe: object = {}): ClassifierTask => smallClassifier(small, recipe);
  const generator = (recipe: object = {}): GeneratorTask => ({
    kind: 'generator',
    ...small,
    seed: 5,
    recipe: generatorRecipeSchema.parse({
      kind: 'dcgan28',
      latent: 8,
      features: 4,
      steps: 50,
      batch: 16,
      stepSize: 2e-3,
      sampleEvery: 20,
      ...recipe,
    }),
  });

  const { context, runThrough } = attempts(blobs, () => engine);

  /** Runs without a stop that several tests need: done once. */
  let ofClassifier: ReturnType<typeof runThrough> | undefined;
  const wholeClassifier = () => (ofClassifier ??= runThrough(runClassifier, classifier()));
  let ofGenerator: ReturnType<typeof runThrough> | undefined;
  const wholeGenerator = () => (ofGenerator ??= runThrough(runGenerator, generator()));

  /** By step, as they are stored: the later of two at a step stays. */
  function trainingPoints(events: readonly WorkerEvent[]): Map<number, number> {
    const points = events.flatMap((event) => (event.type === 'metrics' ? event.points : []));
    return new Map(points.filter(({ series }) => series === trainingSeries).map(({ step, value }) => [step, value]));
  }

  /** The training accuracy up to a step, by evaluating each batch before its step. */
  async function trainedUntil({ recipe, seed, dataSet }: ClassifierTask, last: number): Promise<number> {
    const data = loadDataSet(dataSet, '/');
    const batches = new TrainingBatches(recipe, seed, data);
    const trainer = new ClassifierTrainer(engine, recipe, seed, { ...data, test: data.train });
    let right = 0;
    for (let step = 1; step <= last; step++) {
      const margins = await trainer.testMargins(batches.batch(step).indices);
      right += margins.filter((margin) => margin > 0).length;
      await trainer.train(step);
    }
    trainer.dispose();
    return (100 * right) / (last * recipe.batch);
  }

  describe(`on ${engineName}`, () => {
    test('a classifier meets its targets, and gives the same bytes when stopped and resumed', async () => {
      const whole = await wholeClassifier();
      if (whole.result.kind !== 'classifier') throw new Error('another kind');
      expect(whole.result.missed).toEqual([]);
      for (const { target, accuracy, errors, testCount } of whole.result.snapshots) {
        expect(Math.abs(accuracy - Number(target))).toBeLessThanOrEqual(0.6 + 1e-9);
        expect(accuracy).toBe((100 * (testCount - errors)) / testCount);
      }
      const points = trainingPoints(whole.events);
      const [first = 0] = points.keys();
      expect(first).toBeGreaterThan(0);
      expect(points.get(first)).toBeCloseTo(await trainedUntil(classifier(), first), 9);
      for (const stopEvery of [7, 61]) {
        const resumed = await runThrough(runClassifier, classifier(), stopEvery);
        expect(resumed.stops).toBeGreaterThan(0);
        expect(decided(resumed.result)).toEqual(decided(whole.result));
        expect(trainingPoints(resumed.events)).toEqual(points);
      }
    });

    test('held and fed images give the same bytes, also when a run resumes the other way', async () => {
      const [held, fed] = [true, false].map((holdsData): Engine => ({ ...engine, holdsData })) as [Engine, Engine];
      // An optimizer that is composed of operations, with two arrays of state.
      const softLabels = putSoftLabels(blobs, Array(7 * 784).fill(99), Array(7 * 10).fill(0.1));
      const task = classifier({ optimiser: { kind: 'rmsprop', stepSize: 5e-4, momentum: 0.5 }, softLabels });
      const whole = await runThrough(runClassifier, task, Infinity, [fed]);
      const resumed = await runThrough(runClassifier, task, 41, [held, fed]);
      expect(resumed.stops).toBeGreaterThan(1);
      expect(decided(resumed.result)).toEqual(decided(whole.result));
    });

    testStarts(blobs, classifier, () => engine);
    if (hasAll) testLandings(blobs, classifier, () => engine);

    test('with augmentation, dropout, batch norm and decay as well', async () => {
      const task = classifier({
        architecture: { kind: 'cnn', channels: [2, 2, 4, 4], hidden: [8, 8] },
        optimiser: { kind: 'adamw', stepSize: 2e-3, weightDecay: 1e-3 },
        augmentation: {},
        targets: [40],
        tolerance: 1,
        maxEpochs: 1,
      });
      const whole = await runThrough(runClassifier, task);
      const resumed = await runThrough(runClassifier, task, 23);
      expect(resumed.stops).toBeGreaterThan(0);
      expect(decided(resumed.result)).toEqual(decided(whole.result));
    });

    // The last is stopped just when samples are due.
    const stops: [stopEvery: number, options: object | undefined][] = [[17, withOptions]];
    if (hasAll) stops.push([9, undefined], [20, undefined]);
    test.each(stops)(
      'a generator stopped after %i steps gives the same bytes and samples',
      async (stopEvery, options) => {
        const whole = await (options ? runThrough(runGenerator, generator(options)) : wholeGenerator());
        const samples = whole.events.filter((event) => event.type === 'samples');
        expect(samples.map(({ step }) => step)).toEqual([20, 40, 50]);
        expect(samples.at(-1)?.weights).toBe(whole.result.kind === 'generator' && whole.result.weights);
        const resumed = await runThrough(runGenerator, generator(options), stopEvery);
        expect(resumed.stops).toBeGreaterThan(1);
        expect(resumed.result).toEqual(whole.result);
        const again = resumed.events.filter((event) => event.type === 'samples');
        expect(new Set(again.map(({ step, grid }) => `${step} ${grid}`))).toEqual(
          new Set(samples.map(({ step, grid }) => `${step} ${grid}`)),
        );
      },
    );

    test('a generator with nearly identical images fails', async () => {
      await expect(runGenerator(generator({ steps: 1 }), context(null))).rejects.toMatchObject({
        code: 'training.collapsed',
      });
    });

    test('rendering does not depend on the place of a latent point in the batch, and predictions are probabilities', async () => {
      const made = await wholeGenerator();
      const trained = await wholeClassifier();
      if (made.result.kind !== 'generator' || trained.result.kind !== 'classifier') throw new Error('another kind');
      const points = Float32Array.from({ length: 25 * 8 }, (_, k) => Math.sin(k * k));
      const render = async (latents: Float32Array): Promise<Buffer> => {
        const stimuli = await runStimuli(
          {
            kind: 'stimuli',
            generator: made.result.kind === 'generator' ? made.result.weights : '',
            latents: blobs.put(Buffer.from(latents.buffer, latents.byteOffset, latents.byteLength)),
            count: latents.length / 8,
            modelWidth: 28,
            modelHeight: 28,
          },
          context(null),
        );
        if (!('result' in stimuli) || stimuli.result.kind !== 'stimuli') throw new Error('another kind');
        return blobs.get(stimuli.result.model.pixels);
      };
      const all = await render(points);
      const last = await render(points.subarray(24 * 8));
      expect(last.equals(all.subarray(24 * 784))).toBe(true);

      const snapshot = trained.result.snapshots[1]?.weights ?? '';
      const outcome = await runPredictions({ kind: 'predictions', snapshot, stimuli: blobs.put(all) }, context(null));
      if (!('result' in outcome) || outcome.result.kind !== 'predictions') throw new Error('another kind');
      expect(outcome.result).toMatchObject({ count: 25, classes: 10 });
      const softmax = new Float32Array(new Uint8Array(blobs.get(outcome.result.softmax)).buffer);
      const labels = new Uint16Array(new Uint8Array(blobs.get(outcome.result.labels)).buffer);
      for (let n = 0; n < 25; n++) {
        const row = softmax.subarray(10 * n, 10 * n + 10);
        expect(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-6);
        expect(labels[n]).toBe(row.indexOf(Math.max(...row)));
      }
    });

    test('a snapshot misses as many test images as the run said', async () => {
      const { result } = await wholeClassifier();
      if (result.kind !== 'classifier') throw new Error('another kind');
      const { test: images } = loadDataSet(small.dataSet, '/');
      for (const { weights, errors } of result.snapshots) {
        const outcome = await runPredictions(
          { kind: 'predictions', snapshot: weights, stimuli: blobs.put(images.images) },
          context(null),
        );
        if (!('result' in outcome) || outcome.result.kind !== 'predictions') throw new Error('another kind');
        const labels = new Uint16Array(new Uint8Array(blobs.get(outcome.result.labels)).buffer);
        expect(labels.filter((label, k) => label !== images.labels[k]).length).toBe(errors);
      }
    });

    test('candidates carry the points that made them', async () => {
      const made = await wholeGenerator();
      if (made.result.kind !== 'generator') throw new Error('another kind');
      const task = {
        kind: 'candidates' as const,
        generator: made.result.weights,
        reference: blobs.put(leftOrRight()),
        samples: 60,
        perClass: 2,
        seed: 3,
        real: small,
      };
      const outcome = await runCandidates(task, context(null));
      if (!('result' in outcome) || outcome.result.kind !== 'candidates') throw new Error('another kind');
      const candidates = candidatesSchema.parse(JSON.parse(blobs.get(outcome.result.candidates).toString()));
      expect(candidates.classes.map((list) => list.length)).toEqual([2, 2]);
      expect(candidates.classes.flat().every(({ distance }) => distance !== null && distance > 0)).toBe(true);
      const all = candidates.classes.flat();
      const points = Float32Array.from(all.flatMap(({ z }) => z));
      const drawn = { latents: blobs.put(Buffer.from(points.buffer)), count: 4, modelWidth: 28, modelHeight: 28 };
      const again = await runStimuli({ kind: 'stimuli', generator: made.result.weights, ...drawn }, context(null));
      expect(again).toMatchObject({ result: { original: { pixels: candidates.pixels } } });
    });

    test.runIf(hasAll)('candidates of a conditional generator are of the class asked for', async () => {
      const made = await runThrough(runGenerator, generator({ ...withOptions, latent: 6 }));
      if (made.result.kind !== 'generator') throw new Error('another kind');
      const reference = blobs.put(leftOrRight(10));
      const task = {
        kind: 'candidates' as const,
        generator: made.result.weights,
        reference,
        samples: 60,
        perClass: 2,
        seed: 3,
      };
      const outcome = await runCandidates({ ...task, real: small, clear: true }, context(null));
      if (!('result' in outcome) || outcome.result.kind !== 'candidates') throw new Error('another kind');
      const { classes, conditional } = candidatesSchema.parse(
        JSON.parse(blobs.get(outcome.result.candidates).toString()),
      );
      expect(conditional).toBe(true);
      classes.forEach((list, k) => {
        expect(list).toHaveLength(2);
        for (const { index, z } of list) {
          expect(index % 10).toBe(k);
          expect(z.slice(6)).toEqual(Array.from({ length: 10 }, (_, other) => (other === k ? 1 : 0)));
        }
      });
    });

    test('a data set that changed since the study was planned is refused', async () => {
      const task = { ...classifier(), dataSetHash: 'f'.repeat(64) };
      await expect(runClassifier(task, context(null))).rejects.toMatchObject({ code: 'data-set.changed' });
    });
  });
}
