import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeFileName } from '../../main/domain/data/file-names.ts';
import { cases } from '../thorough.ts';

test.each([
  ['quick', 'quick'],
  ['My study 2.1_b-3.zip', 'My study 2.1_b-3.zip'],
  ['日本語.csv', '日本語.csv'],
  ['CON', '_CON'],
  ['nul', '_nul'],
  ['Aux.zip', '_Aux.zip'],
  ['com1.tar.gz', '_com1.tar.gz'],
  ['lpt¹', '_lpt¹'],
  ['con .txt', '_con .txt'],
  ['console', 'console'],
  ['a.', 'a_'],
  ['a ', 'a_'],
  ['a. . ', 'a_'],
  ['..', '_'],
  ['.hidden', '_hidden'],
  ['../../etc/passwd', '__.._etc_passwd'],
  ['C:\\x', 'C__x'],
  ['a\u202Egpj.exe', 'a_gpj.exe'],
  ['', '_'],
])('%j becomes %j', (name, safe) => {
  expect(safeFileName(name)).toBe(safe);
});

test('a long name keeps its beginning and its ending', () => {
  const letters = 'abcdefghij'.repeat(30);
  expect(safeFileName(`${letters}.tar.gz`)).toBe(`${letters.slice(0, 177)}.gz`);
  expect(safeFileName(letters)).toBe(letters.slice(0, 180));
  expect(safeFileName(letters.slice(0, 180))).toBe(letters.slice(0, 180));
  // An ending of more than eight letters is none; two bytes a letter.
  expect(safeFileName(`${letters}.abcdefghi`)).toBe(letters.slice(0, 180));
  expect(safeFileName(`${'\u00e4'.repeat(100)}.abcdefgh`)).toBe(`${'\u00e4'.repeat(85)}.abcdefgh`);
});

test('any name becomes one that Linux, macOS and Windows keep as it is', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .tuple(fc.constantFrom('CON', 'nul', 'Com7', 'LPT9', 'prn'), fc.constantFrom('', '.', ' ', '.zip', ' .a'))
      .map((parts) => parts.join('')),
    fc.stringMatching(/^[ .a-c/\\:]{0,12}$/),
  );
  fc.assert(
    fc.property(name, (text) => {
      const safe = safeFileName(text);
      expect(safe).toMatch(/^[^<>:"/\\|?*\p{Cc}]+$/u);
      expect(safe).toMatch(/^[^ .]/);
      expect(safe).toMatch(/[^ .]$/);
      expect(safe.split('.')[0]?.trim()).not.toMatch(/^(con|prn|aux|nul|(com|lpt)\d)$/i);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
      expect(safeFileName(safe)).toBe(safe);
    }),
    { numRuns: cases(200) },
  );
});
