import { bytesOf } from '../../main/domain/numbers/arrays.ts';
import { decodePixels } from '../ui/images/pixel-image.tsx';

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
