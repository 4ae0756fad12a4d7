import { expect, test } from 'vitest';
import groups from '../../../main/contributions/groups/results.ts';
import { files } from '../../reports/exhibit-files.ts';
import { sampleData } from '../../reports/sample.ts';

test('targets compared have one unit a row, the interval of the difference, and n images', () => {
  const data = { ...sampleData({ targets: [98, 97.5, 98.5], labelers: 'real' }), added: groups };
  const all = files(data);
  const { rows, columns } = JSON.parse(all.get('json/comparison.json') ?? '');
  expect(columns).toEqual(['Targets', 'What', 'Difference', 'Unit', 'Images', 'p', 'p, adjusted', 'Test']);
  expect(rows).toHaveLength(3 * 7);
  expect(rows.map(([pair]: [string]) => pair)[0]).toBe('97.5 vs 98');
  const wrong = data.analysis!.paired_tests['97.5 vs 98']!;
  const row = rows.find(([pair, what]: string[]) => pair === '97.5 vs 98' && what === 'Networks that are wrong');
  expect(row[3]).toBe('% points');
  expect(row[2].value).toBeCloseTo(100 * wrong.permutation_misclassified.pair.statistic!, 9);
  expect(row[2].lo).toBeLessThanOrEqual(row[2].value);
  expect(row[2].hi).toBeGreaterThanOrEqual(row[2].value);
  expect(row[4]).toBe(165);
  const typeA = rows.find(([pair, what]: string[]) => pair === '97.5 vs 98' && what === 'Images of type A');
  expect(typeA[2].value).toBeCloseTo((100 * (wrong.mcnemar.type_a!.b - wrong.mcnemar.type_a!.c)) / 165, 9);
  expect(rows.every(([, , , unit]: string[]) => unit === '% points' || unit === 'bits')).toBe(true);
  const page = all.get('index.html') ?? '';
  expect(page.indexOf('id="comparison"')).toBeGreaterThan(page.indexOf('id="part-comparison"'));
  expect(page.indexOf('id="intervals"')).toBeGreaterThan(page.indexOf('id="comparison"'));
  const names = [...all.keys()];
  expect(names.indexOf('csv/intervals.csv')).toBe(names.indexOf('csv/comparison.csv') + 1);
});
