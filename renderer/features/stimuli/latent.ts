import { bytesOf } from '../../../main/domain/arrays.ts';
import { decodePixels } from '../../ui/pixel-image.tsx';

/** The numbers of a latent point (or a softmax), float32, from the base64 in which calls carry them. */
export const decodeFloats = (base64: string): Float32Array => new Float32Array(decodePixels(base64).slice().buffer);

export function toBase64(values: Float32Array): string {
  let text = '';
  for (const byte of bytesOf(values)) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The numbers of a point, separated by commas, each with the fewest digits that give the same float32. */
export const latentText = (z: Float32Array): string => [...z].map(shortest).join(', ');

function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

/** Parses a typed or pasted point, or says what is wrong. Commas, spaces, line breaks and brackets separate numbers. */
export function parseLatent(text: string, latent: number): { z: Float32Array } | { wrong: string } {
  const words = text.split(/[\s,;[\]]+/).filter((word) => word !== '');
  const bad = words.find((word) => !Number.isFinite(Number(word)));
  if (bad !== undefined) return { wrong: `"${bad.slice(0, 20)}" is not a number` };
  if (words.length !== latent) return { wrong: `${words.length} numbers given, but this generator needs ${latent}` };
  const z = Float32Array.from(words, Number);
  return z.every((value) => Math.abs(value) <= 100) ? { z } : { wrong: 'Numbers must be between -100 and 100' };
}

/** z + first * a + second * b. */
export function movePoint(
  z: Float32Array,
  directions: readonly [Float32Array, Float32Array],
  [a, b]: readonly [number, number],
): Float32Array {
  const [first, second] = directions;
  return z.map((value, k) => value + a * (first[k] ?? 0) + b * (second[k] ?? 0));
}
