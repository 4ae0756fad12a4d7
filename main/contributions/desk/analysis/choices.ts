import { cannotTellChoice } from '../../../contract/labeling/index.ts';
import type { LabelingPlan } from '../../sessions/contract/plan.ts';

declare const label: unique symbol;

/**
 * The class index of an answer: what the analysis calls a label. A choice is not a label: the choice "can't tell" is -1,
 * the same number that the analysis uses for a missing label. Only `toLabel` turns one into the other.
 */
export type Label = number & { readonly [label]: true };

/** @param choice what a person chose; null: nothing @returns null without a choice and for "can't tell" */
export const toLabel = (choice: number | null): Label | null =>
  choice === null || choice === cannotTellChoice ? null : (choice as Label);

/** The key of "can't tell": it is on every keyboard, and on the numeric pad. */
export const cannotTellKey = '.';

/** Answers that have one key each; more have two keys each, unless the researcher chooses otherwise. */
export const mostSingleKeys = 36;

const characters = [...'1234567890abcdefghijklmnopqrstuvwxyz'];

/**
 * The keys of a plan's answers, in order; '' for an answer that can only be clicked. Plans of earlier versions name none:
 * digits have their own key, other answers the digits from 1 on and then letters.
 */
export function answerKeys({ names, keys }: Pick<LabelingPlan, 'names' | 'keys'>): readonly string[] {
  if (keys) return keys;
  if (names.every((name) => /^\d$/.test(name))) return [...names];
  return names.map((_, index) => characters[index] ?? '');
}

/**
 * Keys that are easy to remember: digits for digits; otherwise the first letter of the name, another letter of it, or the
 * next free character. Two for each answer begin with the first letter. Only a to z and 0 to 9, which most keyboards have.
 * @param perAnswer default: 1 for up to `mostSingleKeys` answers
 */
export function proposeKeys(names: readonly string[], perAnswer = names.length > mostSingleKeys ? 2 : 1): string[] {
  const numbers = new RegExp(`^\\d{1,${perAnswer}}$`);
  const padded = names.map((name) => name.padStart(perAnswer, '0'));
  if (names.every((name) => numbers.test(name)) && new Set(padded).size === names.length) return padded;
  const own = withoutCommonWords(names).map(memorable);
  const all = perAnswer === 1 ? characters : characters.flatMap((first) => characters.map((second) => first + second));
  const wishes = own.map((letters) => (perAnswer === 1 ? letters : letterPairs(letters)));
  const keys = new Map<number, string>();
  const taken = new Set<string>();
  const take = (index: number, wished: readonly string[]): void => {
    const key = keys.has(index) ? undefined : wished.find((each) => !taken.has(each));
    if (key === undefined) return;
    keys.set(index, key);
    taken.add(key);
  };
  // Every first letter goes to a name that begins with it, before other names may have it.
  wishes.forEach((wished, index) => take(index, wished.slice(0, 1)));
  wishes.forEach((wished, index) => take(index, wished));
  own.forEach(([first], index) => take(index, perAnswer === 2 && first ? characters.map((each) => first + each) : []));
  names.forEach((_, index) => take(index, all));
  return names.map((_, index) => keys.get(index) ?? '');
}

/** Names without the words that all begin with: `class 1`, `class 2` differ in the number alone. */
function withoutCommonWords(names: readonly string[]): string[] {
  const words = names.map((name) => name.split(/[\s_-]+/).filter(Boolean));
  let common = 0;
  const isCommon = (at: number): boolean => words.every((each) => each.length > at + 1 && each[at] === words[0]?.[at]);
  while (isCommon(common)) common++;
  return words.map((each) => each.slice(common).join(' '));
}

/** The letters a to z and digits of a name, each once: the first of each word, then the others. Accents are dropped. */
function memorable(name: string): string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const firsts = plain.split(/[^a-z0-9]+/).map((word) => word.slice(0, 1));
  return [...new Set([...firsts, ...plain])].filter((each) => /^[a-z0-9]$/.test(each));
}

/** The first letter with each other one. */
const letterPairs = ([first, ...others]: readonly string[]): string[] => others.map((other) => `${first}${other}`);

/**
 * Why answers cannot have these keys, as a sentence; null: they can. All have one key, or all have two; a key is a lower-case
 * letter or a digit of any script, and no two answers have the same.
 */
export function findKeyProblem({ names, keys }: Pick<LabelingPlan, 'names' | 'keys'>): string | null {
  if (!keys) return null;
  if (keys.length !== names.length) return `There are ${names.length} answers, but keys for ${keys.length}.`;
  const missing = keys.indexOf('');
  if (missing >= 0) return `The answer “${names[missing]}” has no key.`;
  const wrong = keys.find((key) => !/^[\p{Ll}\p{Lo}\p{Nd}]{1,2}$/u.test(key));
  if (wrong !== undefined) return `“${wrong}” is not a key: use letters or digits.`;
  if (new Set(keys.map((key) => [...key].length)).size > 1) return 'All answers need one key, or all need two.';
  const twice = keys.find((key, index) => keys.indexOf(key) < index);
  return twice === undefined ? null : `Two answers have the key “${twice}”.`;
}
