import { at } from '../../domain/numbers/arrays.ts';
import type { GroupView } from './group-view.ts';
import type { HumanCounts, HumanView } from '../raters/humans.ts';
import { haveShares } from '../../domain/results/response-kinds.ts';
import { canDisagree } from '../outcomes/image-types.ts';
import { type ResamplingUnits, sortedIndices } from '../outcomes/input.ts';
import {
  bootstrap,
  type Interval,
  meanOver,
  nextState,
  outputBits,
  resampling,
  type Units,
} from '../statistics/intervals.ts';

/** McNemar's exact test of two events on the same images. */
export interface McNemar {
  /** Images with the first event only, and with the second only. */
  b: number;
  c: number;
  n_discordant: number;
  p_exact: number;
}

/**
 * p = min(1, 2 P(X <= min(b, c))), X binomial with b + c trials of 1/2; 1 without a discordant image (McNemar 1947;
 * exact version, metrics.md 8).
 */
export function mcnemar(b: number, c: number): McNemar {
  const n = b + c;
  return { b, c, n_discordant: n, p_exact: n === 0 ? 1 : Math.min(1, 2 * binomialTail(n, Math.min(b, c))) };
}

/** P(X <= most) for X binomial with n trials of 1/2. By logarithms: 2^-n is 0 beyond n = 1074. */
function binomialTail(n: number, most: number): number {
  let logTerm = -n * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= most; k++) {
    logTerm += Math.log((n - k + 1) / k);
    sum += Math.exp(logTerm);
  }
  return sum;
}

/**
 * Holm's step-down adjustment for many tests (Holm 1979): with p ascending, adjusted p_(i) = max over j <= i of
 * min(1, (m - j + 1) p_(j)), m the number of tests. Undefined tests (null) stay null and do not count.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const tested = ps.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  const adjusted = new Array<number | null>(ps.length).fill(null);
  let largest = 0;
  sortedIndices(tested, (a, b) => a.p - b.p).forEach((place, rank) => {
    const { p, index } = at(tested, place);
    largest = Math.max(largest, Math.min(1, (tested.length - rank) * p));
    adjusted[index] = largest;
  });
  return adjusted;
}

interface SignFlip {
  /** Mean difference over images. Null without units. */
  statistic: number | null;
  p: number | null;
  method: 'exact' | 'monte-carlo';
  n_units: number;
  /** Units with a sum other than 0, the only ones with information. */
  n_nonzero: number;
}

/** Up to this number of units, all 2^n sign patterns are tried. */
export const mostExact = 16;

/** Sums up to this count as 0; statistics this close count as equally extreme. */
const zero = 1e-12;
const close = 1e-9;

/**
 * Is the mean of paired differences other than 0 (metrics.md 8)? Under the null hypothesis each unit's sum could as
 * well have the other sign. With at most 16 units that are not 0, p = share of sign patterns with |T| >= |T observed| -
 * 1e-9, T = sum of the signed unit sums; otherwise p = (1 + hits) / 10000 of 9999 random patterns.
 */
export function signFlip(units: Units, differences: ArrayLike<number>): SignFlip {
  return at(signFlips(units, [differences]), 0);
}

/** `signFlip` for several differences of the same units, which share random patterns (metrics.md 8). */
function signFlips(units: Units, differences: readonly ArrayLike<number>[]): SignFlip[] {
  const tests = differences.map((values) => {
    const sums = Float64Array.from(units, (images) => images.reduce((sum, image) => sum + values[image]!, 0));
    const nonzero = sums.filter((sum) => Math.abs(sum) > zero);
    return { sums, nonzero, exact: nonzero.length <= mostExact, values };
  });
  const random = randomPs(tests.filter(({ exact }) => !exact).map(({ sums }) => sums));
  return tests.map(({ sums, nonzero, exact, values }) => {
    const statistic = meanOver(units, values).of(sums.map((_, unit) => unit));
    const p = exact ? exactP([...nonzero]) : (random.shift() ?? null);
    return {
      statistic,
      p: statistic === null ? null : p,
      method: exact ? 'exact' : 'monte-carlo',
      n_units: units.length,
      n_nonzero: nonzero.length,
    };
  });
}

function exactP(sums: readonly number[]): number {
  const limit = Math.abs(sums.reduce((a, b) => a + b, 0)) - close;
  const patterns = 2 ** sums.length;
  let hits = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let total = 0;
    for (let at = 0; at < sums.length; at++) total += (pattern >>> at) & 1 ? sums[at]! : -sums[at]!;
    if (Math.abs(total) >= limit) hits++;
  }
  return hits / patterns;
}

