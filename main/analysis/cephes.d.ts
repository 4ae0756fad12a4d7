/** The part of cephes that we use; its own types are not in the `exports` of its package.json. */
declare module 'cephes' {
  export const compiled: Promise<void>;
  export function ndtr(a: number): number;
  export function ndtri(y0: number): number;
  export function stdtri(k: number, p: number): number;
}
