import { expect, test } from 'vitest';
import { OwnLabelsAnalysis } from '../../../main/contributions/teaching/analysis/own-labels.ts';
import { missing } from '../../../main/analysis/labels/labels.ts';

/** Six images of three pairs, two classes; two people who teach and one who does not. */
const images = [0, 1, 2].flatMap((pair) =>
  [0.25, 0.75].map((alpha, place) => ({
    id: 2 * pair + place,
    pairI: 2 * pair,
    pairJ: 2 * pair + 1,
    alpha,
  })),
);
const values = Int16Array.from(
  [
    [0, 1, 0, 1, 0, 1],
    [1, 1, 0, 0, 1, missing],
    [0, 0, 0, 1, 1, 1],
  ].flat(),
);
const labels = { raters: 3, images: 6, classes: 2, values };
/** Softmax that gives class 1 the same share on every image. */
const flat = (share: number): Float64Array =>
  Float64Array.from({ length: 12 }, (_, cell) => (cell % 2 === 1 ? share : 1 - share));

test('each person is predicted by own networks, others, an arm with the same seeds, and other people', () => {
  const analysis = new OwnLabelsAnalysis({
    images,
    labels,
    persons: [
      { rater: 0, seeds: ['0', '2'] },
      { rater: 1, seeds: ['1'] },
    ],
    networks: [
      ...[0.2, 0.6, 0.4].map((share, seed) => ({ arm: 'person', seed: `${seed}`, softmax: flat(share) })),
      ...[0.5, 0.9, 0.5].map((share, seed) => ({ arm: 'human', seed: `${seed}`, softmax: flat(share) })),
    ],
  });
  expect(analysis.predictors).toEqual(['own', 'others', 'human', 'people']);
  // By hand: the first gave class 1 to 3 of 6 images, the second to 3 of 5.
  const nll = (share: number, ones: number, n: number): number =>
    -(ones * Math.log(share) + (n - ones) * Math.log(1 - share)) / n;
  const own = [(nll(0.2, 3, 6) + nll(0.4, 3, 6)) / 2, nll(0.6, 3, 5)];
  const found = analysis.result('own');
  expect(found.over_people.nll.mean).toBeCloseTo((own[0]! + own[1]!) / 2, 12);
  expect(found.own_difference).toBeNull();
  const others = [nll(0.6, 3, 6), (nll(0.2, 3, 5) + nll(0.4, 3, 5)) / 2];
  expect(analysis.result('others').over_people.nll.mean).toBeCloseTo((others[0]! + others[1]!) / 2, 12);
  const human = analysis.result('human').over_people;
  expect(human.nll.mean).toBeCloseTo((nll(0.5, 3, 6) + nll(0.9, 3, 5)) / 2, 12);
  expect(human.brier.mean).toBeCloseTo((0.5 + (2 * (3 * 0.01 + 2 * 0.81)) / 5) / 2, 12);
  expect(human.accuracy.mean).toBeCloseTo((0.5 + 3 / 5) / 2, 12);
  // Image by image: votes of the two others of the first person, and their agreement with the second.
  const people = analysis.result('people').over_people;
  expect(people.accuracy.mean).toBeCloseTo(((0.5 + 0.5 + 1 + 0.5 + 0 + 1) / 6 + (0 + 0.5 + 1 + 0 + 0.5) / 5) / 2, 12);
  const perks = (agreeing: number, n: number): number => -Math.log((agreeing + 0.5) / (n + 1));
  const first = [1, 1, 2, 1, 0].map((agreeing) => perks(agreeing, 2));
  const second = [0, 1, 2, 0, 1].map((agreeing) => perks(agreeing, 2));
  const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
  expect(people.nll.mean).toBeCloseTo(((sum(first) + perks(1, 1)) / 6 + sum(second) / 5) / 2, 12);
  // Differences: on the five images that both labeled, pairs by how many of these they have.
  const { nll: difference } = analysis.result('human').own_difference ?? {};
  expect(difference).toMatchObject({ n_runs: 2, n_images: 5, n_pairs: 3, reason: null });
  const at = (share: number, label: number): number => -Math.log(label === 1 ? share : 1 - share);
  const differences = [0, 1, 2, 3, 4].map((image) => {
    const [a, b] = [values[image]!, values[6 + image]!];
    return ((at(0.2, a) + at(0.4, a)) / 2 - at(0.5, a) + at(0.6, b) - at(0.9, b)) / 2;
  });
  expect(difference?.estimate).toBeCloseTo(sum(differences) / 5, 12);
  expect(difference?.lo).toBeLessThan(difference?.estimate ?? Number.NaN);
});
