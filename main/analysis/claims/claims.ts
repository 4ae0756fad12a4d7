import type { ApiInterval, Claim, ClaimChoice } from '../../contract/results/exhibit.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { claimInterval, type CrossedPart, influencesOf, leastVariance, totalVariance } from './claim-interval.ts';
import { fisherInterval, isCorrelation } from './correlation-interval.ts';
import {
  type GroupJackknife,
  hasNoPeople,
  isOfNetworks,
  isOfPeople,
  isStatistic,
  nameOf,
  type TableValue,
} from './jackknife.ts';
import type { WithoutPairs } from './statistic.ts';
import { type PairUnits, type Unvaried, unitCount, unitVariance, unvaried } from '../outcomes/units.ts';

export type ClaimReason =
  | 'undefined'
  | 'one_pair'
  | 'one_anchor'
  | 'few_pairs'
  | 'empty'
  | 'no_networks'
  | 'shared_blocks'
  | 'few_runs'
  | 'no_people'
  | 'few_people'
  /** Only counts of labels are known. */
  | 'counted'
  /** Two sides with different labelers: no one can be left out of both. */
  | 'other_people'
  /** Everything would be computed anew for each of very many labelers. */
  | 'too_long'
  | 'no_variation';

/** The 95 % interval of a value under a claim; null: undefined, `reason` says why. */
export interface ClaimedInterval {
  se: number | null;
  df: number | null;
  skew: number | null;
  lo: number | null;
  hi: number | null;
  /** p of the hypothesis that two groups do not differ; only for two groups. */
  p: number | null;
  reason: ClaimReason | null;
}

export interface ClaimedValue {
  estimate: number | null;
  /** The claim to show unless another one is chosen. */
  default: Claim;
  claims: Record<Claim, ClaimedInterval>;
}

/** A group, and whether its networks are a sample of a recipe, or of recipes, and not the list itself. */
export interface ClaimSide {
  readonly jackknife: GroupJackknife;
  readonly sample: boolean;
}

/** Fewest pairs that have an image of a class; blocks of runs, or people, for a claim about others like them. */
const fewestPairs = 5;
const fewestReplicates = 3;
/** From this many on the wider claim is the default. */
const enoughReplicates = 5;

/** No interval, and why. */
export const without = (reason: ClaimReason): ClaimedInterval => ({
  se: null,
  df: null,
  skew: null,
  lo: null,
  hi: null,
  p: null,
  reason,
});

/** A value of one group, or of the first minus the second of two groups of the same images and people. */
export function claimedValue(
  value: TableValue,
  sides: readonly [ClaimSide] | readonly [ClaimSide, ClaimSide],
): ClaimedValue {
  const cases = new Cases(value, sides, true);
  const intervals = {
    anchors: cases.interval('anchors'),
    networks: cases.interval('networks'),
    people: cases.interval('people'),
    all: cases.interval('all'),
  };
  return { estimate: cases.estimate, default: defaultClaim(value, sides, intervals), claims: intervals };
}

/** An interval as it is shown: under one claim. */
export interface ShownInterval extends ClaimedInterval {
  estimate: number | null;
  claim: Claim;
  /** Whose value it is, if not that of people and networks together. */
  about?: ApiInterval['about'];
  units: PairUnits['units'];
  /** How many of these units there are. */
  n: number;
  /** How many trainings and people a wider claim also takes as independent. */
  replicates?: NonNullable<ApiInterval['replicates']>;
  /** What can be said where nothing varied because a share is 0 or 100 %. */
  unvaried?: Unvaried;
}

/**
 * The interval of a value under the chosen claim, or the nearest that means something for it: people alone are no claim
 * about networks. Only what this claim needs is computed.
 */
export function shownInterval(
  value: TableValue,
  sides: readonly [ClaimSide] | readonly [ClaimSide, ClaimSide],
  choice: ClaimChoice,
): ShownInterval {
  const { units, hasTruth } = sides[0].jackknife;
  const wider = choice === 'default' ? isLargeSample(sides) : choice === 'networks' || choice === 'all';
  const cases = new Cases(value, sides, wider);
  const about = isOfPeople(value) ? 'people' : isOfNetworks(value, hasTruth) ? 'networks' : null;
  const isShare = sides.length === 1 && nameOf(value).endsWith('_pct');
  const ends = (): { unvaried?: Unvaried } => {
    const counted = isStatistic(value) || isCorrelation(value) ? null : sides[0].jackknife.pairsOf(value);
    return unvaried(units, cases.estimate, (pair) => counted?.has(pair) ?? true);
  };
  const found = (claim: Claim): ShownInterval => {
    const interval = cases.interval(claim);
    return {
      estimate: cases.estimate,
      claim,
      units: units.units,
      n: unitCount(units),
      ...(about !== null && { about }),
      ...(claim !== 'anchors' && { replicates: replicatesOf(claim, sides) }),
      ...interval,
      ...(interval.reason === 'no_variation' && claim === 'anchors' && isShare && ends()),
    };
  };
  if (choice !== 'default') return found(meaningful(value, hasTruth, choice));
  const hasMany = isOfPeople(value) ? enoughPeople(sides) : isLargeSample(sides);
  const wide = hasMany ? found(isOfPeople(value) ? 'people' : 'networks') : null;
  return wide?.reason === null ? wide : found('anchors');
}

