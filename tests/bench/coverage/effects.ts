import type { Contrast } from '../../../main/contributions/contrasts/analysis/contrasts.ts';
import type { EffectRun, Experiment } from '../../../main/contributions/contrasts/analysis/effect-cells.ts';
import { EffectEstimator } from '../../../main/contributions/contrasts/analysis/effects.ts';
import { family } from '../../../main/contributions/contrasts/analysis/families.ts';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import { kappaOf } from '../../../main/analysis/responses/error-kappa.ts';
import { missing } from '../../../main/analysis/labels/labels.ts';
import type { Outcome } from '../../../main/analysis/outcomes/outcomes.ts';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { paperPairs } from '../../../main/domain/anchors/pair-design.ts';
import { type RandomStream, randomStream } from '../../../main/domain/random/random.ts';
import { phi } from './truth.ts';
import { add, type Held, noneHeld } from './simulated.ts';

/**
 * Studies of recipes with several seeds each: does the interval of a difference between two recipes hold what endlessly
 * many seeds, pairs and anchors like these would show (metrics.md 13.4), and how often does a family of true nulls
 * name a difference (13.5)?
 *
 * On the image at `alpha` of pair p, seed s of recipe c says class j if
 *
 *   alpha - 1/2 + shift_p + taste_cp + own_s + dealing_sp + noise_c z > 0,  z standard normal
 *
 * and its softmax is the logistic function of that over `temperature`. People agree on class j where
 * alpha - 1/2 + place_p > halfWidth, on i where it is below -halfWidth, and on none between. A share of the variance of what
 * belongs to pairs comes from their anchors, half from each. All are normal, in units of alpha.
 */
const world = {
  place: 0.1,
  shift: 0.1,
  taste: 0.06,
  own: 0.03,
  dealing: 0.04,
  halfWidth: 0.08,
  temperature: 0.04,
  /** Of the two recipes that are compared; those of a family of nulls all have the first. */
  noise: { a: 0.05, b: 0.09 },
  anchorShare: 0.47,
  /** Of people who differ. */
  labeler: { own: 0.04, dealing: 0.04, noise: 0.04 },
} as const;
export type Recipe = keyof typeof world.noise;

/** Networks in a group: all of a recipe with the fewest seeds. */
const order = 5;

export const effectOutcomes = ['wrong', 'certainty', 'any_differ', 'type_a', 'type_c', 'consistency'] as const;
export type EffectOutcome = (typeof effectOutcomes)[number];

const outcomes: Readonly<Record<EffectOutcome, Outcome>> = {
  wrong: { type: 'wrong' },
  certainty: { type: 'value', scale: 'real' },
  any_differ: { type: 'any_differ', m: order },
  type_a: { type: 'type_a', m: order },
  type_c: { type: 'type_c', m: order },
  consistency: { type: 'consistency', m: 2 },
};

export interface EffectCell {
  readonly anchors: 'shared' | 'fresh';
  /** Up to 45, all of ten classes. */
  readonly pairs: number;
  readonly seeds: number;
}

export const effectCells: readonly EffectCell[] = (['shared', 'fresh'] as const).flatMap((anchors) =>
  ([15, 30] as const).flatMap((pairs) => ([5, 10, 20] as const).map((seeds) => ({ anchors, pairs, seeds }))),
);
export const effectKey = ({ anchors, pairs, seeds }: EffectCell): string => `${anchors} ${pairs} ${seeds}`;

export interface EffectCounts {
  studies: number;
  readonly held: Record<EffectOutcome, Held>;
  /** Families of three true nulls of which any was found, by outcome. */
  readonly named: Record<EffectOutcome, number>;
}

export const noEffects = (): EffectCounts => ({
  studies: 0,
  held: Object.fromEntries(effectOutcomes.map((of) => [of, noneHeld()])) as EffectCounts['held'],
  named: Object.fromEntries(effectOutcomes.map((of) => [of, 0])) as EffectCounts['named'],
});

const classes = 10;
const points = alphas(11);

/** Each class with the next ones, round the ten. */
const ring = (steps: readonly number[]) =>
  Array.from({ length: classes }, (_, i) =>
    steps.map((step) => [Math.min(i, (i + step) % classes), Math.max(i, (i + step) % classes)] as const),
  ).flat();
/** 30 pairs, six of a class; then those of classes that are farther apart. */
const ringPairs = [...ring([1, 2, 3]), ...ring([4]), ...ring([5]).slice(0, classes / 2)];

/** The paper's 15 pairs are three of a class. */
const pairsOf = (pairs: number): typeof paperPairs => (pairs === 15 ? paperPairs : ringPairs.slice(0, pairs));

function imagesOf({ anchors, pairs }: EffectCell): ImageInput[] {
  return pairsOf(pairs).flatMap(([pairI, pairJ], pair) =>
    points.map((alpha, step) => ({
      id: pair * points.length + step,
      pairI,
      pairJ,
      alpha,
      ...(anchors === 'fresh' && { anchorI: String(pair), anchorJ: String(pair) }),
    })),
  );
}

