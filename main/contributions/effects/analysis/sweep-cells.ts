import type { ClassifierRecipe } from '../../../contract/recipes/index.ts';
import type { LevelsFactor, Study } from '../../../contract/studies/index.ts';
import { at } from '../../../domain/numbers/index.ts';
import {
  canonicalJson,
  checkLevels,
  crossed,
  type ModelEntry,
  refuseAt,
  type RefusePart,
  withValues,
} from '../../../domain/plans/index.ts';
import { randomStream } from '../../../domain/random/index.ts';
import { levelName } from '../../../domain/settings/index.ts';
import { type RangeFactor, type Sweep, type SweepFactor, sweepsOf } from '../contract/sweep.ts';
import { latinHypercube } from './latin-hypercube.ts';

/** A recipe of a sweep. */
export interface SweepCell {
  /** Unique in the study; its models are called by it and the number of the seed. */
  name: string;
  /** The level's name of each factor, or the sampled number, in the order of the factors. */
  levels: readonly string[];
  recipe: ClassifierRecipe;
  /** Seed of its first training, the others have the next ones: decided by the recipe and the seed of the sweep. */
  seed: number;
}

/** The models of a cell. */
export interface SweepEntry extends ModelEntry {
  readonly cell: SweepCell;
}

/** Room in a model's name (64 characters) for the number of its seed. */
const longestName = 58;

/** Entries are kept: declarations are read from the database again for each call of a page. */
const kept = 32;
const entries = new Map<string, readonly SweepEntry[]>();

/** The models of all sweeps of a study. @param where names a sweep in errors @throws UserError as `sweepCells` does */
export const sweptEntries = (study: Pick<Study, 'sweeps'>, where?: (place: string) => string): readonly SweepEntry[] =>
  sweepsOf(study).flatMap((sweep, index) => sweepEntries(sweep, `sweeps.${index}`, where?.(`sweeps.${index}`)));

/** @param place of the sweep in the study file @param where names the sweep in errors */
export function sweepEntries(sweep: Sweep, place = 'sweeps', where = `sweep ${sweep.name}`): readonly SweepEntry[] {
  const key = `${place} ${canonicalJson(sweep)}`;
  const known = entries.get(key);
  if (known) return known;
  const made = sweepCells(sweep, where).map(
    (cell): SweepEntry => ({
      name: cell.name,
      group: 'diverse',
      recipe: cell.recipe,
      seed: cell.seed,
      repeats: 1,
      seeds: sweep.seeds,
      collection: sweep.name,
      section: { place },
      cell,
    }),
  );
  entries.set(key, made);
  for (const old of [...entries.keys()].slice(0, -kept)) entries.delete(old);
  return made;
}

/**
 * The cells of a sweep. A cell's name, recipe and seed depend on its own levels alone, so adding levels or seeds, or
 * leaving out cells, changes no other cell.
 * @param where names the sweep in errors
 * @throws UserError `sweep.invalid`
 */
export function sweepCells(sweep: Sweep, where = `sweep ${sweep.name}`): SweepCell[] {
  const refuse = refuseAt(where);
  checkFactors(sweep, refuse);
  const combinations = combine(sweep, refuse);
  const points = samplePoints(sweep);
  const cells = combinations.flatMap((levels) =>
    points.map((point, index) => toCell(sweep, { levels, point, index }, refuse)),
  );
  checkCells(cells, refuse);
  return cells;
}

/** Names of levels by factor: what `cells` and `exclude` have. */
type Levels = Record<string, string>;

const isRange = (factor: SweepFactor): factor is RangeFactor => 'from' in factor;
const hasLevels = (factor: SweepFactor): factor is LevelsFactor => 'levels' in factor;
const countLevels = (factor: SweepFactor): number => (hasLevels(factor) ? factor.levels.length : 1);

/** How many cells a sweep has before any are left out, without making one. */
export const countCells = ({ factors, samples = 1, cells }: Pick<Sweep, 'factors' | 'samples' | 'cells'>): number =>
  samples * (cells?.length ?? factors.reduce((product, factor) => product * countLevels(factor), 1));

function checkFactors(
  { factors, samples, cells, exclude }: Pick<Sweep, 'factors' | 'samples' | 'cells' | 'exclude'>,
  refuse: RefusePart,
): void {
  checkLevels(
    factors.map((factor) => ({ of: factor.of, ...(hasLevels(factor) && { levels: factor.levels }) })),
    refuse,
  );
  const ranged = factors.find(isRange);
  if (ranged && samples === undefined) {
    refuse('samples', `The number of samples from the range of ${ranged.of} is missing`, 'Add `samples`.');
  }
  if (!ranged && samples !== undefined) {
    refuse('samples', 'No factor is a range, so there is nothing to sample', 'Remove `samples`, or add a range.');
  }
  for (const [key, lists] of [['cells', cells ?? []] as const, ['exclude', exclude ?? []] as const]) {
    lists.forEach((levels, index) => checkNamed(factors, levels, (...error) => refuse(`${key}.${index}`, ...error)));
  }
}

