import type { Rank, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineName } from '../../../main/contract/run.ts';
import { parameterValues } from '../../../main/training/architectures/parameters.ts';
import type { AdamSettings, Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { cnnStep, longSums } from './cnn-step.ts';
import { checkOp, expectClose, randomNumbers } from './compare.ts';
import { opCases } from './op-cases.ts';
import { openReference } from './reference-engine.ts';
import { type AdamState, adamStep, moments } from './reference-ops.ts';
import { repeatedNames, smallLosses, smallNames, type SmallName, smallTraining } from './small-models.ts';

interface ConformanceOptions {
  steps?: number;
  ownKernels?: boolean;
  /** Models whose gradients are checked. Default: all. */
  models?: readonly SmallName[];
  /** Those among them that are trained several times, to the same bytes and without tensors that stay. */
  repeated?: readonly SmallName[];
}

/** What every engine must do, in the same words for each. One engine a test file, as tfjs has one backend a process. */
export function describeConformance(
  name: EngineName,
  { steps = 40, ownKernels = true, models = smallNames, repeated = repeatedNames }: ConformanceOptions = {},
): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name, { ownKernels });
  });

  describe('ops and their gradients', () => {
    it('agree with float64 and its finite differences', async () => {
      for (const op of opCases(engine)) {
        try {
          await checkOp(engine, op);
        } catch (error) {
          throw new Error(`${op.name}: ${error instanceof Error ? error.message : error}`, { cause: error });
        }
      }
    });

    it('give the batch statistics that running ones are made of: mean and unbiased variance', async () => {
      const x = randomNumbers(60, 'bn', 2, 5);
      const { mean, variance } = engine.ops.bnTrain(
        engine.tf.tensor4d(Float32Array.from(x), [2, 3, 5, 2]),
        engine.tf.ones([2]),
        engine.tf.zeros([2]),
        1e-5,
      );
      const expected = moments(x, 2);
      expectClose(await mean.data(), expected.mean);
      expectClose(
        await variance.data(),
        expected.variance.map((value) => (value * 30) / 29),
      );
    });

    it('give the first of equal maxima the gradient of max pooling', async () => {
      const { tf, ops } = engine;
      const pool = (x: Tensor4D): Tensor4D => ops.maxPool2(x);
      const dx = tf.grad((x) => pool(x as Tensor4D))(tf.fill([1, 2, 2, 1], -3), tf.ones([1, 1, 1, 1]));
      expect([...(await dx.data())]).toEqual([1, 0, 0, 0]);
    });

    it('keep their precision over as many rows as a full batch has', () => longSums(engine));
    it('treat a large batch as the sum of its parts', () => largeBatch(engine));
  });

  describe('a step of the CNN on a full batch', () => {
    it('decides and differentiates like float64', () => cnnStep(engine, 1));
    it('does so in color, with three classes', () => cnnStep(engine, 3));
  });

  describe('dropout', () => {
    it('keeps the expectation, masks the gradient alike, and is decided by its seed', () => dropout(engine));
  });

  describe('adam', () => {
    for (const decoupled of [false, true]) {
      it(`follows Kingma & Ba with ${decoupled ? 'decoupled' : 'L2'} weight decay`, () => adam(engine, decoupled));
    }
  });

  describe.each(models)('%s', (model) => {
    it('has the gradients of the reference', () => gradients(engine, model));
    it.runIf(repeated.includes(model))('gives the same bytes for the same seed', () => sameBytes(engine, model));
    it.runIf(repeated.includes(model))('leaves no tensors behind', () => flatMemory(engine, model, steps));
  });
}

/** Engines may cut a batch in pieces; what comes out must not show it. */
async function largeBatch({ ops, tf }: Engine): Promise<void> {
  const x = tf.randomNormal<Rank.R4>([40, 32, 32, 16], 0, 1, 'float32', 1);
  const w = tf.randomNormal<Rank.R4>([4, 4, 16, 2], 0, 1, 'float32', 2);
  const halves = tf.split(x, 2) as [Tensor4D, Tensor4D];
  const convolve = (x: Tensor4D) => tf.grads((x, w) => ops.conv2d(x as Tensor4D, w as Tensor4D, 2, 'same'))([x, w]);
  const [dx, dw] = convolve(x);
  const [first, second] = halves.map(convolve);
  expectClose(await dx!.data(), await tf.concat([first![0]!, second![0]!], 0).data());
  expectClose(await dw!.data(), await tf.add(first![1]!, second![1]!).data(), 1e-4);
}

async function dropout({ ops, tf }: Engine): Promise<void> {
  const x = tf.ones<Rank.R2>([100, 200]);
  const drop = (a: number, b: number, rate = 0.4): Promise<Float32Array> =>
    ops.dropout(x, rate, tf.tensor1d([a, b], 'int32') as Tensor1D).data<'float32'>();
  const values = await drop(1, 2);
  const kept = values.filter((value) => value !== 0);
  expectClose(
    kept,
    kept.map(() => 1 / 0.6),
  );
  // 20,000 draws: a standard deviation is 0.0035.
  expect(kept.length / values.length).toBeCloseTo(0.6, 1);
  expect(await drop(1, 2)).toEqual(values);
  expect(await drop(1, 3)).not.toEqual(values);
  expect(await drop(2, 2)).not.toEqual(values);
  const gradient = tf.grad((x) => ops.dropout(x, 0.4, tf.tensor1d([1, 2], 'int32')))(x);
  expect(await gradient.data()).toEqual(values);
}

