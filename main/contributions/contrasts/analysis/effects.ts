import type { LRUCache } from 'lru-cache';
import { at, kept } from '../../../domain/numbers/index.ts';
import {
  claimInterval,
  type ClaimInterval,
  type CrossedPart,
  leastVariance,
  totalVariance,
} from '../../../analysis/claims/index.ts';
import { hashKey } from '../../../analysis/groups/index.ts';
import { kappaByImage, kappasOf, type KappaValues } from './consistency-effect.ts';
import { coefficients, type Contrast } from './contrasts.ts';
import { labelCounts, type LabelCounts, missing } from '../../../analysis/labels/index.ts';
import {
  type Agreement,
  agreementOf,
  agreementWithout,
  drawsPeople,
  groupOutcome,
  isGroupOutcome,
  linearOutcome,
  type Outcome,
  pairUnits,
  type PairUnits,
  unitVariance,
  type VoteOutcome,
  votesOf,
  wrongShare,
} from '../../../analysis/outcomes/index.ts';
import { addScaled, crossed, meanRow, meansOfPairs, type Rows, sumOf, weightedMean } from './pair-rows.ts';
import { type Cells, cellsOf, classKey, type Experiment, votesOfCells } from './effect-cells.ts';

export type EffectReason = 'no_cell' | 'order' | 'undefined' | 'one_pair' | 'one_anchor' | 'one_run' | 'no_variation';

interface Spread {
  se: number;
  df: number;
}

/** An effect with its interval for new runs and new pairs; null: undefined, `reason` says why (metrics.md 13.4). */
export interface Effect {
  estimate: number | null;
  se: number | null;
  df: number | null;
  skew: number | null;
  lo: number | null;
  hi: number | null;
  /** p of the hypothesis of no effect, two-sided; null for a mean. */
  p: number | null;
  reason: EffectReason | null;
  replicates: 'runs' | 'strata' | null;
  n_strata: number | null;
  n_pairs: number | null;
  n_images: number | null;
  n_runs: number | null;
  /** Blocks without a run in some cell of the contrast. */
  n_dropped: number | null;
  units: PairUnits['units'] | null;
  n_anchors: number | null;
  v_pairs: number | null;
  v_units: number | null;
  v_runs: number | null;
  v_overlap: number | null;
  v_labelers: number | null;
  v_labelers_overlap: number | null;
  /** About these very runs, and about these very pairs. Neither is to be quoted as the interval. */
  pairs_only: Spread | null;
  runs_only: Spread | null;
}

const unknown: Effect = {
  estimate: null,
  se: null,
  df: null,
  skew: null,
  lo: null,
  hi: null,
  p: null,
  reason: null,
  replicates: null,
  n_strata: null,
  n_pairs: null,
  n_images: null,
  n_runs: null,
  n_dropped: null,
  units: null,
  n_anchors: null,
  v_pairs: null,
  v_units: null,
  v_runs: null,
  v_overlap: null,
  v_labelers: null,
  v_labelers_overlap: null,
  pairs_only: null,
  runs_only: null,
};

/** An effect, and what families and the planner need of it. */
export interface EffectParts {
  effect: Effect;
  /** u_p, V and degrees of freedom; null where no interval is defined. */
  basis: { influences: Float64Array; V: number; df: number; weight: number } | null;
  /** Replicates of each class of blocks, in order of their values. */
  classes: Replicates[];
  /** Labelers as replicates, where people are random. */
  labelers: Replicates | null;
}

/** S_g and V_Rg of blocks of runs, or H and V_L of labelers; and V_Ig, or V_J, for pairs that do not share. */
export interface Replicates {
  count: number;
  own: number;
  independent: number;
}

/** Means over the images of pairs that estimators of the same answers share: most questions after the first need no others. */
export interface KeptMeans {
  readonly means: LRUCache<string, Float64Array>;
  /** Names the outcome, with all that it depends on but runs and images. */
  readonly key: string;
  /** What a run is called in all of these estimators, by its place. */
  readonly names: readonly number[];
}

