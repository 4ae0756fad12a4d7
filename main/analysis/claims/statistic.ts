import type { LabelCounts, LabelMatrix, Votes } from '../labels/labels.ts';

/** A value without each pair of classes, and last with all of them: `[pair]`; NaN: undefined. */
export type WithoutPairs = Float64Array;

/** A statistic of everything, and with parts left out. */
export interface LeftOut {
  readonly all: WithoutPairs;
  /** Without each block of networks; of people alone, without each labeler. */
  readonly without: readonly WithoutPairs[];
}

/** Networks, and the block of each: what is left out together. */
export interface BlockedNetworks {
  readonly labels: LabelMatrix;
  /** `[network]`, 0, 1, ... */
  readonly blockOf: readonly number[];
  /** How many there are; 0: none is to be left out. */
  readonly blocks: number;
}

/** What a statistic is computed from. */
export interface StatisticInput {
  /** Null: nobody knows who gave which label. */
  readonly people: LabelMatrix | null;
  /** Labels of these people. */
  readonly counts: LabelCounts<Votes>;
  readonly networks: BlockedNetworks;
  /** The true class of each image; null: unknown, and majorities of people say what is right. */
  readonly truth: Int16Array | null;
  /** How many pairs of classes there are, and the pair of each image; `pairs`: none. One array for all that one jackknife asks. */
  readonly pairs: number;
  readonly pairOfImage: Int32Array;
}

/**
 * A statistic that contributions add to those of a jackknife, such as a mean over pairs of raters: no function of sums over
 * images, so it is computed anew without each part, or leaves parts out itself (metrics.md 13.8).
 */
export interface Statistic {
  readonly name: string;
  /** Who it is about: people alone, networks alone where true classes say what is right, networks beside people. */
  readonly of: 'people' | 'networks' | 'both';
  /** Whether it must be known who gave which label. */
  readonly isOfPersons: boolean;
  /** Without each pair, and without each block of `networks`. */
  readonly compute: (input: StatisticInput) => LeftOut;
  /** Whether leaving out each of these would take minutes. `labelers`: how many there are, 0 where nobody is known. */
  readonly takesTooLong: (
    input: Pick<StatisticInput, 'counts' | 'pairs' | 'pairOfImage'> & {
      readonly labelers: number;
      readonly networks: number;
    },
    left: 'pairs' | 'blocks' | 'labelers',
  ) => boolean;
}

/** Most words of 32 images that are compared: about ten seconds. */
export const mostSteps = 5e9;
