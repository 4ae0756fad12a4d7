import type { ModelGrid } from '../../contract/api/models.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../contract/recipes/recipes.ts';
import type { ModelsSpec, Study } from '../../contract/studies/study.ts';
import type { LevelsFactor, RangeFactor, Sweep, SweepFactor } from '../../contract/studies/sweep.ts';
import { at } from '../numbers/arrays.ts';
import { canonicalJson } from './identity.ts';
import { latinHypercube } from '../random/latin-hypercube.ts';
import { randomStream } from '../random/random.ts';
import { settingAt } from '../settings/recipe-settings.ts';
import { isRecord } from '../settings/settings.ts';
import { levelName } from '../settings/sweep-levels.ts';
import { type TaughtEntry, taughtEntries } from './teaching.ts';

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

/** Models of one recipe: declared as such, a cell of a sweep, or one that is taught by labels. */
export interface ModelEntry extends ModelsSpec {
  sweep?: { name: string; cell: SweepCell };
  taught?: TaughtEntry['taught'];
}

/** Room in a model's name (64 characters) for the number of its seed. */
const longestName = 58;

/** Entries are kept: declarations are read from the database again for each call of a page. */
const kept = 32;
const entries = new Map<string, readonly ModelEntry[]>();

/** What declares models. */
export type DeclaredModels = Pick<Study, 'models' | 'sweeps' | 'teaching'>;

/** All models of a study: the declared ones, the cells of its sweeps, those that are taught. @throws UserError as `sweepCells` does */
export const modelEntries = ({ models, sweeps, teaching }: DeclaredModels): readonly ModelEntry[] =>
  sweeps === undefined && teaching === undefined
    ? models
    : [...models, ...(sweeps ?? []).flatMap((sweep) => sweepEntries(sweep)), ...taughtEntries(teaching, models)];