/** Something that belongs to each pair. An anchor of class i pulls towards i, one of class j towards j. */
function ofPairs(random: RandomStream, sd: number, { anchors, pairs }: EffectCell): Float64Array {
  const shared = Float64Array.from({ length: classes }, () => random.normal());
  const [ofAnchor, ofPair] = [sd * Math.sqrt(world.anchorShare / 2), sd * Math.sqrt(1 - world.anchorShare)];
  return Float64Array.from(pairsOf(pairs), ([i, j]) => {
    const [first, second] = anchors === 'shared' ? [shared[i]!, shared[j]!] : [random.normal(), random.normal()];
    return ofAnchor * (second - first) + ofPair * random.normal();
  });
}

/** The class on which people agree: 1 for j, 0 for i, null for none. */
const agreed = (x: number): 0 | 1 | null => (Math.abs(x) <= world.halfWidth ? null : x > 0 ? 1 : 0);

const certaintyAt = (x: number): number => 1 / (1 + Math.exp(-Math.abs(x) / world.temperature));

/** A study of these recipes, everything drawn anew. @param people labelers who differ; 0: the people of the world */
export function drawStudy(random: RandomStream, cell: EffectCell, recipes: readonly Recipe[], people = 0): Experiment {
  const images = imagesOf(cell);
  const [place, shift] = [ofPairs(random, world.place, cell), ofPairs(random, world.shift, cell)];
  const count = recipes.length * cell.seeds;
  const runs: EffectRun[] = [];
  const [labels, values] = [new Int16Array(count * images.length), new Float64Array(count * images.length)];
  recipes.forEach((recipe, which) => {
    const taste = ofPairs(random, world.taste, cell);
    for (let seed = 0; seed < cell.seeds; seed++) {
      const run = runs.length;
      runs.push({ name: `${which}-${seed}`, block: `${which}-${seed}`, levels: { recipe: String(which) } });
      const own = world.own * random.normal();
      const dealing = ofPairs(random, world.dealing, cell);
      images.forEach(({ pairI, pairJ, alpha }, image) => {
        const pair = Math.floor(image / points.length);
        const common = shift[pair]! + taste[pair]! + own + dealing[pair]!;
        const x = (alpha ?? 0) - 0.5 + common + world.noise[recipe] * random.normal();
        labels[run * images.length + image] = (x > 0 ? pairJ : pairI) ?? 0;
        values[run * images.length + image] = certaintyAt(x);
      });
    }
  });
  const said = people === 0 ? theseSay(images, place) : labelersSay(random, cell, images, place, people);
  return {
    images,
    runs,
    within: [],
    values,
    labels: { raters: count, images: images.length, classes, values: labels },
    people: { raters: said.length / images.length, images: images.length, classes, values: said },
    ...(people === 0 && { reference: agreedLabels(said, images.length) }),
  };
}

/** Where the two people of the world say the same. */
const agreedLabels = (said: Int16Array, images: number): Int16Array =>
  Int16Array.from({ length: images }, (_, image) => (said[image] === said[images + image] ? said[image]! : missing));

/** Two people, who say different things where people agree on none. */
function theseSay(images: readonly ImageInput[], place: Float64Array): Int16Array {
  const said = new Int16Array(2 * images.length);
  images.forEach(({ pairI, pairJ, alpha }, image) => {
    const at = agreed((alpha ?? 0) - 0.5 + place[Math.floor(image / points.length)]!);
    said[image] = (at === 1 ? pairJ : pairI) ?? 0;
    said[images.length + image] = (at === 0 ? pairI : pairJ) ?? 0;
  });
  return said;
}

/** As networks do, with a tendency of their own, on single pairs, and a noise. */
function labelersSay(
  random: RandomStream,
  cell: EffectCell,
  images: readonly ImageInput[],
  place: Float64Array,
  people: number,
): Int16Array {
  const said = new Int16Array(people * images.length);
  for (let labeler = 0; labeler < people; labeler++) {
    const own = world.labeler.own * random.normal();
    const dealing = ofPairs(random, world.labeler.dealing, cell);
    images.forEach(({ pairI, pairJ, alpha }, image) => {
      const pair = Math.floor(image / points.length);
      const x = (alpha ?? 0) - 0.5 + place[pair]! + own + dealing[pair]! + world.labeler.noise * random.normal();
      said[labeler * images.length + image] = (x > 0 ? pairJ : pairI) ?? 0;
    });
  }
  return said;
}

const density = (z: number): number => Math.exp((-z * z) / 2);

/** Points of a standard normal with weights of sum 1. */
const nodes = Array.from({ length: 121 }, (_, n) => (n - 60) / 12);
const weights = nodes.map(density).map((weight, _, all) => weight / all.reduce((sum, one) => sum + one, 0));
const mean = (of: (z: number) => number): number => nodes.reduce((sum, z, n) => sum + weights[n]! * of(z), 0);

