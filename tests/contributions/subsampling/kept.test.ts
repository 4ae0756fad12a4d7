/** Curves of random studies stay what they are, as in tests/analysis/kept.test.ts. */
import { expect, test } from 'vitest';
import { sidesOf } from '../../analysis/sides-of.ts';
import {
  imagesWith,
  rarefy,
  rarefyTypes,
  rarefyWhere,
} from '../../../main/contributions/subsampling/analysis/rarefaction.ts';
import { hash, randomStudy, type Shape, usual } from '../../analysis/random-study.ts';
import { curveValues } from './curve-values.ts';

test.each<[string, Shape]>([
  ['182cd998617a', usual],
  ['867c6b9217b5', { ...usual, missing: 0, people: 2 }],
  ['ddbd11f6d3af', { ...usual, missing: 0.6, people: 7, alphas: 5 }],
  ['d23349ea0c5f', { ...usual, classes: 12, pairs: 11, alphas: 4, people: 4 }],
  ['9ec435d0b012', { ...usual, pairs: 3, models: 3, repeats: 3 }],
  ['6d0cf3046ad8', { ...usual, classes: 2, pairs: 1, alphas: 21, people: 9, models: 4 }],
  ['90c31301a875', { ...usual, people: 1 }],
  ['f1efe586cdd6', { ...usual, people: 0, pairs: 2 }],
  ['4f53cda18c2b', { ...usual, models: 0 }],
  ['a8734ccb51b1', { ...usual, models: 1, pairs: 2 }],
  ['a9592a0426b7', { ...usual, classes: 3, pairs: 2, alphas: 2, people: 3 }],
  ['e9ceb6fa7f4a', { ...usual, classes: 7, pairs: 20, alphas: 3, people: 6 }],
])('study %#: %s', (kept, shape) => {
  const sides = sidesOf(randomStudy(shape.people + 10 * shape.models, shape));
  const rarefied = sides.map(({ view, humans }) => {
    const disagree = (image: number): boolean | null => {
      const status = humans.view.status[image] ?? null;
      return status === null ? null : status === 'disagree';
    };
    const raters = view.group.members.length;
    return [
      curveValues({ ...rarefy(view.counts, raters) }),
      curveValues(rarefyTypes(view.counts, raters, 'networks', disagree)),
      curveValues(rarefyTypes(view.counts, raters, 'people', disagree)),
      rarefyWhere(view.counts, raters, 'agree', (image) => image % 2 === 0).values,
      imagesWith(view.counts, raters, (image) => disagree(image) !== null),
    ];
  });
  expect(hash(rarefied)).toBe(kept);
});