/** @param where names the sweep in errors */
export function sweepEntries(sweep: Sweep, where = `sweep ${sweep.name}`): readonly ModelEntry[] {
  const key = canonicalJson(sweep);
  const known = entries.get(key);
  if (known) return known;
  const made = sweepCells(sweep, where).map(
    (cell): ModelEntry => ({
      name: cell.name,
      group: 'diverse',
      recipe: cell.recipe,
      seed: cell.seed,
      repeats: 1,
      seeds: sweep.seeds,
      collection: sweep.name,
      sweep: { name: sweep.name, cell },
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

/** Names leave room for a seed and the place in a seed study; longer ones are numbered instead. */
const longestGridName = 48;

/**
 * The models of a grid, not yet with free names and seeds. They are called by the name that was typed and the values that
 * the grid varies: `MLP-500x500-lr0.001-batch64`; by the name alone where that would be too long.
 * @throws UserError `sweep.invalid`
 */
export function gridEntries({ name, base, factors, group, seed, seeds, repeats }: ModelGrid): ModelsSpec[] {
  const where = `grid ${name}`;
  const refuse = refuseAt(where);
  checkFactors({ factors }, refuse);
  return crossed(factors.map(countLevels)).map((places) => {
    const levels = factors.map((factor, index) => ({ of: factor.of, level: at(factor.levels, at(places, index)) }));
    const parts = levels.map(
      ({ of, level }) => `${settingAt(of)?.facts.inName ?? of.split('.').at(-1)}${levelName(level)}`,
    );
    const long = [name, ...parts].join('-');
    const values = levels.map(({ of, level }) => ({ of, value: level.value }));
    return {
      name: long.length > longestGridName ? name : long,
      recipe: withValues(base, values, (what, remedy) => refuse('', `${what} in ${long}`, remedy)),
      seed,
      seeds,
      group,
      repeats: group === 'seeds' ? repeats : 1,
    };
  });
}

const refuseAt =
  (where: string): Refuse =>
  (part, what, remedy) => {
    throw new UserError('sweep.invalid', what, part === '' ? where : `${where}, ${part}`, remedy);
  };

/** @param part of the sweep; '': all of it */
type Refuse = (part: string, what: string, remedy: string) => never;

/** Names of levels by factor: what `cells` and `exclude` have. */
type Levels = Record<string, string>;

const isRange = (factor: SweepFactor): factor is RangeFactor => 'from' in factor;
const hasLevels = (factor: SweepFactor): factor is LevelsFactor => 'levels' in factor;
const countLevels = (factor: SweepFactor): number => (hasLevels(factor) ? factor.levels.length : 1);

/** How many cells a sweep has before any are left out, without making one. */
export const countCells = ({ factors, samples = 1, cells }: Pick<Sweep, 'factors' | 'samples' | 'cells'>): number =>
  samples * (cells?.length ?? factors.reduce((product, factor) => product * countLevels(factor), 1));

const levelPattern = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,47}$/;

function checkFactors(
  { factors, samples, cells, exclude }: Pick<Sweep, 'factors' | 'samples' | 'cells' | 'exclude'>,
  refuse: Refuse,
): void {
  factors.forEach((factor, index) => {
    const { of } = factor;
    const part = `factors.${index}`;
    const [first = ''] = of.split('.');
    if (!Object.hasOwn(classifierRecipeSchema.shape, first)) {
      const keys = Object.keys(classifierRecipeSchema.shape).join(', ');
      refuse(`${part}.of`, `A recipe has no "${first}"`, `Choose one of its keys, or a key within one: ${keys}.`);
    }
    if (factors.findIndex((other) => other.of === of) < index) {
      refuse(`${part}.of`, `Two factors are of ${of}`, 'Put the levels of both into one factor.');
    }
    if (!hasLevels(factor)) return;
    const names = factor.levels.map(levelName);
    const odd = names.find((name) => !levelPattern.test(name));
    if (odd !== undefined) {
      const remedy = 'Give the level a `name` of letters, digits, space, dot, dash and underscore.';
      refuse(part, `A level of ${of} would be called "${odd.slice(0, 60)}"`, remedy);
    }
    const twice = names.find((name, place) => names.indexOf(name) < place);
    if (twice !== undefined) {
      refuse(part, `Two levels of ${of} are called "${twice}"`, 'Remove one, or give each a `name` of its own.');
    }
  });
  const ranged = factors.find(isRange);
  if (ranged && samples === undefined) {
    refuse('samples', `The number of samples from the range of ${ranged.of} is missing`, 'Add `samples`.');
  }
  if (!ranged && samples !== undefined) {
    refuse('samples', 'No factor is a range, so there is nothing to sample', 'Remove `samples`, or add a range.');
  }
  for (const [key, lists] of [['cells', cells ?? []] as const, ['exclude', exclude ?? []] as const]) {
    lists.forEach((levels, index) => checkLevels(factors, levels, (...error) => refuse(`${key}.${index}`, ...error)));
  }
}

function checkLevels(factors: readonly SweepFactor[], levels: Levels, refuse: (what: string, remedy: string) => never) {
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
function combine({ factors, cells, exclude = [] }: Sweep, refuse: Refuse): number[][] {
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

function listed(factors: readonly SweepFactor[], levels: Levels, index: number, refuse: Refuse): number[] {
  return factors.map((factor) => {
    if (isRange(factor)) return 0;
    const name = Object.hasOwn(levels, factor.of) ? levels[factor.of] : undefined;
    if (name === undefined) refuse(`cells.${index}`, `The cell has no level of ${factor.of}`, 'Name one.');
    return factor.levels.findIndex((level) => levelName(level) === name);
  });
}

const crossed = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) => all.flatMap((places) => Array.from({ length: size }, (_, place) => [...places, place])),
    [[]],
  );

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

function toCell(sweep: Sweep, { levels, point, index }: Place, refuse: Refuse): SweepCell {
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

function withValues(
  base: ClassifierRecipe,
  values: readonly { of: string; value: unknown }[],
  refuse: (what: string, remedy: string) => never,
): ClassifierRecipe {
  // A whole part of the recipe comes before what is within it: an optimizer, then its learning rate.
  const inOrder = values.toSorted((a, b) => a.of.split('.').length - b.of.split('.').length);
  const wanted = inOrder.reduce<unknown>((recipe, { of, value }) => withValue(recipe, of.split('.'), value), base);
  const parsed = classifierRecipeSchema.safeParse(wanted);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const remedy = 'Correct the level, or leave this cell out with `exclude`. docs/data-formats.md describes every key.';
  return refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'},`, remedy);
}

function withValue(object: unknown, [key = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  const known: Record<string, unknown> = isRecord(object) ? object : {};
  const { [key]: before, ...others } = known;
  if (rest.length > 0) return { ...others, [key]: withValue(before, rest, value) };
  return value === null ? others : { ...others, [key]: value };
}

function checkCells(cells: readonly SweepCell[], refuse: Refuse): void {
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