function replicatesOf(claim: Claim, sides: readonly ClaimSide[]): NonNullable<ShownInterval['replicates']> {
  const blocks = new Set(sides.flatMap(({ jackknife }) => jackknife.blocks));
  const people = at(sides, 0).jackknife.labelers;
  return {
    ...(claim !== 'people' && { networks: blocks.size }),
    ...(claim !== 'networks' && people !== null && { people }),
  };
}

function meaningful(value: TableValue, hasTruth: boolean, claim: Claim): Claim {
  const ofNetworks = !isOfPeople(value) && (claim === 'networks' || claim === 'all');
  const ofPeople = !hasNoPeople(value, hasTruth) && (claim === 'people' || claim === 'all');
  if (ofNetworks && ofPeople) return 'all';
  return ofNetworks ? 'networks' : ofPeople ? 'people' : 'anchors';
}

const enoughPeople = (sides: readonly ClaimSide[]): boolean => (sides[0]?.jackknife.labelers ?? 0) >= enoughReplicates;

const isLargeSample = (sides: readonly ClaimSide[]): boolean =>
  sides.every(({ jackknife, sample }) => sample && jackknife.blocks.length >= enoughReplicates);

function defaultClaim(
  value: TableValue,
  sides: readonly ClaimSide[],
  intervals: Record<Claim, ClaimedInterval>,
): Claim {
  if (isOfPeople(value)) return enoughPeople(sides) ? 'people' : 'anchors';
  return isLargeSample(sides) && intervals.networks.reason === null ? 'networks' : 'anchors';
}

/** One value with everything left out that a claim needs. */
class Cases {
  readonly #value: TableValue;
  readonly #sides: readonly ClaimSide[];
  readonly #units: PairUnits;
  readonly #all: WithoutPairs;
  readonly #isTooLong: boolean;
  #ofNetworks: CrossedPart[] | ClaimReason | null = null;
  #ofPeople: CrossedPart[] | ClaimReason | null = null;

  /** @param wider whether a claim about other networks will be asked for */
  constructor(value: TableValue, sides: readonly ClaimSide[], wider: boolean) {
    this.#value = value;
    this.#sides = sides;
    this.#units = at(sides, 0).jackknife.units;
    this.#isTooLong = sides.some(({ jackknife }) => jackknife.takesTooLong(value, 'pairs'));
    this.#all = this.#isTooLong
      ? new Float64Array(1).fill(Number.NaN)
      : difference(sides.map(({ jackknife }) => jackknife.all(value, wider)));
  }

