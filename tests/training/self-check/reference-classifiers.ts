/** The small networks of the self-check in plain float64, forward only, from the reference ops. */
import type { Architecture } from '../../../main/contract/recipes/recipes.ts';
import * as ops from '../conformance/reference-ops.ts';

type Numbers = ops.Numbers;
/** Weights and statistics by name, row-major. */
export type Weights = Readonly<Record<string, Numbers>>;

/** Images [n, side, side, 1]. */
export interface Images {
  n: number;
  side: number;
  pixels: Numbers;
}

const epsilon = 1e-5;
const relu = (x: Numbers): Numbers => x.map((value) => Math.max(0, value));
const add = (a: Numbers, b: Numbers): Numbers => a.map((value, at) => value + b[at % b.length]!);

/** Logits [n, classes] of any of them. `training`: batch norm takes the batch's statistics. */
export function logits(architecture: Architecture, weights: Weights, images: Images, training: boolean): Numbers {
  if (architecture.kind === 'mlp') return perceptron(weights, images.pixels, architecture.hidden.length + 1);
  if (architecture.kind === 'cnn') return convolutional(architecture.channels, weights, images, training);
  if (architecture.kind === 'mixer') return mixing(architecture, weights, images);
  if (architecture.kind === 'vit') return transformer(architecture, weights, images);
  throw new Error(`no reference for ${architecture.kind}`);
}

const dense = (weights: Weights, name: string, x: Numbers): Numbers =>
  ops.dense(x, weights[`${name}.weight`]!, weights[`${name}.bias`]!);

function perceptron(weights: Weights, x: Numbers, layers: number): Numbers {
  let y = x;
  for (let layer = 1; layer <= layers; layer++) {
    y = dense(weights, `dense${layer}`, y);
    if (layer < layers) y = relu(y);
  }
  return y;
}

function convolutional(channels: readonly number[], weights: Weights, images: Images, training: boolean): Numbers {
  let x = images.pixels;
  let size = { n: images.n, h: images.side, w: images.side, c: 1 };
  channels.forEach((outputs, index) => {
    const [convolution, norm] = [`conv${index + 1}`, `norm${index + 1}`];
    x = add(
      ops.conv2d(x, weights[`${convolution}.weight`]!, size, 3, outputs, 1, 'same'),
      weights[`${convolution}.bias`]!,
    );
    size = { ...size, c: outputs };
    const running = { mean: weights[`${norm}.mean`]!, variance: weights[`${norm}.variance`]! };
    const { mean, variance } = training ? ops.moments(x, outputs) : running;
    x = ops.normalise(x, weights[`${norm}.gamma`]!, weights[`${norm}.beta`]!, mean, variance, epsilon);
    if (index % 2 === 1) {
      x = ops.maxPool2(x, size);
      size = { ...size, h: Math.floor(size.h / 2), w: Math.floor(size.w / 2) };
    }
    x = relu(x);
  });
  return perceptron(weights, x, 3);
}

/** The mean of each `rows` rows of [all, columns]. */
function meanOfRows(x: Numbers, rows: number, columns: number): Numbers {
  const means = new Float64Array(x.length / rows);
  x.forEach((value, at) => (means[Math.floor(at / columns / rows) * columns + (at % columns)]! += value / rows));
  return means;
}

/** Each [rows, columns] as [columns, rows]. */
const turned = (x: Numbers, rows: number, columns: number): Numbers =>
  x.map((_, at) => {
    const [start, place] = [at - (at % (rows * columns)), at % (rows * columns)];
    return x[start + (place % rows) * columns + Math.floor(place / rows)]!;
  });

function mixing(
  { patch, width, blocks }: Extract<Architecture, { kind: 'mixer' }>,
  weights: Weights,
  { n, side, pixels }: Images,
): Numbers {
  const size = { n, h: side, w: side, c: 1 };
  const patches = (side / patch) ** 2;
  let x = add(
    ops.conv2d(pixels, weights['patches.weight']!, size, patch, width, patch, 'valid'),
    weights['patches.bias']!,
  );
  const norm = (name: string, y: Numbers): Numbers =>
    ops.layerNorm(y, weights[`${name}.gamma`]!, weights[`${name}.beta`]!, epsilon);
  const perceptronOf = (name: string, y: Numbers): Numbers =>
    dense(weights, `${name}2`, ops.gelu(dense(weights, `${name}1`, y)));
  for (let block = 1; block <= blocks; block++) {
    const name = `block${block}`;
    const across = perceptronOf(`${name}.tokens`, turned(norm(`${name}.norm1`, x), patches, width));
    x = add(x, turned(across, width, patches));
    x = add(x, perceptronOf(`${name}.mlp`, norm(`${name}.norm2`, x)));
  }
  return dense(weights, 'head', meanOfRows(norm('norm', x), patches, width));
}

function transformer(
  { patch, width, blocks, heads, headWidth }: Extract<Architecture, { kind: 'vit' }>,
  weights: Weights,
  { n, side, pixels }: Images,
): Numbers {
  const size = { n, h: side, w: side, c: 1 };
  const embedded = add(
    ops.conv2d(pixels, weights['patches.weight']!, size, patch, width, patch, 'valid'),
    weights['patches.bias']!,
  );
  const tokens = (side / patch) ** 2 + 1;
  let x: Numbers = new Float64Array(n * tokens * width);
  for (let image = 0; image < n; image++) {
    const patches = embedded.subarray(image * (tokens - 1) * width, (image + 1) * (tokens - 1) * width);
    x.set(add(Float64Array.of(...weights.token!, ...patches), weights.positions!), image * tokens * width);
  }
  const norm = (name: string, y: Numbers): Numbers =>
    ops.layerNorm(y, weights[`${name}.gamma`]!, weights[`${name}.beta`]!, epsilon);
  for (let block = 1; block <= blocks; block++) {
    const name = `block${block}`;
    const qkv = dense(weights, `${name}.qkv`, norm(`${name}.norm1`, x));
    x = add(x, dense(weights, `${name}.join`, ops.attention(qkv, n, tokens, heads, headWidth)));
    const widened = ops.gelu(dense(weights, `${name}.mlp1`, norm(`${name}.norm2`, x)));
    x = add(x, dense(weights, `${name}.mlp2`, widened));
  }
  const first = Float64Array.from(
    { length: n * width },
    (_, at) => x[Math.floor(at / width) * tokens * width + (at % width)]!,
  );
  return dense(weights, 'head', norm('norm', first));
}