function checkNamed(factors: readonly SweepFactor[], levels: Levels, refuse: (what: string, remedy: string) => never) {
  for (const [of, name] of Object.entries(levels)) {
    const factor = factors.find((each) => each.of === of);
    if (!factor || isRange(factor)) {
      const known = factors.filter(hasLevels).map((each) => each.of);
      const remedy = `Name levels of these: ${known.join(', ')}.`;
      return refuse(factor ? `${of} has a range and no levels` : `The sweep has no factor ${of}`, remedy);
    }
    const names = factor.levels.map(levelName);
    if (!names.includes(name)) refuse(`${of} has no level "${name}"`, `Choose one of these: ${names.join(', ')}.`);
  }
}

/** Wanted combinations of levels, by their place in each factor; 0 for ranges. */
function combine({ factors, cells, exclude = [] }: Sweep, refuse: RefusePart): number[][] {
  const nameAt = (factor: SweepFactor, level: number): string =>
    hasLevels(factor) ? levelName(at(factor.levels, level)) : '';
  const isIn = (levels: Levels, places: readonly number[]): boolean =>
    factors.every((factor, index) => {
      const wanted = Object.hasOwn(levels, factor.of) ? levels[factor.of] : undefined;
      return wanted === undefined || wanted === nameAt(factor, at(places, index));
    });
  const all = cells
    ? cells.map((levels, index) => listed(factors, levels, index, refuse))
    : crossed(factors.map(countLevels));
  const kept = all.filter((places) => !exclude.some((levels) => isIn(levels, places)));
  if (kept.length === 0) refuse('exclude', 'All cells are left out', 'Leave out fewer.');
  return kept;
}

function listed(factors: readonly SweepFactor[], levels: Levels, index: number, refuse: RefusePart): number[] {
  return factors.map((factor) => {
    if (isRange(factor)) return 0;
    const name = Object.hasOwn(levels, factor.of) ? levels[factor.of] : undefined;
    if (name === undefined) refuse(`cells.${index}`, `The cell has no level of ${factor.of}`, 'Name one.');
    return factor.levels.findIndex((level) => levelName(level) === name);
  });
}

/** Numbers of the ranges in each sample, in the order of the ranges; one sample of none where there are no ranges. */
function samplePoints({ factors, samples = 1, seed }: Sweep): number[][] {
  const ranges = factors.filter(isRange);
  if (ranges.length === 0) return [[]];
  const points = latinHypercube(seed, samples, ranges.length);
  return points.map((point) => ranges.map((range, index) => inRange(range, at(point, index))));
}

/** Rounds to six digits: machines may differ in the last bits of a logarithm, which must not change a recipe. */
function inRange({ from, to, scale, whole }: RangeFactor, share: number): number {
  const value =
    scale === 'log' ? Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from))) : from + share * (to - from);
  return whole ? Math.round(value) : Number(value.toPrecision(6));
}

interface Place {
  levels: readonly number[];
  point: readonly number[];
  index: number;
}

function toCell(sweep: Sweep, { levels, point, index }: Place, refuse: RefusePart): SweepCell {
  const ranges = sweep.factors.filter(isRange);
  const values = sweep.factors.map((factor, place) => {
    if (isRange(factor)) {
      const value = at(point, ranges.indexOf(factor));
      return { of: factor.of, value, name: String(value), inName: [] };
    }
    const level = at(factor.levels, at(levels, place));
    return { of: factor.of, value: level.value, name: levelName(level), inName: [levelName(level)] };
  });
  const sampled = point.length > 0 ? [`p${index + 1}`] : [];
  const name = [sweep.name, ...values.flatMap(({ inName }) => inName), ...sampled].join('-');
  if (name.length > longestName) {
    const what = `The name of a cell would have more than ${longestName} characters: ${name}`;
    refuse('', what, 'Give the sweep or its levels shorter names.');
  }
  const recipe = withValues(sweep.base, values, (what, remedy) => refuse('', `${what} in cell ${name}`, remedy));
  const seed = randomStream(sweep.seed, 'sweep', canonicalJson(recipe)).int(2 ** 31);
  return { name, levels: values.map((value) => value.name), recipe, seed };
}

function checkCells(cells: readonly SweepCell[], refuse: RefusePart): void {
  const byName = new Map<string, SweepCell>();
  const byRecipe = new Map<string, SweepCell>();
  for (const cell of cells) {
    if (byName.has(cell.name)) {
      refuse('', `Two cells are called "${cell.name}"`, 'Give the levels other names, or list each cell once.');
    }
    const recipe = canonicalJson(cell.recipe);
    const other = byRecipe.get(recipe);
    if (other) {
      const what = `The cells "${other.name}" and "${cell.name}" have the same recipe`;
      refuse('', what, 'Remove one of the levels in which they differ.');
    }
    byName.set(cell.name, cell);
    byRecipe.set(recipe, cell);
  }
}
