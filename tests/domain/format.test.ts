import { expect, test } from 'vitest';
import {
  formatAgo,
  formatAlpha,
  formatBytes,
  formatCompact,
  formatCost,
  formatCount,
  formatDuration,
  formatEstimate,
  formatFixed,
  formatInteger,
  formatNames,
  formatPercent,
  formatRemaining,
  formatRoughTime,
  peopleWord,
  sampleText,
  shortNames,
  truncate,
} from '../../main/domain/numbers/format.ts';

/** Spaces that do not break and real minus signs, written so that a reader of this file can tell them. */
const plain = (text: string): string => text.replaceAll('\u00a0', '_').replaceAll('\u2212', '~');

test('names stand in a sentence, the first of many, and the others are counted', () => {
  expect(formatNames([])).toBe('');
  expect(formatNames(['a', 'b'], 2)).toBe('a, b');
  expect(formatNames(['a', 'b', 'c', 'd', 'e'], 2)).toBe('a, b and 3 more');
  expect(formatNames(Array.from({ length: 10 }, (_, index) => index + 1))).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
  expect(formatNames(Array.from({ length: 11 }, (_, index) => index + 1))).toBe(
    '1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more',
  );
});

test.each([
  [-1.26, 1, '~1.3'],
  [1.26, 1, '1.3'],
  [-0.04, 1, '0.0'],
  [-0.06, 1, '~0.1'],
  [0.9, 1, '0.9'],
  [0, 2, '0.00'],
])('%d with %d decimals is %s', (value, decimals, text) => {
  expect(plain(formatFixed(value, decimals))).toBe(text);
});

test.each([
  [60000, '60,000'],
  [-1200, '~1,200'],
  [999, '999'],
  [2.6, '3'],
])('%d as a whole number is %s', (value, text) => {
  expect(plain(formatInteger(value))).toBe(text);
});

test.each([
  [0.1524, '15.2_%'],
  [0.001, '0.1_%'],
  [-0.5, '~50.0_%'],
])('the share %d is %s', (share, text) => {
  expect(plain(formatPercent(share))).toBe(text);
});

test('a share with other decimals', () => {
  expect(plain(formatPercent(0.12345, 0))).toBe('12_%');
  expect(plain(formatPercent(0.12345, 2))).toBe('12.35_%');
});

test.each([
  [0, '0'],
  [12345, '12,345'],
  [1234.5, '1,235'],
  [1000.4, '1,000'],
  [1000.5, '1,001'],
  [999.94, '999.9'],
  [123.45, '123.5'],
  [100.04, '100'],
  [100.06, '100.1'],
  [99.994, '99.99'],
  [12.345, '12.35'],
  [10.004, '10'],
  [10.006, '10.01'],
  [9.9994, '9.999'],
  [1.2346, '1.235'],
  [1.0004, '1'],
  [1.0006, '1.001'],
  [0.99994, '0.9999'],
  [0.01234, '0.0123'],
  [0.5, '0.5'],
  [0.0001, '0.0001'],
  [0.00009, '9.0e~5'],
  [3.2e-7, '3.2e~7'],
  [-3.2e-7, '~3.2e~7'],
  [-2.5, '~2.5'],
  [-20_000, '~20,000'],
  [999_999_999, '999,999,999'],
  [1e9, '1.0e9'],
  [2.34e12, '2.3e12'],
  [Number.NaN, 'NaN'],
  [Infinity, 'Infinity'],
])('%d in three digits or four is %s', (value, text) => {
  expect(plain(formatCompact(value))).toBe(text);
});

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

test.each([
  [400, '400 ms'],
  [499.4, '499 ms'],
  [500, '1 s'],
  [59_499, '59 s'],
  [59_500, '1 min 0 s'],
  [93_784, '1 min 34 s'],
  [hour - second, '59 min 59 s'],
  [hour, '1 h 0 min'],
  [hour + 59 * minute + 59 * second, '1 h 59 min'],
  [2 * day - second, '47 h 59 min'],
  [2 * day, '2 days 0 h'],
  [2 * day + hour, '2 days 1 h'],
  [2 * day + hour - second, '2 days 0 h'],
  [3 * day + 5 * hour + 59 * minute, '3 days 5 h'],
  [3 * day + 23 * hour, '3 days 23 h'],
])('a duration of %d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, '0_B'],
  [999, '999_B'],
  [999.4, '999_B'],
  [999.5, '1.0_kB'],
  [1000, '1.0_kB'],
  [99_940, '99.9_kB'],
  [100_000, '100_kB'],
  [999_499, '999_kB'],
  [999_500, '1.0_MB'],
  [1_234_567, '1.2_MB'],
  [5.25e9, '5.3_GB'],
  [7e12, '7.0_TB'],
  [2.5e15, '2500_TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(plain(formatBytes(bytes))).toBe(text);
});

