import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Channels } from '../../../main/domain/data/images.ts';
import { architectureSchema } from '../../../main/contract/recipes/recipes.ts';
import { buildClassifier } from '../../../main/training/architectures/classifiers.ts';
import { parameterValues } from '../../../main/training/architectures/parameters.ts';
import type { Engine, Ops } from '../../../main/training/engines/engine.ts';
import { expectClose, named, randomNumbers } from './compare.ts';
import { batchNormGradients, type CnnBatch, cnnGradients, type Decide, type Decision } from './reference-cnn.ts';

/** As many rows as a step of the paper's CNN has: 128 images of 28x28. Few channels, as each is a sum of its own. */
const size = { n: 128, h: 28, w: 28, c: 1 };
/** Small images in color, of three classes. */
const colorSize = { n: 128, h: 12, w: 16, c: 3 };
const maps: [number, number, number, number] = [2, 3, 2, 3];
const dropout = 0.4;

/** Strokes on a background as black as MNIST's is after normalization: most windows of a pooling have equal numbers. */
function digits(): CnnBatch & { classes: number } {
  const background = Math.fround(-0.4242);
  const ink = randomNumbers(size.n * size.h * size.w, 'ink');
  const images = ink.map((value, i) => {
    const [x, y] = [i % size.w, Math.floor(i / size.w) % size.h];
    return x > 8 && x < 19 && y > 5 && y < 22 && value > 0 ? value : background;
  });
  return { size, images, labels: Array.from({ length: size.n }, (_, i) => i % 10), classes: 10 };
}

/** Backgrounds of one color an image, a few of each, with a block in another color: many windows have equal numbers. */
function colors(): CnnBatch & { classes: number } {
  const { n, h, w, c } = colorSize;
  const drawn = randomNumbers(n * 2 * c, 'colors');
  const images = Float64Array.from({ length: n * h * w * c }, (_, i) => {
    const [channel, pixel] = [i % c, Math.floor(i / c)];
    const [x, y, image] = [pixel % w, Math.floor(pixel / w) % h, Math.floor(pixel / (w * h))];
    const isBlock = x > 4 && x < 11 && y > 2 && y < 9;
    return Math.fround(drawn[((isBlock ? image : image % 7) * 2 + (isBlock ? 1 : 0)) * c + channel]!);
  });
  return { size: colorSize, images, labels: Array.from({ length: n }, (_, i) => i % 3), classes: 3 };
}

/** Numbers that the ops of a network decided by, in their order. */
interface Recording {
  ops: Ops;
  decided: Array<{ decision: Decision; tensor: Tensor }>;
}

function record({ ops, tf }: Engine): Recording {
  const decided: Recording['decided'] = [];
  const keep = <T extends Tensor>(decision: Decision, tensor: T): T => {
    decided.push({ decision, tensor: tf.keep(tensor.clone()) });
    return tensor;
  };
  return {
    decided,
    ops: {
      ...ops,
      relu: (x) => keep('rectified', ops.relu(x)),
      maxPool2: (x) => ops.maxPool2(keep('pooled', x)),
      dropout: (x, rate, seed) => keep('dropped', ops.dropout(x, rate, seed)),
      bnRectified: (...inputs) => {
        const batch = ops.bnRectified(...inputs);
        return { ...batch, y: keep('rectified', batch.y) };
      },
    },
  };
}

/**
 * The numbers that a CNN's step decides by agree with float64, so only nearly equal ones are decided otherwise; and with
 * the same decisions the gradients agree, too.
 */