/** Chances that people agree on the first and on the second class of an image, by its offset. @param h how many people who differ; 0: the people of the world */
function agreement(offset: number, h: number): [first: number, second: number] {
  if (h === 0)
    return [phi((-world.halfWidth - offset) / world.place), 1 - phi((world.halfWidth - offset) / world.place)];
  const { own, dealing, noise } = world.labeler;
  const all = (side: 1 | -1): number =>
    mean((z) => phi((side * (offset + world.place * z)) / Math.hypot(own, dealing, noise)) ** h);
  return [all(-1), all(1)];
}

/** What endlessly many groups of a recipe show in endlessly many pairs. */
function truthOf(recipe: Recipe, h: number, m: number): Record<EffectOutcome, number> {
  const ofPair = Math.hypot(world.shift, world.taste);
  const ofNetwork = Math.hypot(world.own, world.dealing, world.noise[recipe]);
  const all = { wrong: 0, certainty: 0, any_differ: 0, type_a: 0, type_c: 0, consistency: 0 };
  for (const alpha of points) {
    const offset = alpha - 0.5;
    const [first, second] = agreement(offset, h);
    const networks = (of: (p: number) => number): number => mean((z) => of(phi((offset + ofPair * z) / ofNetwork)));
    const same = networks((p) => p ** m + (1 - p) ** m);
    all.wrong += second * networks((p) => 1 - p) + first * networks((p) => p);
    all.certainty += mean((z) => certaintyAt(offset + Math.hypot(ofPair, ofNetwork) * z));
    all.any_differ += 1 - same;
    all.type_a += (first + second) * (1 - same);
    all.type_c += (1 - first - second) * same;
  }
  all.consistency = points.length * consistencyOf(recipe, h);
  return Object.fromEntries(effectOutcomes.map((outcome) => [outcome, all[outcome] / points.length])) as Record<
    EffectOutcome,
    number
  >;
}

/** Mean kappa of two networks of a recipe, whose tendencies differ, in endlessly many pairs. */
function consistencyOf(recipe: Recipe, h: number): number {
  const ofPair = Math.hypot(world.shift, world.taste);
  const ofImage = Math.hypot(world.dealing, world.noise[recipe]);
  /** Every fourth point is as good, and there are two networks. */
  const own = [...nodes.keys()].filter((n) => n % 4 === 0);
  const total = own.reduce((sum, n) => sum + weights[n]!, 0);
  let trials = 0;
  const right = own.map(() => 0);
  const both = own.map(() => own.map(() => 0));
  for (const alpha of points) {
    const offset = alpha - 0.5;
    const [first, second] = agreement(offset, h);
    trials += first + second;
    const chances = own.map((n) => nodes.map((z) => phi((offset + ofPair * z + world.own * nodes[n]!) / ofImage)));
    const over = (of: (z: number) => number): number => weights.reduce((sum, weight, z) => sum + weight * of(z), 0);
    chances.forEach((p, x) => {
      right[x]! += over((z) => second * p[z]! + first * (1 - p[z]!));
      chances.forEach((q, y) => {
        both[x]![y]! += over((z) => second * p[z]! * q[z]! + first * (1 - p[z]!) * (1 - q[z]!));
      });
    });
  }
  let kappa = 0;
  own.forEach((n, x) => {
    own.forEach((m, y) => {
      kappa += (weights[n]! / total) * (weights[m]! / total) * kappaOf(trials, right[x]!, right[y]!, both[x]![y]!);
    });
  });
  return kappa;
}

/** b - a. @param h as in `agreement` @param m networks in a group */
export function differenceOf(h: number, m: number = order): Readonly<Record<EffectOutcome, number>> {
  const [a, b] = [truthOf('a', h, m), truthOf('b', h, m)];
  return Object.fromEntries(effectOutcomes.map((of) => [of, b[of] - a[of]])) as Record<EffectOutcome, number>;
}
export const effectTruth = differenceOf(0);

const difference = (which: number): Contrast => ({
  type: 'difference',
  a: { recipe: String(which) },
  b: { recipe: '0' },
});

/** What one study says of b - a. */
export function estimateEffect(random: RandomStream, cell: EffectCell, outcome: EffectOutcome): number | null {
  const study = drawStudy(random, cell, ['a', 'b']);
  return new EffectEstimator(study, outcomes[outcome]).estimate(difference(1)).effect.estimate;
}

/** Adds a study of two recipes that differ, and one of four that don't. @param of which outcomes */
export function addEffects(
  counts: EffectCounts,
  cell: EffectCell,
  of: readonly EffectOutcome[] = effectOutcomes,
): void {
  const random = randomStream(counts.studies, 'effects', effectKey(cell));
  const differing = drawStudy(random, cell, ['a', 'b']);
  const alike = drawStudy(random, cell, ['a', 'a', 'a', 'a']);
  for (const outcome of of) {
    const { effect } = new EffectEstimator(differing, outcomes[outcome]).estimate(difference(1));
    add(counts.held[outcome], effect, effectTruth[outcome]);
    const nulls = new EffectEstimator(alike, outcomes[outcome]);
    const { members } = family(
      [1, 2, 3].map((which) => ({ member: { which }, of: nulls.estimate(difference(which)) })),
    );
    if (members.some(({ p_holm }) => p_holm !== null && p_holm < 0.05)) counts.named[outcome]++;
  }
  counts.studies++;
}
