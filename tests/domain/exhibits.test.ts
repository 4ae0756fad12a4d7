import { expect, test } from 'vitest';
import type { Cell, Exhibit, Quantity } from '../../main/contract/results/exhibit.ts';
import {
  flatTable,
  forReading,
  furtherColumns,
  headCount,
  isPaperRow,
  isQuantity,
  quantityAt,
  shownDecimals,
  withPaperRows,
} from '../../main/domain/results/exhibits.ts';

const interval: NonNullable<Quantity['interval']> = {
  lo: 1,
  hi: 2,
  claim: 'anchors',
  units: 'anchors',
  n: 10,
  nNull: 3,
  undefined: null,
};
const quantity = (value: number | null, change: Partial<Quantity> = {}): Quantity => ({
  value,
  std: null,
  n: null,
  of: null,
  interval: null,
  paper: null,
  undefined: null,
  ...change,
});
const exhibit = (rows: Cell[][], change: Partial<Exhibit> = {}): Exhibit => ({
  id: 'table-1',
  number: 'Table 1',
  title: 'A table',
  people: true,
  notes: [],
  columns: [{ name: 'Who' }, { key: 'share', name: 'Share' }],
  rows,
  ...change,
});

test('decimals are those of its column, but a whole number without a spread in a column of means is a count', () => {
  expect(shownDecimals({ name: 'A', decimals: 2 }, { value: 3, std: null })).toBe(2);
  expect(shownDecimals({ name: 'A', decimals: 2 }, { value: 3, std: 0 })).toBe(2);
  expect(shownDecimals({ name: 'A', decimals: 2, spread: true }, { value: 3, std: 0 })).toBe(2);
  expect(shownDecimals({ name: 'A', decimals: 2, spread: true }, { value: 3, std: null })).toBeUndefined();
  expect(shownDecimals({ name: 'A', decimals: 2, spread: true }, { value: 0.3, std: null })).toBe(2);
});

test('a number is found by its row and the key of its column', () => {
  const table = exhibit([
    ['a', quantity(1)],
    ['b', 2],
  ]);
  expect(quantityAt(table, 0, 'share')?.value).toBe(1);
  expect([quantityAt(table, 1, 'share'), quantityAt(table, 0, 'other'), quantityAt(table, 9, 'share')]).toEqual([
    ...[null, null, null],
  ]);
  expect([null, undefined, 'a', 1, quantity(null)].map(isQuantity)).toEqual([false, false, false, false, true]);
});

test('columns are hidden where they do not belong, with their cells', () => {
  const table = exhibit([['a', 1, 2]], {
    columns: [{ name: 'A' }, { name: 'B', hiddenOn: ['page'] }, { name: 'C', hiddenOn: ['latex'] }],
  });
  expect(forReading(table, 'page')).toMatchObject({ columns: [{ name: 'A' }, { name: 'C' }], rows: [['a', 2]] });
  expect(forReading(table, 'latex')).toMatchObject({ columns: [{ name: 'A' }, { name: 'B' }], rows: [['a', 1]] });
});

test('where no number of a column has an interval, the note alone says why', () => {
  const none = { ...interval, lo: null, hi: null, undefined: 'Too few.' };
  const rows = [[quantity(1, { interval }), quantity(2, { interval: none }), quantity(3, { interval: none })]];
  const table = exhibit([...rows, [quantity(4, { interval: none }), quantity(5, { interval }), quantity(6)]], {
    columns: ['A', 'B', 'C'].map((name) => ({ name })),
  });
  const shown = (of: Exhibit) =>
    forReading(of, 'page')
      .rows.flat()
      .map((cell) => isQuantity(cell) && cell.interval);
  expect(shown({ ...table, intervals: 'Where there is none: Too few.' })).toEqual([
    interval,
    none,
    null,
    none,
    interval,
    null,
  ]);
  expect(shown(table)).toEqual([interval, none, none, none, interval, null]);
  // A note names a few reasons only.
  expect(shown({ ...table, intervals: 'Where there is none: Too many.' })[2]).toEqual(none);
});

const paper = { mean: 0.5, std: 0.1 };
const compared = exhibit(
  [
    ['simulated labelers', 'x', quantity(0.25, { paper, std: 0.2, n: 4, of: 'images' }), 7],
    ['networks', 'y', quantity(null, { undefined: 'Nobody labeled.' }), 8],
  ],
  { paper: true, heads: 2, columns: [{ name: 'Who' }, { name: 'What' }, { name: 'Share' }, { name: 'N' }] },
);

