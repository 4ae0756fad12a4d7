import { convolution } from '../../../../main/training/engines/layers.ts';
import type { Numbers } from '../../conformance/reference-ops.ts';
import type { Arena } from './arena.ts';

/** A convolution of images [n, h, w, c] with a filter [k, k, c, o]. */
export interface Shape {
  n: number;
  h: number;
  w: number;
  c: number;
  o: number;
  k: number;
  stride: number;
  padding: 'same' | 'valid';
}

/** Shapes of the input, the filter and the result. */
export function shapesOf({ n, h, w, c, o, k, stride, padding }: Shape): { x: number[]; w: number[]; y: number[] } {
  const g = convolution([n, h, w, c], [k, k, c, o], stride, padding);
  return { x: [n, h, w, c], w: [k, k, c, o], y: [n, g.outHeight, g.outWidth, o] };
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** y from x and w. */
export function convolve(arena: Arena, shape: Shape, x: Numbers, w: Numbers): Numbers {
  const { kernels } = arena;
  const [atX, atW, geometry] = [arena.input(x), arena.input(w), layOut(arena, shape)];
  const y = arena.result(sizeOf(shapesOf(shape).y));
  const scratch = arena.scratch(kernels.convolveScratch(geometry));
  return arena.run(() => kernels.convolve(y, atX, atW, geometry, scratch))[0]!;
}

/** dx from dy and w. */
export function convolveTransposed(arena: Arena, shape: Shape, dy: Numbers, w: Numbers): Numbers {
  const { kernels } = arena;
  const [atY, atW, geometry] = [arena.input(dy), arena.input(w), layOut(arena, shape)];
  const dx = arena.result(sizeOf(shapesOf(shape).x));
  const scratch = arena.scratch(kernels.convolveTransposedScratch(geometry));
  return arena.run(() => kernels.convolveTransposed(dx, atY, atW, geometry, scratch))[0]!;
}

/** dw from x and dy. */
export function filterGradient(arena: Arena, shape: Shape, x: Numbers, dy: Numbers): Numbers {
  const { kernels } = arena;
  const [atX, atY, geometry] = [arena.input(x), arena.input(dy), layOut(arena, shape)];
  const dw = arena.result(sizeOf(shapesOf(shape).w));
  const scratch = arena.scratch(kernels.filterGradientScratch(geometry));
  return arena.run(() => kernels.filterGradient(dw, atX, atY, geometry, scratch))[0]!;
}

function layOut(arena: Arena, { n, h, w, c, o, k, stride, padding }: Shape): number {
  return arena.integers(Object.values(convolution([n, h, w, c], [k, k, c, o], stride, padding)));
}