/** p of each list of unit sums; one random sign a unit and pattern, zeros too. */
function randomPs(lists: readonly Float64Array[]): number[] {
  const { permutation_resamples: draws } = resampling;
  const limits = lists.map((sums) => Math.abs(sums.reduce((a, b) => a + b, 0)) - close);
  const hits = lists.map(() => 0);
  const units = lists[0]?.length ?? 0;
  const signs = new Float64Array(units);
  let state: number = resampling.seed;
  for (let draw = 0; draw < draws && units > 0; draw++) {
    state = drawSigns(signs, state);
    for (let list = 0; list < lists.length; list++) {
      if (Math.abs(signedSum(signs, lists[list]!)) >= limits[list]!) hits[list]!++;
    }
  }
  return hits.map((count) => (1 + count) / (draws + 1));
}

/** Fills in one random sign a unit; gives the state of the generator after them. */
function drawSigns(signs: Float64Array, from: number): number {
  let state = from;
  for (let unit = 0; unit < signs.length; unit++) {
    state = nextState(state);
    signs[unit] = outputBits(state) < 0 ? 1 : -1;
  }
  return state;
}

function signedSum(signs: Float64Array, sums: Float64Array): number {
  let total = 0;
  for (let unit = 0; unit < sums.length; unit++) total += signs[unit]! * sums[unit]!;
  return total;
}

type ByUnit<T> = Record<'image' | 'pair', T>;

/**
 * Two groups on the same images (metrics.md 8). The models are taken as fixed: the tests say nothing about new training
 * runs. Where more than one is quoted, adjust for it (`holm`).
 */
export interface PairedTests {
  /** Null where a group has fewer than two models, so that no image has a type. */
  mcnemar: { type_a: McNemar | null; type_c: McNemar | null; misclassified_any: McNemar };
  /** Share of models that are wrong, a fraction. */
  permutation_misclassified: ByUnit<SignFlip>;
  /** Jensen-Shannon divergence from people, bits; null: answers of their kind have none. */
  permutation_js: ByUnit<SignFlip> | null;
  /** Percent; null without units. */
  bootstrap_difference: ByUnit<{ misclassified_per_model_pct: Interval } | null>;
}

export function pairedTests(
  first: GroupView,
  second: GroupView,
  { kind, view: humans }: Pick<HumanCounts, 'kind' | 'view'>,
  units: ResamplingUnits,
): PairedTests {
  const wrong = first.wrongShare.map((share, image) => share - second.wrongShare[image]!);
  const js = wrong.map((_, image) => (first.distances.js_bits[image] ?? 0) - (second.distances.js_bits[image] ?? 0));
  const percent = wrong.map((difference) => 100 * difference);
  const type = (name: 'type_a' | 'type_c'): McNemar | null =>
    canDisagree(first.group) && canDisagree(second.group)
      ? discordant(humans, (view, image) => view.classified.classes[image] === name, first, second)
      : null;
  const byUnit = <T>(of: (unit: 'image' | 'pair') => T): ByUnit<T> => ({ image: of('image'), pair: of('pair') });
  const flips = byUnit((of) => {
    const [misclassified, divergence] = signFlips(units[of], [wrong, js]);
    return { misclassified: misclassified!, js: divergence! };
  });
  return {
    mcnemar: {
      type_a: type('type_a'),
      type_c: type('type_c'),
      misclassified_any: discordant(humans, (view, image) => view.wrongShare[image]! > 0, first, second),
    },
    permutation_misclassified: byUnit((of) => flips[of].misclassified),
    permutation_js: haveShares(kind) ? byUnit((of) => flips[of].js) : null,
    bootstrap_difference: byUnit((of) =>
      bootstrap(units[of].length, { misclassified_per_model_pct: meanOver(units[of], percent) }),
    ),
  };
}

/** McNemar's test of an event on the determined images. */
function discordant(
  { status }: HumanView,
  event: (view: GroupView, image: number) => boolean,
  first: GroupView,
  second: GroupView,
): McNemar {
  let [onlyFirst, onlySecond] = [0, 0];
  status.forEach((determined, image) => {
    if (determined === null) return;
    const [a, b] = [event(first, image), event(second, image)];
    if (a && !b) onlyFirst++;
    if (b && !a) onlySecond++;
  });
  return mcnemar(onlyFirst, onlySecond);
}