async function adam({ ops, tf }: Engine, decoupled: boolean): Promise<void> {
  const settings: AdamSettings = {
    stepSize: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-3,
    weightDecay: 0.1,
    decoupled,
  };
  const start = randomNumbers(50, 'start');
  const parameter = tf.variable(tf.tensor1d(Float32Array.from(start)));
  const slots = { m: tf.variable(tf.zeros([50])), v: tf.variable(tf.zeros([50])) };
  const expected: AdamState = { w: start.slice(), m: new Float64Array(50), v: new Float64Array(50) };
  for (let t = 1; t <= 5; t++) {
    const gradient = randomNumbers(50, `gradient${t}`);
    ops.adam(parameter, tf.tensor1d(Float32Array.from(gradient)), slots, tf.scalar(t), settings);
    adamStep(expected, gradient, t, settings);
    // A value assigned from outside, as a resumed run does, must be taken up.
    if (t === 3) {
      tf.tidy(() => slots.m.assign(tf.mul(slots.m, 2)));
      expected.m = expected.m.map((value) => value * 2);
    }
  }
  const moved = expected.w.map((value, i) => value - start[i]!);
  expectClose(
    (await parameter.data()).map((value, i) => value - start[i]!),
    moved,
    1e-4,
  );
  expectClose(await slots.m.data(), expected.m);
  expectClose(await slots.v.data(), expected.v, 1e-4);
}

/**
 * Per parameter, relative to its largest gradient. Gradients that are zero in theory (a bias before batch norm) are
 * rounding noise; they are compared on the scale of the model's largest gradient.
 */
async function gradients(engine: Engine, name: SmallName): Promise<void> {
  const { tf } = engine;
  const backend = tf.getBackend();
  const ours = await modelGradients(engine, name);
  const expected = await modelGradients(await openReference(tf), name);
  await tf.setBackend(backend);
  expect(Object.keys(ours)).toEqual(Object.keys(expected));
  const scale = Math.max(...Object.values(expected).map((values) => Math.max(...values.map(Math.abs))));
  for (const [parameter, values] of Object.entries(expected)) {
    const largest = Math.max(...values.map(Math.abs), scale * 1e-3);
    const difference = Math.max(...values.map((value, i) => Math.abs(value - ours[parameter]![i]!)));
    expect(difference / largest, parameter).toBeLessThan(1e-3);
  }
}

async function modelGradients(engine: Engine, name: SmallName): Promise<Record<string, Float32Array>> {
  const { models, losses } = smallLosses(engine, name);
  const result: Record<string, Float32Array> = {};
  for (const { name: lossName, parameters, loss } of losses) {
    const trained = parameters.filter(({ trainable }) => trainable);
    const { value, grads } = engine.tf.variableGrads(
      loss,
      trained.map(({ variable }) => variable),
    );
    result[`${lossName}: loss`] = Float32Array.from(await value.data());
    for (const { name, variable } of trained) {
      result[name] = Float32Array.from(await grads[variable.name]!.data());
    }
  }
  for (const model of models) model.dispose();
  return result;
}

async function train(engine: Engine, name: SmallName, steps: number): Promise<Record<string, Float32Array>> {
  const { models, optimisers, entry, inputs, dispose } = smallTraining(engine, name);
  const program = engine.compile({ train: entry });
  let last: Record<string, Float32Array> = {};
  for (let t = 1; t <= steps; t++) {
    const made = inputs(t);
    last = await program.run.train(made);
    engine.tf.dispose(made);
  }
  const result = { ...last };
  for (const model of models) {
    for (const [key, { values }] of Object.entries(await parameterValues(engine, model))) result[key] = values;
  }
  for (const optimiser of optimisers) Object.assign(result, await optimiser.readState());
  program.dispose();
  dispose();
  return result;
}

async function sameBytes(engine: Engine, name: SmallName): Promise<void> {
  const first = await train(engine, name, 5);
  expect(Object.keys(first).length).toBeGreaterThan(6);
  for (const values of Object.values(first)) expect(values.every(Number.isFinite)).toBe(true);
  expect(await train(engine, name, 5)).toEqual(first);
}

async function flatMemory(engine: Engine, name: SmallName, steps: number): Promise<void> {
  const { entry, inputs, dispose } = smallTraining(engine, name);
  const program = engine.compile({ train: entry });
  const stepAt = async (t: number): Promise<void> => {
    const made = inputs(t);
    await program.run.train(made);
    engine.tf.dispose(made);
  };
  for (let t = 1; t <= 3; t++) await stepAt(t);
  const before = engine.memory();
  for (let t = 4; t <= steps; t++) await stepAt(t);
  expect(engine.memory()).toEqual(before);
  program.dispose();
  dispose();
}
