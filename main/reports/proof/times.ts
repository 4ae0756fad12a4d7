import { median } from '../../analysis/paired-ratio.ts';
import type { Measured, MeasuredSeeds } from '../../contract/proof.ts';
import { type ProofCell, significant } from './table.ts';

type Interval = { low: number; high: number } | null;

const range = (of: Interval): string | null => of && `${significant(of.low, 3)} to ${significant(of.high, 3)}`;

/** A row for each side; where none was measured, one that says why. */
export const speedRows = (works: readonly Measured[]): ProofCell[][] =>
  works.flatMap(({ model, work, sides, message }) =>
    sides.length === 0
      ? [[model, work, null, null, null, null, null, message]]
      : sides.map(({ side, blocks, slower }, index) => [
          ...[model, work, side, Math.min(...blocks), median(blocks)],
          ...[slower?.ratio ?? null, range(slower), index === 0 ? message : null],
        ]),
  );

export const seedRows = (works: readonly MeasuredSeeds[]): ProofCell[][] =>
  works.map(({ model, seeds, alone, together, cost, message }) =>
    cost === null
      ? [model, seeds, null, null, null, null, null, message]
      : [model, seeds, median(alone), median(together), cost.ratio, range(cost), seeds / cost.ratio, message],
  );
