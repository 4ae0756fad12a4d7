import type { TimeRange } from '../../contract/api/jobs.ts';
import type { TestImageChoice } from '../../contract/stimuli/stimuli.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import { targetTitle, targetTitles } from './targets.ts';

/** Numbers and lists as a person reads them: a real minus sign, grouped thousands, and no digit that is not known. */

/** Made when first needed: reading the data of a locale takes 15 ms, which most starts of a process or page can do without. */
let grouped: Intl.NumberFormat | undefined;
let relativeTime: Intl.RelativeTimeFormat | undefined;

/** -1.25 with 1 decimal -> `−1.3`; negative zero is written as 0. */
export function formatFixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '\u2212');
}

/** 60000 -> `60,000` */
export function formatInteger(value: number): string {
  grouped ??= new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  return grouped.format(value).replace('-', '\u2212');
}

/** Votes for a class; of sets, parts of votes: 8 -> `8`, 8.5 -> `8.50`. */
export const formatVote = (votes: number): string => (Number.isInteger(votes) ? String(votes) : formatFixed(votes, 2));

/** `47 to 63`, or `14`. */
export const rangeText = ({ least, most }: { least: number; most: number }): string =>
  `${least === most ? '' : `${formatInteger(least)} to `}${formatInteger(most)}`;

/** 0.152 -> `15.2 %`. `share`: 0 to 1. */
export const formatPercent = (share: number, decimals = 1): string => `${formatFixed(share * 100, decimals)}\u00a0%`;

/** Three significant digits at any magnitude: 12345 -> `12,345`, 0.01234 -> `0.0123`, 3.2e-7 -> `3.2e\u22127`. */
export function formatCompact(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9))
    return value.toExponential(1).replace(/-/g, '\u2212').replace('+', '');
  if (Number.isInteger(value) || size >= 1000) return formatInteger(value);
  const decimals = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  return formatFixed(value, decimals)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** 93784 ms -> `1 min 34 s`; 400 ms -> `400 ms`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** Estimated remaining time: `under a minute left`, `about 4 min left`, `4 to 9 min left`. */
export const formatRemaining = (time: TimeRange): string =>
  time.seconds < 60 ? 'under a minute left' : `${formatEstimate(time)} left`;

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** 1234567 -> `1.2 MB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatFixed(value, unit === 0 || value >= 100 ? 0 : 1)}\u00a0${units[unit]}`;
}

/** `1 image`, `2 images`, `1,200 images`, `10 classes`. */
export const formatCount = (count: number, noun: string): string =>
  `${formatInteger(count)} ${count === 1 ? noun : plural(noun)}`;

const plural = (noun: string): string => `${noun}${/(s|x|ch|sh)$/.test(noun) ? 'es' : 's'}`;

const agoSteps: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** Date and time for a text, to the minute: `2026-11-28 10:12 UTC`. @param time milliseconds since 1970 */
export const formatMoment = (time: number): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Time from `time` to `now` in its largest full unit: `3 hours ago`. Both in milliseconds since 1970. */
export function formatAgo(time: number, now: number): string {
  const seconds = Math.max(0, (now - time) / 1000);
  relativeTime ??= new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const [size, unit] of agoSteps) {
    if (seconds >= size) return relativeTime.format(-Math.floor(seconds / size), unit);
  }
  return 'just now';
}

/** The first `most` characters, cut between code points: half a surrogate pair cannot be saved in a file. */
export const truncate = (name: string, most: number): string => [...name].slice(0, most).join('');

/**
 * Names in at most `most` characters, each different: their beginnings, else some letters of the first and of the last
 * word (`amber ant`, `amber bear`: `aant`, `abea`). Those that are still equal get other letters of their name (`bear`,
 * `beaver`: `bea`, `bev`) or a number.
 */
export function shortNames(names: readonly string[], most: number): string[] {
  const fromFirst = Array.from({ length: most }, (_, taken) => most - taken);
  const ways = fromFirst.map((letters) =>
    names.map((name) => {
      const words = name.split(/[\s_-]+/).filter(Boolean);
      if ([...name].length <= most || words.length < 2) return truncate(name, most);
      return truncate(words[0] ?? '', letters) + truncate(words.at(-1) ?? '', most - letters);
    }),
  );
  const different = (way: readonly string[]): number => new Set(way).size;
  const best = ways.reduce((one, way) => (different(way) > different(one) ? way : one));
  return makeDifferent(best, names, most);
}