/** Computes effects of one outcome; what all contrasts share is computed once. */
export class EffectEstimator {
  readonly #experiment: Experiment;
  readonly #outcome: Outcome;
  readonly #agreement: Agreement;
  /** Outcome of a single run on an image; unused for outcomes of groups. */
  readonly #linear: (run: number, image: number) => number;
  readonly #units: PairUnits;
  readonly #cells: Cells;
  /** Means over the images of a pair, by run (linear outcomes, group pseudo-values). */
  readonly #ofRuns: Float64Array[] = [];
  /** Means over the images of a pair, by cell. */
  readonly #ofCells = new Map<string, Float64Array>();
  readonly #kappasOf = new Map<number, KappaValues>();
  readonly #kept: KeptMeans | null;
  /** Counts of people's labels. */
  #counts: LabelCounts | null = null;
  readonly #votesOf: LRUCache<number, Uint32Array>;
  /** Places of the images that count, pair by pair. */
  readonly images: readonly number[];

  /**
   * @param counts which images count, by place; absent: all on which the outcome is defined for every run
   * @param shared of other estimators; null: none
   */
  constructor(
    experiment: Experiment,
    outcome: Outcome,
    counts: (image: number) => boolean = () => true,
    shared: KeptMeans | null = null,
  ) {
    this.#experiment = experiment;
    this.#outcome = outcome;
    this.#agreement = agreementOf(experiment.people, outcome);
    this.#linear = linearOutcome(outcome, this.#agreement, experiment);
    this.#cells = cellsOf(experiment);
    this.#votesOf = votesOfCells(experiment);
    const isDefined = this.#defined();
    this.#units = pairUnits(experiment.images, (image) => counts(image) && isDefined(image));
    this.images = this.#units.pairs.flat();
    this.#kept = shared && { ...shared, key: hashKey(shared.key, this.images) };
  }