export async function cnnStep(engine: Engine, channels: Channels): Promise<void> {
  const { tf } = engine;
  const { classes, ...batch } = channels === 1 ? digits() : colors();
  const { n, h: height, w: width } = batch.size;
  const { ops, decided } = record(engine);
  const architecture = architectureSchema.parse({ kind: 'cnn', channels: maps, hidden: [8, 7], dropout });
  const classifier = buildClassifier({ tf, ops }, architecture, { height, width, channels, classes }, 3);
  const trained = classifier.parameters.filter(({ trainable }) => trainable);
  const images = tf.tensor(Float32Array.from(batch.images), [n, height, width, channels]) as Tensor4D;
  const labels = tf.tensor1d([...batch.labels], 'int32');
  const dropoutSeed = tf.tensor1d([1, 2], 'int32') as Tensor1D;
  const { value, grads } = tf.variableGrads(
    () => engine.ops.softmaxCrossEntropy(classifier.logits(images, { training: true, dropoutSeed }), labels),
    trained.map(({ variable }) => variable),
  );
  const values = await Promise.all(
    decided.map(async ({ decision, tensor }) => ({ decision, numbers: (await tensor.data()) as Float32Array })),
  );
  const decide: Decide = (decision, exact) => {
    const next = values.shift()!;
    if (next.decision !== decision) throw new Error(`${next.decision} where ${decision} was expected`);
    const kept = decision === 'dropped' ? exact.map((number, i) => (next.numbers[i] === 0 ? 0 : number)) : exact;
    expectClose(next.numbers, kept);
    return next.numbers;
  };
  const weights = await parameterValues(engine, classifier);
  const exact = cnnGradients(
    Object.fromEntries(trained.map(({ name }) => [name, Float64Array.from(weights[name]!.values)])),
    maps,
    batch,
    dropout,
    decide,
  );
  if (values.length > 0) throw new Error('the network decided more often than expected');
  expectClose(await value.data(), [exact.loss]);
  for (const { name, variable } of trained) {
    const actual = (await grads[variable.name]!.data()) as Float32Array;
    // A filter's gradient is a sum of 100,352 products, which engines and PyTorch add nearly one after the other.
    const tolerance = name.startsWith('conv') ? 2e-3 : 1e-4;
    await named(name, () => expectClose(actual, exact.gradients[name]!, tolerance, 0));
  }
  tf.dispose([value, grads, images, labels, dropoutSeed, decided.map(({ tensor }) => tensor)]);
  classifier.dispose();
}

/** Sums over the rows of a full batch keep float32's digits: statistics and gradients of batch norm, gradient of a bias. */
export async function longSums({ ops, tf }: Engine): Promise<void> {
  const shape: [number, number, number, number] = [size.n, size.h, size.w, 3];
  const length = shape.reduce((a, b) => a * b);
  // The same number in most rows, as on a background, so that roundings of a growing sum go one way.
  const noise = randomNumbers(length, 'noise');
  const x = noise.map((value, i) => Math.fround(i % 4 === 0 ? 0.7 + value : 0.7));
  const dy = x.map((value, i) => Math.fround(value + noise[length - 1 - i]!));
  const [gamma, beta] = [Float64Array.of(1, 0.5, 2), Float64Array.of(0, -1, 1)];
  const tensor = (numbers: Float64Array): Tensor1D => tf.tensor1d(Float32Array.from(numbers));
  const image = (numbers: Float64Array): Tensor4D => tf.tensor4d(Float32Array.from(numbers), shape);
  const exact = batchNormGradients(x, gamma, beta);
  const { dx, dGamma, dBeta } = exact.gradients(dy);
  const norm = (...[x, g, b]: Tensor[]) => ops.bnTrain(x as Tensor4D, g as Tensor1D, b as Tensor1D, 1e-5).y;
  const inputs = [image(x), tensor(gamma), tensor(beta)];
  const gradients = tf.grads(norm)(inputs, image(dy));
  expectClose(await norm(...inputs).data(), exact.y);
  for (const [index, expected] of [dx, dGamma, dBeta].entries()) {
    expectClose(await gradients[index]!.data(), expected);
  }
  const add = (...[x, b]: Tensor[]) => ops.biasAdd(x as Tensor4D, b as Tensor1D);
  const [, dBias] = tf.grads(add)([inputs[0]!, inputs[2]!], image(dy));
  expectClose(await dBias!.data(), dBeta);
}
