import { LRUCache } from 'lru-cache';
import { at, kept } from '../../../domain/numbers/index.ts';
import type { Levels } from './contrasts.ts';
import type { Answers, ImageInput } from '../../../analysis/outcomes/index.ts';

/** A run of an experiment. */
export interface EffectRun {
  readonly name: string;
  /** The unit of replication: the run itself, or what several runs share. */
  readonly block: string;
  /** The cell: a level of each factor. */
  readonly levels: Levels;
}

/** Runs with all their answers, and which factors vary inside a block. */
export interface Experiment extends Answers {
  readonly images: readonly ImageInput[];
  /** In the order of `labels`. */
  readonly runs: readonly EffectRun[];
  readonly within: readonly string[];
}

export interface Cells {
  readonly levels: readonly Levels[];
  /** Runs of each cell. */
  readonly runs: readonly (readonly number[])[];
}

/** Cells in the order of their first run. @throws RangeError two runs of a block in one cell; blocks in two classes */
export function cellsOf({ runs, within }: Pick<Experiment, 'runs' | 'within'>): Cells {
  const cells = Map.groupBy(runs.keys(), (index) => JSON.stringify(at(runs, index).levels));
  for (const places of cells.values()) {
    const blocks = new Set(places.map((place) => at(runs, place).block));
    if (blocks.size < places.length) throw new RangeError('at most one run for each block and cell');
  }
  const classes = new Map<string, string>();
  for (const { block, levels } of runs) {
    const own = classKey(levels, within);
    if ((classes.get(block) ?? own) !== own) throw new RangeError(`block ${block} has runs of two classes`);
    classes.set(block, own);
  }
  const places = [...cells.values()];
  return { levels: places.map((list) => at(runs, at(list, 0)).levels), runs: places };
}

export const classKey = (levels: Levels, within: readonly string[]): string =>
  JSON.stringify(Object.entries(levels).filter(([factor]) => !within.includes(factor)));

/** Bytes of the votes of cells that are kept at a time. */
const mostVotesBytes = 2 ** 26;
/** All outcomes of an experiment share them. */
const votesOfExperiments = new WeakMap<Experiment, LRUCache<number, Uint32Array>>();

export const votesOfCells = (experiment: Experiment): LRUCache<number, Uint32Array> =>
  kept(
    votesOfExperiments,
    experiment,
    () => new LRUCache({ maxSize: mostVotesBytes, sizeCalculation: ({ byteLength }) => byteLength }),
  );
