/**
 * Loss and gradients of a training step of the CNN in float64, with its decisions taken by given numbers.
 *
 * A rounding error can flip the sign that ReLU decides by, or the order of two numbers that max pooling chooses from, and
 * one flip moves some gradients by up to 1 %. Between flips the loss is smooth, so with the decisions of an engine its
 * gradients must agree to float32's precision.
 */
import * as ops from './reference-ops.ts';

type Numbers = ops.Numbers;
type Weights = Readonly<Record<string, Numbers>>;

export interface CnnBatch {
  size: ops.ImageSize;
  images: Numbers;
  labels: readonly number[];
}

export type Decision = 'rectified' | 'pooled' | 'dropped';

/**
 * Gives the numbers to decide by instead of the exact ones: results of a ReLU, whose positive ones pass; numbers to be
 * pooled, of which the first largest one in each window passes; results of dropout, whose zeros are dropped. Called in
 * the network's order.
 */
export type Decide = (decision: Decision, exact: Numbers) => ArrayLike<number>;

interface CnnGradients {
  loss: number;
  gradients: Record<string, Numbers>;
}

/** A layer's result, and the gradient of its input from that of the result. */
interface Layer {
  y: Numbers;
  back: (dy: Numbers) => Numbers;
}

/** @param weights all trained ones; gradients have the same names */
export function cnnGradients(
  weights: Weights,
  channels: readonly number[],
  { size: inputSize, images, labels }: CnnBatch,
  dropout: number,
  decide: Decide,
): CnnGradients {
  const gradients: Record<string, Numbers> = {};
  const layers: Layer[] = [];
  let size = inputSize;
  let x = images;
  const pass = (layer: Layer): void => {
    layers.push(layer);
    x = layer.y;
  };
  channels.forEach((outputs, index) => {
    pass(convolution(weights, gradients, `conv${index + 1}.weight`, x, size, outputs));
    size = { ...size, c: outputs };
    pass(batchNorm(weights, gradients, `norm${index + 1}`, x));
    if (index % 2 === 1) {
      pass(selection(x, largest(decide('pooled', x), size)));
      size = { ...size, h: Math.floor(size.h / 2), w: Math.floor(size.w / 2) };
    }
    pass(rectifier(x, decide));
  });
  for (const name of ['dense1', 'dense2']) {
    pass(dense(weights, gradients, name, x));
    pass(rectifier(x, decide));
  }
  const factor = 1 / (1 - dropout);
  pass(
    factors(
      x,
      Float64Array.from(
        decide(
          'dropped',
          x.map((value) => value * factor),
        ),
        (value) => (value === 0 ? 0 : factor),
      ),
    ),
  );
  pass(dense(weights, gradients, 'dense3', x));
  const loss = ops.softmaxCrossEntropy(x, labels)[0]!;
  const classes = x.length / labels.length;
  const gradient = ops
    .softmax(x, classes)
    .map((p, i) => (p - (labels[Math.floor(i / classes)] === i % classes ? 1 : 0)) / labels.length);
  layers.reduceRight<Numbers>((dy, layer) => layer.back(dy), gradient);
  return { loss, gradients };
}

function convolution(
  weights: Weights,
  gradients: Record<string, Numbers>,
  name: string,
  x: Numbers,
  size: ops.ImageSize,
  outputs: number,
): Layer {
  const w = weights[name]!;
  return {
    y: ops.conv2d(x, w, size, 3, outputs, 1, 'same'),
    back: (dy) => {
      gradients[name] = ops.conv2dFilter(x, dy, size, 3, outputs, 1, 'same');
      return ops.conv2dTranspose(dy, w, size, 3, outputs, 1, 'same');
    },
  };
}

function batchNorm(weights: Weights, gradients: Record<string, Numbers>, name: string, x: Numbers): Layer {
  const [gamma, beta] = [weights[`${name}.gamma`]!, weights[`${name}.beta`]!];
  const { gradients: back, y } = batchNormGradients(x, gamma, beta);
  return {
    y,
    back: (dy) => {
      const { dx, dGamma, dBeta } = back(dy);
      Object.assign(gradients, { [`${name}.gamma`]: dGamma, [`${name}.beta`]: dBeta });
      return dx;
    },
  };
}

