import type { ClassifierRecipe } from '../../../contract/recipes/index.ts';
import { differences, type Json, targetTitle } from '../../../domain/numbers/index.ts';
import { settingAt, settingText, settingTitle } from '../../../domain/settings/index.ts';

/** A value of a factor. */
export interface FactorLevel {
  /** Canonical: equal texts, equal values. */
  readonly value: string;
  /** As people read it: `MLP`, `with augmentation`, `97.5 %`. */
  readonly text: string;
  /** Its number; null where it is none. */
  readonly x: number | null;
}

/** Something in which the networks of a study differ. */
export interface Factor {
  /** The path of the recipe's field: `architecture.kind`, `optimiser.stepSize`; `target`. */
  readonly key: string;
  readonly title: string;
  /** Titles of fields that always change together with it, so that nothing can tell their effects apart. */
  readonly with: readonly string[];
  /** One training has several of its levels, as targets are. */
  readonly within: boolean;
  /** How its numbers are spaced: for a slope over them; null: levels are names, or fewer than two numbers. */
  readonly scale: 'value' | 'log10' | 'log2' | null;
  /** Ascending where they are numbers, else in the order in which they come. */
  readonly levels: readonly FactorLevel[];
}

/** A network that was or is to be trained: its recipe, and the target of one of its snapshots, percent where a number. */
export interface FactorEntry {
  readonly recipe: ClassifierRecipe;
  readonly target: number | string;
}

export interface Factors {
  readonly factors: readonly Factor[];
  /** The level of each factor, in the order of `factors`; null: networks of this kind have no such field. */
  readonly levelsOf: (entry: FactorEntry) => (string | null)[];
}

export const targetFactor = 'target';

/** Fields that decide which step a snapshot is of, and nothing about the training. */
type Choosing = 'targets' | 'tolerance' | 'maxEpochs';

/** The field that says which others a part of a recipe has. */
const kindFields: Readonly<Record<string, string>> = {
  architecture: 'architecture.kind',
  optimiser: 'optimiser.kind',
  schedule: 'schedule.kind',
  clip: 'clip.by',
  augmentation: 'augmentation.used',
};

/** A recipe with what it leaves out written down. */
function completed(recipe: ClassifierRecipe): { readonly [key: string]: Json } {
  const { augmentation, schedule, clip, ...rest } = recipe;
  const {
    targets: _,
    tolerance: __,
    maxEpochs: ___,
    ...training
  }: Omit<typeof rest, Choosing> & Record<Choosing, unknown> = rest;
  const whole = {
    ...training,
    augmentation: { used: augmentation !== null, ...augmentation },
    schedule: schedule ?? { kind: 'constant' },
    clip: clip ?? { by: null },
  };
  // Leaves out fields that are undefined.
  return JSON.parse(JSON.stringify(whole)) as { readonly [key: string]: Json };
}

/** A field, with its value in each recipe. */
interface Field {
  readonly key: string;
  /** JSON; null: networks of this kind have no such field. */
  readonly values: readonly (string | null)[];
}

/**
 * Finds every field in which recipes differ, and the target where networks have several. A field that only one kind of
 * architecture or optimizer has counts if it differs among these. Fields that always change together are one factor.
 */
export function findFactors(entries: readonly FactorEntry[]): Factors {
  const recipes = [...new Set(entries.map(({ recipe }) => recipe))];
  const whole = recipes.map(completed);
  const texts = whole.map((recipe) => JSON.stringify(recipe));
  const places = new Map([...new Set(texts)].map((text, place) => [text, place]));
  const different = [...places.keys()].map((text) => JSON.parse(text) as Json);
  const placeOf = new Map(recipes.map((recipe, at) => [recipe, places.get(texts[at] ?? '') ?? 0]));
  const merged = mergeFields(differingFields(different));
  const targets = [...new Set(entries.map(({ target }) => target))].map(targetLevel);
  const ofRecipe = new Map(
    recipes.map((recipe) => [recipe, merged.map((fields) => jointValue(fields, placeOf.get(recipe) ?? 0))]),
  );
  const several = isWithin(entries);
  const target: Factor[] =
    targets.length < 2
      ? []
      : [
          {
            key: targetFactor,
            title: 'Target',
            with: [],
            within: several,
            scale: targets.every(({ x }) => x !== null) ? ('value' as const) : null,
            levels: ascending(targets),
          },
        ];
  return {
    factors: [...merged.map(describeFactor), ...target],
    levelsOf: ({ recipe, target: own }) => [
      ...(ofRecipe.get(recipe) ?? merged.map(() => null)),
      ...(target.length > 0 ? [String(own)] : []),
    ],
  };
}

const targetLevel = (target: number | string): FactorLevel =>
  typeof target === 'number'
    ? { value: String(target), text: `${target} %`, x: target }
    : { value: target, text: targetTitle(target), x: null };

