import { z } from 'zod';
import { factsOf, type SettingFacts } from '../../contract/settings/settings.ts';
import { formatInteger } from '../numbers/format.ts';

/** A setting of a schema: what forms, columns, sweeps and docs read. */
export interface Setting {
  /** Within its part. */
  readonly key: string;
  /** With the keys of the parts that it is in: `optimiser.stepSize`. */
  readonly path: string;
  /** The path with the kinds that have it, unique: `optimiser(adam).stepSize`. */
  readonly id: string;
  readonly facts: SettingFacts;
  readonly shape: SettingShape;
  /** Whether it may be left out without a default taking its place. */
  readonly isOptional: boolean;
  /** Whether null says that it is left out. */
  readonly isNullable: boolean;
  /** The schema's default; undefined: it has none. */
  readonly usual: unknown;
  readonly schema: z.ZodType;
}

export type SettingShape =
  | { readonly type: 'number'; readonly isWhole: boolean; readonly min: number | null; readonly max: number | null }
  /** A list of whole numbers. */
  | { readonly type: 'sizes' }
  /** A list of numbers and texts. */
  | { readonly type: 'list' }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  /** Some of these, in this order. */
  | { readonly type: 'choices'; readonly choices: readonly string[] }
  | { readonly type: 'text'; readonly longest: number }
  | { readonly type: 'switch' }
  /** A hash, or what has a form of its own. */
  | { readonly type: 'other' }
  | { readonly type: 'part'; readonly settings: readonly Setting[] }
  /** One of several kinds, each with settings of its own. */
  | { readonly type: 'kinds'; readonly kinds: ReadonlyMap<string, readonly Setting[]> };

/** The settings of an object's schema, in its order. @throws Error where a field was not declared with `setting` */
export function readSettings(schema: z.ZodObject, at: { path: string; id: string } = { path: '', id: '' }): Setting[] {
  return Object.entries(schema.shape).map(([key, field]) => {
    const path = `${at.path}${key}`;
    const id = `${at.id}${key}`;
    const { base, isOptional, isNullable, usual } = unwrap(toZod(field));
    const facts = factsOf(field, path);
    const shape: SettingShape = facts.isOpaque ? { type: 'other' } : shapeOf(base, { path, id });
    return { key, path, id, isOptional, isNullable, usual, schema: base, facts, shape };
  });
}

/** Without what says that it may be left out, and what it is then. */
function unwrap(schema: z.ZodType): Pick<Setting, 'isOptional' | 'isNullable' | 'usual'> & { base: z.ZodType } {
  if (schema instanceof z.ZodOptional) return { ...unwrap(toZod(schema.unwrap())), isOptional: true };
  if (schema instanceof z.ZodNullable) {
    return { ...unwrap(toZod(schema.unwrap())), isOptional: true, isNullable: true };
  }
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return { ...unwrap(toZod(schema.unwrap())), usual: schema.def.defaultValue };
  }
  return { base: schema, isOptional: false, isNullable: false, usual: undefined };
}

function toZod(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodType) return schema;
  throw new TypeError('readSettings: a schema of another library');
}

function shapeOf(schema: z.ZodType, { path, id }: Pick<Setting, 'path' | 'id'>): SettingShape {
  if (schema instanceof z.ZodNumber) {
    const { minValue: min, maxValue: max } = schema;
    return { type: 'number', isWhole: schema.isInt, min, max };
  }
  if (schema instanceof z.ZodEnum) return { type: 'choice', choices: schema.options.map(String) };
  if (schema instanceof z.ZodLiteral && typeof schema.value === 'string') {
    return { type: 'choice', choices: [...schema.values].map(String) };
  }
  if (schema instanceof z.ZodBoolean || schema instanceof z.ZodLiteral) return { type: 'switch' };
  if (schema instanceof z.ZodString && schema.maxLength !== null) return { type: 'text', longest: schema.maxLength };
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodEnum) {
    return { type: 'choices', choices: schema.element.options.map(String) };
  }
  if (schema instanceof z.ZodArray) return { type: schema.element instanceof z.ZodNumber ? 'sizes' : 'list' };
  if (schema instanceof z.ZodObject) {
    return { type: 'part', settings: readSettings(schema, { path: `${path}.`, id: `${id}.` }) };
  }
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return { type: 'other' };
  const kinds = schema.options.flatMap((option) => {
    if (!(option instanceof z.ZodObject)) return [];
    const { base } = unwrap(toZod(option.shape.kind));
    const names = base instanceof z.ZodEnum ? base.options : base instanceof z.ZodLiteral ? [...base.values] : [];
    return names.map((kind): [string, Setting[]] => [
      String(kind),
      readSettings(option.omit({ kind: true }), { path: `${path}.`, id: `${id}(${kind}).` }),
    ]);
  });
  return { type: 'kinds', kinds: new Map(kinds) };
}

/** The defaults of settings that depend on a data set or study; of the others, the schema has them. */
export const usualValues = (settings: readonly Setting[], context: object): Record<string, unknown> =>
  Object.fromEntries(settings.flatMap(({ key, facts }) => (facts.usual ? [[key, facts.usual(context)]] : [])));

