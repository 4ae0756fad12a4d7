import { describe, expect, test } from 'vitest';
import { analyzeWithSides } from '../../main/analysis/analyze.ts';
import { shownInterval } from '../../main/analysis/claims.ts';
import { compareSides } from '../../main/analysis/comparison.ts';
import type { AnalysisInput, ModelInput } from '../../main/analysis/input.ts';
import { claimText } from '../../main/domain/claims.ts';
import { paperPairs } from '../../main/domain/pair-design.ts';
import { randomStream } from '../../main/domain/random.ts';
import { labeling, labelMatrix } from './people.ts';

/** The paper's pairs with three images each, and fresh anchors. */
const images = paperPairs.flatMap(([pairI, pairJ], pair) =>
  [0.2, 0.5, 0.8].map((alpha, step) => ({
    id: 3 * pair + step,
    pairI,
    pairJ,
    alpha,
    anchorI: `${pair}`,
    anchorJ: `${pair}`,
  })),
);
const n = images.length;

interface Shape {
  models: ModelInput[];
  /** A label of a labeler on an image; -1: none. */
  people: (labeler: number, image: number) => number;
  network?: (model: number, image: number) => number;
}

function study({ models, people, network }: Shape): AnalysisInput {
  const random = randomStream(3, 'claims');
  const drawn = models.flatMap((_, model) =>
    images.map(({ pairI, pairJ }, image) => network?.(model, image) ?? (random.float() < 0.7 ? pairI : pairJ)),
  );
  return {
    images,
    classes: 10,
    people: labeling(
      [...'ABCDEF'],
      labelMatrix(
        Array.from({ length: 6 }, (_, labeler) => images.map((_, image) => people(labeler, image))),
        10,
      ),
    ),
    models,
    modelLabels: Int16Array.from(drawn),
    softmax: Float64Array.from(drawn.flatMap((label) => Array.from({ length: 10 }, (_, k) => (k === label ? 1 : 0)))),
  };
}

const model = (name: string, target: number, change: Partial<ModelInput> = {}): ModelInput => ({
  name: `${name}-${target}`,
  architecture: 'CNN',
  target,
  repeat: null,
  seed: null,
  ...change,
});
const second = (_: number, image: number): number => images[image]?.pairJ ?? 0;

describe('claims of an analysis', () => {
  test('snapshots of one training are one block, at whatever target', () => {
    const trainings = ['a', 'b', 'c', 'd', 'e'];
    const models = [97.5, 98].flatMap((target) =>
      trainings.map((name, seed) => model(name, target, { block: name, repeat: null, seed })),
    );
    const { sides } = analyzeWithSides(study({ models, people: second }));
    expect(sides.map(({ side }) => side.claims.jackknife.blocks)).toEqual([trainings, trainings]);
    const [low, high] = sides;
    if (!low || !high) throw new Error('no sides');
    const { tests } = compareSides(low.side, high.side, { people: true, networks: false }, 'networks');
    const differ = tests.find(({ name }) => name === 'pairwise disagreement');
    // One class of five blocks that are left out of both sides, not two of five.
    expect(differ?.interval).toMatchObject({ claim: 'networks', reason: null });
    expect(differ?.interval?.df).toBeLessThanOrEqual(14);
  });

  test('only a whole seed group is a sample', () => {
    const seeds = (count: number, architecture = 'CNN') =>
      Array.from({ length: count }, (_, seed) =>
        model(`s${seed}${architecture}`, 98, { architecture, repeat: 1, seed }),
      );
    const sampleOf = (models: ModelInput[]): unknown =>
      analyzeWithSides(study({ models: [...models, model('d', 98)], people: second })).sides[0]?.side.claims.sample;
    expect(sampleOf(seeds(5))).toBe(false);
  });

  test('sides with other people are compared on the images that both have labeled', () => {
    const models = ['a', 'b', 'c'].map((name) => model(name, 98));
    const every = study({ models, people: (labeler, image) => (labeler === 0 ? 0 : second(labeler, image)) });
    const half = study({
      models,
      network: (m, image) => every.modelLabels[m * n + image] ?? 0,
      people: (labeler, image) => (image % 2 === 0 ? (labeler === 0 ? 0 : second(labeler, image)) : -1),
    });
    const [a, b] = [every, half].map((input) => analyzeWithSides(input).sides[0]?.side);
    if (!a || !b) throw new Error('no sides');
    const { tests } = compareSides(a, b, { people: false, networks: true }, 'anchors');
    const differences = tests.filter(({ undefined: why }) => why === null).map(({ difference }) => difference);
    // The same labels where both have any.
    expect(differences.every((difference) => Math.abs(difference ?? 1) < 1e-12)).toBe(true);
    expect(differences.length).toBeGreaterThan(3);
  });

  test('whose networks err on the same images is about networks alone where true classes are known', () => {
    const input = study({
      models: ['a', 'b', 'c'].map((name) => model(name, 98)),
      people: (labeler, image) => (image % (labeler + 3) === 0 ? (images[image]?.pairI ?? 0) : second(labeler, image)),
    });
    const truth = images.map((image) => ({ ...image, truth: image.pairI }));
    const sideOf = (of: AnalysisInput) => {
      const claims = analyzeWithSides(of).sides[0]?.side.claims;
      if (!claims) throw new Error('no side');
      return claims;
    };
    const [byMajority, byTruth] = [sideOf(input), sideOf({ ...input, images: truth })];
    expect(byMajority.jackknife.withoutLabelers('model_model_kappa')).toHaveLength(6);
    expect(byTruth.jackknife.withoutLabelers('model_model_kappa')).toBeNull();
    const shown = (side: typeof byTruth, value: 'model_model_kappa' | 'human_model_kappa', claim: 'people' | 'all') => {
      const of = shownInterval(value, [side], claim);
      expect(of.reason).toBeNull();
      return [of.claim, claimText(of, 'people').replace(/^.*same way, /, '')];
    };
    expect(shown(byMajority, 'model_model_kappa', 'people')).toEqual([
      'people',
      'and other people like these (recruited in the same way), with these very networks',
    ]);
    expect(shown(byTruth, 'model_model_kappa', 'people')).toEqual([
      'anchors',
      'with these very networks, saying nothing about new trainings',
    ]);
    expect(shown(byTruth, 'model_model_kappa', 'all')).toEqual([
      'networks',
      'and other networks like these (new seeds; of a group of recipes, also other such recipes)',
    ]);
    // People are asked here, whoever is right.
    expect(shown(byTruth, 'human_model_kappa', 'people')[0]).toBe('people');
  });

  test('a share of 0 is bounded by the pairs that anybody saw', () => {
    const models = ['a', 'b'].map((name) => model(name, 98));
    const input = study({
      models,
      network: () => 0,
      people: (_, image) => (image < 6 ? 0 : -1),
    });
    const { analysis } = analyzeWithSides(input, { claim: 'anchors' });
    expect(analysis.diverse['98']?.intervals?.type_a_pct).toMatchObject({
      estimate: 0,
      reason: 'no_variation',
      unvaried: { pairs: 2, most: expect.closeTo(1 - Math.sqrt(0.05), 12) },
    });
    const wide = analyzeWithSides(input, { claim: 'people' }).analysis;
    expect(wide.diverse['98']?.intervals?.type_a_pct).not.toHaveProperty('unvaried');
  });
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
    const [found] = analyzeWithSides(input).sides;
    if (!found) throw new Error('no side');
    return found.side;
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
