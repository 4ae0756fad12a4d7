import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, Ops } from '../engines/engine.ts';
import { arrayFinding, checkNumbers, type Finding } from './findings.ts';

/** An op on fixed inputs. What it should give is computed by the plain reference of the tests, under the same name. */
export interface OpCheck {
  name: string;
  /** Shape of each input; its numbers come from `inputName`, and have `shift` added. */
  inputs: readonly (readonly number[])[];
  shift?: number;
  run: (ops: Ops, inputs: Tensor[]) => Tensor;
}

export const inputName = (op: string, index: number): string => `${op}, input ${index + 1}`;

/** Ops that the classifiers of the self-check do not use, or use in one way only. */
export const opChecks: readonly OpCheck[] = [
  {
    name: 'convolution, stride 2',
    inputs: [
      [2, 6, 7, 3],
      [4, 4, 3, 5],
    ],
    run: (ops, [x, w]) => ops.conv2d(x as Tensor4D, w as Tensor4D, 2, 'same'),
  },
  {
    name: 'transposed convolution',
    inputs: [
      [2, 3, 3, 5],
      [4, 4, 4, 5],
    ],
    run: (ops, [x, w]) => ops.conv2dTranspose(x as Tensor4D, w as Tensor4D, 6, 2, 'same'),
  },
  { name: 'leaky ReLU', inputs: [[5, 9]], run: (ops, [x]) => ops.leakyRelu(x!, 0.2) },
  { name: 'tanh', inputs: [[5, 9]], run: (ops, [x]) => ops.tanh(x!) },
  // tfjs's own kernel for wasm forgets windows without a positive number.
  { name: 'max pooling below zero', inputs: [[2, 5, 4, 3]], shift: -9, run: (ops, [x]) => ops.maxPool2(x as Tensor4D) },
  {
    name: 'cross-entropy of real and generated',
    inputs: [[7]],
    run: (ops, [logits]) => ops.sigmoidCrossEntropy(logits as Tensor1D, 0.9),
  },
];

export function opInputs({ name, inputs, shift = 0 }: OpCheck): Float32Array[] {
  return inputs.map((shape, index) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return checkNumbers(size, inputName(name, index)).map((value) => value + shift);
  });
}

/** The gradient of a result that gradients of inputs are taken for. */
export const outerGradient = (size: number, op: string): Float32Array => checkNumbers(size, `${op}, gradient`);

/** Result and gradients of each op. */
export async function opFindings(engine: Engine): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of opChecks) findings.push(...(await findingsOf(engine, check)));
  return [...findings, await dropoutFinding(engine)];
}

async function findingsOf({ tf, ops }: Engine, check: OpCheck): Promise<Finding[]> {
  const { name } = check;
  const inputs = opInputs(check).map((values, index) => tf.tensor(values, [...check.inputs[index]!]));
  const run = (...tensors: Tensor[]): Tensor => check.run(ops, tensors);
  const value = run(...inputs);
  const outer = tf.tensor(outerGradient(value.size, name), value.shape);
  const gradients = tf.grads(run)(inputs, outer);
  const findings = [arrayFinding(name, (await value.data()) as Float32Array)];
  for (const [index, gradient] of gradients.entries()) {
    findings.push(arrayFinding(`${name}, gradient ${index + 1}`, (await gradient.data()) as Float32Array));
  }
  tf.dispose([value, outer, ...inputs, ...gradients]);
  return findings;
}

/**
 * Which numbers dropout drops is an engine's own affair. That it drops some, scales the others, and does the same for
 * the same seed is not: counted are those that are neither, those that differ with one seed, and 0 or 1 for whether
 * they differ with another seed.
 */
async function dropoutFinding({ tf, ops }: Engine): Promise<Finding> {
  const rate = 0.25;
  const drawn = async (second: number): Promise<Float32Array> => {
    const result = tf.tidy(() => ops.dropout(tf.ones([64, 16]), rate, tf.tensor1d([7, second], 'int32')));
    const values = Float32Array.from(await result.data());
    result.dispose();
    return values;
  };
  const [first, again, other] = [await drawn(1), await drawn(1), await drawn(2)];
  const strange = first.filter((value) => value !== 0 && Math.abs(value - 1 / (1 - rate)) > 1e-5).length;
  const differing = (a: Float32Array, b: Float32Array): number => a.filter((value, at) => value !== b[at]).length;
  const values = [strange, differing(first, again), Math.sign(differing(first, other)), Math.sign(dropped(first))];
  return { name: 'dropout', values, scale: 1 };
}

const dropped = (values: Float32Array): number => values.filter((value) => value === 0).length;
