/** Differences of the targets of random studies stay what they are. */
import { expect, test } from 'vitest';
import { sidesOf } from '../../analysis/sides-of.ts';
import { compareSides } from '../../../main/contributions/groups/analysis/comparison.ts';
import { hash, randomStudy, type Shape, usual } from '../../analysis/random-study.ts';

test.each<[string, Shape]>([
  ['238cd518bcd0', usual],
  ['0408b9e98cb8', { ...usual, missing: 0, people: 2 }],
  ['104c44895bb0', { ...usual, missing: 0.6, people: 7, alphas: 5 }],
  ['682b991c7920', { ...usual, classes: 12, pairs: 11, alphas: 4, people: 4 }],
  ['5c5dd6631d88', { ...usual, pairs: 3, models: 3, repeats: 3 }],
  ['1e6a9564ff0a', { ...usual, classes: 2, pairs: 1, alphas: 21, people: 9, models: 4 }],
  ['a76555b90f65', { ...usual, people: 1 }],
  ['c335104d7834', { ...usual, people: 0, pairs: 2 }],
  ['4f53cda18c2b', { ...usual, models: 0 }],
  ['7114fcf044d2', { ...usual, models: 1, pairs: 2 }],
  ['9685b834fc55', { ...usual, classes: 3, pairs: 2, alphas: 2, people: 3 }],
  ['8e5671271185', { ...usual, classes: 7, pairs: 20, alphas: 3, people: 6 }],
])('study %#: %s', (kept, shape) => {
  const sides = sidesOf(randomStudy(shape.people + 10 * shape.models, shape));
  const compared = sides.flatMap((a) =>
    sides.map((b) => compareSides(a, b, { people: true, networks: false }, 'default')),
  );
  expect(hash(compared)).toBe(kept);
});
