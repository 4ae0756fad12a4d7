import type { LevelsFactor } from '../../main/contract/studies/levels.ts';
import {
  isRecord,
  type Setting,
  type SettingShape,
  settingsOfKind,
  titleOf,
} from '../../main/domain/settings/settings.ts';

/** What the fields of settings hold, as typed, by the settings' ids. One without an entry has its default. */
export type Draft = Readonly<Record<string, string>>;

/** The fields of these values, to change them. */
export function draftOf(settings: readonly Setting[], values: unknown): Draft {
  const own = isRecord(values) ? values : {};
  const entries = settings.flatMap(({ key, id, shape, facts }): [string, string][] => {
    const value = own[key] ?? undefined;
    if (value === undefined) return [];
    if (shape.type === 'part') return [[id, 'yes'], ...Object.entries(draftOf(shape.settings, value))];
    const text = textOf(shape, value);
    if (shape.type !== 'kinds') return [[id, facts.replaced?.[text] ?? text]];
    const kind = isRecord(value) ? String(value.kind) : '';
    return [[id, kind], ...Object.entries(draftOf(settingsOfKind(shape, kind), value))];
  });
  return Object.fromEntries(entries);
}

function textOf({ type }: SettingShape, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (!Array.isArray(value)) return String(value);
  if (type === 'list') return value.join(', ');
  return value.length === 0 ? none : value.join('-');
}

/** What a field shows: what was typed, or what the setting is without it. */
export function fieldText(draft: Draft, { id, shape, facts, isOptional, usual }: Setting): string {
  const typed = draft[id];
  if (typed !== undefined) return typed;
  const { absent, first = '' } = facts;
  switch (shape.type) {
    case 'part':
      return isOptional ? 'no' : 'yes';
    case 'kinds': {
      const [kind = ''] = shape.kinds.keys();
      return isOptional ? meantKind(shape, absent) : kind;
    }
    case 'choice':
      return isOptional ? '' : textOf(shape, usual ?? shape.choices[0] ?? '');
    default:
      return textOf(shape, usual ?? absent ?? first);
  }
}

/** The kind that leaving out a part means; '': none of them. */
const meantKind = ({ kinds }: Extract<SettingShape, { type: 'kinds' }>, absent: unknown): string =>
  typeof absent === 'string' && kinds.has(absent) ? absent : '';

interface Parsed {
  /** With the first of several values. */
  readonly values: Record<string, unknown>;
  /** Settings that have several values. */
  readonly factors: readonly LevelsFactor[];
  /** The first thing that is wrong. */
  readonly problem: string | null;
}

/** Parses the fields of settings. What equals the value that leaving a setting out means is left out. */
export function parseDraft(settings: readonly Setting[], draft: Draft): Parsed {
  const found: Found = { factors: [], problems: [] };
  const values = parseAll(settings, draft, found);
  return { values, factors: found.factors, problem: found.problems[0] ?? null };
}

interface Found {
  readonly factors: LevelsFactor[];
  readonly problems: string[];
}

const parseAll = (settings: readonly Setting[], draft: Draft, found: Found): Record<string, unknown> =>
  Object.fromEntries(
    settings.flatMap((each) => {
      const value = parseOne(each, draft, found);
      return value === undefined ? [] : [[each.key, value]];
    }),
  );

function parseOne(each: Setting, draft: Draft, found: Found): unknown {
  const { shape, facts } = each;
  const text = fieldText(draft, each);
  switch (shape.type) {
    case 'part':
      return text === 'yes' ? parseAll(shape.settings, draft, found) : undefined;
    case 'kinds': {
      const own = parseAll(shape.kinds.get(text) ?? [], draft, found);
      const isMeant = text === '' || (each.isOptional && text === facts.absent && Object.keys(own).length === 0);
      return isMeant ? undefined : { kind: text, ...own };
    }
    case 'switch':
      return (text === 'yes') === facts.absent ? undefined : text === 'yes';
    case 'choice':
    case 'other':
      return text === '' ? undefined : text;
    default:
      return parseTyped(each, text, found);
  }
}

const none = 'none';

/** A number with a decimal comma, which would be read as two values. */
const decimalComma = /(?:^|[\s;])(\d+,\d+)(?=$|[\s;])/;

/** One value, of several the first. */
function parseTyped(each: Setting, text: string, { factors, problems }: Found): unknown {
  const { path, shape, isOptional } = each;
  const fail = (what: string): void => {
    problems.push(`${titleOf(each)}: ${what}`);
  };
  const [, comma] = (!isWhole(shape) && decimalComma.exec(text)) || [];
  if (comma !== undefined) {
    const [one, two] = [comma.replace(',', '.'), comma.replace(',', ', ')];
    fail(`"${comma}" can be read in two ways. Write ${one} for one value, ${two} for two.`);
  }
  const values = wordsOf(shape, text).map((word) => {
    const read = readWord(each, word);
    if ('wrong' in read) fail(read.wrong);
    return 'wrong' in read ? null : read.value;
  });
  if (values.length === 0 && !isOptional) fail(shape.type === 'sizes' ? 'enter sizes' : 'enter a number');
  if (shape.type === 'list') return values;
  if (values.length > 1) factors.push({ of: path, levels: values.map((value) => ({ value })) });
  return values[0] ?? undefined;
}

type Value = number | string | number[] | null;

/** A value as typed; null: it is left out. */
function readWord(
  { shape, facts, isOptional, usual, schema }: Setting,
  word: string,
): { value: Value } | { wrong: string } {
  if (shape.type === 'list' && /^[a-z]/.test(word)) return { value: word.replace(/\s+/, ' ') };
  if (word === none && isOptional) return { value: null };
  const isSizes = shape.type === 'sizes';
  if (isSizes && word !== none && !/^\d+(-\d+)*$/.test(word)) {
    return { wrong: `"${word}" is not a list of sizes such as 32-64` };
  }
  const sizes = word === none ? [] : word.split('-').map(Number);
  const value = isSizes ? sizes : Number(word);
  if (typeof value === 'number' && !Number.isFinite(value)) return { wrong: `"${word}" is not a number` };
  if (value === facts.absent && usual === undefined) return { value: null };
  const [issue] = shape.type === 'list' ? [] : (schema.safeParse(value).error?.issues ?? []);
  return issue ? { wrong: issue.message } : { value };
}

const isWhole = (shape: SettingShape): boolean => shape.type === 'sizes' || (shape.type === 'number' && shape.isWhole);

/** Values by commas, semicolons or spaces. */
export const words = (text: string): string[] => text.split(/[,;\s]+/).filter(Boolean);

/** The same, but of lists: there, `epochs 10` is one. */
const wordsOf = ({ type }: SettingShape, text: string): string[] =>
  type === 'list' ? (text.match(/[a-z]+\s+[^\s,;]+|[^\s,;]+/g) ?? []) : words(text);

/** What a field shows once another value has taken the place of one. */
export function changeWord(setting: Setting, draft: Draft, from: unknown, to: unknown): string {
  const next = to === null ? (setting.shape.type === 'choice' ? '' : none) : String(to);
  if (setting.shape.type === 'choice') return next;
  return replacedWord(wordsOf(setting.shape, fieldText(draft, setting)), from, next);
}

/** Words with another in place of one that reads as `from`, each once. */
export const replacedWord = (all: readonly string[], from: unknown, next: string): string =>
  [...new Set(all.map((word) => (word === String(from) || Number(word) === from ? next : word)))].join(', ');
