import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { ClassifierTrainer, type Trainer, type TrainerState } from '../../../main/training/classifier/trainer.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import { colorShapes, temporaryFolder, writeSmallMnist } from '../small-data.ts';

const recipe = (more: object): ClassifierRecipe =>
  classifierRecipeSchema.parse({ batch: 16, optimiser: { stepSize: 1e-3 }, targets: [90], maxEpochs: 2, ...more });

/** One of each of the paper's architectures, with all that a recipe can ask of a step; others: classifier/pytorch-suite.ts. */
const recipes = {
  mlp: recipe({ architecture: { kind: 'mlp', hidden: [24, 16] }, optimiser: { stepSize: 1e-3, weightDecay: 1e-3 } }),
  // Not Adam: pixels that are the same in all images of a batch are a bias, whose gradient before batch norm is rounding noise.
  mlpNorm: recipe({
    architecture: { kind: 'mlp', hidden: [12, 12], batchNorm: true, dropout: 0.3 },
    optimiser: { kind: 'momentum', stepSize: 0.01 },
  }),
  cnn: recipe({
    architecture: { kind: 'cnn', channels: [3, 4, 5, 6], hidden: [12, 8], dropout: 0.4 },
    optimiser: { kind: 'adamw', stepSize: 1e-3, weightDecay: 1e-2 },
    augmentation: {},
  }),
  vit: recipe({ architecture: { kind: 'vit', patch: 14, width: 8, blocks: 2, heads: 3, headWidth: 5, mlp: 12 } }),
};
type Name = keyof typeof recipes;
const names = Object.keys(recipes) as Name[];
const seeds = [11, 12, 13];