  /** The contrast on each image, by place, of those that count; empty where it has no cells. */
  byImage(contrast: Contrast): Map<number, number> {
    const found = coefficients(contrast, this.#cells.levels);
    if (!found) return new Map();
    const cells = [...found.weights.entries()].filter(([, weight]) => weight !== 0);
    const values = cells.map(([cell, weight]) => [weight, this.#ofCellByImage(cell, this.#agreement)] as const);
    return new Map(
      this.images.map((image) => [image, values.reduce((sum, [weight, of]) => sum + weight * of(image), 0)]),
    );
  }

  /** Images whose outcome is defined for every run. */
  #defined(): (image: number) => boolean {
    const { values, labels, runs, reference } = this.#experiment;
    if (this.#outcome.type === 'consistency') return (image) => (reference?.[image] ?? missing) !== missing;
    if (this.#outcome.type === 'any_differ') return () => true;
    if (this.#outcome.type !== 'value') return this.#agreement.isKnown;
    const isUndefined = new Uint8Array(labels.images);
    // Run by run, as they lie in memory.
    for (let run = 0; run < runs.length; run++) {
      const own = values?.subarray(run * labels.images, (run + 1) * labels.images);
      for (let image = 0; image < labels.images; image++)
        if (Number.isNaN(own?.[image] ?? Number.NaN)) isUndefined[image] = 1;
    }
    return (image) => isUndefined[image] === 0;
  }

  estimate(contrast: Contrast): EffectParts {
    const outcome = this.#outcome;
    const none = (reason: EffectReason): EffectParts => ({
      effect: { ...unknown, reason },
      basis: null,
      classes: [],
      labelers: null,
    });
    const found = coefficients(contrast, this.#cells.levels);
    if (!found || this.#units.pairs.length === 0) return none('no_cell');
    const cells = [...found.weights.keys()].filter((cell) => found.weights[cell] !== 0);
    const { classes, dropped } = this.#classes(cells);
    if (classes.some(({ blocks }) => blocks.length === 0)) return none('no_cell');
    const sizes = cells.map((cell) => at(this.#cells.runs, cell).length);
    const fewest = Math.min(...sizes);
    if (isGroupOutcome(outcome) && (outcome.m < 2 || outcome.m > fewest)) return none('order');
    const isMean = contrast.type === 'mean' || contrast.type === 'matched';
    const asStrata = this.#countsStrata(contrast, found.strata.length, classes);
    const rowsOf = (): Rows[] =>
      asStrata
        ? [found.strata.map((signs) => this.#combined(cells, signs, (cell) => at(at(this.#cells.runs, cell), 0)))]
        : classes.map((own) => own.blocks.map((block) => this.#combined(own.cells, found.weights, block)));
    // A cell of one or two runs has no pseudo-values.
    const rows = isGroupOutcome(outcome) && fewest < 3 ? null : rowsOf();
    const result = this.#effect(rows, cells, found.weights, isMean);
    return {
      ...result,
      effect: {
        ...result.effect,
        replicates: asStrata ? 'strata' : 'runs',
        n_strata: found.count,
        n_dropped: dropped,
        n_runs: classes.reduce((sum, { blocks }) => sum + blocks.length, 0),
      },
    };
  }

  /** By class, in order of its values: the cells of the contrast, and its complete blocks, as run of a cell. */
  #classes(cells: readonly number[]) {
    const { runs, within } = this.#experiment;
    const groups = Map.groupBy(cells, (cell) => classKey(at(this.#cells.levels, cell), within));
    let dropped = 0;
    const classes = [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, own]) => {
        const byBlock = new Map<string, Map<number, number>>();
        for (const cell of own) {
          for (const run of at(this.#cells.runs, cell)) {
            const { block } = at(runs, run);
            byBlock.set(block, (byBlock.get(block) ?? new Map<number, number>()).set(cell, run));
          }
        }
        const complete = [...byBlock.values()].filter((found) => found.size === own.length);
        dropped += byBlock.size - complete.length;
        return { cells: own, blocks: complete.map((found) => (cell: number) => found.get(cell) ?? -1) };
      });
    return { classes, dropped };
  }

  /** Strata count as replicates where nothing else is replicated (metrics.md 13.4). */
  #countsStrata(contrast: Contrast, strata: number, classes: readonly { blocks: readonly unknown[] }[]): boolean {
    return (
      this.#experiment.within.length === 0 &&
      classes.every(({ blocks }) => blocks.length === 1) &&
      (contrast.type === 'marginal' || contrast.type === 'interaction') &&
      strata >= 2 &&
      !isGroupOutcome(this.#outcome)
    );
  }

  /** sum_c k_c z_(run, p) of one block. */
  #combined(cells: readonly number[], weights: Float64Array, runOf: (cell: number) => number): Float64Array {
    const sum = new Float64Array(this.#units.pairs.length);
    for (const cell of cells) {
      const weight = weights[cell]!;
      if (weight === 0) continue;
      addScaled(sum, this.#ofRun(cell, runOf(cell)), weight);
    }
    return sum;
  }

  /** Reuses means that other estimators computed. @param name of the runs, and of what about them */
  #keep(name: string, means: () => Float64Array): Float64Array {
    if (!this.#kept) return means();
    return kept(this.#kept.means, `${this.#kept.key} ${name}`, means);
  }

  #nameOf(run: number): number {
    return this.#kept?.names[run] ?? run;
  }

  /** The runs of a cell: another estimator may have the same ones in another cell. */
  #cellName(cell: number): string {
    return at(this.#cells.runs, cell)
      .map((run) => this.#nameOf(run))
      .join(',');
  }

  /** r_k of a cell's runs, `[image][k]`. */
  #votes(cell: number): Uint32Array {
    return kept(this.#votesOf, cell, () => votesOf(this.#experiment.labels, at(this.#cells.runs, cell)));
  }

  /** A run's outcome, or its pseudo-value in its cell. */
  #ofRun(cell: number, run: number): Float64Array {
    const known = this.#ofRuns[run];
    if (known) return known;
    const outcome = this.#outcome;
    const { pairs } = this.#units;
    if (!isGroupOutcome(outcome)) {
      const own = this.#keep(`run ${this.#nameOf(run)}`, () =>
        meansOfPairs(pairs, (image) => this.#linear(run, image)),
      );
      this.#ofRuns[run] = own;
      return own;
    }
    const { values, images, classes } = this.#experiment.labels;
    let pseudo: Float64Array | null = null;
    // All runs of the cell are computed at once: theirs are needed too.
    const name = this.#cellName(cell);
    for (const [place, each] of at(this.#cells.runs, cell).entries()) {
      this.#ofRuns[each] = this.#keep(`run ${this.#nameOf(each)} in ${name}`, () => {
        if (outcome.type === 'consistency') return at(this.#kappas(cell).networks, place);
        pseudo ??= this.#pseudoValues(cell, outcome);
        const ofLabels = pseudo;
        const label = values.subarray(each * images, (each + 1) * images);
        return meansOfPairs(pairs, (image) => ofLabels[image * classes + label[image]!]!);
      });
    }
    return at(this.#ofRuns, run);
  }

  #kappas(cell: number): KappaValues {
    const runs = at(this.#cells.runs, cell);
    return kept(this.#kappasOf, cell, () => kappasOf(this.#experiment, runs, this.#units.pairs));
  }

  /** Pseudo-values of the runs of a cell, `[image][label]`: runs with the same label of an image have the same. */
  #pseudoValues(cell: number, outcome: VoteOutcome): Float64Array {
    const { classes, images } = this.#experiment.labels;
    const votes = this.#votes(cell);
    const S = at(this.#cells.runs, cell).length;
    const m = Math.min(outcome.m, S - 1);
    const values = new Float64Array(images * classes).fill(Number.NaN);
    const ofAll = groupOutcome(outcome, this.#agreement, { runs: S, m });
    const withoutOne = groupOutcome(outcome, this.#agreement, { runs: S - 1, m });
    for (const image of this.images) {
      const own = votes.slice(image * classes, (image + 1) * classes);
      const all = S * ofAll(image, own);
      for (let k = 0; k < classes; k++) {
        if (own[k] === 0) continue;
        own[k]! -= 1;
        values[image * classes + k] = all - (S - 1) * withoutOne(image, own);
        own[k]! += 1;
      }
    }
    return values;
  }

  /** The outcome of all runs of a cell under some agreement of people: the mean of a linear one. */
  #ofCell(cell: number, agreementOf: () => Agreement, key: string): Float64Array {
    const outcome = (): Float64Array =>
      this.#outcome.type === 'consistency'
        ? this.#kappas(cell).all
        : meansOfPairs(this.#units.pairs, this.#ofCellByImage(cell, agreementOf()));
    return kept(this.#ofCells, `cell ${cell} ${key}`, () => this.#keep(`cell ${this.#cellName(cell)} ${key}`, outcome));
  }

  #ofCellByImage(cell: number, agreement: Agreement): (image: number) => number {
    const outcome = this.#outcome;
    const runs = at(this.#cells.runs, cell);
    const { classes } = this.#experiment.labels;
    if (outcome.type === 'value') {
      const y = linearOutcome(outcome, agreement, this.#experiment);
      return (image) => runs.reduce((sum, run) => sum + y(run, image), 0) / runs.length;
    }
    if (outcome.type === 'consistency') return kappaByImage(this.#experiment, runs, this.images);
    const votes = this.#votes(cell);
    const of = isGroupOutcome(outcome) ? groupOutcome(outcome, agreement, { runs: runs.length, m: outcome.m }) : null;
    return (image) => {
      const own = votes.subarray(image * classes, (image + 1) * classes);
      return of ? of(image, own) : wrongShare(agreement, image, own, runs.length);
    };
  }

  /** @param rows x_bp of each class; null: none are defined */
  #effect(rows: Rows[] | null, cells: readonly number[], weights: Float64Array, isMean: boolean): EffectParts {
    const [outcome, units] = [this.#outcome, this.#units];
    const sizes = units.pairs.map((images) => images.length);
    const P = sizes.length;
    const images = sizes.reduce((sum, n) => sum + n, 0);
    const w = Float64Array.from(sizes, (n) => (n * P) / images);
    const ofCells = (agreement: () => Agreement, key: string): Float64Array => {
      const sum = new Float64Array(P);
      for (const cell of cells) addScaled(sum, this.#ofCell(cell, agreement, key), weights[cell]!);
      return sum;
    };
    const a = isGroupOutcome(outcome) || rows === null ? ofCells(() => this.#agreement, '') : sumOf(rows.map(meanRow));
    const estimate = weightedMean(w, a);
    const u = a.map((value, pair) => w[pair]! * (value - estimate));
    const counts = { n_pairs: P, n_images: images, units: units.units, n_anchors: units.anchors };
    if (Number.isNaN(estimate))
      return { effect: { ...unknown, ...counts, reason: 'undefined' }, basis: null, classes: [], labelers: null };
    const effect: Effect = { ...unknown, ...counts, estimate };
    // With one pair nothing about pairs is defined, but the variation by runs and labelers is.
    const isIndependent = units.obstacle === 'one_pair' || (units.obstacle === null && units.units !== 'anchors');
    const independent: PairUnits = isIndependent ? units : { ...units, units: 'pairs', obstacle: null };
    effect.v_pairs = unitVariance(independent, [u]);
    effect.v_units = unitVariance(units, [u]);
    const freedom = units.freedom ?? Number.NaN;
    if (effect.v_units !== null && effect.v_units >= leastVariance)
      effect.pairs_only = { se: Math.sqrt(effect.v_units), df: freedom };
    const replicated = rows?.every((own) => own.length >= 2) ? rows : null;
    const runs = replicated?.map((own) => crossed(units, independent, w, own)) ?? [];
    if (replicated) {
      effect.v_runs = runs.reduce((sum, { own }) => sum + own, 0);
      effect.runs_only = replicatesOnly(runs, effect.v_runs);
      if (units.obstacle === null) effect.v_overlap = runs.reduce((sum, { overlap }) => sum + overlap, 0);
    }
    const labelers = drawsPeople(outcome) ? crossed(units, independent, w, this.#labelerRows(ofCells)) : undefined;
    if (labelers) {
      effect.v_labelers = labelers.own;
      if (units.obstacle === null) effect.v_labelers_overlap = labelers.overlap;
    }
    const parts = { classes: runs, labelers: labelers && labelers.count >= 2 ? labelers : null };
    if (effect.v_units === null) return { effect: { ...effect, reason: units.obstacle }, basis: null, ...parts };
    if (!replicated) return { effect: { ...effect, reason: 'one_run' }, basis: null, ...parts };
    const { V, df } = totalVariance({ units: effect.v_units, freedom, runs, ...(labelers && { labelers }) });
    if (V < leastVariance) return { effect: { ...effect, reason: 'no_variation' }, basis: null, ...parts };
    const basis = { influences: u, V, df, weight: isGroupOutcome(outcome) ? 0.75 : 1 };
    const interval = claimInterval({ estimate, V, df }, u, basis);
    return { effect: { ...effect, ...shown(interval, isMean, outcome) }, basis, ...parts };
  }

  /** x_lp: the contrast of the cells' outcomes under the agreement without each labeler. */
  #labelerRows(ofCells: (agreement: () => Agreement, key: string) => Float64Array): Rows {
    const outcome = this.#outcome;
    const { people } = this.#experiment;
    if (outcome.type === 'value' || outcome.people !== 'random') return [];
    const { h } = outcome;
    this.#counts ??= labelCounts(people);
    const counts = this.#counts;
    return Array.from({ length: people.raters }, (_, labeler) => {
      // One at a time: those of all labelers would take gigabytes.
      let agreement: Agreement | null = null;
      return ofCells(() => (agreement ??= agreementWithout(people, counts, labeler, h)), `without ${labeler}`);
    });
  }
}

/** About these very pairs. */
function replicatesOnly(runs: readonly CrossedPart[], V: number): Spread | null {
  if (V < leastVariance) return null;
  return { se: Math.sqrt(V), df: V ** 2 / runs.reduce((sum, { own, count }) => sum + own ** 2 / (count - 1), 0) };
}

/** A mean has no p; that of a share stays within 0 and 1, and kappa within -1 and 1. */
function shown({ se, df, skew, lo, hi, p }: ClaimInterval, isMean: boolean, outcome: Outcome) {
  const isShare = outcome.type !== 'value' || outcome.scale !== 'real';
  const least = outcome.type === 'consistency' ? -1 : 0;
  const clip = (end: number): number => (isMean && isShare ? Math.min(1, Math.max(least, end)) : end);
  return { se, df, skew, lo: clip(lo), hi: clip(hi), p: isMean ? null : p };
}
