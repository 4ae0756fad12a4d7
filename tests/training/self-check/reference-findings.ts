/**
 * What the self-check expects of an engine, computed in plain float64: gradients by central differences (exact to some
 * 1e-9), and Adam as PyTorch defines it. Of an engine only the initial weights are taken, which are numbers of ours.
 */
import { normalizeImages } from '../../../main/training/data/batches.ts';
import type { LabeledImages } from '../../../main/training/data/data-set.ts';
import {
  evaluationStep,
  smallArchitectures,
  smallDataSet,
  smallStepSize,
  smallSteps,
  type TriedKind,
  triedKinds,
} from '../../../main/training/self-check/network-findings.ts';
import { gradientName, project } from '../../../main/training/engines/choice/findings.ts';
import { opChecks, opInputs, outerGradient } from '../../../main/training/engines/choice/op-findings.ts';
import * as ops from '../conformance/reference-ops.ts';
import { type Images, logits, type Weights } from './reference-classifiers.ts';

type Numbers = ops.Numbers;
type Findings = Record<string, number[]>;

/** So small that hardly a ReLU changes its mind; float64 leaves nine digits. */
const difference = 1e-7;
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at]!, 0);

/** The ops of the self-check, by its names for them. */
const referenceOps: Readonly<Record<string, (...inputs: Numbers[]) => Numbers>> = {
  'convolution, stride 2': (x, w) => ops.conv2d(x!, w!, { n: 2, h: 6, w: 7, c: 3 }, 4, 5, 2, 'same'),
  'transposed convolution': (x, w) => ops.conv2dTranspose(x!, w!, { n: 2, h: 6, w: 6, c: 4 }, 4, 5, 2, 'same'),
  'leaky ReLU': (x) => x!.map((value) => (value > 0 ? value : 0.2 * value)),
  tanh: (x) => x!.map(Math.tanh),
  'max pooling below zero': (x) => ops.maxPool2(x!, { n: 2, h: 5, w: 4, c: 3 }),
  'cross-entropy of real and generated': (x) => ops.sigmoidCrossEntropy(x!, 0.9),
};

export function referenceOpFindings(): Findings {
  const findings: Findings = { dropout: [0, 0, 1, 1] };
  for (const check of opChecks) {
    const run = referenceOps[check.name]!;
    const inputs = opInputs(check).map((values) => Float64Array.from(values));
    const value = run(...inputs);
    findings[check.name] = project(value.length, check.name, (signs) => dot(value, signs));
    const outer = outerGradient(value.length, check.name);
    inputs.forEach((input, index) => {
      const name = `${check.name}, gradient ${index + 1}`;
      const moved = (signs: Float32Array, by: number): number =>
        dot(
          run(
            ...inputs.with(
              index,
              input.map((number, at) => number + by * signs[at]!),
            ),
          ),
          outer,
        );
      findings[name] = project(input.length, name, (signs) => slope((by) => moved(signs, by)));
    });
  }
  return findings;
}

/** `initial`: the weights of each small network before its first step. */
export function referenceClassifierFindings(initial: Record<TriedKind, Weights>): Findings {
  return Object.assign({}, ...triedKinds.map((kind) => findingsOf(kind, initial[kind])));
}

function findingsOf(kind: TriedKind, initial: Weights): Findings {
  const architecture = smallArchitectures[kind];
  const data = smallDataSet();
  const images = (part: LabeledImages): Images => ({
    n: part.count,
    side: data.width,
    pixels: Float64Array.from(normalizeImages(part.images, data)),
  });
  const loss = (weights: Weights): number =>
    ops.softmaxCrossEntropy(logits(architecture, weights, images(data.train), true), [...data.train.labels])[0]!;
  const findings: Findings = {};
  const losses: number[] = [];
  const adam = new Adam();
  let weights = initial;
  for (let step = 0; step <= smallSteps; step++) {
    if (step > 0) {
      losses.push(loss(weights));
      const gradients = gradientsOf(loss, weights);
      if (step === 1) {
        for (const [parameter, gradient] of Object.entries(gradients)) {
          const name = gradientName(kind, parameter);
          findings[name] = project(gradient.length, name, (signs) => dot(gradient, signs));
        }
      }
      weights = adam.updated(weights, gradients, step);
    }
    if (step === evaluationStep[kind]) {
      const test = logits(architecture, weights, images(data.test), false);
      findings[`${kind}, margins`] = [...data.test.labels].map((label, row) =>
        margin(test.slice(row * 3, row * 3 + 3), label),
      );
    }
  }
  return { ...findings, [`${kind}, losses`]: losses };
}

function margin(logitsOfOne: Numbers, label: number): number {
  return logitsOfOne[label]! - Math.max(...logitsOfOne.filter((_, index) => index !== label));
}

/** Not trained: batch norm's running statistics, and a bias that batch norm takes off again. */
export const isFixed = (name: string): boolean => /\.(mean|variance)$|^conv\d+\.bias$/.test(name);

export function gradientsOf(loss: (weights: Weights) => number, weights: Weights): Record<string, Numbers> {
  const trained = Object.entries(weights).filter(([name]) => !isFixed(name));
  return Object.fromEntries(
    trained.map(([name, values]) => [
      name,
      values.map((value, at) => slope((by) => loss({ ...weights, [name]: values.with(at, value + by) }))),
    ]),
  );
}

export function slope(f: (by: number) => number): number {
  return (f(difference) - f(-difference)) / (2 * difference);
}

/** Adam of PyTorch with its defaults. Gradients that are 0 but for the noise of differences move nothing. */
class Adam {
  readonly #m: Record<string, Numbers> = {};
  readonly #v: Record<string, Numbers> = {};

  updated(weights: Weights, gradients: Record<string, Numbers>, t: number): Weights {
    const result: Record<string, Numbers> = { ...weights };
    for (const [name, gradient] of Object.entries(gradients)) {
      const g = gradient.map((value) => (Math.abs(value) < 1e-8 ? 0 : value));
      const m = g.map((value, at) => 0.9 * (this.#m[name]?.[at] ?? 0) + 0.1 * value);
      const v = g.map((value, at) => 0.999 * (this.#v[name]?.[at] ?? 0) + 0.001 * value * value);
      this.#m[name] = m;
      this.#v[name] = v;
      result[name] = weights[name]!.map((value, at) => {
        const root = Math.sqrt(v[at]! / (1 - 0.999 ** t)) + 1e-8;
        return value - (smallStepSize * (m[at]! / (1 - 0.9 ** t))) / root;
      });
    }
    return result;
  }
}
