import type { AdamSettings } from '../../../main/training/engines/engine.ts';

/**
 * The ops in plain float64, forward only, written for reading and not for speed. Their gradients are taken by finite
 * differences, so nothing here shares a thought with an engine's own gradients.
 */
export type Numbers = Float64Array;

export interface ImageSize {
  n: number;
  h: number;
  w: number;
  c: number;
}

const zeros = (length: number): Numbers => new Float64Array(length);

/** x [n, i] times w [i, o] plus b [o]. */
export function dense(x: Numbers, w: Numbers, b: Numbers): Numbers {
  const outputs = b.length;
  const inputs = w.length / outputs;
  return zeros((x.length / inputs) * outputs).map((_, at) => {
    const [row, column] = [Math.floor(at / outputs), at % outputs];
    let sum = b[column]!;
    for (let k = 0; k < inputs; k++) sum += x[row * inputs + k]! * w[k * outputs + column]!;
    return sum;
  });
}

/** Output length and padding before, as TensorFlow defines them. */
function window(length: number, k: number, stride: number, padding: string): [out: number, before: number] {
  if (padding === 'valid') return [Math.floor((length - k) / stride) + 1, 0];
  const out = Math.ceil(length / stride);
  return [out, Math.floor(Math.max(0, (out - 1) * stride + k - length) / 2)];
}

/** Calls `visit(x, w, y)` with the indices of each product in a convolution of w [k, k, c, o] over [n, h, w, c]. */
function eachProduct(
  size: ImageSize,
  k: number,
  outputs: number,
  stride: number,
  padding: string,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [oh, top] = window(size.h, k, stride, padding);
  const [ow, left] = window(size.w, k, stride, padding);
  for (let n = 0; n < size.n; n++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let i = 0; i < k; i++)
          for (let j = 0; j < k; j++) {
            const y = oy * stride + i - top;
            const x = ox * stride + j - left;
            if (y < 0 || y >= size.h || x < 0 || x >= size.w) continue;
            for (let c = 0; c < size.c; c++)
              for (let o = 0; o < outputs; o++)
                visit(
                  ((n * size.h + y) * size.w + x) * size.c + c,
                  ((i * k + j) * size.c + c) * outputs + o,
                  ((n * oh + oy) * ow + ox) * outputs + o,
                );
          }
}

export function convolutionShape(
  size: ImageSize,
  k: number,
  outputs: number,
  stride: number,
  padding: string,
): number[] {
  return [size.n, window(size.h, k, stride, padding)[0], window(size.w, k, stride, padding)[0], outputs];
}

export function conv2d(
  x: Numbers,
  w: Numbers,
  size: ImageSize,
  k: number,
  outputs: number,
  stride: number,
  padding: string,
): Numbers {
  const y = zeros(convolutionShape(size, k, outputs, stride, padding).reduce((a, b) => a * b));
  eachProduct(size, k, outputs, stride, padding, (atX, atW, atY) => {
    y[atY]! += x[atX]! * w[atW]!;
  });
  return y;
}

/** The transpose of `conv2d` as a linear map: from its output to `size`. w [k, k, size.c, inputs]. */
export function conv2dTranspose(
  y: Numbers,
  w: Numbers,
  size: ImageSize,
  k: number,
  inputs: number,
  stride: number,
  padding: string,
): Numbers {
  const x = zeros(size.n * size.h * size.w * size.c);
  eachProduct(size, k, inputs, stride, padding, (atX, atW, atY) => {
    x[atX]! += y[atY]! * w[atW]!;
  });
  return x;
}

/** The gradient of the filter of `conv2d` from that of its output: `conv2d` is linear in the filter, too. */
export function conv2dFilter(
  x: Numbers,
  dy: Numbers,
  size: ImageSize,
  k: number,
  outputs: number,
  stride: number,
  padding: string,
): Numbers {
  const dw = zeros(k * k * size.c * outputs);
  eachProduct(size, k, outputs, stride, padding, (atX, atW, atY) => {
    dw[atW]! += x[atX]! * dy[atY]!;
  });
  return dw;
}

/** Mean and biased variance of each of `c` channels. */
export function moments(x: Numbers, c: number): { mean: Numbers; variance: Numbers } {
  const rows = x.length / c;
  const mean = zeros(c);
  const variance = zeros(c);
  x.forEach((value, at) => {
    mean[at % c]! += value / rows;
  });
  x.forEach((value, at) => {
    variance[at % c]! += (value - mean[at % c]!) ** 2 / rows;
  });
  return { mean, variance };
}

export function normalise(
  x: Numbers,
  gamma: Numbers,
  beta: Numbers,
  mean: Numbers,
  variance: Numbers,
  epsilon: number,
): Numbers {
  const c = gamma.length;
  return x.map(
    (value, at) => ((value - mean[at % c]!) / Math.sqrt(variance[at % c]! + epsilon)) * gamma[at % c]! + beta[at % c]!,
  );
}