/** Settings and those within their parts, in order, parts first; those of all kinds. */
export const allSettings = (settings: readonly Setting[]): Setting[] =>
  settings.flatMap((each) => [each, ...allSettings(inside(each))]);

const inside = ({ shape }: Setting): readonly Setting[] =>
  shape.type === 'part' ? shape.settings : shape.type === 'kinds' ? [...shape.kinds.values()].flat() : [];

/** A value of a setting; undefined and null: it is left out. */
export interface SettingValue {
  /** `optimiser.kind`: the kind of a part. */
  readonly path: string;
  readonly setting: Setting;
  readonly value: unknown;
}

/** The values of an object by settings that are no parts, with those that are left out; of kinds, what its kind has. */
export function settingValues(settings: readonly Setting[], values: unknown): SettingValue[] {
  const own = isRecord(values) ? values : {};
  return settings.flatMap((each): SettingValue[] => {
    const { path, shape, key } = each;
    const value = own[key];
    if (shape.type === 'part') return settingValues(shape.settings, value);
    if (shape.type !== 'kinds') return [{ path, value, setting: each }];
    // A recipe of an earlier version may have no kind, which is then the first one.
    const kind = isRecord(value) ? (value.kind ?? [...shape.kinds.keys()][0]) : undefined;
    return [{ path: `${path}.kind`, value: kind, setting: each }, ...settingValues(settingsOfKind(shape, kind), value)];
  });
}

/** The settings of a kind; of none: those that all kinds have. */
export function settingsOfKind({ kinds }: Extract<SettingShape, { type: 'kinds' }>, kind: unknown): readonly Setting[] {
  const [first = [], ...others] = kinds.values();
  if (typeof kind === 'string') return kinds.get(kind) ?? [];
  return first.filter(({ key }) => others.every((own) => own.some((each) => each.key === key)));
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What values say besides those that every object has, in words; empty: nothing. */
export const particularsInWords = (
  settings: readonly Setting[],
  values: object,
  textOf = (setting: Setting, value: unknown): string => String(shownValue(setting, value)),
): string[] => {
  const own = new Map<string, unknown>(Object.entries(values));
  return settings.flatMap((each) => {
    const value = own.get(each.key) ?? undefined;
    const { inWords } = each.facts;
    return inWords && value !== undefined ? [inWords(value, textOf(each, value))] : [];
  });
};

/** As forms, columns, factors and docs call it: `Warm-up (epochs)`. */
export const titleOf = ({ facts: { title, unit } }: Pick<Setting, 'facts'>): string =>
  unit === undefined ? title : `${title} (${unit})`;

/** What it does, without Markdown. */
export const helpOf = ({ facts }: Pick<Setting, 'facts'>): string => facts.help.replaceAll('`', '');

/** What a value may be, as the end of a phrase: `, from 5 to 100,000`, `: wasm, tensorflow`; or nothing. */
export function limitsOf({ shape }: Pick<Setting, 'shape'>): string {
  if (shape.type === 'choice') return `: ${shape.choices.join(', ')}`;
  const hasLimits = shape.type === 'number' && shape.min !== null && shape.max !== null;
  return hasLimits ? `, from ${formatInteger(shape.min)} to ${formatInteger(shape.max)}` : '';
}

const atPath = (settings: readonly Setting[], path: string): Setting | undefined =>
  allSettings(settings).find((each) => each.path === path);

/** @throws Error where no setting has this path */
export function findSetting(settings: readonly Setting[], path: string): Setting {
  const found = atPath(settings, path);
  if (!found) throw new Error(`There is no setting ${path}`);
  return found;
}

/** What is wrong with values that a schema refused, with the title of the setting: for the person who typed them. */
export function issueText(settings: readonly Setting[], { issues: [issue] }: z.ZodError): string {
  const path = (issue?.path ?? []).filter((key) => typeof key === 'string').join('.');
  const found = atPath(settings, path);
  const isEmpty = issue?.code === 'too_small' && issue.origin === 'string';
  const what = isEmpty ? 'enter a text' : (issue?.message ?? 'is not valid');
  return `${found ? titleOf(found) : path}: ${what}`;
}

const hash = /^[0-9a-f]{64}$/;

/** A value for reading; numbers stay numbers. */
export function shownValue(
  { facts: { names, absent }, shape }: Pick<Setting, 'facts' | 'shape'>,
  value: unknown,
): string | number {
  const known = value ?? absent ?? null;
  if (known === null || (known === 0 && known !== value)) return 'none';
  if (typeof known === 'number') return known;
  if (typeof known === 'boolean') return known ? 'yes' : 'no';
  if (Array.isArray(known)) return known.join(shape.type === 'sizes' ? '-' : ', ');
  if (typeof known !== 'string') return JSON.stringify(known);
  // As screens show the hash of a file.
  return hash.test(known) ? known.slice(0, 12) : (names?.[known] ?? known);
}
