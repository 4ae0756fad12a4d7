import { describe, expect, test } from 'vitest';
import { normalCdf } from '../../../main/analysis/statistics/distributions.ts';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import type { LabelCounts } from '../../../main/analysis/labels/labels.ts';
import {
  assumedWorld,
  concentrationOf,
  drawLabel,
  drawStudents,
  expectedScore,
  expectedTargets,
  studentsOf,
  typicalStudents,
  worldOfLabels,
} from '../../../main/contributions/teaching/analysis/world.ts';
import {
  planTeaching,
  type TeachingEnough,
  type TeachingQuestion,
} from '../../../main/contributions/teaching/analysis/planner.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { enoughAssumptions } from '../../../main/contributions/teaching/analysis/planner-text.ts';
import { paperPairs } from '../../../main/domain/anchors/pair-design.ts';
import { randomStream } from '../../../main/domain/random/random.ts';

const classes = 10;
/** The paper's: 15 pairs of 11 images, here with fresh anchors. */
const images: readonly ImageInput[] = paperPairs.flatMap(([pairI, pairJ], pair) =>
  alphas(11).map((alpha, step) => ({
    id: pair * 11 + step,
    pairI,
    pairJ,
    alpha,
    anchorI: `${pair}`,
    anchorJ: `${pair}`,
  })),
);

/** Labels of people who disagree about as much as the paper's. */
function labelsOf(people: number, seed = 1): LabelCounts {
  const random = randomStream(seed, 'labels');
  const { shares } = assumedWorld(images, classes, random);
  const counts = new Uint32Array(images.length * classes);
  for (const image of images.keys())
    for (let person = 0; person < people; person++)
      counts[image * classes + drawLabel(random.float, shares, image, classes)]! += 1;
  return { images: images.length, classes, counts, present: new Uint32Array(images.length).fill(people) };
}

const question = (change: Partial<TeachingQuestion> = {}): TeachingQuestion => ({
  images,
  classes,
  counts: labelsOf(10),
  people: 10,
  seeds: 20,
  tests: 3,
  distilled: null,
  outcome: 'brier',
  halves: null,
  arms: ['majority', 'human', 'permuted', 'smoothing'],
  reference: 'majority',
  ...change,
});

describe('the planner before a training', () => {
  const plan = planTeaching(question());

  test('refuses 165 images and 10 people with numbers, and plans what is enough', () => {
    expect(planTeaching(question())).toEqual(plan);
    expect(plan).toMatchObject({ assumed: false, units: 'pairs', main: 'human', design: { units: 15, images: 165 } });
    const human = at(
      plan.arms.filter(({ arm }) => arm === 'human'),
      0,
    );
    // Not even the true shares against their modes, whatever the seeds.
    expect(human.verdict).toBe('hopeless');
    expect(Math.abs(human.most)).toBeLessThan(human.mostTold ?? 0);
    expect(Math.abs(human.expected)).toBeLessThan(human.told ?? 0);
    expect(human.most).toBeLessThan(human.expected);
    expect(human.expected).toBeLessThan(0);
    const { needed } = plan;
    if (!needed) throw new Error('some size is enough');
    expect(needed.people).toBeGreaterThan(10);
    expect(plan.tells).toContain('human');
    const same = plan.sizes.find((size) => Object.entries(needed).every(([key, n]) => size[key as 'units'] === n));
    expect(Math.abs(same?.expected ?? 0)).toBeGreaterThanOrEqual(same?.told ?? Number.POSITIVE_INFINITY);

    const enough = planTeaching(
      question({ counts: labelsOf(160), people: 160, outcome: 'nll', arms: ['majority', 'human'] }),
    );
    expect(enough.arms[0]?.verdict).toBe('enough');
  });

  test('tells less with fewer images and seeds', () => {
    const { sizes } = plan;
    const told = (units: number, of: number, people: number, seeds: number): number =>
      sizes.find((size) => size.units === units && size.images === of && size.people === people && size.seeds === seeds)
        ?.told ?? 0;
    expect(told(30, 330, 20, 20)).toBeLessThan(told(15, 165, 20, 20));
    expect(told(15, 330, 20, 20)).toBeLessThan(told(15, 165, 20, 20));
    expect(told(15, 165, 20, 40)).toBeLessThan(told(15, 165, 20, 5));
    for (const { half, told: found } of sizes) expect(found).toBeGreaterThan(half ?? 0);
  });

  test('assumes people before there are labels, and plans images between no classes', () => {
    const assumed = planTeaching(question({ counts: null, seeds: 1 }));
    expect(assumed).toMatchObject({ assumed: true, design: { people: 10 } });
    // One seed tells nothing.
    expect(assumed.arms.find(({ arm }) => arm === 'human')).toMatchObject({ verdict: 'hopeless', told: null });
    const apart = images.map(({ id }): ImageInput => ({ id, pairI: null, pairJ: null, alpha: null, truth: 0 }));
    const plan = planTeaching(
      question({ images: apart, arms: ['truth', 'human', 'human_forced'], reference: 'truth' }),
    );
    expect(plan).toMatchObject({ units: 'images', design: { units: 165, images: 165 } });
    expect(plan.sizes.at(-1)?.images).toBe(1650);
    expect(
      [assumed, plan].map((each) => enoughAssumptions(each).match(/(Pairs|Images) (have|are) [^.]*/)?.[0]),
    ).toEqual(['Pairs have fresh anchors', 'Images are independent of each other']);
  });
});

