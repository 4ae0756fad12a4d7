import type { ModelGrid } from '../../contract/api/models.ts';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../contract/recipes/recipes.ts';
import type { LevelsFactor } from '../../contract/studies/levels.ts';
import type { ModelsSpec } from '../../contract/studies/study.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { at } from '../numbers/arrays.ts';
import { levelName } from '../settings/level-names.ts';
import { settingAt } from '../settings/recipe-settings.ts';
import { isRecord } from '../settings/settings.ts';

/** @param part of what is planned; '': all of it */
export type RefusePart = (part: string, what: string, remedy: string) => never;

/** @param where names the plan in errors */
export const refuseAt =
  (where: string): RefusePart =>
  (part, what, remedy) => {
    throw new UserError('sweep.invalid', what, part === '' ? where : `${where}, ${part}`, remedy);
  };

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
  checkLevels(factors, refuse);
  return crossed(factors.map(({ levels }) => levels.length)).map((places) => {
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

/** How many models of one seed a grid has, without making one. */
export const countGrid = ({ factors }: Pick<ModelGrid, 'factors'>): number =>
  factors.reduce((product, { levels }) => product * levels.length, 1);

const levelPattern = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,47}$/;

/** Refuses factors that are of no setting of a recipe, or of one twice, and levels without names of their own. */
export function checkLevels(
  factors: readonly { of: string; levels?: LevelsFactor['levels'] }[],
  refuse: RefusePart,
): void {
  factors.forEach((factor, index) => {
    const { of, levels } = factor;
    const part = `factors.${index}`;
    const [first = ''] = of.split('.');
    if (!Object.hasOwn(classifierRecipeSchema.shape, first)) {
      const keys = Object.keys(classifierRecipeSchema.shape).join(', ');
      refuse(`${part}.of`, `A recipe has no "${first}"`, `Choose one of its keys, or a key within one: ${keys}.`);
    }
    if (factors.findIndex((other) => other.of === of) < index) {
      refuse(`${part}.of`, `Two factors are of ${of}`, 'Put the levels of both into one factor.');
    }
    if (!levels) return;
    const names = levels.map(levelName);
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
}

/** Every combination of places in lists of these lengths. */
export const crossed = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) => all.flatMap((places) => Array.from({ length: size }, (_, place) => [...places, place])),
    [[]],
  );

/** A recipe with other values of some settings, by path. @param refuse is given what is wrong with the result */
export function withValues(
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