test('the paper’s values stand in rows of their own, behind this study’s, and are of people', () => {
  const table = withPaperRows(compared);
  expect(table.heads).toBe(3);
  expect(table.columns.map(({ name }) => name)).toEqual(['Who', 'What', 'Source', 'Share', 'N']);
  expect(table.rows).toEqual([
    ['simulated labelers', 'x', 'this study', compared.rows[0]?.[2], 7],
    ['people', 'x', 'paper', quantity(0.5, { std: 0.1 }), null],
    ['networks', 'y', 'this study', compared.rows[1]?.[2], 8],
  ]);
  expect([0, 1, 2, 3].map((row) => isPaperRow(table, row))).toEqual([false, true, false, false]);
  expect(isPaperRow({ ...table, paper: false }, 1)).toBe(false);
  const plain = exhibit([['a', 1]]);
  expect(withPaperRows(plain)).toBe(plain);
  expect([headCount(plain), headCount(compared)]).toEqual([1, 2]);
});

test('files have what stands beside a number in columns of its own', () => {
  expect(flatTable(compared, true)).toEqual({
    columns: [
      ...['Who', 'What', 'Source', 'Share', 'N'],
      ...['Share: std', 'Share: n', 'Share: n of what', 'Share: not defined', 'rehearsal'],
    ],
    rows: [
      ['simulated labelers', 'x', 'this study', 0.25, 7, 0.2, 4, 'images', null, 'yes'],
      ['people', 'x', 'paper', 0.5, null, 0.1, null, null, null, null],
      ['networks', 'y', 'this study', null, 8, null, null, null, 'Nobody labeled.', 'yes'],
    ],
  });
  expect(flatTable(compared, false).columns).not.toContain('rehearsal');
  expect(flatTable({ ...compared, people: false }, true).columns).not.toContain('rehearsal');
});

test('close columns hold the interval, the spread and n; nothing of a number that is not defined', () => {
  const both = { interval, std: 0.3, n: 9, of: 'people' as Quantity['of'] };
  const table = exhibit(
    [
      ['a', quantity(2, both)],
      ['b', quantity(null, both)],
      ['c', 'none'],
    ],
    {
      columns: [{ name: 'Who' }, { name: 'Share', interval: true, spread: true, showN: true }],
    },
  );
  expect(flatTable(table, false)).toEqual({
    columns: ['Who', 'Share', 'Share: from', 'Share: to', 'Share: left out', 'Share: claim', 'Share: std', 'Share: n'],
    rows: [
      ['a', 2, 1, 2, 3, 'a', 0.3, 9],
      ['b', null, null, null, null, null, 0.3, null],
      ['c', 'none', null, null, null, null, null, null],
    ],
  });
  const [spread, shown] = [
    { name: 'Share', spread: true },
    { name: 'Share', showN: true },
  ].map((column) => flatTable({ ...table, columns: [{ name: 'Who' }, column] }, false).columns.slice(2));
  expect([spread, shown]).toEqual([['Share: std'], []]);
});

test('all that is known of the numbers follows where it is asked for', () => {
  const noted = quantity(2, {
    interval,
    std: 0.3,
    n: 9,
    of: 'pairs of people',
    note: 'few',
  });
  const table = exhibit([
    ['a', noted],
    ['b', quantity(3)],
  ]);
  expect(furtherColumns(table, false)).toEqual([]);
  const all = flatTable(table, true, 'all');
  expect(all.columns).toEqual([
    ...['Who', 'Share', 'Share: std', 'Share: n', 'Share: n of what'],
    ...['Share: 95 % from', 'Share: 95 % to', 'Share: 95 % claim', 'Share: 95 % units'],
    ...['Share: 95 % not defined', 'Share: note', 'rehearsal'],
  ]);
  expect(all.rows).toEqual([
    ['a', 2, 0.3, 9, 'pairs of simulated labelers', 1, 2, 'a', '10 anchors', null, 'few', 'yes'],
    ['b', 3, ...new Array<null>(9).fill(null), 'yes'],
  ]);
  expect(flatTable(table, false, 'all').rows[0]?.[4]).toBe('pairs of people');
  // A close column does not say again what stands beside its value.
  const close = { ...table, columns: [{ name: 'Who' }, { name: 'Share', spread: true, showN: true }] };
  expect(flatTable(close, false, 'all').columns.slice(0, 5)).toEqual([
    ...['Who', 'Share', 'Share: std', 'Share: n', 'Share: n of what'],
  ]);
});