interface BatchNormGradients {
  dx: Numbers;
  dGamma: Numbers;
  dBeta: Numbers;
}

/** Batch norm as PyTorch's, and its gradients for one of its result (Ioffe and Szegedy 2015). */
export function batchNormGradients(
  x: Numbers,
  gamma: Numbers,
  beta: Numbers,
): { y: Numbers; gradients: (dy: Numbers) => BatchNormGradients } {
  const c = gamma.length;
  const { mean, variance } = ops.moments(x, c);
  const ones = gamma.map(() => 1);
  const normal = ops.normalise(x, ones, new Float64Array(c), mean, variance, 1e-5);
  return {
    y: normal.map((h, i) => h * gamma[i % c]! + beta[i % c]!),
    gradients: (dy) => {
      const [dGamma, dBeta] = [new Float64Array(c), new Float64Array(c)];
      dy.forEach((d, i) => {
        dGamma[i % c]! += d * normal[i]!;
        dBeta[i % c]! += d;
      });
      const scale = variance.map((v, k) => gamma[k]! / Math.sqrt(v + 1e-5));
      const dx = dy.map(
        (d, i) => scale[i % c]! * (d - ((dBeta[i % c]! + normal[i]! * dGamma[i % c]!) * c) / dy.length),
      );
      return { dx, dGamma, dBeta };
    },
  };
}

function dense(weights: Weights, gradients: Record<string, Numbers>, name: string, x: Numbers): Layer {
  const [w, b] = [weights[`${name}.weight`]!, weights[`${name}.bias`]!];
  const outputs = b.length;
  const inputs = w.length / outputs;
  return {
    y: ops.dense(x, w, b),
    back: (dy) => {
      const [dx, dw, db] = [new Float64Array(x.length), new Float64Array(w.length), new Float64Array(outputs)];
      dy.forEach((d, i) => {
        const [row, column] = [Math.floor(i / outputs), i % outputs];
        db[column]! += d;
        for (let k = 0; k < inputs; k++) {
          dx[row * inputs + k]! += d * w[k * outputs + column]!;
          dw[k * outputs + column]! += d * x[row * inputs + k]!;
        }
      });
      Object.assign(gradients, { [`${name}.weight`]: dw, [`${name}.bias`]: db });
      return dx;
    },
  };
}

function rectifier(x: Numbers, decide: Decide): Layer {
  const by = decide(
    'rectified',
    x.map((value) => Math.max(0, value)),
  );
  return factors(
    x,
    x.map((_, i) => (by[i]! > 0 ? 1 : 0)),
  );
}

/** Each number times its own factor. */
function factors(x: Numbers, by: Numbers): Layer {
  return { y: x.map((value, i) => value * by[i]!), back: (dy) => dy.map((d, i) => d * by[i]!) };
}

/** The numbers at these positions. */
function selection(x: Numbers, positions: Uint32Array): Layer {
  return {
    y: Float64Array.from(positions, (position) => x[position]!),
    back: (dy) => {
      const dx = new Float64Array(x.length);
      positions.forEach((position, i) => {
        dx[position]! += dy[i]!;
      });
      return dx;
    },
  };
}

/** Position of the first largest number in each window of 2x2. */
function largest(values: ArrayLike<number>, { n, h, w, c }: ops.ImageSize): Uint32Array {
  const [oh, ow] = [Math.floor(h / 2), Math.floor(w / 2)];
  return Uint32Array.from({ length: n * oh * ow * c }, (_, i) => {
    const rest = Math.floor(i / c);
    const [ox, oy, image] = [rest % ow, Math.floor(rest / ow) % oh, Math.floor(rest / ow / oh)];
    const first = ((image * h + 2 * oy) * w + 2 * ox) * c + (i % c);
    const positions = [first, first + c, first + w * c, first + (w + 1) * c];
    return positions.reduce((best, position) => (values[position]! > values[best]! ? position : best));
  });
}