/** Numbers ascending; names stay as they are. */
const ascending = (levels: readonly FactorLevel[]): FactorLevel[] =>
  [...levels].sort((a, b) => (a.x ?? 0) - (b.x ?? 0));

/** Whether some recipe has several targets: then its trainings have several snapshots. */
const isWithin = (entries: readonly FactorEntry[]): boolean =>
  [...Map.groupBy(entries, ({ recipe }) => recipe).values()].some(
    (own) => new Set(own.map(({ target }) => target)).size > 1,
  );

/** Fields that differ among the recipes that can have them. A setting of a kind counts where it differs within the kind. */
function differingFields(recipes: readonly Json[]): Field[] {
  const all = differences(recipes).different;
  const known = new Map(all.map(({ key, values }) => [key, values]));
  return all.flatMap(({ key, values }): Field[] => {
    const kindKey = kindOf(key);
    const kinds = kindKey === null ? undefined : known.get(kindKey);
    const meant = settingAt(key)?.facts.absent;
    const absent = typeof meant === 'number' ? String(meant) : 'null';
    const kindAt = (place: number): string => kinds?.[place] ?? '';
    const having = new Set(values.flatMap((value, place) => (value === null ? [] : [kindAt(place)])));
    const filled = values.map((value, place) => value ?? (having.has(kindAt(place)) ? absent : null));
    const varying = new Set(
      [...Map.groupBy(filled.keys(), kindAt)].flatMap(([kind, places]) =>
        new Set(places.map((place) => filled[place])).size > 1 ? [kind] : [],
      ),
    );
    if (varying.size === 0) return [];
    // Optimizers share settings, as the learning rate; sizes of one architecture mean nothing in another.
    const isShared = !key.startsWith('architecture.');
    return [{ key, values: filled.map((value, place) => (isShared || varying.has(kindAt(place)) ? value : null)) }];
  });
}

/** The field that a setting depends on: `optimiser.kind` of `optimiser.momentum`. Null: none. */
export function kindOf(key: string): string | null {
  const kind = kindFields[key.split('.')[0] ?? ''];
  return kind === undefined || kind === key ? null : kind;
}

/** Fields by what they tell apart, each list in order: those of one list always change together. */
function mergeFields(fields: readonly Field[]): Field[][] {
  const pattern = ({ values }: Field): string => {
    const first = new Map<string, number>();
    return values
      .map((value) => {
        if (value === null) return '-';
        if (!first.has(value)) first.set(value, first.size);
        return first.get(value);
      })
      .join(' ');
  };
  return [...Map.groupBy(fields, pattern).values()];
}

const jointValue = (fields: readonly Field[], recipe: number): string | null => fields[0]?.values[recipe] ?? null;

function describeFactor(fields: readonly Field[]): Factor {
  const [first, ...others] = fields as [Field, ...Field[]];
  const values = [...new Set(first.values.filter((value) => value !== null))];
  const numbers = values.map((value) => JSON.parse(value) as unknown);
  const isNumeric = numbers.every((value) => typeof value === 'number');
  const levels = values.map((value, at): FactorLevel => {
    const place = first.values.indexOf(value);
    const beside = others.slice(0, 2).map(({ key, values: own }) => besideText(key, own[place] ?? 'null'));
    const text = levelText(first.key, value);
    return {
      value,
      text: [text, ...beside].join(', '),
      x: isNumeric ? (numbers[at] as number) : null,
    };
  });
  return {
    key: first.key,
    title: fieldTitle(first.key),
    with: others.map(({ key }) => fieldTitle(key)),
    within: false,
    scale: isNumeric ? scaleOf(first.key, levels) : null,
    levels: ascending(levels),
  };
}

function scaleOf(key: string, levels: readonly FactorLevel[]): Factor['scale'] {
  const isPositive = levels.every(({ x }) => x !== null && x > 0);
  return (isPositive && settingAt(key)?.facts.scale) || 'value';
}

const fieldTitle = (key: string): string => (key === 'augmentation.used' ? 'Augmentation' : settingTitle(key));

function levelText(key: string, value: string): string {
  if (key === 'augmentation.used') return value === 'true' ? 'with augmentation' : 'without augmentation';
  return settingText(key, value);
}

/** A number says what it is of where it stands behind another level. */
function besideText(key: string, value: string): string {
  const text = levelText(key, value);
  return /^(augmentation\.used|architecture\.kind|optimiser\.kind)$/.test(key)
    ? text
    : `${fieldTitle(key).toLowerCase()} ${text}`;
}

/** `Optimizer, with learning rate`. */
export function factorTitle({ title, with: others }: Pick<Factor, 'title' | 'with'>): string {
  const [first, second, ...more] = others.map((other) => other.toLowerCase());
  if (first === undefined) return title;
  const named =
    second === undefined
      ? first
      : more.length === 0
        ? `${first} and ${second}`
        : `${first}, ${second} and ${more.length} more`;
  return `${title}, with ${named}`;
}