/** Changes those that are as an earlier one; a name that is short enough stays as it is. */
function makeDifferent(shorts: readonly string[], names: readonly string[], most: number): string[] {
  const taken = new Set(shorts);
  const owner = new Map<string, number>();
  shorts.forEach((short, at) => {
    if (!owner.has(short) || short === names[at]) owner.set(short, at);
  });
  return shorts.map((short, at) => {
    if (owner.get(short) === at) return short;
    const letters = [...(names[at] ?? '')].filter((letter) => letter.trim() !== '');
    const start = truncate(short, most - 1);
    const lettered = letters.slice(most).map((letter) => start + letter);
    const numbered = names.map((_, n) => truncate(short, Math.max(0, most - String(n + 2).length)) + String(n + 2));
    const free = [...lettered, ...numbered].find((each) => !taken.has(each)) ?? short;
    taken.add(free);
    return free;
  });
}

/**
 * Sample of a table or figure: `10 people; 9 networks at each of 97.5, 98 %`. @param people e.g. `10 people`, or empty
 */
export function sampleText(people: string, networks: readonly { target: Target; models: number }[]): string {
  const sizes = new Set(networks.map(({ models }) => models));
  const [first] = networks;
  const targets = targetTitles(networks.map(({ target }) => target));
  const of =
    first && sizes.size === 1
      ? [`${formatCount(first.models, 'network')} at ${networks.length > 1 ? 'each of ' : ''}${targets}`]
      : networks.map(({ target, models }) => `${formatCount(models, 'network')} at ${targetTitle(target)}`);
  return [...(people === '' ? [] : [people]), of.join(', ')].filter((part) => part !== '').join('; ');
}

/** Who labeled, inside a sentence: `people`, or `simulated labelers`. */
export const peopleWord = ({ rehearsal }: { rehearsal: boolean }): string =>
  rehearsal ? 'simulated labelers' : 'people';

/** Estimated time and disk space: `about 8 min, 61 MB`. */
export const formatCost = ({ bytes, ...time }: TimeRange & { bytes: number }): string =>
  `${formatEstimate(time)}, ${formatBytes(bytes)}`;

/** A range this many times as wide says no more than its middle. */
const widest = 3;

/** An estimated duration: `4 to 9 min`, `40 s to 2 min`; where little is known, or both ends are the same, `about 8 min`. */
export function formatEstimate({ seconds, low, high }: TimeRange): string {
  const [from, to] = [formatRoughTime(low), formatRoughTime(high)];
  if (high >= widest * low || from === to) return `about ${formatRoughTime(seconds)}`;
  const [amount = '', unit] = from.split(' ');
  return to.endsWith(` ${unit}`) ? `${amount} to ${to}` : `${from} to ${to}`;
}

/** Coarser, the longer it is: from so many seconds on, rounded to multiples of a unit's part. */
const steps = [
  { from: 0, step: 5, unit: 1, name: 's' },
  { from: 50, step: 60, unit: 60, name: 'min' },
  { from: 12.5 * 60, step: 300, unit: 60, name: 'min' },
  { from: 87.5 * 60, step: 1800, unit: 3600, name: 'h' },
  { from: 5.25 * 3600, step: 3600, unit: 3600, name: 'h' },
  { from: 47.5 * 3600, step: 86_400, unit: 86_400, name: 'days' },
] as const;

/** An estimated duration, rounded: 432 -> `7 min`; 5400 -> `1.5 h`; 73000 -> `20 h`. */
export function formatRoughTime(seconds: number): string {
  const { step, unit, name } = steps.findLast(({ from }) => seconds >= from) ?? steps[0];
  return `${(Math.max(1, Math.round(seconds / step)) * step) / unit} ${name}`;
}

/** The first of many names in a sentence: `a, b and 3 more`. @param most how many to name */
export function formatNames(names: readonly (string | number)[], most = 10): string {
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${rest}`;
}

/** An alpha without rounding errors: 0.30000000000000004 -> `0.3`, 0.125 -> `0.125`. */
export const formatAlpha = (alpha: number): string => String(Number(alpha.toFixed(4)));

/**
 * What a choice is called: `all test images`, `a sample of 500 test images`.
 * @param place `first`: with a capital, at the beginning of a sentence
 */
export function testImagesText(choice: TestImageChoice, place: 'first' | 'within' = 'within'): string {
  const text = testImagesName(choice);
  return place === 'first' ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text;
}

function testImagesName(choice: TestImageChoice): string {
  switch (choice.kind) {
    case 'all':
      return 'all test images';
    case 'sample':
      return `a sample of ${formatCount(choice.count, 'test image')}`;
    case 'hardest':
      return `the ${formatCount(choice.count, 'test image')} that the reference classifier is least sure of`;
    case 'listed':
      return formatCount(choice.positions.length, 'chosen test image');
    case 'disagreed':
      return `the ${formatCount(choice.positions.length, 'test image')} on which people disagree most`;
  }
}

/** The name of a class by its index; of one that a set of classes does not have, the index. */
export const className = (classes: readonly string[], index: number): string => classes[index] ?? String(index);
