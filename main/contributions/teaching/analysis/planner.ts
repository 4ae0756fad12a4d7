import type { TeachingEnough as TeachingForecastPlan, TeachingSize, PlannedArm } from '../contract/teaching.ts';
import type { Teaching } from '../contract/design.ts';
import { at, kept } from '../../../domain/numbers/index.ts';
import { randomStream, type RandomStream } from '../../../domain/random/index.ts';
import { EffectForecast, leastSeeds, smallestTold } from '../../contrasts/analysis/effect-planner.ts';
import { EffectEstimator, type EffectParts } from '../../contrasts/analysis/effects.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import { resampling } from '../../../analysis/statistics/index.ts';
import type { LabelCounts } from '../../../analysis/labels/index.ts';
import {
  assumedWorld,
  drawStudents,
  expectedScore,
  expectedTargets,
  labelVariance,
  type PlannableArm,
  studentsOf,
  type TaughtWorld,
  typicalStudents,
  worldOfLabels,
} from './world.ts';

/** Labels of each image, as the split of a design deals them. */
export interface SplitLabels {
  /** Labels by the people who teach, on average. */
  readonly teaching: number;
  /** Labels by the people who examine: the number that has as much noise on every image. */
  readonly examining: number;
  /** Images with a label of those who examine. */
  readonly examined: number;
}

/** What an experiment can show; `halves`, `main` and all that follows are of this design. */
export type TeachingEnough = Omit<TeachingForecastPlan, 'outcome' | 'reference'>;

/** How sure a recommended experiment finds all differences that it is planned for, and of finding one that is not there. */
export const sureness = { power: 0.95, level: 0.05 } as const;

export interface TeachingQuestion extends Pick<Teaching, 'outcome' | 'seeds'> {
  readonly arms: readonly PlannableArm[];
  readonly images: readonly ImageInput[];
  /** Labels of all people; null: there are none yet, so people are assumed. */
  readonly counts: LabelCounts | null;
  readonly classes: number;
  readonly reference: PlannableArm;
  /** `[image][k]`, of the arm `distill`; zeros where an image is not taught. */
  readonly distilled: Float32Array | null;
  /** Labels of each image in both halves together. */
  readonly people: number;
  /** How the halves of these people share them; null: evenly, as those of other numbers of people. */
  readonly halves: SplitLabels | null;
  /** Differences that are tested together: of all arms, in all directions. */
  readonly tests: number;
  /** Softmax `[image][k]` of networks of the same recipe that were not taught; fewer than four are too few to know how they vary. */
  readonly networks?: readonly ArrayLike<number>[];
}

/** Seeds of simulated networks, or of a study's own, by which variances are known. */
const pilotSeeds = 6;
const leastOfArm = 2;
/** Networks of a study that a plan takes at most. */
export const mostUntaught = 2 * pilotSeeds;
const seedChoices = [leastSeeds, 10, 20, 40, 80];
/** Labels of each image in both halves. */
const peopleChoices = [10, 20, 40, 80, 160];
/** Times as many images of each pair. */
const imageSteps = [1, 2, 4];
const pairSteps = [1, 2, 3];
const unitSteps = [1, 2, 4, 10];

/** What difference an arm shows, and how it varies, with some people. */
interface Pilot {
  readonly most: number;
  readonly expected: number;
  readonly parts: EffectParts;
  /** Variance between pairs, and of a pair's mean by one person's labels: of the seeds' mean, and of `most`. */
  readonly square: number;
  readonly mostSquare: number;
  readonly mostNoise: number;
  readonly noise: number;
  /** The latter of a seed's own part. */
  readonly noiseOfSeed: number;
  /** Networks of an arm by which these are known. */
  readonly seeds: number;
}

/**
 * What an experiment with taught networks can show before any is trained. People are taken from a study's labels; what
 * networks make of targets is assumed (`assumedStudents`). The study's untaught networks give the variances, or else simulated ones;
 * the planner of effects turns them into those of other sizes. The same question gives the same answer.
 */
