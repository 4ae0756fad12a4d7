import type { UsualModel } from '../../../../main/contract/api/index.ts';
import type { NearestValue } from '../../../../main/contract/wire/index.ts';
import type { ClassifierRecipe } from '../../../../main/contract/recipes/index.ts';
import type { Level } from '../../../../main/contract/studies/index.ts';
import { type Sweep, type SweepFactor, sweepSchema } from '../../../../main/contributions/effects/contract/sweep.ts';
import {
  isRecord,
  issueText,
  levelName,
  settingsOfKind,
  settingTitle,
  titleOf,
  variedSettings,
} from '../../../../main/domain/settings/index.ts';
import { sweepSettings } from '../../../../main/contributions/effects/contract/settings.ts';
import { replacedWord, words } from '../../../recipes/index.ts';

/** A factor as it is typed. */
export interface FactorFields {
  of: string;
  /** Chosen levels, of a factor with choices. */
  levels: readonly Level[];
  /** Comma-separated numbers; `none`: without it. */
  values: string;
  /** Instead of values. Null: values. */
  range: { from: number; to: number; scale: 'linear' | 'log'; whole: boolean } | null;
}

export interface SweepFields {
  name: string;
  seeds: number;
  samples?: number | undefined;
  factors: readonly FactorFields[];
  /** Cells that are left out, and only these cells, as they are in a study file. */
  exclude: NonNullable<Sweep['exclude']>;
  /** What has no field: it stays as it is. */
  kept: Partial<Pick<Sweep, 'cells' | 'seed'>>;
}

/** Each architecture as it is usual for a study's images. */
export type UsualArchitectures = UsualModel['architectures'];

/** The levels that a factor usually has; null: they are numbers. Architectures suit the images of the study. */
function usualLevels(of: string, architectures: UsualArchitectures = []): readonly Level[] | null {
  const varies = variedSettings.get(of)?.facts.varies;
  if (varies && 'values' in varies) return null;
  const levels = varies?.levels ?? [];
  return of === 'architecture' ? levels.map((level) => fitting(level, architectures)) : levels;
}

/** With what depends on the images, such as the side of patches, where that is not the default. */
function fitting(level: Level, architectures: UsualArchitectures): Level {
  const shape = variedSettings.get('architecture')?.shape;
  const usual = architectures.find(({ kind }) => isRecord(level.value) && level.value.kind === kind);
  if (!usual || !isRecord(level.value) || shape?.type !== 'kinds') return level;
  const values = new Map<string, unknown>(Object.entries(usual));
  const other = settingsOfKind(shape, usual.kind).filter(
    (each) => each.facts.usual && values.get(each.key) !== each.usual,
  );
  const own = Object.fromEntries(other.map(({ key }) => [key, values.get(key)]));
  return { ...level, value: { ...level.value, ...own } as Level['value'] };
}

export const isNumeric = ({ of, levels }: FactorFields): boolean => usualLevels(of) === null && levels.length === 0;

/** The levels that may be chosen: the usual ones, and those that the factor has. */
export function choicesOf({ of, levels }: FactorFields, architectures: UsualArchitectures): readonly Level[] {
  const usual = usualLevels(of, architectures) ?? [];
  const names = new Set(levels.map(levelName));
  return [...levels, ...usual.filter((level) => !names.has(levelName(level)))];
}

export function newFactor(of: string, architectures: UsualArchitectures): FactorFields {
  const varies = variedSettings.get(of)?.facts.varies;
  const values = varies && 'values' in varies ? varies.values : '';
  return { of, values, levels: (usualLevels(of, architectures) ?? []).slice(0, 2), range: null };
}

export function firstRange(of: string): NonNullable<FactorFields['range']> {
  const varies = variedSettings.get(of)?.facts.varies;
  const { from, to, whole = false } = varies && 'values' in varies ? varies : { from: 0.0001, to: 0.01 };
  return { from, to, whole, scale: 'log' };
}

export const firstSweep = (architectures: UsualArchitectures): SweepFields => ({
  name: 'sweep',
  seeds: 1,
  samples: 8,
  exclude: [],
  kept: {},
  factors: [newFactor('architecture', architectures), newFactor('optimiser', architectures)],
});

/** Whether a factor has the setting at this path, or a part that it is in. */
export const varies = ({ of }: Pick<FactorFields, 'of'>, path: string): boolean =>
  path === of || path.startsWith(`${of}.`);

