import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairTable } from '../../main/analysis/raters/agreement.ts';
import { writeTextAtomic } from '../../main/files/atomic.ts';
import { jsonChunks, listParts } from '../../main/files/json-chunks.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const joined = (value: unknown): string => [...jsonChunks(value)].join('');

describe('jsonChunks', () => {
  it('is JSON.stringify of any value', () => {
    const leaf = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.double(), fc.date({ noInvalidDate: true }));
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), leaf), fc.array(leaf)), (value) => {
        expect(joined(value)).toBe(JSON.stringify(value));
      }),
    );
    const odd = {
      list: [undefined, () => 1],
      no: undefined,
      call: () => 1,
      typed: Float64Array.of(1.5),
      text: '\ud800"\n',
    };
    expect(joined(odd)).toBe(JSON.stringify(odd));
    const bare: object = Object.assign(Object.create(null), { a: [1] });
    for (const value of [Object(5), Object('text'), new Map([[1, 2]]), bare, null]) {
      expect(joined({ value })).toBe(JSON.stringify({ value }));
    }
  });

  it('is the list of its rows for a table of pairs, which is never made as a whole', () => {
    const columns = { kappa: Float64Array.of(0.5, Number.NaN), n: Float64Array.of(3, 0) };
    const pairs = { a: Uint32Array.of(0, 1), b: Uint32Array.of(1, 0) };
    const table = new PairTable({ a: ['x', 'y'], b: ['x', 'y'] }, pairs, columns);
    expect(joined({ pairs: table })).toBe(JSON.stringify({ pairs: table }));
    Object.defineProperty(table, 'toJSON', { value: () => expect.unreachable() });
    expect(joined(table)).toContain('"kappa":null');
  });

  it('comes in pieces of some kilobytes, and is a file as a whole or not at all', async () => {
    const value = Array.from({ length: 50_000 }, (_, at) => at / 7);
    const lengths = [...jsonChunks(value)].map((chunk) => chunk.length);
    expect(lengths.length).toBeGreaterThan(5);
    expect(Math.max(...lengths)).toBeLessThan(70_000);
    const folder = temporaryFolder();
    await writeTextAtomic(join(folder, 'whole.json'), jsonChunks(value));
    expect(readFileSync(join(folder, 'whole.json'), 'utf8')).toBe(JSON.stringify(value));
    const broken = function* () {
      yield 'a';
      throw new Error('broken');
    };
    await expect(writeTextAtomic(join(folder, 'broken.json'), broken())).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['whole.json']);
  });
});

describe('pieces of JSON', () => {
  it('are closed by the item that makes them 65,536 characters long, at any depth', () => {
    // 100 characters with quotes and comma.
    const items = Array.from({ length: 2000 }, () => 'x'.repeat(97));
    const lengths = (value: unknown): number[] => [...jsonChunks(value)].map((piece) => piece.length);
    expect(lengths(items)).toEqual([65_600, 65_600, 65_600, 3201]);
    for (const value of [{ a: { b: items } }, [[items]], Object.assign(Object.create(null), { items })]) {
      expect(lengths(value)).toHaveLength(4);
      expect(Math.max(...lengths(value))).toBeLessThan(66_000);
      expect(joined(value)).toBe(JSON.stringify(value));
    }
    // One piece is a text of exactly this length, with its quotes; nothing follows it.
    expect(lengths('x'.repeat(65_534))).toEqual([65_536]);
    expect(lengths(['x'.repeat(65_533)])).toEqual([65_536, 1]);
    expect(lengths(['x'.repeat(65_532)])).toEqual([65_536]);
    expect(lengths([])).toEqual([2]);
  });

  it('a list comes in parts that reach 32,768 characters with their last row, and in one where it is shorter', () => {
    const [row, short] = ['x'.repeat(1022), 'x'.repeat(1021)];
    const parts = (count: number, rest: string[] = []): number[] =>
      [...listParts([...Array.from({ length: count }, () => row), ...rest])].map((part) => part.length);
    expect(parts(0)).toEqual([]);
    expect(parts(1)).toEqual([1]);
    expect(parts(32)).toEqual([32]);
    expect(parts(33)).toEqual([32, 1]);
    expect(parts(64)).toEqual([32, 32]);
    expect(parts(31, [short, row])).toEqual([33]);
    expect(parts(63, [short, row])).toEqual([32, 33]);
    const rows = Array.from({ length: 5000 }, (_, at) => ({ at }));
    expect([...listParts(rows)].flat()).toEqual(rows);
  });
});
