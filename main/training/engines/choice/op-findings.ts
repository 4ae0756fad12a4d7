import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, Ops } from '../engine.ts';
import { arrayFinding, checkNumbers, type Finding } from './findings.ts';

/** An op on fixed inputs. The reference implementation of the tests computes the expected result under the same name. */
interface OpCheck {
  name: string;
  /** Shape of each input. Its numbers are drawn by the name `inputName` gives, plus `shift`. */
  inputs: readonly (readonly number[])[];
  shift?: number;
  run: (ops: Ops, inputs: Tensor[]) => Tensor;
}

const inputName = (op: string, index: number): string => `${op}, input ${index + 1}`;

/** Ops that the self-check's classifiers do not use, or use in one form only. */
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
  // tfjs's own kernel for wasm is wrong for windows without a positive number.
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

/** The gradient of an op's result, from which the gradients of its inputs are computed. */
export const outerGradient = (size: number, op: string): Float32Array => checkNumbers(size, `${op}, gradient`);

/** Result and gradients of each op. */
export async function opFindings(engine: Engine): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of opChecks) findings.push(...(await checkFindings(engine, check)));
  return [...findings, await dropoutFinding(engine)];
}

async function checkFindings({ tf, ops }: Engine, check: OpCheck): Promise<Finding[]> {
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
 * Each engine decides which numbers dropout drops, but it must drop some, scale the others, and repeat the result for the
 * same seed. The values are: the count of numbers that are neither dropped nor scaled, the count that differ between two
 * calls with the same seed, whether any differ with another seed (0 or 1), and whether any are dropped (0 or 1).
 */
async function dropoutFinding({ tf, ops }: Engine): Promise<Finding> {
  const rate = 0.25;
  const draw = async (second: number): Promise<Float32Array> => {
    const result = tf.tidy(() => ops.dropout(tf.ones([64, 16]), rate, tf.tensor1d([7, second], 'int32')));
    const values = Float32Array.from(await result.data());
    result.dispose();
    return values;
  };
  const [first, repeated, other] = [await draw(1), await draw(1), await draw(2)];
  const invalid = first.filter((value) => value !== 0 && Math.abs(value - 1 / (1 - rate)) > 1e-5).length;
  const countDifferences = (a: Float32Array, b: Float32Array): number =>
    a.filter((value, at) => value !== b[at]).length;
  const values = [
    invalid,
    countDifferences(first, repeated),
    Math.sign(countDifferences(first, other)),
    Math.sign(countDropped(first)),
  ];
  return { name: 'dropout', values, scale: 1 };
}

const countDropped = (values: Float32Array): number => values.filter((value) => value === 0).length;
