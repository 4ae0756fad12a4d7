/** Unordered pairs of n raters: n (n - 1) / 2. */
export const pairCount = (raters: number): number => (raters * (raters - 1)) / 2;

/** The place of pair (a, b), a < b, in the order (0,1), (0,2), ..., (1,2), ... */
export const pairIndex = (raters: number, a: number, b: number): number => a * raters - (a * (a + 1)) / 2 + b - a - 1;

/** Calls `visit` with every pair a < b in the order of `pairIndex`. */
export function eachPair(raters: number, visit: (a: number, b: number, index: number) => void): void {
  let index = 0;
  for (let a = 0; a < raters; a++) for (let b = a + 1; b < raters; b++) visit(a, b, index++);
}