export function planTeaching(question: TeachingQuestion): TeachingEnough {
  const { arms, reference, images, counts, classes, seeds, people } = question;
  const random = randomStream(resampling.seed, 'enough');
  const world = counts ? worldOfLabels(images, counts, random) : assumedWorld(images, classes, random);
  const isPlaced = at(world.images, 0).pairI !== null;
  const used = new Set(world.sources);
  const own = isPlaced
    ? new Set([...used].map((image) => `${at(images, image).pairI}-${at(images, image).pairJ}`)).size
    : (question.halves?.examined ?? counts?.present.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0) ?? images.length);
  const design: TeachingSize = {
    units: own,
    images: isPlaced ? used.size : own,
    people: Math.max(2, people),
    seeds,
  };
  const others = arms.filter((arm) => arm !== reference);
  const planner = new Planner({ question, world, design, isPlaced, random });
  const sizes = sizesOf(design, isPlaced, classes);
  const tells = (arm: PlannableArm, size: TeachingSize): boolean => {
    const told = planner.told(arm, size);
    return told > 0 && planner.pilot(arm, size.people).expected ** 2 >= told ** 2;
  };
  const byExtent = [...sizes].sort((a, b) => extent(a) - extent(b));
  const plans = others.map((arm): PlannedArm => {
    const { most, expected } = planner.pilot(arm, design.people);
    const [mostTold, told] = [planner.mostTold(arm, design), planner.told(arm, design)];
    const isEnough = Math.abs(expected) >= told && told > 0;
    const isHopeless = Math.max(Math.abs(most), Math.abs(expected)) < mostTold;
    return {
      arm,
      most,
      mostTold: finite(mostTold),
      expected,
      told: finite(told),
      verdict: isEnough ? 'enough' : isHopeless ? 'hopeless' : 'more',
      needed: byExtent.find((size) => tells(arm, size)) ?? null,
    };
  });
  const main = others.includes('human') ? 'human' : at(others, 0);
  const needed = plans.find(({ arm }) => arm === main)?.needed ?? null;
  return {
    assumed: counts === null,
    networks: 2 * seedsOfOwn(question.networks),
    units: isPlaced ? 'pairs' : 'images',
    design,
    halves: planner.halves(design.people),
    arms: plans,
    main,
    sizes: sizes.map((size) => ({
      ...size,
      half: finite(planner.half(main, size)),
      told: finite(planner.told(main, size)),
      expected: planner.pilot(main, size.people).expected,
    })),
    needed,
    tells: needed ? others.filter((arm) => tells(arm, needed)) : [],
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Labels and trainings grow with it. */
const extent = ({ images, people, seeds }: TeachingSize): number => images * people * seeds;

function sizesOf(design: TeachingSize, isPlaced: boolean, classes: number): TeachingSize[] {
  const most = isPlaced ? (classes * (classes - 1)) / 2 : Number.POSITIVE_INFINITY;
  const distinct = (list: readonly number[]): number[] => [...new Set(list)].sort((a, b) => a - b);
  const units = distinct(
    (isPlaced ? pairSteps : unitSteps).map((by) => Math.max(design.units, Math.min(most, by * design.units))),
  );
  const perUnit = design.images / design.units;
  return units.flatMap((unit) =>
    (isPlaced ? imageSteps : [1]).flatMap((by) =>
      distinct([design.people, ...peopleChoices]).flatMap((people) =>
        distinct([design.seeds, ...seedChoices])
          .filter((seeds) => seeds >= 2)
          .map((seeds) => ({ units: unit, images: Math.round(unit * perUnit * by), people, seeds })),
      ),
    ),
  );
}

interface PlannerInput {
  readonly question: TeachingQuestion;
  readonly world: TaughtWorld;
  readonly design: TeachingSize;
  readonly isPlaced: boolean;
  readonly random: RandomStream;
}

class Planner {
  readonly #input: PlannerInput;
  readonly #pilots = new Map<number, Map<PlannableArm, Pilot>>();
  readonly #forecasts = new Map<string, EffectForecast>();

  constructor(input: PlannerInput) {
    this.#input = input;
  }

  /** @param people in both halves */
  halves(people: number): { teaching: number; examining: number } {
    const { question, design } = this.#input;
    const own = people === design.people ? question.halves : null;
    return {
      teaching: Math.max(1, Math.round(own?.teaching ?? people / 2)),
      examining: own?.examining ?? Math.max(1, Math.floor(people / 2)),
    };
  }

  /** @param people in both halves */
  pilot(arm: PlannableArm, people: number): Pilot {
    const teachers = this.halves(people).teaching;
    const pilot = kept(this.#pilots, teachers, () => pilotsOf(this.#input, teachers)).get(arm);
    if (!pilot) throw new RangeError(`no arm ${arm}`);
    return pilot;
  }

  /** One seed, or one pair, shows nothing about others; how others vary is not known of one pair either. */
  #cannotTell({ units, seeds }: TeachingSize): boolean {
    const { question, design, isPlaced } = this.#input;
    return units < 2 || seeds < 2 || (isPlaced && question.counts !== null && design.units < 2);
  }

  half(arm: PlannableArm, size: TeachingSize): number {
    return this.#cannotTell(size)
      ? Number.POSITIVE_INFINITY
      : this.#forecast(arm, size).halfWidth({ pairs: size.units, seeds: size.seeds, people: null });
  }

  told(arm: PlannableArm, size: TeachingSize): number {
    const of = { pairs: size.units, seeds: size.seeds, people: null };
    return this.#cannotTell(size) ? Number.POSITIVE_INFINITY : this.#forecast(arm, size).smallestTold(of, this.#sure);
  }

  mostTold(arm: PlannableArm, size: TeachingSize): number {
    const { mostSquare, mostNoise } = this.pilot(arm, size.people);
    const V = (mostSquare + mostNoise / this.#labels(size)) / size.units;
    return this.#cannotTell({ ...size, seeds: 2 })
      ? Number.POSITIVE_INFINITY
      : smallestTold(V, size.units - 1, this.#sure);
  }

  /** All differences are found together, by Holm's method, with the wanted probability. */
  get #sure(): { level: number; power: number } {
    const { tests } = this.#input.question;
    return { level: sureness.level / tests, power: 1 - (1 - sureness.power) / tests };
  }

  /** Examining labels of each image, times as many images as the study has of a unit. */
  #labels({ units, images, people }: TeachingSize): number {
    const { design } = this.#input;
    return this.halves(people).examining * (images / units / (design.images / design.units));
  }

  #forecast(arm: PlannableArm, size: TeachingSize): EffectForecast {
    const labels = this.#labels(size);
    const key = `${arm} ${size.people} ${labels}`;
    const known = this.#forecasts.get(key);
    if (known) return known;
    const { parts, square, noise, noiseOfSeed, seeds } = this.pilot(arm, size.people);
    const P = this.#input.world.unitCount;
    const forecast = new EffectForecast(
      {
        ...parts,
        classes: parts.classes.map(({ count, own, independent }) => {
          const more = noiseOfSeed / labels / (count * P);
          return { count, own: own + more, independent: independent + more };
        }),
      },
      { pairs: P, freedom: P - 1, square: square + (noise + noiseOfSeed / seeds) / labels },
    );
    this.#forecasts.set(key, forecast);
    return forecast;
  }
}