/** Networks side by side against the same networks alone, on one engine. */
export function testStacked(engineName: EngineName): void {
  const folder = temporaryFolder();
  let engine: Engine;
  let data: DataSet;

  beforeAll(async () => {
    data = loadDataSet(writeSmallMnist(folder).dataSet, '/');
    engine = await openEngine(engineName);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Trains from step `from` to `to`, and gives the losses. */
  async function train(trainer: Trainer, from: number, to: number): Promise<number[]> {
    const losses: number[] = [];
    for (let step = from; step <= to; step++) losses.push((await trainer.train(step)).loss);
    return losses;
  }

  const trainedAlone = new Map<string, ReturnType<typeof trainAlone>>();

  /** What one network trained by itself gives: several tests compare with the same one. */
  function alone(name: Name, seed: number, steps: number, set = data): ReturnType<typeof trainAlone> {
    const key = `${name} ${seed} ${steps} ${set.hash}`;
    const trained = trainedAlone.get(key) ?? trainAlone(name, seed, steps, set);
    trainedAlone.set(key, trained);
    return trained;
  }

  async function trainAlone(name: Name, seed: number, steps: number, set: DataSet) {
    const trainer = new ClassifierTrainer(engine, recipes[name], seed, set);
    const losses = await train(trainer, 1, steps);
    const state = await trainer.readState();
    const margins = await trainer.testMargins(images);
    trainer.dispose();
    return { losses, state, margins };
  }

  const join = (stacks: StackedTrainers, name: Name, slots: number, seed: number): Promise<Trainer> =>
    stacks.join(recipes[name], seed, data, slots);

  const images = Uint32Array.from({ length: 40 }, (_, k) => 5 * k);

  /** Trains one network in a stack of three from the start to step 6, and from its state there to step 9. */
  async function inStack(stacks: StackedTrainers, name: Name): Promise<{ losses: number[]; state: TrainerState }> {
    const trainer = await join(stacks, name, 3, 11);
    const losses = await train(trainer, 1, 6);
    const held = await trainer.readState();
    await trainer.testMargins(images);
    losses.push(...(await train(trainer, 7, 9)));
    await trainer.restore(held);
    losses.push(...(await train(trainer, 7, 9)));
    const state = await trainer.readState();
    trainer.dispose();
    return { losses, state };
  }

  /** Comes, trains as many steps, and goes. */
  async function visit(stacks: StackedTrainers, name: Name, seed: number, from: number, to: number): Promise<void> {
    const trainer = await join(stacks, name, 3, seed);
    await train(trainer, from, to);
    trainer.dispose();
  }

  describe.each(names)(`%s on ${engineName}`, (name) => {
    test('three trained together equal three trained alone', async () => {
      const stacks = new StackedTrainers(engine);
      const trainers = await Promise.all(seeds.map((seed) => join(stacks, name, 3, seed)));
      const losses = await Promise.all(trainers.map((trainer) => train(trainer, 1, 8)));
      for (const [index, trainer] of trainers.entries()) {
        const single = await alone(name, seeds[index] as number, 8);
        expectClose(losses[index] as number[], single.losses, 1e-4);
        expectSameState(await trainer.readState(), single.state);
        expectClose(await trainer.testMargins(images), single.margins, 5e-3);
      }
      const single = new ClassifierTrainer(engine, recipes[name], 11, data);
      await single.restore((await alone(name, 11, 8)).state);
      const others = trainers.slice(1).map((trainer) => trainer.train(9));
      const { right } = await (trainers[0] as Trainer).train(9);
      await Promise.all(others);
      expect(Math.abs(right - (await single.train(9)).right)).toBeLessThanOrEqual(1);
      for (const trainer of [single, ...trainers]) trainer.dispose();
    });

    test('starting them reads the whole stack once, however many there are', async () => {
      const stacks = new StackedTrainers(engine);
      const read = vi.spyOn(engine, 'read');
      const trainers = await Promise.all(
        Array.from({ length: 8 }, (_, seed) => stacks.join(recipes[name], seed, data, 8)),
      );
      const sizes = read.mock.calls.map(([variables]) => variables.reduce((sum, { size }) => sum + size, 0));
      read.mockRestore();
      const { parameters, optimiser } = await (trainers[0] as Trainer).readState();
      const own = Object.values(parameters).reduce((sum, { values }) => sum + values.length, 0);
      const state = Object.values(optimiser).reduce((sum, values) => sum + values.length, 0);
      // Each network's own start, and the stack.
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(8 * own + 8 * (own + state));
      for (const trainer of trainers) trainer.dispose();
    });

    test('by itself in a stack it becomes the same too, and its state goes over to a network alone', async () => {
      const trainer = await join(new StackedTrainers(engine), name, 2, 11);
      const single = await alone(name, 11, 12);
      const losses = await train(trainer, 1, 8);
      const state = await trainer.readState();
      trainer.dispose();
      expectSameState(state, (await alone(name, 11, 8)).state);
      const heir = new ClassifierTrainer(engine, recipes[name], 11, data);
      await heir.restore(state);
      losses.push(...(await train(heir, 9, 12)));
      expectClose(losses, single.losses, 1e-4);
      heir.dispose();
    });

    test('no bit depends on the other networks, their steps, or when they join and leave', async () => {
      const alone = await inStack(new StackedTrainers(engine), name);
      expect(alone.losses.slice(9)).toEqual(alone.losses.slice(6, 9));
      const stacks = new StackedTrainers(engine);
      const accompanied = inStack(stacks, name);
      const visits = [visit(stacks, name, 21, 30, 32), visit(stacks, name, 22, 1, 9)];
      await visits[0];
      visits.push(visit(stacks, name, 23, 1, 4));
      expect(await accompanied).toEqual(alone);
      await Promise.all(visits);
    });
  });

  test('in color two trained together equal two trained alone', async () => {
    const stacks = new StackedTrainers(engine);
    const shapes = colorShapes();
    const trainers = await Promise.all([11, 12].map((seed) => stacks.join(recipes.cnn, seed, shapes, 2)));
    const losses = await Promise.all(trainers.map((trainer) => train(trainer, 1, 4)));
    for (const [index, trainer] of trainers.entries()) {
      const single = await alone('cnn', 11 + index, 4, shapes);
      expectClose(at(losses, index), single.losses, 1e-4);
      expectSameState(await trainer.readState(), single.state);
      trainer.dispose();
    }
  });

  test('one that diverges fails, and the others continue unchanged', async () => {
    const stacks = new StackedTrainers(engine);
    const calm = await join(stacks, 'mlp', 2, 11);
    const broken = await join(stacks, 'mlp', 2, 12);
    const state = await broken.readState();
    for (const { values } of Object.values(state.parameters)) values.fill(1e30);
    await broken.restore(state);
    const ending = expect(train(broken, 1, 3)).rejects.toMatchObject({ code: 'training.diverged' });
    const losses = train(calm, 1, 8);
    await ending;
    broken.dispose();
    expectClose(await losses, (await alone('mlp', 11, 8)).losses, 1e-4);
    calm.dispose();
  });

  test('the number of tensors does not grow, and they are freed with the last network', async () => {
    const before = engine.memory();
    const stacks = new StackedTrainers(engine);
    const trainer = await join(stacks, 'mlp', 3, 12);
    const round = async (): Promise<void> => {
      await train(trainer, 1, 3);
      await trainer.restore(await trainer.readState());
      await trainer.testMargins(images);
    };
    await round();
    const during = engine.memory();
    for (let count = 0; count < 10; count++) await round();
    expect(engine.memory()).toEqual(during);
    const last = visit(stacks, 'mlp', 13, 1, 3);
    trainer.dispose();
    await last;
    await new Promise((resolve) => setImmediate(resolve));
    expect(engine.memory()).toEqual(before);
  });

  test('a checkpoint of another recipe is refused, and the slot is unchanged', async () => {
    const stacks = new StackedTrainers(engine);
    const trainer = await join(stacks, 'mlp', 2, 11);
    const state = await trainer.readState();
    const [first] = Object.keys(state.optimiser) as [string];
    const broken = { ...state, optimiser: { ...state.optimiser, [first]: new Float32Array(3) } };
    await expect(trainer.restore(broken)).rejects.toMatchObject({ code: 'checkpoint.mismatch' });
    await expect(trainer.restore({ ...state, parameters: {} })).rejects.toMatchObject({ code: 'weights.mismatch' });
    expect(await trainer.readState()).toEqual(state);
    await expect(stacks.join(recipes.cnn, 1, data, 2)).rejects.toThrow(/another recipe/);
    trainer.dispose();
  });
}

/** The largest difference as a share of the largest value. */
function expectClose(ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance: number): void {
  expect(ours.length).toBe(theirs.length);
  const scale = Math.max(...Array.from(theirs, Math.abs), 1e-6);
  const difference = Math.max(...Array.from(ours, (value, k) => Math.abs(value - (theirs[k] as number))));
  expect(difference / scale).toBeLessThan(tolerance);
}

/**
 * Biases whose gradient is zero in theory (before a batch norm, and of attention's keys) are left out, and the means
 * that follow them: what they get is rounding noise, which Adam brings to the size of a step. The root mean
 * square of the others' differences is held against a hundredth of how far eight steps go.
 */
function expectSameState(ours: TrainerState, theirs: TrainerState): void {
  expect(Object.keys(ours.parameters)).toEqual(Object.keys(theirs.parameters));
  expect(Object.keys(ours.optimiser)).toEqual(Object.keys(theirs.optimiser));
  for (const [name, { shape, values }] of Object.entries(theirs.parameters)) {
    expect(ours.parameters[name]?.shape).toEqual(shape);
    if (/^conv\d.bias|qkv.bias|^norm\d.mean/.test(name)) continue;
    const squares = values.map((value, k) => (value - (ours.parameters[name]?.values[k] ?? Number.NaN)) ** 2);
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length), name).toBeLessThan(4e-5);
  }
}
