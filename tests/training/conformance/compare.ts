import { messageOf } from '../../../main/contract/wire/errors.ts';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import type { Numbers } from './reference-ops.ts';

/** Random numbers that float32 holds exactly, so that engine and reference start from the same values. */
export function randomNumbers(length: number, name: string, scale = 1, shift = 0): Numbers {
  const stream = randomStream(1, name, length);
  return Float64Array.from({ length }, () => Math.fround(stream.normal() * scale + shift));
}

/**
 * Largest difference relative to the largest expected value. float32 carries 6e-8 a rounding; the ops here add up some
 * hundred products, so 2e-6 is typical, and 2e-5 is allowed for.
 * @param scale what differences are relative to at least: the size of the terms, where these may cancel out
 * @throws Error if they differ by more, or one is not a number
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 2e-5,
  scale = 1e-3,
): void {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers instead of ${expected.length}`);
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    if (Number.isNaN(actual[i])) difference = Number.POSITIVE_INFINITY;
  }
  const relative = difference / Math.max(largest, scale);
  if (relative < tolerance) return;
  throw new Error(`off by ${relative.toPrecision(2)} of the largest number; less than ${tolerance} is required`);
}

/** @throws Error with the name of what differs, if two results are not the same bytes */
export function expectSame(
  actual: Readonly<Record<string, Float32Array>>,
  expected: Readonly<Record<string, Float32Array>>,
): void {
  const bytes = (values: Float32Array | undefined): Buffer =>
    Buffer.from(values?.buffer ?? new ArrayBuffer(0), values?.byteOffset, values?.byteLength);
  const names = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  for (const name of names) {
    if (!bytes(actual[name]).equals(bytes(expected[name]))) throw new Error(`${name} is not the same both times`);
  }
}

/** Runs a part of a check; its error begins with the part's name. */
export async function named<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** An op, as the engine does it and as the reference does it, on the same inputs. */
export interface OpCase {
  name: string;
  inputs: Array<{ shape: number[]; values: Numbers }>;
  run: (...tensors: Tensor[]) => Tensor;
  reference: (...inputs: Numbers[]) => Numbers;
  /** False for ops that are never differentiated. */
  gradient?: boolean;
}

/** Value and all gradients of an op against its reference; gradients for a random gradient of the result. */
export async function checkOp({ tf }: Engine, { inputs, run, reference, gradient = true }: OpCase): Promise<void> {
  const tensors = inputs.map(({ shape, values }) => tf.tensor(Float32Array.from(values), shape));
  const arrays = inputs.map(({ values }) => values);
  const expected = reference(...arrays);
  const value = run(...tensors);
  expectClose(await value.data(), expected);
  if (gradient) {
    const dy = randomNumbers(expected.length, 'dy');
    const gradients = tf.grads(run)(tensors, tf.tensor(Float32Array.from(dy), value.shape));
    for (const [index, tensor] of gradients.entries()) {
      expectClose(await tensor.data(), numericGradient(reference, arrays, index, dy));
      tensor.dispose();
    }
  }
  value.dispose();
  tf.dispose(tensors);
}

/** The gradient of one input for a gradient of the result, by central differences in float64: exact to about 1e-8. */
export function numericGradient(
  reference: (...inputs: Numbers[]) => Numbers,
  inputs: readonly Numbers[],
  index: number,
  dy: Numbers,
): Numbers {
  const step = 1e-5;
  const along = (at: number, change: number): number => {
    const changed = inputs.map((values) => values.slice());
    changed[index]![at]! += change;
    return reference(...changed).reduce((sum, value, i) => sum + value * dy[i]!, 0);
  };
  return inputs[index]!.map((_, at) => (along(at, step) - along(at, -step)) / (2 * step));
}
