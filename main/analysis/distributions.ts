import { compiled, ndtr, ndtri, stdtri } from 'cephes';

// The library is WebAssembly (S. Moshier's Cephes, which SciPy uses too), compiled once a process.
await compiled;

/** P(Z <= z) of a standard normal. */
export const normalCdf = (z: number): number => ndtr(z);

/** The z with P(Z <= z) = p. `p`: 0 < p < 1. */
export const normalQuantile = (p: number): number => ndtri(p);

/** The t with P(T <= t) = p, Student's t with whole `freedom` >= 1. `p`: 0 < p < 1. */
export const studentQuantile = (p: number, freedom: number): number => stdtri(freedom, p);
