import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences } from '../../main/domain/numbers/differences.ts';
import type { Json } from '../../main/domain/numbers/differences.ts';

test('names the keys that differ, with dots, and counts the others', () => {
  const a = { seed: 1, optimiser: { kind: 'adam', stepSize: 0.1 }, architecture: { kind: 'mlp', hidden: [500, 500] } };
  const b = { seed: 1, optimiser: { kind: 'adamw', stepSize: 0.1 }, architecture: { kind: 'mlp', hidden: [500] } };
  expect(differences([a, b, { ...a, extra: null }])).toEqual({
    different: [
      { key: 'optimiser.kind', values: ['"adam"', '"adamw"', '"adam"'] },
      { key: 'architecture.hidden', values: ['[500,500]', '[500]', '[500,500]'] },
      { key: 'extra', values: [null, null, 'null'] },
    ],
    same: 3,
  });
});

test('a value does not differ from copies of itself', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 4 }), (thing, times) => {
      expect(differences(Array.from({ length: times }, () => thing as Json)).different).toEqual([]);
    }),
  );
});
