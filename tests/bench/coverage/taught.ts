import type { TeachingSize } from '../../../main/contributions/teaching/contract/teaching.ts';
import { normalCdf } from '../../../main/analysis/statistics/distributions.ts';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import { LabelTrainingAnalysis } from '../../../main/contributions/contrasts/analysis/label-training.ts';
import { labelCounts, type LabelMatrix } from '../../../main/analysis/labels/labels.ts';
import { holm } from '../../../main/analysis/groups/paired-tests.ts';
import {
  drawStudents,
  expectedTargets,
  type PlannableArm,
  studentsOf,
  type TaughtWorld,
} from '../../../main/contributions/teaching/analysis/world.ts';
import { planTeaching, type TeachingEnough } from '../../../main/contributions/teaching/analysis/planner.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { type RandomStream, randomStream } from '../../../main/domain/random/random.ts';
import { classes, world } from './world.ts';

/**
 * Does an experiment with taught networks find what it was planned to find? People are those of `world.ts`, so their distribution of labels
 * is known on every image. A small study of them is planned from; an experiment of the recommended size is drawn anew, with
 * networks as the planner assumes them (none are trained) and people who examine one by one, and goes through the
 * outcomes that a study has: paired differences, their crossed intervals, Holm. Under the null all arms teach people's distribution.
 */
export interface TaughtDesign {
  readonly title: string;
  readonly arms: readonly PlannableArm[];
  readonly reference: PlannableArm;
  readonly outcome: 'brier' | 'nll';
}

export const taughtDesigns = {
  brier: {
    title: 'human against majority, Brier',
    arms: ['majority', 'human'],
    reference: 'majority',
    outcome: 'brier',
  },
  nll: { title: 'human against majority, NLL', arms: ['majority', 'human'], reference: 'majority', outcome: 'nll' },
  smoothing: {
    title: 'human against smoothing, Brier',
    arms: ['smoothing', 'human'],
    reference: 'smoothing',
    outcome: 'brier',
  },
  four: {
    title: 'human, permuted, smoothing against majority, NLL',
    reference: 'majority',
    outcome: 'nll',
    arms: ['majority', 'human', 'permuted', 'smoothing'],
  },
} as const satisfies Record<string, TaughtDesign>;
export type TaughtName = keyof typeof taughtDesigns;
export const taughtNames = Object.keys(taughtDesigns) as TaughtName[];

/** What is planned from: pairs, images of each, people. */
const small = { pairs: 15, images: 11, people: 10 } as const;

const allPairs = Array.from({ length: classes }, (_, i) =>
  Array.from({ length: classes - 1 - i }, (__, step) => [i, i + 1 + step] as const),
).flat();

interface People extends TaughtWorld {
  /** Of each pair. */
  readonly place: Float64Array;
  readonly scale: Float64Array;
  readonly quirk: Float64Array;
}

/** Pairs with fresh anchors, and the shares of labels that endlessly many people give. */
function drawPeople(random: RandomStream, pairs: number, perPair: number): People {
  const chosen = random.shuffle([...allPairs]).slice(0, pairs);
  const normals = (count: number, sd: number): Float64Array =>
    Float64Array.from({ length: count }, () => sd * random.normal());
  const [place, scale] = [normals(pairs, world.place), normals(pairs, world.people.breadth).map(Math.exp)];
  const quirk = normals(pairs * perPair, world.quirk);
  const images = chosen.flatMap(([pairI, pairJ], pair) =>
    alphas(perPair).map((alpha, step): ImageInput => {
      const anchor = String(pair);
      return { id: pair * perPair + step, pairI, pairJ, alpha, anchorI: anchor, anchorJ: anchor };
    }),
  );
  const shares = new Float64Array(images.length * classes);
  const { own, dealing, noise } = world.people;
  images.forEach(({ pairI, pairJ, alpha }, image) => {
    const pair = Math.floor(image / perPair);
    const sd = Math.hypot(own, scale[pair]! * Math.hypot(dealing, noise));
    const share = normalCdf(((alpha ?? 0) - 0.5 + place[pair]! + quirk[image]!) / sd);
    shares[image * classes + (pairI ?? 0)] = 1 - share;
    shares[image * classes + (pairJ ?? 0)] = share;
  });
  const units = Int32Array.from(images, (_, image) => Math.floor(image / perPair));
  return {
    images,
    classes,
    shares,
    units,
    unitCount: pairs,
    place,
    scale,
    quirk,
    sources: Int32Array.from(images.keys()),
  };
}

