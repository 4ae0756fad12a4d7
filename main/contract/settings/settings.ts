import type { z } from 'zod';

/** What is known of a data set and its study where a setting's default depends on them. */
export interface SettingContext {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly trainCount: number;
  readonly testCount: number;
  /** Test accuracy in percent at which the networks are stopped. */
  readonly target: number;
}

/** What a setting is besides its schema: everything that forms, columns, sweeps, reports and docs say of it. */
export interface SettingFacts<Value = unknown, Context extends object = object> {
  /** Without its unit. */
  title: string;
  unit?: string;
  /** What it does, for docs and forms. Markdown code is allowed. */
  help: string;
  /** Section of docs/training.md that defines it. */
  section?: string;
  /** What its choices or kinds are called, where their keys do not say it. */
  names?: Readonly<Record<string, string>>;
  /** Choices of earlier versions, which are read and not offered, with what a form offers in their place. */
  replaced?: Readonly<Record<string, string>>;
  /** Whether a form offers a choice or kind there; without it: all. */
  isOffered?(choice: string, context: Context): boolean;
  /** What choosing one means. */
  choiceHelp?: Readonly<Record<string, string>>;
  /** A form shows all of its choices at once, with what they mean. */
  showsAll?: true;
  /** The value that leaving it out means, or what that is called. 0 is shown as "none". */
  absent?: number | boolean | string;
  /** The default for a data set and a study, as far as the form that asks knows them. Without it: the schema's. */
  usual?(context: Context): Value;
  /** The most that a form takes for a data set, where that is less than the schema's. */
  most?(context: Context): number;
  /** In a few words, why a value that the schema takes does not suit a data set. Null: it does. */
  misfit?(value: NonNullable<Value>, context: Context): string | null;
  /** What a form begins with, where the schema has no default. */
  first?: number;
  /** No form has a field for it, or it has one of its own. */
  isHidden?: true;
  /** What is in it are no settings. */
  isOpaque?: true;
  /** It counts only where these settings beside it have these values. */
  onlyWith?: Readonly<Record<string, string>>;
  /** The part of its form that has its field, where there are several. */
  card?: string;
  /** What an arrow key adds to its number; without it: 1. */
  step?: number;
  /** What it does, for lists of a recipe's particulars. @param text the value as tables show it */
  inWords?(value: NonNullable<Value>, text: string): string;
  /** Begins its value in names of models: `lr` in `MLP-lr0.001`. */
  inName?: string;
  /** In what steps its numbers are compared. */
  scale?: 'log10' | 'log2';
  /** What a sweep on screen offers: levels by name, or numbers as they are typed and a range. A study file can vary any setting. */
  varies?:
    | { levels: readonly { name: string; value: SettingLevel }[]; hasNumber?: true }
    | { values: string; from: number; to: number; whole?: true };
}

/** A level of a part of a recipe; null: without it. */
export type SettingLevel = null | { readonly [key: string]: string | number | boolean };

const known = new WeakMap<object, SettingFacts>();

/**
 * Declares a field of a schema as a setting.
 * @param schema in its last form, as `.optional()` and its like make another schema; of this field alone
 */
export function setting<Schema extends z.ZodType, Context extends object = SettingContext>(
  schema: Schema,
  facts: SettingFacts<z.output<Schema>, Context>,
): Schema {
  if (known.has(schema)) throw new Error(`${facts.title}: another setting has this schema; clone it`);
  known.set(schema, facts);
  return schema;
}

/** @throws Error where a schema was not declared with `setting` */
export function factsOf(schema: object, path: string): SettingFacts {
  const facts = known.get(schema);
  if (!facts) throw new Error(`The setting ${path} has no title and no help: declare it with setting()`);
  return facts;
}