export function layerNorm(x: Numbers, gamma: Numbers, beta: Numbers, epsilon: number): Numbers {
  const d = gamma.length;
  const y = zeros(x.length);
  for (let row = 0; row < x.length; row += d) {
    const { mean, variance } = moments(x.slice(row, row + d), 1);
    for (let i = 0; i < d; i++)
      y[row + i] = ((x[row + i]! - mean[0]!) / Math.sqrt(variance[0]! + epsilon)) * gamma[i]! + beta[i]!;
  }
  return y;
}

export function maxPool2(x: Numbers, { n, h, w, c }: ImageSize): Numbers {
  const [oh, ow] = [Math.floor(h / 2), Math.floor(w / 2)];
  return zeros(n * oh * ow * c).map((_, at) => {
    const channel = at % c;
    const ox = Math.floor(at / c) % ow;
    const oy = Math.floor(at / c / ow) % oh;
    const image = Math.floor(at / c / ow / oh);
    const value = (dy: number, dx: number): number => x[((image * h + 2 * oy + dy) * w + 2 * ox + dx) * c + channel]!;
    return Math.max(value(0, 0), value(0, 1), value(1, 0), value(1, 1));
  });
}

export function softmax(x: Numbers, classes: number): Numbers {
  const y = zeros(x.length);
  for (let row = 0; row < x.length; row += classes) {
    const values = x.slice(row, row + classes);
    const highest = Math.max(...values);
    const sum = values.reduce((total, value) => total + Math.exp(value - highest), 0);
    for (let i = 0; i < classes; i++) y[row + i] = Math.exp(values[i]! - highest) / sum;
  }
  return y;
}

/** qkv [n, t, 3, heads, d] to [n, t, heads, d]. */
export function attention(qkv: Numbers, n: number, t: number, heads: number, d: number): Numbers {
  const at = (image: number, token: number, part: number, head: number): number =>
    (((image * t + token) * 3 + part) * heads + head) * d;
  const out = zeros(n * t * heads * d);
  for (let image = 0; image < n; image++)
    for (let head = 0; head < heads; head++)
      for (let i = 0; i < t; i++) {
        const scores = zeros(t).map((_, j) => {
          let sum = 0;
          for (let e = 0; e < d; e++) sum += qkv[at(image, i, 0, head) + e]! * qkv[at(image, j, 1, head) + e]!;
          return sum / Math.sqrt(d);
        });
        softmax(scores, t).forEach((weight, j) => {
          for (let e = 0; e < d; e++)
            out[((image * t + i) * heads + head) * d + e]! += weight * qkv[at(image, j, 2, head) + e]!;
        });
      }
  return out;
}

/** Error function, by a series without differences: 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...). */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x * Math.exp(-x * x);
  let sum = term;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export function gelu(x: Numbers): Numbers {
  return x.map((value) => 0.5 * value * (1 + erf(value * Math.SQRT1_2)));
}

export function softmaxCrossEntropy(logits: Numbers, labels: readonly number[]): Numbers {
  const classes = logits.length / labels.length;
  let sum = 0;
  labels.forEach((label, row) => {
    const values = logits.slice(row * classes, (row + 1) * classes);
    const highest = Math.max(...values);
    sum += highest + Math.log(values.reduce((total, v) => total + Math.exp(v - highest), 0)) - values[label]!;
  });
  return Float64Array.of(sum / labels.length);
}

/** Of distributions, row by row. */
export function softCrossEntropy(logits: Numbers, targets: readonly number[], classes: number): Numbers {
  let sum = 0;
  for (let row = 0; row < logits.length; row += classes) {
    const values = logits.slice(row, row + classes);
    const highest = Math.max(...values);
    const total = highest + Math.log(values.reduce((all, v) => all + Math.exp(v - highest), 0));
    values.forEach((value, k) => (sum += targets[row + k]! * (total - value)));
  }
  return Float64Array.of(sum / (logits.length / classes));
}

export function sigmoidCrossEntropy(logits: Numbers, target: number): Numbers {
  const losses = logits.map((z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z);
  return Float64Array.of(losses.reduce((a, b) => a + b) / logits.length);
}

export interface AdamState {
  w: Numbers;
  m: Numbers;
  v: Numbers;
}

/** Step t of Adam, in place, as Kingma & Ba (2015) write it. */
export function adamStep(
  state: AdamState,
  gradient: Numbers,
  t: number,
  { stepSize, beta1, beta2, epsilon, weightDecay, decoupled }: AdamSettings,
): void {
  state.w.forEach((w, i) => {
    const g = gradient[i]! + (decoupled ? 0 : weightDecay * w);
    state.m[i] = beta1 * state.m[i]! + (1 - beta1) * g;
    state.v[i] = beta2 * state.v[i]! + (1 - beta2) * g * g;
    const mHat = state.m[i]! / (1 - beta1 ** t);
    const vHat = state.v[i]! / (1 - beta2 ** t);
    const decayed = decoupled ? w - stepSize * weightDecay * w : w;
    state.w[i] = decayed - (stepSize * mHat) / (Math.sqrt(vHat) + epsilon);
  });
}