/** The factor with a nearest value in place of the refused one; the upper end of a range comes down to it. */
export function takeNearestLevel(factor: FactorFields, { path, from, to }: NearestValue): FactorFields {
  const { of, range, levels, values } = factor;
  if (range) return typeof to === 'number' ? { ...factor, range: { ...range, to } } : factor;
  if (isNumeric(factor)) return { ...factor, values: replacedWord(words(values), from, String(to ?? 'none')) };
  const key = path.slice(of.length + 1);
  const change = (level: Level): Level =>
    isRecord(level.value) && level.value[key] === from
      ? { name: levelName(level), value: { ...level.value, [key]: to } as Level['value'] }
      : level;
  return { ...factor, levels: levels.map(change) };
}

/** A number of a level, which its name does not say. */
export interface LevelNumber {
  readonly key: string;
  readonly title: string;
  /** As it is typed: it may be out of range. Null: none yet. */
  readonly value: number | null;
  readonly most: number | null;
  readonly step: number;
}

/** The number that a level is chosen with: an optimizer's learning rate, a schedule's epochs, the largest gradient. Null: none. */
export function numberOf({ of }: FactorFields, { value }: Level): LevelNumber | null {
  const setting = variedSettings.get(of);
  const varies = setting?.facts.varies;
  if (!setting || !varies || 'values' in varies || !varies.hasNumber || !isRecord(value)) return null;
  const { shape } = setting;
  const own = shape.type === 'part' ? shape.settings : shape.type === 'kinds' ? settingsOfKind(shape, value.kind) : [];
  for (const each of own) {
    if (each.shape.type !== 'number') continue;
    const number = value[each.key] ?? each.usual;
    const { max } = each.shape;
    return {
      key: each.key,
      title: titleOf(each),
      value: typeof number === 'number' ? number : null,
      most: max,
      step: max === 1 ? 0.0001 : 1,
    };
  }
  return null;
}

export const withNumber = (level: Level, key: string, own: number): Level => ({
  name: levelName(level),
  value: { ...(isRecord(level.value) ? level.value : {}), [key]: own } as Level['value'],
});

export const fieldsOf = ({ name, seeds, samples = 8, factors, exclude = [], cells, seed }: Sweep): SweepFields => ({
  name,
  seeds,
  samples,
  exclude,
  factors: factors.map(factorFields),
  kept: { seed, ...(cells && { cells }) },
});

function factorFields(factor: SweepFactor): FactorFields {
  const none = { of: factor.of, levels: [], values: '', range: null };
  if ('from' in factor) {
    const { from, to, scale, whole = false } = factor;
    return { ...none, range: { from, to, scale, whole } };
  }
  const isPlain = factor.levels.every(
    ({ name, value }) => name === undefined && (value === null || typeof value === 'number'),
  );
  if (usualLevels(factor.of) === null && isPlain) {
    return { ...none, values: factor.levels.map(({ value }) => (value === null ? 'none' : String(value))).join(', ') };
  }
  return { ...none, levels: factor.levels };
}

/** Parses the fields: the sweep, or the first problem. */
export function parseSweep(fields: SweepFields, base: ClassifierRecipe): { sweep: Sweep } | { problem: string } {
  const { name, seeds, samples, factors, exclude, kept } = fields;
  if (factors.length === 0) return { problem: 'Choose at least one thing that varies' };
  for (const factor of factors) {
    const problem = problemOf(factor);
    if (problem !== null) return { problem: `${settingTitle(factor.of)}: ${problem}` };
  }
  const parsed = sweepSchema.safeParse({
    ...kept,
    name,
    seeds,
    base,
    factors: factors.map(factorOf),
    ...(factors.some(({ range }) => range !== null) && { samples }),
    ...(exclude.length > 0 && { exclude }),
  });
  if (parsed.success) return { sweep: parsed.data };
  return { problem: issueText(sweepSettings, parsed.error) };
}

function problemOf(factor: FactorFields): string | null {
  const { levels, values, range } = factor;
  if (range) {
    if (!Number.isFinite(range.from) || !Number.isFinite(range.to)) return 'enter both ends of the range';
    if (range.from >= range.to) return 'the range begins above its end';
    return range.scale === 'log' && range.from <= 0 ? 'a logarithmic range begins above 0' : null;
  }
  if (!isNumeric(factor)) return levels.length === 0 ? 'choose at least one' : null;
  const wrong = words(values).find((word) => word !== 'none' && !Number.isFinite(Number(word)));
  if (wrong !== undefined) return `"${wrong}" is not a number`;
  return words(values).length === 0 ? 'enter at least one number' : null;
}

function factorOf(factor: FactorFields): object {
  const { of, levels, values, range } = factor;
  if (range) {
    const { whole, ...ends } = range;
    return { of, ...ends, ...(whole && { whole }) };
  }
  if (!isNumeric(factor)) return { of, levels };
  return { of, levels: words(values).map((word) => ({ value: word === 'none' ? null : Number(word) })) };
}