describe('a plan from few pairs', () => {
  /** Of ten classes some are no majority of any image. */
  const few = (pairs: number): Partial<TeachingQuestion> => {
    const count = pairs * 11;
    const { counts, present } = labelsOf(10);
    const labels = {
      images: count,
      classes,
      counts: counts.slice(0, count * classes),
      present: present.slice(0, count),
    };
    return { images: images.slice(0, count), counts: labels };
  };

  test('has numbers for every arm', () => {
    const { arms } = planTeaching(question(few(3)));
    expect(arms.map(({ arm }) => arm)).toContain('permuted');
    for (const { most, expected, told } of arms)
      expect([most, expected, told].every((value) => Number.isFinite(value))).toBe(true);
  });

  test('recommends nothing from one pair, which shows nothing about others', () => {
    const plan = planTeaching(question(few(1)));
    expect(plan).toMatchObject({ needed: null, tells: [] });
    expect(plan.arms.every(({ told, mostTold, needed }) => told === null && mostTold === null && needed === null)).toBe(
      true,
    );
    expect(plan.sizes.every(({ told, half }) => told === null && half === null)).toBe(true);
  });

  test('takes the halves of the people there are, and even ones of others', () => {
    const three = few(3);
    const of = (halves: TeachingQuestion['halves']) => planTeaching(question({ ...three, halves }));
    const even = of(null);
    const [fewer, more] = [
      of({ teaching: 8, examining: 2, examined: 33 }),
      of({ teaching: 2, examining: 8, examined: 33 }),
    ];
    const told = ({ arms }: TeachingEnough): number => arms.find(({ arm }) => arm === 'human')?.mostTold ?? 0;
    expect(told(fewer)).toBeGreaterThan(told(even));
    expect(told(more)).toBeLessThan(told(even));
    expect([even.halves, more.halves]).toEqual([
      { teaching: 5, examining: 5 },
      { teaching: 2, examining: 8 },
    ]);
    const others = ({ sizes }: TeachingEnough) => sizes.filter(({ people }) => people !== 10);
    expect(others(more)).toEqual(others(even));
  });

  test('finds less where more differences are tested', () => {
    const told = (tests: number): number => at(planTeaching(question({ ...few(3), tests })).arms, 0).told ?? 0;
    expect(told(8)).toBeGreaterThan(told(3));
  });
});

