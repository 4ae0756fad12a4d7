import { median } from '../../analysis/paired-ratio.ts';
import type { Measured, MeasuredSeeds } from '../../contract/proof.ts';
import { architectureNames } from '../../domain/architectures.ts';
import { type ProofCell, significant } from './table.ts';

type Interval = { low: number; high: number } | null;

const range = (of: Interval): string | null => of && `${significant(of.low, 3)} to ${significant(of.high, 3)}`;

/** A row for each side; where none was measured, one that says why. */
/** What stands beside the numbers, or in their place. */
const remark = ({ state, message }: Pick<Measured, 'state' | 'message'>): string | null =>
  state === 'passed' ? message : [state === 'failed' ? 'FAILED' : state, message].filter(Boolean).join(': ');

/** The name of a network, e.g. of `mlp`. */
const titleOf = (model: string): string =>
  Object.entries({ ...architectureNames, dcgan64: 'DCGAN 64' }).find(([kind]) => kind === model)?.[1] ?? model;

export const speedRows = (works: readonly Measured[]): ProofCell[][] =>
  works.flatMap((measured) => {
    const { model, work, sides } = measured;
    const name = titleOf(model);
    if (sides.length === 0) return [[name, work, null, null, null, null, null, remark(measured)]];
    return sides.map(({ side, blocks, slower }, index) => [
      ...[name, work, side, Math.min(...blocks), median(blocks)],
      ...[slower?.ratio ?? null, range(slower), index === 0 ? remark(measured) : null],
    ]);
  });

export const seedRows = (works: readonly MeasuredSeeds[]): ProofCell[][] =>
  works.map((measured) => {
    const { model, seeds, alone, together, cost } = measured;
    const first = [titleOf(model), seeds];
    if (cost === null) return [...first, null, null, null, null, null, remark(measured)];
    const { ratio } = cost;
    return [...first, median(alone), median(together), ratio, range(cost), seeds / ratio, remark(measured)];
  });
