import type { Curve, RarefiedCurve } from '../../../main/contributions/subsampling/analysis/rarefaction.ts';

/** Curves of rarefaction without their intervals. */
export const curveValues = (curves: Readonly<Record<string, RarefiedCurve>>): Record<string, Curve> =>
  Object.fromEntries(Object.entries(curves).map(([name, { values }]) => [name, values]));
