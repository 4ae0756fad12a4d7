import { expect, test } from 'vitest';
import { expected } from '../../../main/training/self-check/self-check.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { expectedNumbers } from './expected-numbers.ts';

test('the self-check expects the numbers of the reference implementation', async () => {
  const numbers = await expectedNumbers(await openEngine('wasm'));
  expect(Object.keys(numbers)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(numbers)) {
    values.forEach((value, at) =>
      expect(Math.abs(value - (expected[name]?.[at] ?? Number.NaN)), name).toBeLessThan(1e-5),
    );
  }
});