/** How many of a study's networks stand for those of an arm; 0: there are too few. */
function seedsOfOwn(networks: TeachingQuestion['networks'] = []): number {
  const seeds = Math.min(pilotSeeds, Math.floor(networks.length / 2));
  return seeds < leastOfArm ? 0 : seeds;
}

/**
 * Untaught networks in the place of taught ones: some for the reference, and as many others for every other arm. What differs
 * between them are trainings alone, and how far they are from people's labels is real.
 */
function standIns(
  { sources, classes }: TaughtWorld,
  { arms, reference, networks = [] }: TeachingQuestion,
): ReadonlyMap<PlannableArm, Float64Array[]> | null {
  const seeds = seedsOfOwn(networks);
  if (seeds === 0) return null;
  const rows = networks.slice(0, 2 * seeds).map((softmax) => {
    const own = new Float64Array(sources.length * classes);
    sources.forEach((source, place) => {
      for (let k = 0; k < classes; k++) own[place * classes + k] = softmax[source * classes + k]!;
    });
    return own;
  });
  return new Map(arms.map((arm) => [arm, arm === reference ? rows.slice(0, seeds) : rows.slice(seeds)]));
}

/** Networks of all arms are drawn once; each difference is estimated as outcomes are, against known shares of labels. */
function pilotsOf(
  { question, world, random, design, isPlaced }: PlannerInput,
  teachers: number,
): Map<PlannableArm, Pilot> {
  const { arms, reference, outcome, distilled } = question;
  const targets = expectedTargets({ world, arms, teachers, distilled });
  const endless = expectedTargets({ world, arms, teachers: null, distilled });
  const taught = studentsOf(world, targets);
  const students = standIns(world, question) ?? drawStudents(taught, pilotSeeds, random);
  const estimator = estimatorOf(world, students, outcome, isPlaced);
  const byUnit = (of: (image: number) => number): Float64Array => {
    const [sums, sizes] = [new Float64Array(world.unitCount), new Float64Array(world.unitCount)];
    for (const image of world.images.keys()) {
      sums[world.units[image]!]! += of(image);
      sizes[world.units[image]!]! += 1;
    }
    return sums.map((sum, unit) => sum / sizes[unit]!);
  };
  /** Variance of a unit's mean that one person's labels add. */
  const noiseOf = (a: Float64Array, b: Float64Array): number =>
    mean(byUnit((image) => labelVariance(outcome, world, [a, b], image))) / (world.images.length / world.unitCount);
  const base = new Float64Array();
  // A world repeats the study's pairs, so that they vary as if these were all.
  const correction = isPlaced && design.units > 1 ? design.units / (design.units - 1) : 1;
  const ofBase = students.get(reference) ?? [];
  return new Map(
    arms
      .filter((arm) => arm !== reference)
      .map((arm) => {
        const limits = [endless.get(arm) ?? base, endless.get(reference) ?? base] as const;
        const ofArm = students.get(arm) ?? [];
        const most = byUnit(
          (image) => expectedScore(outcome, world, limits[0], image) - expectedScore(outcome, world, limits[1], image),
        );
        const score = (of: PlannableArm): number =>
          mean(
            Float64Array.from(typicalStudents(taught, of), (softmax) =>
              mean(byUnit((image) => expectedScore(outcome, world, softmax, image))),
            ),
          );
        const parts = estimator.estimate({ type: 'difference', a: { arm }, b: { arm: reference } });
        const each = mean(Float64Array.from(ofArm, (softmax, seed) => noiseOf(softmax, at(ofBase, seed))));
        const together = noiseOf(middleOf(outcome, ofArm), middleOf(outcome, ofBase));
        const seeds = ofArm.length;
        const noiseOfSeed = Math.max(0, ((each - together) * seeds) / (seeds - 1));
        return [
          arm,
          {
            most: mean(most),
            expected: score(arm) - score(reference),
            parts,
            noiseOfSeed,
            mostSquare: variance(most) * correction,
            mostNoise: noiseOf(...limits),
            square: (parts.effect.v_pairs ?? 0) * world.unitCount * correction,
            noise: Math.max(0, together - noiseOfSeed / seeds),
            seeds,
          },
        ];
      }),
  );
}