/** Labels of single people, each with a flip point of their own. */
function drawLabels(random: RandomStream, { images, units, place, scale, quirk }: People, raters: number): LabelMatrix {
  const values = new Int16Array(raters * images.length);
  const { own, dealing, noise } = world.people;
  for (let rater = 0; rater < raters; rater++) {
    const shift = own * random.normal();
    const dealings = Float64Array.from(place, () => dealing * random.normal());
    images.forEach(({ pairI, pairJ, alpha }, image) => {
      const pair = units[image]!;
      const x =
        (alpha ?? 0) -
        0.5 +
        place[pair]! +
        quirk[image]! +
        shift +
        scale[pair]! * (dealings[pair]! + noise * random.normal());
      values[rater * images.length + image] = (x > 0 ? pairJ : pairI) ?? 0;
    });
  }
  return { images: images.length, classes, raters, values };
}

/** What a small study recommends. */
export function planFromStudy(random: RandomStream, { arms, reference, outcome }: TaughtDesign): TeachingEnough {
  const people = drawPeople(random, small.pairs, small.images);
  return planTeaching({
    images: people.images,
    counts: labelCounts(drawLabels(random, people, small.people)),
    classes,
    arms: [...arms],
    reference,
    outcome,
    distilled: null,
    people: small.people,
    seeds: 20,
    halves: null,
    tests: arms.length - 1,
  });
}

/** p by Holm and estimate of every arm but the reference, of an experiment of this size. @param isNull all arms teach the same */
export function experiment(
  random: RandomStream,
  { arms, reference, outcome }: TaughtDesign,
  size: TeachingSize,
  isNull: boolean,
): { arm: PlannableArm; p: number | null; estimate: number | null }[] {
  const people = drawPeople(random, size.units, Math.round(size.images / size.units));
  const own = expectedTargets({ world: people, arms, teachers: Math.round(size.people / 2), distilled: null });
  const targets = isNull ? new Map(arms.map((arm) => [arm, people.shares] as const)) : own;
  const students = drawStudents(studentsOf(people, targets), size.seeds, random);
  const analysis = new LabelTrainingAnalysis({
    images: people.images,
    people: drawLabels(random, people, Math.floor(size.people / 2)),
    reference,
    networks: [...students].flatMap(([arm, seeds]) =>
      seeds.map((softmax, seed) => ({ arm, seed: String(seed), softmax })),
    ),
    order: 2,
    margin: 0.001,
    accuracy: {},
  });
  const others = arms.filter((arm) => arm !== reference);
  const effects = others.map((arm) => analysis.difference(arm, outcome).effect);
  const adjusted = holm(effects.map(({ p }) => p));
  return others.map((arm, place) => ({ arm, p: adjusted[place] ?? null, estimate: at(effects, place).estimate }));
}

export interface TaughtCounts {
  studies: number;
  /** Experiments with a plan. */
  planned: number;
  /** All planned differences were found, in the planned direction and order; some was claimed under the null. */
  found: number;
  claimed: number;
  images: number[];
  people: number[];
  seeds: number[];
}

export const noTaught = (): TaughtCounts => ({
  studies: 0,
  planned: 0,
  found: 0,
  claimed: 0,
  images: [],
  people: [],
  seeds: [],
});

/** One small study, its plan, an experiment of the recommended size and one without differences. */
export function addTaught(counts: TaughtCounts, name: TaughtName): void {
  const design: TaughtDesign = taughtDesigns[name];
  const random = randomStream(counts.studies, 'taught', name);
  const { needed, tells, arms } = planFromStudy(random, design);
  counts.studies++;
  if (!needed) return;
  counts.planned++;
  counts.images.push(needed.images);
  counts.people.push(needed.people);
  counts.seeds.push(needed.seeds);
  const found = experiment(random, design, needed, false).filter(({ arm }) => tells.includes(arm));
  const planned = (arm: PlannableArm): number => arms.find((each) => each.arm === arm)?.expected ?? 0;
  const isFound = ({ arm, p, estimate }: (typeof found)[number]): boolean =>
    p !== null && p < 0.05 && Math.sign(estimate ?? 0) === Math.sign(planned(arm));
  const order = (by: (one: (typeof found)[number]) => number): string =>
    [...found]
      .sort((a, b) => by(a) - by(b))
      .map(({ arm }) => arm)
      .join();
  const isOrdered = order(({ arm }) => planned(arm)) === order(({ estimate }) => estimate ?? 0);
  if (found.every(isFound) && isOrdered) counts.found++;
  if (experiment(random, design, needed, true).some(({ p }) => p !== null && p < 0.05)) counts.claimed++;
}
