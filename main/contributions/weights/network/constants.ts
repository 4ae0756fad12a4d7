import { at } from '../../../domain/numbers/index.ts';

/** Values that are known when a network is traced: parameters, and what is computed from them alone. Row-major. */
export interface Constant {
  shape: readonly number[];
  values: Float32Array;
}

/** Elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Permutes the axes: axis k of the result is axis `axes[k]` of x. */
export function transposed({ shape, values }: Constant, axes: readonly number[]): Constant {
  const steps = stepsOf(shape);
  const result = axes.map((axis) => at(shape, axis));
  return gathered(
    values,
    result,
    axes.map((axis) => at(steps, axis)),
  );
}

/** x with the axes of `shape`: missing ones are put before, and those of length 1 repeat their values. */
export function broadcast({ shape, values }: Constant, to: readonly number[]): Constant {
  if (shape.join() === to.join()) return { shape, values };
  const steps = stepsOf(shape);
  const missing = to.length - shape.length;
  return gathered(
    values,
    to,
    to.map((_, axis) => (axis < missing || at(shape, axis - missing) === 1 ? 0 : at(steps, axis - missing))),
  );
}

/** The shape of an elementwise operation of two shapes, by the rules of NumPy. @throws Error if they do not fit */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [left = 1, right = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]];
    if (left !== right && left !== 1 && right !== 1) throw new Error(`shapes [${a}] and [${b}] do not fit`);
    return Math.max(left, right);
  });
}

/** Elementwise, rounded to float32 as the engines do. */
export function mapped(apply: (a: number, b: number) => number, a: Constant, b: Constant): Constant {
  const shape = broadcastShape(a.shape, b.shape);
  const [left, right] = [broadcast(a, shape).values, broadcast(b, shape).values];
  return { shape, values: left.map((value, k) => apply(value, at(right, k))) };
}

/** Zeros before and after each axis. */
export function padded({ shape, values }: Constant, zeros: readonly (readonly [number, number])[]): Constant {
  const result = shape.map((length, axis) => length + at(zeros, axis)[0] + at(zeros, axis)[1]);
  const steps = stepsOf(result);
  const padded = new Float32Array(sizeOf(result));
  let position = 0;
  const visit = (axis: number, to: number): void => {
    if (axis === shape.length) padded[to] = at(values, position++);
    else for (let k = 0; k < at(shape, axis); k++) visit(axis + 1, to + (at(zeros, axis)[0] + k) * at(steps, axis));
  };
  visit(0, 0);
  return { shape: result, values: padded };
}

/** Distance of neighbors along each axis. */
const stepsOf = (shape: readonly number[]): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** Values at the distances `steps` along each axis of `shape`. */
function gathered(values: Float32Array, shape: readonly number[], steps: readonly number[]): Constant {
  const result = new Float32Array(sizeOf(shape));
  const [length = 1, step = 0] = [shape.at(-1), steps.at(-1)];
  let position = 0;
  const visit = (axis: number, from: number): void => {
    if (axis >= shape.length - 1) {
      for (let k = 0; k < length; k++) result[position++] = at(values, from + k * step);
      return;
    }
    for (let k = 0; k < at(shape, axis); k++) visit(axis + 1, from + k * at(steps, axis));
  };
  visit(0, 0);
  return { shape, values: result };
}