/** Whose differences to people's labels are the mean of those of these networks: scores are linear in it. */
function middleOf(outcome: Teaching['outcome'], rows: readonly Float64Array[]): Float64Array {
  const isLinear = outcome === 'brier';
  return Float64Array.from(rows[0] ?? [], (_, cell) => {
    const sum = rows.reduce((total, row) => total + (isLinear ? row[cell]! : Math.log(row[cell]!)), 0) / rows.length;
    return isLinear ? sum : Math.exp(sum);
  });
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1);
}

function estimatorOf(
  world: TaughtWorld,
  students: ReadonlyMap<PlannableArm, readonly Float64Array[]>,
  outcome: Teaching['outcome'],
  isPlaced: boolean,
): EffectEstimator {
  const { classes, units } = world;
  const count = world.images.length;
  const networks = [...students].flatMap(([arm, seeds]) => seeds.map((softmax, seed) => ({ arm, seed, softmax })));
  const values = new Float64Array(networks.length * count);
  networks.forEach(({ softmax }, run) => {
    for (let image = 0; image < count; image++)
      values[run * count + image] = expectedScore(outcome, world, softmax, image);
  });
  const images = world.images.map((image, place): ImageInput => {
    const unit = units[place]!;
    const own = { id: image.id, alpha: image.alpha };
    return isPlaced
      ? { ...own, pairI: 0, pairJ: unit + 1, anchorI: `${unit}`, anchorJ: `${unit}` }
      : { ...own, pairI: null, pairJ: null, independent: true };
  });
  const none = { images: count, classes, raters: 0, values: new Int16Array() };
  return new EffectEstimator(
    {
      images,
      people: none,
      values,
      within: ['arm'],
      runs: networks.map(({ arm, seed }) => ({ name: `${arm} ${seed}`, block: `${seed}`, levels: { arm } })),
      labels: { ...none, raters: networks.length, values: new Int16Array(networks.length * count) },
    },
    { type: 'value', scale: 'real' },
  );
}
