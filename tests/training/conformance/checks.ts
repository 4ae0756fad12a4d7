import type { Rank, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { parameterValues } from '../../../main/training/architectures/parameters.ts';
import type { AdamSettings, Engine } from '../../../main/training/engines/engine.ts';
import type { ConformanceCheck } from './check.ts';
import { cnnStep, longSums } from './cnn-step.ts';
import { checkOp, expectClose, expectSame, named, randomNumbers } from './compare.ts';
import { opCases } from './op-cases.ts';
import { trainingMemory } from './memory.ts';
import { openReference } from './reference-engine.ts';
import { type AdamState, adamStep, moments } from './reference-ops.ts';
import { repeatedNames, type SmallName, smallLosses, smallNames, smallTraining } from './small-models.ts';

export interface ConformanceOptions {
  /** Of a training over which memory has to stay flat; 0: that is measured elsewhere. Default 40. */
  steps?: number;
  /** Models whose gradients are checked. Default: all. */
  models?: readonly SmallName[];
  /** Those among them that are trained several times, to the same bytes and without tensors that stay. */
  repeated?: readonly SmallName[];
}

/** Every op of an engine and its gradients against float64, one check each. */
export const opChecks = (engine: Engine): ConformanceCheck[] =>
  opCases(engine).map((op) => ({ group: 'ops', name: op.name, run: () => checkOp(engine, op) }));

/** What every engine must do besides `opChecks`, in the same words for each. */
export function conformanceChecks(options: ConformanceOptions = {}): ConformanceCheck[] {
  const { steps = 40, models = smallNames, repeated = repeatedNames } = options;
  const check = (group: string) => (name: string, run: ConformanceCheck['run']) => ({ group, name, run });
  const [ops, step, adams] = [check('ops'), check('a step of the CNN on a full batch'), check('adam')];
  return [
    ops('give the batch statistics that running ones are made of: mean and unbiased variance', batchStatistics),
    ops('give the first of equal maxima the gradient of max pooling', equalMaxima),
    ops('keep their precision over as many rows as a full batch has', longSums),
    ops('treat a large batch as the sum of its parts', largeBatch),
    step('decides and differentiates like float64', (engine) => cnnStep(engine, 1)),
    step('does so in color, with three classes', (engine) => cnnStep(engine, 3)),
    check('dropout')('keeps the expectation, masks the gradient alike, and is decided by its seed', dropout),
    adams('follows Kingma & Ba with L2 weight decay', (engine) => adam(engine, false)),
    adams('follows Kingma & Ba with decoupled weight decay', (engine) => adam(engine, true)),
    ...models.flatMap((model) => [
      check(model)('has the gradients of the reference', (engine) => gradients(engine, model)),
      ...(repeated.includes(model)
        ? [
            check(model)('gives the same bytes for the same seed', (engine) => sameBytes(engine, model)),
            ...(steps > 0
              ? [check(model)('leaves no tensors behind', (engine) => flatMemory(engine, model, steps))]
              : []),
          ]
        : []),
    ]),
  ];
}

async function batchStatistics({ ops, tf }: Engine): Promise<void> {
  const x = randomNumbers(60, 'bn', 2, 5);
  const { mean, variance } = ops.bnTrain(
    tf.tensor4d(Float32Array.from(x), [2, 3, 5, 2]),
    tf.ones([2]),
    tf.zeros([2]),
    1e-5,
  );
  const expected = moments(x, 2);
  expectClose(await mean.data(), expected.mean);
  expectClose(
    await variance.data(),
    expected.variance.map((value) => (value * 30) / 29),
  );
}

async function equalMaxima({ ops, tf }: Engine): Promise<void> {
  const pool = (x: Tensor4D): Tensor4D => ops.maxPool2(x);
  const dx = await tf
    .grad((x) => pool(x as Tensor4D))(tf.fill([1, 2, 2, 1], -3), tf.ones([1, 1, 1, 1]))
    .data();
  if (dx.join() !== '1,0,0,0') throw new Error(`the gradient is ${dx.join(', ')} instead of 1, 0, 0, 0`);
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
  const share = kept.length / values.length;
  if (Math.abs(share - 0.6) >= 0.05) throw new Error(`${share} of the numbers are kept instead of 0.6`);
  const mask = { mask: values };
  expectSame({ mask: await drop(1, 2) }, mask);
  for (const seed of [[1, 3] as const, [2, 2] as const]) {
    const other = await drop(seed[0], seed[1]);
    if (other.every((value, i) => value === values[i])) throw new Error(`seed ${seed} gives the mask of seed 1,2`);
  }
  const gradient = tf.grad((x) => ops.dropout(x, 0.4, tf.tensor1d([1, 2], 'int32')))(x);
  expectSame({ mask: (await gradient.data()) as Float32Array }, mask);
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
  const expected = await openReference(tf)
    .then((reference) => modelGradients(reference, name))
    .finally(() => tf.setBackend(backend));
  const scale = Math.max(...Object.values(expected).map((values) => Math.max(...values.map(Math.abs))));
  for (const [parameter, values] of Object.entries(expected)) {
    await named(parameter, () => expectClose(ours[parameter] ?? [], values, 1e-3, scale * 1e-3));
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
  for (const [part, values] of Object.entries(first)) {
    if (values.length === 0 || !values.every(Number.isFinite)) throw new Error(`${part} is not a number`);
  }
  expectSame(await train(engine, name, 5), first);
}

/** @throws Error if tensors or their bytes grow from step 4 on */
async function flatMemory(engine: Engine, name: SmallName, steps: number): Promise<void> {
  const [before, after] = await trainingMemory(engine, name, steps);
  if (before.tensors === after.tensors && before.bytes === after.bytes) return;
  throw new Error(
    `${after.tensors - before.tensors} tensors and ${after.bytes - before.bytes} bytes stay after training`,
  );
}
