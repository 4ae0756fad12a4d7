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
