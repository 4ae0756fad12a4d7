import { describe, expect, test } from 'vitest';
import { sidesOf } from '../../analysis/sides-of.ts';
import { compareSides } from '../../../main/contributions/groups/analysis/comparison.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { images, model, second, study } from '../../analysis/claimed-study.ts';

test('trainings on both sides are left out of both', () => {
  const trainings = ['a', 'b', 'c', 'd', 'e'];
  const models = [97.5, 98].flatMap((target) =>
    trainings.map((name, seed) => model(name, target, { block: name, repeat: null, seed })),
  );
  const [low, high] = sidesOf(study({ models, people: second }));
  if (!low || !high) throw new Error('no sides');
  const { tests } = compareSides(low, high, { people: true, networks: false }, 'networks');
  const differ = tests.find(({ name }) => name === 'pairwise disagreement');
  // One class of five blocks that are left out of both sides, not two of five.
  expect(differ?.interval).toMatchObject({ claim: 'networks', reason: null });
  expect(differ?.interval?.df).toBeLessThanOrEqual(14);
});

test('sides with other people are compared on the images that both have labeled', () => {
  const models = ['a', 'b', 'c'].map((name) => model(name, 98));
  const every = study({ models, people: (labeler, image) => (labeler === 0 ? 0 : second(labeler, image)) });
  const half = study({
    models,
    network: (m, image) => every.modelLabels[m * images.length + image] ?? 0,
    people: (labeler, image) => (image % 2 === 0 ? (labeler === 0 ? 0 : second(labeler, image)) : -1),
  });
  const [a, b] = [every, half].map((input) => sidesOf(input)[0]);
  if (!a || !b) throw new Error('no sides');
  const { tests } = compareSides(a, b, { people: false, networks: true }, 'anchors');
  const differences = tests.filter(({ undefined: why }) => why === null).map(({ difference }) => difference);
  // The same labels where both have any.
  expect(differences.every((difference) => Math.abs(difference ?? 1) < 1e-12)).toBe(true);
  expect(differences.length).toBeGreaterThan(3);
});

describe('sides of different sizes', () => {
  const random = randomStream(7, 'sizes');
  const labels = Array.from({ length: 12 }, () =>
    images.map(({ pairI, pairJ }) => (random.float() < 0.75 ? pairI : pairJ)),
  );
  /** One side: some of six people, some of six networks. */
  const side = (people: readonly number[], networks: readonly number[]) => {
    const input = study({
      models: networks.map((network) => model(`m${network}`, 98)),
      people: (labeler, image) => (people.includes(labeler) ? (labels[labeler]?.[image] ?? 0) : -1),
      network: (at, image) => labels[6 + (networks[at] ?? 0)]?.[image] ?? 0,
    });
    const [found] = sidesOf(input);
    if (!found) throw new Error('no side');
    return found;
  };
  const subsets = (of: readonly number[], size: number): number[][] =>
    size === 0 ? [[]] : of.flatMap((first, at) => subsets(of.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sized = ['type A', 'type C', 'networks disagree', 'misclassified by any'];
  const differences = (a: ReturnType<typeof side>, b: ReturnType<typeof side>, samePeople: boolean) =>
    compareSides(a, b, { people: samePeople, networks: false }, 'default').tests;
  const everyone = [0, 1, 2, 3, 4, 5];

  test('are compared at the smaller size: the mean over every choice of as many networks', () => {
    const small = side(everyone, [4, 5]);
    const found = differences(side(everyone, [0, 1, 2, 3, 4]), small, true);
    const each = subsets([0, 1, 2, 3, 4], 2).map((networks) => differences(side(everyone, networks), small, true));
    for (const name of sized) {
      const of = (tests: typeof found) => tests.find((test) => test.name === name);
      const test = of(found);
      expect(test?.difference, name).toBeCloseTo(mean(each.map((tests) => of(tests)?.difference ?? Number.NaN)), 9);
      expect(test, name).toMatchObject({ discordant: null, interval: { claim: 'anchors', reason: null } });
      expect(test?.p, name).toBeGreaterThan(0);
      expect(test?.sizes, name).toContain('2 of 5 networks');
    }
    // A mean over networks or pairs of them does not depend on how many there are; a divergence does, and says so.
    expect(found.find(({ name }) => name === 'pairwise disagreement')?.sizes).toBeNull();
    expect(found.find(({ name }) => name === 'divergence from people')?.sizes).toMatch(/no exact mean/);
    // With all five, more images would be split: that says nothing about the networks.
    const all = mean(
      images.map((_, image) => Number(new Set([6, 7, 8, 9, 10].map((m) => labels[m]?.[image])).size > 1)),
    );
    const two = mean(images.map((_, image) => Number(labels[10]?.[image] !== labels[11]?.[image])));
    expect(found.find(({ name }) => name === 'networks disagree')?.difference).toBeLessThan(100 * (all - two) - 20);
  });

  test('have as many people on each image, too', () => {
    const few = side([3, 4, 5], [3, 4]);
    const found = differences(side(everyone, [0, 1, 2]), few, false);
    const each = subsets(everyone, 3).flatMap((people) =>
      subsets([0, 1, 2], 2).map((networks) => differences(side(people, networks), few, false)),
    );
    for (const name of [...sized, 'people disagree', 'misclassified per network']) {
      const of = (tests: typeof found) => tests.find((test) => test.name === name);
      expect(of(found)?.difference, name).toBeCloseTo(
        mean(each.map((tests) => of(tests)?.difference ?? Number.NaN)),
        9,
      );
      expect(of(found)?.sizes, name).toMatch(name === 'networks disagree' ? /2 of 3 networks/ : /as many people/);
    }
  });
});
