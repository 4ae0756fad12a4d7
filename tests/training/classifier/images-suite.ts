import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import type { EngineName, Snapshot, WorkerEvent } from '../../../main/contract/runs/run.ts';
import { ClassifierTrainer, type Trainer } from '../../../main/training/classifier/trainer.ts';
import { type ClassifierTask, runClassifier } from '../../../main/training/classifier/run.ts';
import { type DataSet, dataSetHeader } from '../../../main/training/data/data-set.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import type { Engine, Entry } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { imageSource } from '../../../main/training/classifier/images.ts';
import { ClassifierPredictor, toPredictions } from '../../../main/training/predictions/predictor.ts';
import { runPredictions } from '../../../main/training/predictions/run.ts';
import { type Outcome, RunControl } from '../../../main/training/run-context.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import { thorough } from '../../thorough.ts';
import { colorShapes, temporaryFolder, writeSmallMnist } from '../small-data.ts';

const recipe = (more: object): ClassifierRecipe =>
  classifierRecipeSchema.parse({ batch: 16, optimiser: { stepSize: 1e-3 }, targets: [90], maxEpochs: 2, ...more });

const recipes = {
  mlp: recipe({ architecture: { kind: 'mlp', hidden: [24, 16] } }),
  cnn: recipe({ architecture: { kind: 'cnn', channels: [3, 4, 5, 6], hidden: [12, 8], dropout: 0.4 } }),
  vit: recipe({ architecture: { kind: 'vit', patch: 14, width: 8, blocks: 2, heads: 3, headWidth: 5, mlp: 12 } }),
  augmented: recipe({ architecture: { kind: 'mlp', hidden: [24] }, augmentation: {} }),
};

const color = { batch: 20, optimiser: { stepSize: 2e-3 }, augmentation: { flip: true } };
const colorRecipes = {
  mlp: recipe({ ...color, architecture: { kind: 'mlp', hidden: [32] } }),
  cnn: recipe({
    ...color,
    architecture: { kind: 'cnn', channels: [4, 4, 8, 8], hidden: [16, 16], dropout: 0.2 },
  }),
  vit: recipe({
    ...color,
    architecture: { kind: 'vit', patch: 8, width: 16, blocks: 1, heads: 2, headWidth: 8, mlp: 32 },
  }),
};
const names = Object.keys(recipes) as (keyof typeof recipes)[];