test('one thing and several things', () => {
  expect(formatCount(0, 'image')).toBe('0 images');
  expect(formatCount(1, 'image')).toBe('1 image');
  expect(formatCount(2, 'image')).toBe('2 images');
  expect(formatCount(1200, 'image')).toBe('1,200 images');
});

test.each([
  [-5 * minute, 'just now'],
  [minute - 1, 'just now'],
  [minute, '1 minute ago'],
  [2 * minute - 1, '1 minute ago'],
  [hour - 1, '59 minutes ago'],
  [hour, '1 hour ago'],
  [3 * hour + 59 * minute, '3 hours ago'],
  [day - 1, '23 hours ago'],
  [day, 'yesterday'],
  [2 * day - 1, 'yesterday'],
  [9 * day, '9 days ago'],
])('%d ms later is %s', (later, text) => {
  expect(formatAgo(1e12, 1e12 + later)).toBe(text);
});

test.each([
  [0, '5 s'],
  [7.4, '5 s'],
  [7.6, '10 s'],
  [49.9, '50 s'],
  [50, '1 min'],
  [89, '1 min'],
  [91, '2 min'],
  [432, '7 min'],
  [749, '12 min'],
  [750, '15 min'],
  [37 * 60, '35 min'],
  [87.4 * 60, '85 min'],
  [5399, '1.5 h'],
  [2.2 * 3600, '2 h'],
  [5.3 * 3600, '5 h'],
  [73_000, '20 h'],
  [47.6 * 3600, '2 days'],
  [2.6 * 86_400, '3 days'],
])('about %d s take %s', (seconds, text) => {
  expect(formatRoughTime(seconds)).toBe(text);
});

test.each([
  [360, 250, 520, '4 to 9 min'],
  [80, 41, 110, '40 s to 2 min'],
  [3, 2, 4, 'about 5 s'],
  [450, 440, 460, '7 to 8 min'],
  [480, 475, 485, 'about 8 min'],
  // Seen: "35 s to 50 min", "37 min to 21 h". Three times as wide says nothing.
  [480, 35, 3000, 'about 8 min'],
  [4 * 3600, 37 * 60, 21 * 3600, 'about 4 h'],
  [600, 300, 900, 'about 10 min'],
  [600, 301, 900, '5 to 15 min'],
  [2 * 3600, 80 * 60, 3 * 3600, '80 min to 3 h'],
])('%d s, between %d and %d, are %s', (seconds, low, high, text) => {
  expect(formatEstimate({ seconds, low, high })).toBe(text);
  expect(formatRemaining({ seconds, low, high })).toBe(seconds < 60 ? 'under a minute left' : `${text} left`);
});

test('a cost has a time and a size', () => {
  expect(plain(formatCost({ seconds: 360, low: 250, high: 520, bytes: 61e6 }))).toBe('4 to 9 min, 61.0_MB');
});

test('a name is cut between characters, not within one', () => {
  expect(truncate('abc', 3)).toBe('abc');
  expect(truncate('abc', 2)).toBe('ab');
  expect(truncate('a\u{1f600}b', 2)).toBe('a\u{1f600}');
});

test('short names differ where names do: by their beginnings, else by letters of the first and the last word', () => {
  expect(shortNames(['airplane', 'bird', '7'], 4)).toEqual(['airp', 'bird', '7']);
  expect(shortNames(['amber ant', 'amber bear', 'black bear'], 4)).toEqual(['amba', 'ambb', 'blab']);
  expect(shortNames(['class 1', 'class 12', 'class 13'], 4)).toEqual(['cl1', 'cl12', 'cl13']);
  expect(shortNames(['bear', 'beaver', 'bea', 'beach'], 3)).toEqual(['ber', 'bev', 'bea', 'bec']);
  const many = Array.from({ length: 256 }, (_, k) => `Donaudampf${k % 3}`);
  expect(new Set(shortNames(many, 3)).size).toBe(256);
});

test('who labeled, and alphas without rounding errors', () => {
  expect([true, false].map((rehearsal) => peopleWord({ rehearsal }))).toEqual(['simulated labelers', 'people']);
  expect([0.1 + 0.2, 0.125, 0, 1, 0.33333].map(formatAlpha)).toEqual(['0.3', '0.125', '0', '1', '0.3333']);
});

test.each([
  ['', [], ''],
  ['10 people', [], '10 people'],
  ['', [{ target: 98, models: 1 }], '1 network at 98 %'],
  ['1 person', [97.5, 98].map((target) => ({ target, models: 9 })), '1 person; 9 networks at each of 97.5, 98 %'],
  [
    '10 people',
    [97.5, 98].map((target) => ({ target, models: target === 98 ? 8 : 9 })),
    '10 people; 9 networks at 97.5 %, 8 networks at 98 %',
  ],
])('of whom a figure is: %s and %j', (people, networks, text) => {
  expect(sampleText(people, networks)).toBe(text);
});
