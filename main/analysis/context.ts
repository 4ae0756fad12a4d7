import { createHash } from 'node:crypto';
import type { PairFlips } from './alpha-star.ts';
import type { HumanReference } from './human-reference.ts';
import type { HumanCounts } from './humans.ts';
import type { Memo } from './memo.ts';
import type { OrderedInput } from './ordered.ts';
import type { PairRow, ResamplingUnits } from './units.ts';

/** What the parts of one analysis share. */
export interface Context {
  readonly input: OrderedInput;
  readonly humans: HumanCounts;
  readonly reference: HumanReference;
  readonly pairs: readonly PairRow[];
  readonly units: ResamplingUnits;
  readonly humanFlips: Record<string, PairFlips>;
  readonly memo: Memo;
  /** Whether metrics.md 8 is asked for. */
  readonly resampling: boolean;
  /** What images and labelers are known by; null: the input has no keys. */
  readonly humansKey: string | null;
}

/** A key of several parts. */
export function keyOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
