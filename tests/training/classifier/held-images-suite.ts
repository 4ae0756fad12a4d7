import { rmSync } from 'node:fs';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../../main/contract/recipes.ts';
import type { EngineName } from '../../../main/contract/run.ts';
import { ClassifierTrainer, type Trainer } from '../../../main/training/classifier/trainer.ts';
import { type DataSet, loadDataSet } from '../../../main/training/data/data-set.ts';
import type { Engine, Entry } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { imageSource } from '../../../main/training/classifier/images.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import { colourShapes, temporaryFolder, writeSmallMnist } from '../small-data.ts';

const recipe = (more: object): ClassifierRecipe =>
  classifierRecipeSchema.parse({ batch: 16, optimiser: { stepSize: 1e-3 }, targets: [90], maxEpochs: 2, ...more });

const recipes = {
  mlp: recipe({ architecture: { kind: 'mlp', hidden: [24, 16] } }),
  cnn: recipe({ architecture: { kind: 'cnn', channels: [3, 4, 5, 6], hidden: [12, 8], dropout: 0.4 } }),
  vit: recipe({ architecture: { kind: 'vit', patch: 14, width: 8, blocks: 2, heads: 3, headWidth: 5, mlp: 12 } }),
  augmented: recipe({ architecture: { kind: 'mlp', hidden: [24] }, augmentation: {} }),
};
const names = Object.keys(recipes) as (keyof typeof recipes)[];

/** Images that an engine holds against images that it is fed. */
export function testHeldImages(engineName: EngineName): void {
  const folder = temporaryFolder();
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
      const shapes = colourShapes({ train: 2000, test: 2000 });
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
      const colour = { ...data, channels: 3 as const, train: { ...data.train, count: Math.ceil(count / 3) } };
      expect(isHeld(ways.held, colour, 'train', false)).toBe(false);
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
}

const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
