import { architectureKinds, type ClassifierRecipe, type Initialization } from '../../../../main/contract/recipes.ts';
import { type OptimizerKind, optimizerKinds, optimizerSchema } from '../../../../main/contract/optimizers.ts';
import { type Sweep, type SweepFactor, type SweepLevel, sweepSchema } from '../../../../main/contract/sweep.ts';
import { factorTitle, levelName } from '../../../../main/domain/sweep-levels.ts';
import {
  hyperparameterTitle,
  initializationNames,
  initializationText,
  optimizerNames,
} from '../../../../main/domain/hyperparameters.ts';
import { architectureNames } from '../../../../main/domain/architectures.ts';

/** What a factor's levels are chosen from; null: they are numbers. */
type Choices = readonly Required<SweepLevel>[] | null;

/** Shorter than on screens, as they are in the names of models. */
const shortNames: Partial<Record<OptimizerKind, string>> = { momentum: 'SGD momentum', nesterov: 'SGD Nesterov' };

const factorChoices: Record<string, Choices> = {
  architecture: architectureKinds.map((kind) => ({ name: architectureNames[kind], value: { kind } })),
  optimiser: optimizerKinds.map((kind) => ({ name: shortNames[kind] ?? optimizerNames[kind], value: { kind } })),
  augmentation: [
    { name: 'plain', value: null },
    { name: 'augmented', value: { shift: 2, rotate: 10, scale: 0.1 } },
    { name: 'mirrored', value: { shift: 0, rotate: 0, scale: 0, flip: true } },
  ],
  schedule: [
    { name: 'constant', value: null },
    { name: 'cosine', value: { kind: 'cosine', epochs: 20 } },
    { name: 'step', value: { kind: 'step', every: 10 } },
    { name: 'warm-up', value: { kind: 'constant', warmUp: 1 } },
  ],
  clip: [
    { name: 'not clipped', value: null },
    { name: 'norm', value: { by: 'norm', limit: 1 } },
    { name: 'value', value: { by: 'value', limit: 0.5 } },
  ],
  initialisation: [
    { name: initializationText(undefined), value: null },
    ...(Object.keys(initializationNames) as Initialization['kind'][]).map((kind) => ({
      name: initializationNames[kind],
      value: { kind },
    })),
  ],
  'optimiser.stepSize': null,
  'optimiser.weightDecay': null,
  batch: null,
  labelSmoothing: null,
  mixup: null,
  maxEpochs: null,
};

/** What a sweep can vary on the screen; a study file can vary any key. */
export const factorsOnScreen: readonly string[] = Object.keys(factorChoices);

/** A factor as it is typed. */
export interface FactorFields {
  of: string;
  /** Chosen levels, of a factor with choices. */
  levels: readonly SweepLevel[];
  /** Comma-separated numbers; `none`: without it. */
  values: string;
  /** Instead of values. Null: values. */
  range: { from: number; to: number; scale: 'linear' | 'log'; whole: boolean } | null;
}

export interface SweepFields {
  name: string;
  seeds: number;
  samples: number;
  factors: readonly FactorFields[];
  /** Cells that are left out, and only these cells, as they are in a study file. */
  exclude: NonNullable<Sweep['exclude']>;
  /** What has no field: it stays as it is. */
  kept: Partial<Pick<Sweep, 'cells' | 'seed'>>;
}

export const isNumeric = ({ of, levels }: FactorFields): boolean => factorChoices[of] === null && levels.length === 0;

/** The levels that may be chosen: the usual ones, and those that the factor has. */
export function choicesOf({ of, levels }: FactorFields): readonly SweepLevel[] {
  const usual: readonly SweepLevel[] = factorChoices[of] ?? [];
  const names = new Set(levels.map(levelName));
  return [...levels, ...usual.filter((level) => !names.has(levelName(level)))];
}

export const newFactor = (of: string): FactorFields => ({
  of,
  levels: (factorChoices[of] ?? []).slice(0, 2),
  values: firstValues[of] ?? '',
  range: null,
});

const firstValues: Record<string, string> = {
  'optimiser.stepSize': '0.0005, 0.001',
  'optimiser.weightDecay': '0, 0.0001',
  batch: '64, 128',
  labelSmoothing: 'none, 0.1',
  mixup: 'none, 0.2',
  maxEpochs: '20, 40',
};

export const firstSweep: SweepFields = {
  name: 'sweep',
  seeds: 1,
  samples: 8,
  exclude: [],
  kept: {},
  factors: [newFactor('architecture'), newFactor('optimiser')],
};

/** A number of a level, which its name does not say. */
export interface LevelNumber {
  readonly key: string;
  readonly title: string;
  /** As it is typed: it may be out of range. Null: none yet. */
  readonly value: number | null;
  readonly most: number;
  readonly step: number;
}

/** The number that a level is chosen with: an optimizer's learning rate, a schedule's epochs, the largest gradient. Null: none. */
export function numberOf({ of }: FactorFields, { value }: SweepLevel): LevelNumber | null {
  const parts = partsOf(value);
  const number = (key: string, { most, step, usual }: { most: number; step: number; usual?: number | undefined }) => {
    const own = parts[key] ?? usual;
    return {
      key,
      title: hyperparameterTitle(`${of}.${key}`),
      most,
      step,
      value: typeof own === 'number' ? own : null,
    };
  };
  if (value === null) return null;
  switch (of) {
    case 'optimiser': {
      const usual = optimizerSchema.safeParse({ kind: parts.kind }).data?.stepSize;
      return number('stepSize', { most: 1, step: 0.0001, usual });
    }
    case 'clip':
      return number('limit', { most: 1e6, step: 0.1 });
    case 'schedule': {
      const key = { cosine: 'epochs', step: 'every' }[String(parts.kind)] ?? 'warmUp';
      return number(key, { most: 10_000, step: 1 });
    }
    default:
      return null;
  }
}

type Parts = Extract<SweepLevel['value'], { [key: string]: unknown }>;

const partsOf = (value: SweepLevel['value']): Parts =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

export const withNumber = (level: SweepLevel, key: string, own: number): SweepLevel => ({
  name: levelName(level),
  value: { ...partsOf(level.value), [key]: own },
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
  if (factorChoices[factor.of] === null && isPlain) {
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
    if (problem !== null) return { problem: `${factorTitle(factor.of)}: ${problem}` };
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
  const [issue] = parsed.error.issues;
  const at = String(issue?.path[0] ?? '');
  return { problem: `${titles[at] ?? 'The sweep'}: ${issue?.message ?? 'is not valid'}` };
}

const titles: Record<string, string> = { name: 'Name', seeds: 'Seeds of each cell', samples: 'Samples' };

const words = (text: string): string[] => text.split(/[,;\s]+/).filter(Boolean);

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
