import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EffectForecast } from '../../../main/contributions/contrasts/analysis/effect-planner.ts';
import { EffectEstimator } from '../../../main/contributions/contrasts/analysis/effects.ts';
import { ranking } from '../../../main/contributions/contrasts/analysis/families.ts';

const recipes = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, at: { recipe: name } }));

/** A ranking of recipes with one network each, whose outcome is this number on both images. */
function rank(outcomes: readonly number[]) {
  const shown = recipes.slice(0, outcomes.length);
  const images = [0, 1].map((id) => ({ id, pairI: 2 * id, pairJ: 2 * id + 1, alpha: 0.5 }));
  const experiment = {
    images,
    within: [],
    reference: new Int16Array(2),
    labels: { raters: shown.length, images: 2, classes: 4, values: new Int16Array(2 * shown.length) },
    people: { raters: 0, images: 2, classes: 4, values: new Int16Array() },
    values: Float64Array.from(outcomes.flatMap((value) => [value, value])),
    runs: shown.map(({ name, at }) => ({ name, block: name, levels: at })),
  };
  return ranking(new EffectEstimator(experiment, { type: 'value', scale: 'real' }), shown);
}

/** What is at least as low as all others comes first, of several the one that is listed first. */
function ascending(outcomes: readonly number[]): string[] {
  const left = outcomes.map((value, place) => ({ value, name: recipes[place]?.name ?? '' }));
  const order: string[] = [];
  while (left.length > 0) {
    const first = left.findIndex(({ value }) => left.every((other) => value <= other.value));
    order.push(...left.splice(first, 1).map(({ name }) => name));
  }
  return order;
}

test('a ranking orders recipes by their outcome, equal ones as they are listed', () => {
  expect(rank([0.3, -0.5, 0.3, 0, -2]).order).toEqual(['e', 'b', 'd', 'a', 'c']);
  // Of opposite values the negative one is the lower.
  expect(rank([1, -1]).order).toEqual(['b', 'a']);
  // Rounding makes no order: up to 1e-12 they are equal.
  expect(rank([0.1 + 0.2, 0.3]).order).toEqual(['a', 'b']);
  expect([rank([1e-12, 0]).order, rank([2e-12, 0]).order]).toEqual([
    ['a', 'b'],
    ['b', 'a'],
  ]);
  const outcomes = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(outcomes, (values) => {
      expect(rank(values).order).toEqual(ascending(values));
    }),
  );
});

test('half the width of a planned interval has the spread of chi squared with Satterthwaite’s degrees of freedom', () => {
  // A pilot of 3 pairs and 3 networks, planned with 6 pairs and 12 networks. Mean squares: pairs 18 (2 degrees of freedom),
  // networks 60 (2), both together 28.8 (2 x 2). V = 18 / 6 + 60 / 12 - 28.8 * 5 / 72 = 3 + 5 - 2 = 6, of which
  // 6^2 / (3^2 / 2 + 5^2 / 2 + 2^2 / 4) = 2 degrees of freedom: there, chi squared is -2 log(1 - p).
  const classes = [{ count: 3, own: 60 / 3, independent: 28.8 / 9 }];
  const parts = { classes, labelers: null } as unknown as ConstructorParameters<typeof EffectForecast>[0];
  const forecast = new EffectForecast(parts, { pairs: 3, freedom: 2, square: 18 });
  const size = { pairs: 6, seeds: 12, people: null };
  const half = forecast.halfWidth(size);
  const { low, high } = forecast.halfWidthRange(size);
  expect(low / half).toBeCloseTo(1 / Math.sqrt(Math.log(10)), 9);
  expect(high / half).toBeCloseTo(1 / Math.sqrt(-Math.log(0.9)), 9);
  expect(forecast.pairs / 6 + (60 - 28.8 / 3) / 12 + 28.8 / 72).toBeCloseTo(6, 12);
});