  get estimate(): number | null {
    const estimate = at(this.#all, this.#all.length - 1);
    return Number.isNaN(estimate) ? null : estimate;
  }

  interval(claim: Claim): ClaimedInterval {
    const { estimate } = this;
    const reason = this.#obstacle(estimate);
    if (reason !== null || estimate === null) return without(reason ?? 'undefined');
    const networks = claim === 'networks' || claim === 'all' ? this.#networks() : [];
    const people = claim === 'people' || claim === 'all' ? this.#people() : [];
    if (typeof networks === 'string') return without(networks);
    if (typeof people === 'string') return without(people);
    const influences = influencesOf(this.#all);
    const units = unitVariance(this.#units, [influences]) ?? Number.NaN;
    const [labelers] = people;
    const { V, df } = totalVariance({
      units,
      freedom: this.#units.freedom ?? Number.NaN,
      runs: networks,
      ...(labelers && { labelers }),
    });
    if (V < leastVariance) return without('no_variation');
    if (isCorrelation(nameOf(this.#value))) {
      const found = fisherInterval({ estimate, V, df });
      return found ? { ...found, p: null, reason: null } : without('no_variation');
    }
    const found = claimInterval({ estimate, V, df }, influences);
    if (this.#sides.length > 1) return { ...found, reason: null };
    const [least, most] = rangeOf(this.#value);
    return { ...found, lo: Math.max(least, found.lo), hi: Math.min(most, found.hi), p: null, reason: null };
  }

  #obstacle(estimate: number | null): ClaimReason | null {
    if (this.#sides.some(({ jackknife }) => jackknife.needsIdentity(this.#value))) return 'counted';
    if (this.#isTooLong) return 'too_long';
    if (estimate === null) return 'undefined';
    if (this.#units.obstacle !== null) return this.#units.obstacle;
    const withClass = this.#sides.map(({ jackknife }) => jackknife.pairsWithClass(this.#value));
    if (withClass.some((pairs) => pairs !== null && pairs < fewestPairs)) return 'few_pairs';
    return isEmpty(this.#all) ? 'empty' : null;
  }

  /** V_R and V_I of each class of blocks, or why there are none. */
  #networks(): CrossedPart[] | ClaimReason {
    this.#ofNetworks ??= this.#crossNetworks();
    return this.#ofNetworks;
  }

  #people(): CrossedPart[] | ClaimReason {
    this.#ofPeople ??= this.#crossPeople();
    return this.#ofPeople;
  }

  #crossNetworks(): CrossedPart[] | ClaimReason {
    if (isOfPeople(this.#value)) return 'no_networks';
    const named = this.#sides.map(({ jackknife }) => new Set(jackknife.blocks));
    const [first = new Set<string>(), second] = named;
    const common = second ? [...first].filter((block) => second.has(block)).length : 0;
    const isSame = second !== undefined && common === first.size && common === second.size;
    if (common > 0 && !isSame) return 'shared_blocks';
    if (named.some((blocks) => blocks.size < fewestReplicates)) return 'few_runs';
    if (this.#sides.some(({ jackknife }) => jackknife.takesTooLong(this.#value, 'blocks'))) return 'too_long';
    const left = this.#sides.map(({ jackknife }) => jackknife.withoutBlocks(this.#value));
    const [own = [], other] = left;
    const classes = isSame && other ? [this.#withoutSameBlocks(own, other)] : left;
    if (classes.flat().some(isEmpty)) return 'empty';
    return classes.map((tables) => crossed(this.#units, tables));
  }

  /** Each block left out of both sides at once, in whatever order each side lists its blocks. */
  #withoutSameBlocks(own: readonly WithoutPairs[], other: readonly WithoutPairs[]): WithoutPairs[] {
    const [blocks = [], others = []] = this.#sides.map(({ jackknife }) => jackknife.blocks);
    return own.map((table, place) => difference([table, at(other, others.indexOf(at(blocks, place)))]));
  }

  #crossPeople(): CrossedPart[] | ClaimReason {
    if (this.#sides.some(({ jackknife }) => jackknife.takesTooLong(this.#value, 'labelers'))) return 'too_long';
    const labelers = this.#sides.map(({ jackknife }) => jackknife.labelers);
    const isOfSome = this.#sides.some(({ jackknife }) => !hasNoPeople(this.#value, jackknife.hasTruth));
    if (isOfSome && labelers.includes(null)) return 'counted';
    const tables = this.#sides.map(({ jackknife }) => jackknife.withoutLabelers(this.#value));
    const [own, other] = tables;
    if (!own || (tables.length > 1 && !other)) return 'no_people';
    if (this.#sides.some(({ jackknife }) => !jackknife.hasPeopleOf(at(this.#sides, 0).jackknife)))
      return 'other_people';
    if ((labelers[0] ?? 0) < fewestReplicates) return 'few_people';
    const both = other ? own.map((table, labeler) => difference([table, at(other, labeler)])) : own;
    return both.some(isEmpty) ? 'empty' : [crossed(this.#units, both)];
  }
}

function difference(tables: readonly WithoutPairs[]): WithoutPairs {
  const [first = new Float64Array(), second] = tables;
  return second ? first.map((value, index) => value - second[index]!) : first;
}

const isEmpty = (table: WithoutPairs): boolean => table.some(Number.isNaN);

/** V_R = (n - 1)/n sum (f_(r) - mean)^2; V_I of d_r = (n - 1)(mean of u^(r') - u^(r)) (metrics.md 13.8). */
function crossed(units: PairUnits, tables: readonly WithoutPairs[]): CrossedPart {
  const n = tables.length;
  const P = units.pairs.length;
  const totals = tables.map((table) => table[P]!);
  const mean = totals.reduce((sum, value) => sum + value, 0) / n;
  const influences = tables.map(influencesOf);
  const average = new Float64Array(P);
  for (const u of influences) u.forEach((value, pair) => (average[pair]! += value / n));
  const rest = influences.map((u) => u.map((value, pair) => (n - 1) * (average[pair]! - value)));
  return {
    own: ((n - 1) / n) * totals.reduce((sum, value) => sum + (value - mean) ** 2, 0),
    overlap: (unitVariance(units, rest) ?? Number.NaN) / ((n - 1) * n),
    count: n,
  };
}

/** Ends of the scale of a value of one group. */
function rangeOf(value: TableValue): readonly [number, number] {
  const name = nameOf(value);
  if (name.endsWith('_pct') || name.startsWith('model_certainty_')) return [0, 100];
  if (name === 'js_bits' || name.startsWith('max_softmax_')) return [0, 1];
  return [Number.NEGATIVE_INFINITY, 1];
}
