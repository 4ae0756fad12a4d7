import { normalCdf } from '../../../main/analysis/statistics/distributions.ts';
import { offsets, seats, world, type RaterKind } from './world.ts';

/** Values whose coverage is measured. */
export const measured = [
  'type_a_pct',
  'type_c_pct',
  'misclassified_per_model_pct',
  'pairwise_disagreement_pct',
  'any_differ_pct',
  'human_disagree_pct',
  'krippendorff_alpha',
] as const;
export type Measured = (typeof measured)[number];

/** Raters of whom something is expected: these, each with what is their own, or others like them. */
export type Raters = { readonly these: Float64Array } | { readonly others: number };

/**
 * The grid of where an image lies between its classes, for people: fine beside the steepest curve (with 0.04 instead
 * of 0.02 no value moves by 0.001). Normal variables reach 4.5 standard deviations.
 */
const step = 0.04;
const reach = 44;
const grid = Float64Array.from({ length: 2 * reach + 1 }, (_, n) => step * (n - reach));

const density = (x: number, sd: number): number => Math.exp(-((x / sd) ** 2) / 2) / (sd * Math.sqrt(2 * Math.PI));
const normalised = (weights: Float64Array): Float64Array => {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
};

/** How often an image lies at a point of the grid: alpha, the place of its pair, its quirk. */
const atPoint = normalised(
  grid.map((x) => offsets.reduce((sum, offset) => sum + density(x - offset, Math.hypot(world.place, world.quirk)), 0)),
);

/** Pairs' breadths, e^breadth, with weights. */
const breadths = 11;
const scalesOf = (kind: RaterKind) =>
  Array.from({ length: breadths }, (_, n) => 4 * ((2 * n) / (breadths - 1) - 1)).map((z) => ({
    scale: Math.exp(world[kind].breadth * z),
    weight: density(z, 1),
  }));
const scales = { people: scalesOf('people'), networks: scalesOf('networks') };

/** How far networks flip from people, in steps of the grid. */
const shifts = normalised(Float64Array.from({ length: 2 * 16 + 1 }, (_, n) => density(step * (n - 16), world.shift)));

/** Phi, by linear interpolation; off by 1e-6 at most. */
const fine = 256;
const most = 7;
const table = Float64Array.from({ length: 2 * most * fine + 2 }, (_, n) => normalCdf(n / fine - most));
export function phi(z: number): number {
  if (z <= -most) return 0;
  if (z >= most) return 1;
  const place = (z + most) * fine;
  const below = Math.floor(place);
  return table[below]! + (place - below) * (table[below + 1]! - table[below]!);
}

/** What raters are expected to say of an image at each point of the grid. */
export interface Said {
  /** Probability that all say j, and that all say i. */
  allSecond: Float64Array;
  allFirst: Float64Array;
  /** Mean probability of j. */
  second: Float64Array;
  /** Probability that two of them differ. */
  differ: Float64Array;
}

function said(kind: RaterKind, raters: Raters, scale: number): Said {
  const { own, dealing, noise } = world[kind];
  const points = grid.length;
  const result = {
    allSecond: new Float64Array(points).fill(1),
    allFirst: new Float64Array(points).fill(1),
    second: new Float64Array(points),
    differ: new Float64Array(points),
  };
  const spread = scale * Math.hypot(dealing, noise);
  if ('others' in raters) {
    grid.forEach((x, point) => {
      const p = phi(x / Math.hypot(spread, own));
      result.allSecond[point] = p ** raters.others;
      result.allFirst[point] = (1 - p) ** raters.others;
      result.second[point] = p;
      result.differ[point] = 2 * p * (1 - p);
    });
    return result;
  }
  const n = raters.these.length;
  for (let point = 0; point < points; point++) {
    let [all, none, sum, squares] = [1, 1, 0, 0];
    for (let rater = 0; rater < n; rater++) {
      const p = phi((grid[point]! + raters.these[rater]!) / spread);
      all *= p;
      none *= 1 - p;
      sum += p;
      squares += p * p;
    }
    result.allSecond[point] = all;
    result.allFirst[point] = none;
    result.second[point] = sum / n;
    result.differ[point] = (2 * (sum * (n - 1) - (sum * sum - squares))) / (n * (n - 1));
  }
  return result;
}

/** The mean over pairs' breadths, which are independent for people and networks; of networks, over shifts too. */
export function expected(kind: RaterKind, raters: Raters): Said {
  const then = kind === 'networks' ? smoothed : (values: Float64Array) => values;
  const parts = scales[kind].map(({ scale, weight }) => ({ weight, of: said(kind, raters, scale) }));
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (name: keyof Said): Float64Array =>
    then(grid.map((_, point) => parts.reduce((sum, { weight, of }) => sum + weight * of[name][point]!, 0) / total));
  return {
    allSecond: mean('allSecond'),
    allFirst: mean('allFirst'),
    second: mean('second'),
    differ: mean('differ'),
  };
}

/** The mean over how far networks flip from people. */
function smoothed(values: Float64Array): Float64Array {
  const last = values.length - 1;
  const half = (shifts.length - 1) / 2;
  return values.map((_, point) => {
    let sum = 0;
    for (let n = 0; n < shifts.length; n++) {
      sum += shifts[n]! * values[Math.min(last, Math.max(0, point + n - half))]!;
    }
    return sum;
  });
}

/** The value of each measure in endlessly many pairs and anchors like those of the world. */
export function truth(human: Said, network: Said): Record<Measured, number> {
  const sums = { a: 0, c: 0, wrong: 0, pairwise: 0, any: 0, people: 0, twoPeople: 0, second: 0 };
  for (let point = 0; point < grid.length; point++) {
    const w = atPoint[point]!;
    const [all, none] = [human.allSecond[point]!, human.allFirst[point]!];
    const same = network.allSecond[point]! + network.allFirst[point]!;
    const second = network.second[point]!;
    sums.a += w * (all + none) * (1 - same);
    sums.c += w * (1 - all - none) * same;
    sums.wrong += w * (all * (1 - second) + none * second);
    sums.pairwise += w * network.differ[point]!;
    sums.any += w * (1 - same);
    sums.people += w * (1 - all - none);
    sums.twoPeople += w * human.differ[point]!;
    sums.second += w * human.second[point]!;
  }
  const chance =
    1 - seats.reduce((sum, seat) => sum + (seat.first * (1 - sums.second) + seat.second * sums.second) ** 2, 0);
  const pct = (sum: number): number => 100 * sum;
  return {
    type_a_pct: pct(sums.a),
    type_c_pct: pct(sums.c),
    misclassified_per_model_pct: pct(sums.wrong),
    pairwise_disagreement_pct: pct(sums.pairwise),
    any_differ_pct: pct(sums.any),
    human_disagree_pct: pct(sums.people),
    krippendorff_alpha: 1 - sums.twoPeople / chance,
  };
}