/** Images that an engine holds against images that it is fed, and images in color. */
export function testImages(engineName: EngineName): void {
  const folder = temporaryFolder();
  const blobs = new BlobStore(join(folder, 'blobs'));
  let engine: Engine;
  let data: DataSet;
  let ways: { held: Engine; fed: Engine };

  beforeAll(async () => {
    const small = loadDataSet(writeSmallMnist(folder).dataSet, '/');
    // As many test images as it takes for a look to come to its longer parts.
    data = { ...small, test: small.train };
    engine = await openEngine(engineName);
    ways = { held: { ...engine, holdsData: true }, fed: { ...engine, holdsData: false } };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const positions = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, k) => (k * 77) % 2000);

  /** Weights after 90 steps: trained at once, and by a second trainer that took the first steps from another. */
  async function trainTwice(recipe: ClassifierRecipe, set: DataSet): Promise<{ whole: Buffer; resumed: Buffer }> {
    const create = (): ClassifierTrainer => new ClassifierTrainer(engine, recipe, 3, set);
    const train = async (trainer: ClassifierTrainer, from: number, to: number): Promise<void> => {
      for (let step = from; step <= to; step++) await trainer.train(step);
    };
    const encoded = async (trainer: ClassifierTrainer): Promise<Buffer> => {
      const weights = trainer.encodeWeights((await trainer.readState()).parameters);
      trainer.dispose();
      return weights;
    };
    const [alone, first, second] = [create(), create(), create()];
    await train(alone, 1, 90);
    await train(first, 1, 40);
    await second.restore(await first.readState());
    first.dispose();
    await train(second, 41, 90);
    return { whole: await encoded(alone), resumed: await encoded(second) };
  }

  /** A training on a set whose originals are gone: its bytes are in the blob store, under its hash. */
  function prepared(set: DataSet): ClassifierTask {
    const { train, test: other } = set;
    const header = Buffer.from(dataSetHeader(set), 'ascii');
    const dataSetHash = blobs.put(Buffer.concat([header, train.images, train.labels, other.images, other.labels]));
    expect(dataSetHash).toBe(set.hash);
    const dataSet = { source: 'npz' as const, name: 'shapes', path: '/gone.npz', classes: [...set.classes] };
    const limits = { targets: [90], tolerance: 4, maxEpochs: 6 };
    return { kind: 'classifier', dataSet, dataSetHash, seed: 3, recipe: { ...colorRecipes.mlp, ...limits } };
  }

  /** Runs a task to its end, stopped after a number of yields and resumed from its checkpoint, again and again. */
  async function runToEnd(task: ClassifierTask, yields: number): Promise<{ snapshots: Snapshot[]; stops: number }> {
    let checkpoint: string | null = null;
    for (let stops = 0; stops < 100; stops++) {
      const report = (event: WorkerEvent): void => {
        if (event.type === 'checkpoint') checkpoint = event.hash;
      };
      const control = new RunControl(report);
      let remaining = yields + stops;
      vi.spyOn(control, 'yield').mockImplementation(async () => {
        if (--remaining === 0) control.stop();
      });
      const outcome: Outcome = await runClassifier(task, { engine, blobs, checkpoint, report, control });
      if ('result' in outcome && outcome.result.kind === 'classifier') {
        return { snapshots: outcome.result.snapshots, stops };
      }
    }
    throw new Error('the run did not end');
  }

  /** All that three steps and looks at parts of several lengths give, and the state that they leave. */
  async function outcome(trainer: Trainer, lengths: number[]): Promise<object> {
    const losses: number[] = [];
    for (let step = 1; step <= 3; step++) losses.push((await trainer.train(step)).loss);
    const margins: Float32Array[] = [];
    for (const length of lengths) margins.push(await trainer.testMargins(positions(length)));
    const state = await trainer.readState();
    trainer.dispose();
    return { losses, margins, state };
  }

  describe(`held images on ${engineName}`, () => {
    test.each(names)('give the same bytes as fed ones: %s', async (name) => {
      const lengths = name === 'mlp' ? [100, 7, 500, 333] : [50, 7];
      const [held, fed] = [ways.held, ways.fed].map((way) => new ClassifierTrainer(way, recipes[name], 4, data));
      expect(await outcome(held!, lengths)).toEqual(await outcome(fed!, lengths));
    });

    test.each(['mlp', 'augmented'] as const)('for networks side by side too: %s', async (name) => {
      const join = (way: Engine): Promise<Trainer> => new StackedTrainers(way).join(recipes[name], 4, data, 2);
      expect(await outcome(await join(ways.held), [100, 7])).toEqual(await outcome(await join(ways.fed), [100, 7]));
    });

    test('in color too, alone and side by side', async () => {
      const shapes = colorShapes({ train: 2000, test: 2000 });
      for (const name of ['mlp', 'augmented'] as const) {
        const [held, fed] = [ways.held, ways.fed].map((way) => new ClassifierTrainer(way, recipes[name], 4, shapes));
        expect(await outcome(held!, [100, 7])).toEqual(await outcome(fed!, [100, 7]));
      }
      const join = (way: Engine): Promise<Trainer> => new StackedTrainers(way).join(recipes.mlp, 4, shapes, 2);
      expect(await outcome(await join(ways.held), [100, 7])).toEqual(await outcome(await join(ways.fed), [100, 7]));
    });

    test('are those that would be fed, bit for bit, where a step gathers them', async () => {
      const [held, fed] = [imageSource(ways.held, data, 'train'), imageSource(ways.fed, data, 'train')];
      const gather: Entry = {
        step: ({ given }) => ({ images: held.images(given as Tensor) }),
        inputs: { given: held.form(8) },
      };
      const program = engine.compile({ gather });
      const picks = [{ indices: positions(5) }, { indices: Uint32Array.of(1999, 0, 0) }];
      const given = held.input([{ indices: Uint32Array.from(picks.flatMap(({ indices }) => [...indices])) }], 8);
      // An engine may share memory with what it was given: nobody else may get it meanwhile.
      for (let k = 0; k < 20; k++) new Float32Array(data.train.images.length).fill(k);
      const { images } = await program.run.gather({ given });
      const expected = picks.map(({ indices }) => fed.input([{ indices }], indices.length));
      const values = await Promise.all(expected.map((tensor) => tensor.data<'float32'>()));
      expect(bytes(images!)).toEqual(Buffer.concat(values.map(bytes)));
      program.dispose();
      held.dispose();
      engine.tf.dispose([given, ...expected]);
    });

    test('are not used for augmented training sets, nor for sets that are too large', () => {
      const isHeld = (way: Engine, set: DataSet, part: 'train' | 'test', augmented: boolean): boolean => {
        const source = imageSource(way, set, part, augmented);
        source.dispose();
        return source.form(3).dtype === 'int32';
      };
      expect(isHeld(ways.held, data, 'train', false)).toBe(true);
      expect(isHeld(ways.held, data, 'train', true)).toBe(false);
      expect(isHeld(ways.held, data, 'test', false)).toBe(true);
      expect(isHeld(ways.fed, data, 'train', false)).toBe(false);
      // Nothing is read of a set that is too large, so it need not be there.
      const count = Math.floor(2 ** 29 / (4 * 784)) + 1;
      expect(isHeld(ways.held, { ...data, train: { ...data.train, count } }, 'train', false)).toBe(false);
      const color = { ...data, channels: 3 as const, train: { ...data.train, count: Math.ceil(count / 3) } };
      expect(isHeld(ways.held, color, 'train', false)).toBe(false);
    });

    test('stay for the next training, and are released for another data set', async () => {
      const use = async (set: DataSet): Promise<void> =>
        void (await outcome(new ClassifierTrainer(ways.held, recipes.mlp, 4, set), [500, 100]));
      await use(data);
      const before = engine.memory();
      for (let count = 0; count < 3; count++) await use(data);
      expect(engine.memory()).toEqual(before);
      await use({ ...data });
      expect(engine.memory()).toEqual(before);
    });
  });

  describe(`color images on ${engineName}`, () => {
    test.each(['mlp', 'cnn', 'vit'] as const)(
      '%s learns what only color tells, resumed to the same bytes',
      async (kind) => {
        const data = colorShapes();
        const { whole, resumed } = await trainTwice(colorRecipes[kind], data);
        expect(resumed.equals(whole)).toBe(true);
        const snapshot = blobs.put(whole);
        const task = { kind: 'predictions' as const, snapshot, stimuli: blobs.put(data.test.images) };
        const predict = async (change: object): Promise<Outcome> => {
          const control = new RunControl(() => undefined);
          return runPredictions(
            { ...task, ...change },
            { engine, blobs, checkpoint: null, report: () => undefined, control },
          );
        };
        const outcome = await predict({ channels: 3 });
        if (!('result' in outcome) || outcome.result.kind !== 'predictions') throw new Error('another kind');
        expect(outcome.result).toMatchObject({ count: data.test.count, classes: 3 });
        const labels = new Uint16Array(new Uint8Array(blobs.get(outcome.result.labels)).buffer);
        const right = labels.filter((label, k) => label === data.test.labels[k]).length;
        expect(right / data.test.count).toBeGreaterThan(0.9);
        await expect(predict({})).rejects.toMatchObject({ code: 'predictions.other-channels' });
        const cut = blobs.put(data.test.images.subarray(16 * 16));
        await expect(predict({ channels: 3, stimuli: cut })).rejects.toMatchObject({
          code: 'predictions.pixels-do-not-fit',
        });
      },
    );

    test.runIf(engineName === 'wasm' || thorough)(
      'a run from a prepared set gives the same snapshot when stopped and resumed',
      async () => {
        const data = colorShapes();
        const task = prepared(data);
        const whole = await runToEnd(task, Number.POSITIVE_INFINITY);
        const resumed = await runToEnd(task, 9);
        expect([whole.stops, resumed.stops > 0]).toEqual([0, true]);
        expect(resumed.snapshots).toEqual(whole.snapshots);
        expect(whole.snapshots).toMatchObject([{ target: 90, testCount: data.test.count }]);
      },
    );

    test('in gray, nothing tells their classes apart', async () => {
      const data = colorShapes({ channels: 1 });
      const { whole } = await trainTwice(colorRecipes.mlp, data);
      const predictor = new ClassifierPredictor(engine, whole, 'here');
      const { labels } = toPredictions(await predictor.logits(data.test.images, () => Promise.resolve()), 3);
      predictor.dispose();
      const right = labels.filter((label, k) => label === data.test.labels[k]).length;
      expect(right / data.test.count).toBeLessThan(0.45);
    });
  });
}

const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
