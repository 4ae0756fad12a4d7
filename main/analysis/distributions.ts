import jstat from 'jstat';

const { normal, studentt } = jstat.jStat;

/** P(Z <= z) of a standard normal. */
export const normalCdf = (z: number): number => normal.cdf(z, 0, 1);

/** The z with P(Z <= z) = p. `p`: 0 < p < 1. */
export const normalQuantile = (p: number): number => normal.inv(p, 0, 1);

/** The t with P(T <= t) = p, Student's t with whole `freedom` >= 1; to seven digits. `p`: 0 < p < 1. */
export const studentQuantile = (p: number, freedom: number): number => studentt.inv(p, freedom);
