import { expect, test } from 'vitest';
import { repository } from '../architecture/tools.ts';
import { TestChoice } from './test-choice.ts';

const choice = new TestChoice(repository);
const testsOf = (file: string): string[] => choice.of(file).map(({ path }) => path);

test('a file of the page has its unit tests first, then those that open it in a browser', () => {
  const ofKit = testsOf('renderer/contributions/offline/kit/kit-log.ts');
  expect(ofKit[0]).toBe('tests/contributions/offline/kit/kit-log.test.ts');
  expect(ofKit).toContain('tests/contributions/offline/kit/kit.test.ts');
  expect(ofKit).not.toContain('tests/contributions/desk/page/desk.test.ts');
  const ofDesk = testsOf('renderer/contributions/desk/page/labeling.tsx');
  expect(ofDesk).toEqual(expect.arrayContaining([ofKit.at(-1), 'tests/contributions/desk/page/time-limit.test.ts']));
  expect(testsOf('renderer/results/quantity.tsx')).toEqual(
    expect.arrayContaining(['tests/renderer/results-values.test.ts', 'tests/renderer/results-charts.test.ts']),
  );
  expect(testsOf('renderer/charts/legend.tsx')).toContain('tests/renderer/charts/charts.test.ts');
});

test('a file of the program has the tests of its room', () => {
  const found = testsOf('main/domain/plans/rehearsal.ts');
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((path) => path.startsWith('tests/domain/'))).toBe(true);
});