describe('a plan with networks of the study', () => {
  /** Places of networks on each pair: all are off together, and each by itself. */
  const random = randomStream(1, 'networks');
  const together = paperPairs.map(() => 0.2 * random.normal());
  const network = (): Float64Array => {
    const own = together.map((place) => place + 0.2 * random.normal());
    const softmax = new Float64Array(images.length * classes).fill(1e-4);
    for (const [image, { pairI, pairJ, alpha }] of images.entries()) {
      const share = normalCdf(((alpha ?? 0) - 0.5 + at(own, Math.floor(image / 11))) / 0.1);
      softmax[image * classes + (pairI ?? 0)] = 0.9992 * (1 - share);
      softmax[image * classes + (pairJ ?? 0)] = 0.9992 * share;
    }
    return softmax;
  };
  const arms = ['majority', 'human'] as const;
  const networks = Array.from({ length: 12 }, network);

  test('plans the interval that means of such networks have', () => {
    const counts = labelsOf(160);
    const plan = planTeaching(question({ counts, people: 160, seeds: 5, arms, networks }));
    expect(plan.networks).toBe(12);
    const planned = plan.sizes.find(({ images: of, people, seeds }) => of === 165 && people === 160 && seeds === 5);
    const brier = (softmax: Float64Array): number =>
      counts.counts.reduce((sum, c, cell) => sum + (c / 160 - softmax[cell]!) ** 2, 0) / images.length;
    const mean = (): number => Array.from({ length: 5 }, () => brier(network())).reduce((a, b) => a + b) / 5;
    const differences = Array.from({ length: 200 }, () => mean() - mean());
    const sd = Math.sqrt(differences.reduce((sum, each) => sum + each ** 2, 0) / differences.length);
    // Of six networks an arm, the variance is known to a factor of about two.
    expect((planned?.half ?? 0) / (2.1 * sd)).toBeGreaterThan(0.6);
    expect((planned?.half ?? 0) / (2.1 * sd)).toBeLessThan(1.8);
  });

  test('assumes how networks vary with fewer than four', () => {
    const assumed = planTeaching(question({ arms }));
    expect(assumed.networks).toBe(0);
    expect(planTeaching(question({ arms, networks: networks.slice(0, 3) }))).toEqual(assumed);
    const own = planTeaching(question({ arms, networks: networks.slice(0, 4) }));
    expect(own.networks).toBe(4);
    expect(own.arms[0]?.expected).toBe(assumed.arms[0]?.expected);
    expect(own.arms[0]?.told).toBeGreaterThan(assumed.arms[0]?.told ?? Number.POSITIVE_INFINITY);
  });
});

describe('simulated people and networks', () => {
  const random = randomStream(1, 'test');
  const world = worldOfLabels(images, labelsOf(10), random);

  test('have the labels of those they stand for', () => {
    const counts = labelsOf(10);
    const labels = new Float64Array(classes);
    const shares = new Float64Array(classes);
    counts.counts.forEach((c, cell) => (labels[cell % classes]! += c / (10 * images.length)));
    world.shares.forEach((p, cell) => (shares[cell % classes]! += p / world.images.length));
    shares.forEach((share, k) => expect(Math.abs(share - labels[k]!)).toBeLessThan(0.01));
    // People who agree on most images: little is shared.
    expect(concentrationOf(counts, [...images.keys()])).toBeLessThan(0.1);
  });

  test('expect of majorities how often each class is one', () => {
    const one = { ...world, shares: world.shares.map((_, cell) => [0.7, 0.3][cell % classes] ?? 0) };
    const targets = expectedTargets({ world: one, arms: ['majority', 'human'], teachers: 3, distilled: null });
    const first = targets.get('majority')?.filter((_, cell) => cell % classes === 0) ?? new Float64Array();
    const mean = first.reduce((sum, p) => sum + p, 0) / first.length;
    // 0.7^3 + 3 x 0.7^2 x 0.3, and a thousandth of every class.
    expect(mean).toBeCloseTo(0.001 + 0.99 * 0.784, 2);
    expect(targets.get('human')).toBe(one.shares);
  });

  test('predict distributions around what is expected', () => {
    const targets = expectedTargets({ world, arms: ['majority', 'human'], teachers: 5, distilled: null });
    const students = studentsOf(world, targets);
    const drawn = drawStudents(students, 30, random).get('human') ?? [];
    for (const softmax of drawn.slice(0, 3)) {
      expect(softmax.every((p) => p > -1e-12)).toBe(true);
      for (let image = 0; image < world.images.length; image++) {
        const own = softmax.subarray(image * classes, (image + 1) * classes);
        expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
      }
    }
    const score = (rows: readonly Float64Array[]): number =>
      rows.reduce(
        (sum, row) => sum + world.images.reduce((s, _, image) => s + expectedScore('brier', world, row, image), 0),
        0,
      ) /
      (rows.length * world.images.length);
    expect(score(drawn) / score(typicalStudents(students, 'human'))).toBeCloseTo(1, 0);
  });
});
