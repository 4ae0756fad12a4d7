import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../architecture/tools.ts';
import { mutantsOf, mutated, shuffled } from './mutants.ts';

const faulty = (text: string): string[] => mutantsOf('main/a.ts', text).map((mutant) => mutant.after);

describe('mutants', () => {
  test('change one operator, number or keyword each', () => {
    expect(faulty('const a = (b < 2 && !c) || d;')).toEqual([
      'const a = (b <= 2 && !c) || d;',
      'const a = (b < 3 && !c) || d;',
      'const a = (b < 2 || !c) || d;',
      'const a = (b < 2 && c) || d;',
      'const a = (b < 2 && !c) && d;',
    ]);
    expect(faulty('for (;;) { if (a) break; n++; }')).toEqual([
      'for (;;) { if (a) continue; n++; }',
      'for (;;) { if (a) break; n--; }',
    ]);
    expect(faulty('const a = Math.min(b, 1);')).toEqual(['const a = Math.max(b, 1);', 'const a = Math.min(b, 0);']);
    expect(faulty('const a = b ? 0.5 : 20_000;')).toEqual([
      'const a = !b ? 0.5 : 20_000;',
      'const a = b ? 1 : 20_000;',
      'const a = b ? 0.5 : 40000;',
    ]);
  });

  test('change the expressions of a part of the page, not its words', () => {
    const part = 'const A = () => <p data-a={1} title="1 < 2">{b && <i>3 &lt; 4</i>}</p>;';
    expect(mutantsOf('renderer/a.tsx', part).map((mutant) => mutant.after)).toEqual([
      part.replace('{1}', '{0}'),
      part.replace('&&', '||'),
    ]);
  });

  test('leave methods alone that every object has', () => {
    expect(faulty('const a = b.toString() + c.constructor;')).toEqual(['const a = b.toString() - c.constructor;']);
  });

  test('that make no difference are of lines that are there', () => {
    const read = (...path: string[]): string => readFileSync(join(repository, ...path), 'utf8');
    const named = JSON.parse(read('tests', 'mutate', 'equivalent.json')) as { file: string; before: string }[];
    expect(named.filter(({ file, before }) => !read(file).includes(before))).toEqual([]);
  });

  test('leave types, imports, names and joined texts alone', () => {
    expect(
      faulty("import a from 'b1';\ntype T = 1 | 2;\nlet c: 0 | T = d as 1;\nconst e = { 1: 'x' + c + `y` };"),
    ).toEqual([]);
  });

  test('change SQL, but neither what it assigns nor a bound of BETWEEN', () => {
    const sql = "`UPDATE t SET a = 1, b = ? WHERE c = 'x = 3' AND d BETWEEN ? AND ? ORDER BY e DESC`";
    expect(faulty(sql)).toEqual([
      "`UPDATE t SET a = 0, b = ? WHERE c = 'x = 3' AND d BETWEEN ? AND ? ORDER BY e DESC`",
      "`UPDATE t SET a = 1, b = ? WHERE c != 'x = 3' AND d BETWEEN ? AND ? ORDER BY e DESC`",
      "`UPDATE t SET a = 1, b = ? WHERE c = 'x = 3' OR d BETWEEN ? AND ? ORDER BY e DESC`",
      "`UPDATE t SET a = 1, b = ? WHERE c = 'x = 3' AND d BETWEEN ? AND ? ORDER BY e ASC`",
    ]);
    expect(faulty("'SELECT a FROM b LEFT JOIN c ON NOT EXISTS (d) WHERE e IS NULL'")).toEqual([
      "'SELECT a FROM b JOIN c ON NOT EXISTS (d) WHERE e IS NULL'",
      "'SELECT a FROM b LEFT JOIN c ON EXISTS (d) WHERE e IS NULL'",
      "'SELECT a FROM b LEFT JOIN c ON NOT EXISTS (d) WHERE e IS NOT NULL'",
    ]);
  });

  test('name the line, and a seed draws the same ones after other lines have moved', () => {
    const text = 'const a = 1;\nconst b = 2 + 3;\n';
    const mutants = mutantsOf('main/a.ts', text);
    expect(mutants.map(({ line, before }) => [line, before])).toEqual([
      [1, 'const a = 1;'],
      [2, 'const b = 2 + 3;'],
      [2, 'const b = 2 + 3;'],
      [2, 'const b = 2 + 3;'],
    ]);
    expect(mutants.map((mutant) => mutated(text, mutant))).toContain('const a = 1;\nconst b = 2 - 3;\n');
    const changes = (seed: number, lines: string) =>
      shuffled(mutantsOf('main/a.ts', lines), seed).map((mutant) => mutant.after);
    expect(changes(5, `\n\n${text}`)).toEqual(changes(5, text));
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => changes(seed, text).join())).size).toBeGreaterThan(1);
  });
});
