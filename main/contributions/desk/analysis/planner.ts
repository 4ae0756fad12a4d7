import {
  allAmong,
  type ImageInput,
  independentPairs,
  mostUnseen,
  pairUnits,
  type PairUnits,
  unitVariance,
} from '../../../analysis/outcomes/index.ts';
import { at, kept } from '../../../domain/numbers/index.ts';
import type { Planner } from '../contract/plan.ts';
import { leaningInterval, leastVariance, pairInfluences, skewness } from '../../../analysis/claims/index.ts';

type PlannerPoint = Planner['points'][number];

/**
 * Chance that n of the people who labeled an image, drawn without replacement, all gave the same label: the exact
 * rarefaction, sum over classes of C(k, n) / C(N, n).
 * @param counts labels of each class; their sum N is at least n
 */
export function unanimousAmong(counts: readonly number[], n: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => sum + allAmong(count, total, n), 0);
}

/** Chance that n people are unanimous, drawn with replacement: for more people than have labeled, with the same shares. */
function unanimousBeyond(counts: readonly number[], n: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => sum + (count / total) ** n, 0);
}

/**
 * How alike images of one pair are in whether people disagree on them, and how alike pairs with a common anchor are, both
 * as correlations: assumed while nobody has labeled. The first is that of the labels in the paper's Figure 3 (15 pairs, 11
 * images each; one-way analysis of variance: 0.16); the second that of really drawn stimulus sets (0.14 to 0.16).
 */
export const assumedCorrelations = { images: 0.16, pairs: 0.15 } as const;

interface PlannedStudy {
  /** The study's images; empty: it has none yet, so there are no intervals. */
  stimuli: readonly ImageInput[];
  /** Labels per class of each of them; those with fewer than two are ignored. Empty: nobody has labeled. */
  counts: readonly (readonly number[])[];
  /** Numbers of people, each at least 1; a number that gives no image two labelers has no point. */
  people: readonly number[];
  /** How many images are planned: pairs are added or left out, with as many images each as now. */
  images: number;
  /** Images that each person labels; null: all. */
  perPerson: number | null;
  /** Share of images on which ten people disagree, assumed without labels. */
  assumed: number;
}

/**
 * The expected share of images on which people disagree, with an interval, for each number of people.
 *
 * With labels: the exact rarefaction up to the number of labels per image, then the same shares with replacement, never
 * below the last exact value (an underestimate, because classes that nobody chose stay excluded). Without labels: a share
 * of the images is ambiguous, and the larger of two class shares on these is uniform on [1/2, 1], so n people agree on an
 * ambiguous image with probability 2 / (n + 1). The share is chosen so that ten people disagree on `assumed` of all
 * images.
 *
 * The interval is that of the claim `anchors` (metrics.md 13.8): pairs of classes are what differs, and where pairs share
 * anchors these are its units. From labels, its variance is that of the means of the study's pairs, times the number of
 * these pairs over the number planned. Without labels it follows from `assumedCorrelations`. A share of 0 or 1 has an end
 * that holds for pairs without a common anchor (`mostUnseen`).
 *
 * If each of n people labels p of M images, every image gets floor(np / M) labelers or one more, as the orders deal them.
 * The share is the mean over the images with two or more labelers, which count for as many pairs as they would fill.
 */
export function expectedDisagreement(study: PlannedStudy): PlannerPoint[] {
  const all = pairUnits(study.stimuli);
  const labeled = pairUnits(study.stimuli, (image) => sum(study.counts[image] ?? []) >= 2);
  const hasLabels = labeled.pairs.length > 0;
  const units = hasLabels ? labeled : all;
  const perPair = study.stimuli.length / all.pairs.length;
  const share = cached(hasLabels ? labeledShare(study.counts, labeled) : assumedShare(study.assumed));
  return study.people.flatMap((people) => {
    const usable = dealt(people, study).filter(({ labelers, images }) => labelers >= 2 && images > 0);
    return usable.length === 0 ? [] : [point(people, usable, share, { units, perPair })];
  });
}

interface Dealt {
  images: number;
  labelers: number;
}

/** Images per number of labelers, the smaller number first. */
function dealt(people: number, { images, perPerson }: { images: number; perPerson: number | null }): [Dealt, Dealt] {
  const labels = people * Math.min(perPerson ?? images, images);
  const [labelers, more] = [Math.floor(labels / images), labels % images];
  return [
    { images: images - more, labelers },
    { images: more, labelers: labelers + 1 },
  ];
}

interface Share {
  disagree: number;
  /** Sum over the images of each pair; null: nobody has labeled. */
  ofPairs: number[] | null;
  basis: PlannerPoint['basis'];
}

type ShareFor = (labelers: number) => Share;

/** Many numbers of people lead to the same few numbers of labelers. */
function cached(share: ShareFor): ShareFor {
  const known = new Map<number, Share>();
  return (labelers) => kept(known, labelers, () => share(labelers));
}

function assumedShare(assumed: number): ShareFor {
  const ambiguous = Math.min(1, assumed / (1 - 2 / 11));
  return (n) => ({ disagree: ambiguous * (1 - 2 / (n + 1)), ofPairs: null, basis: 'assumed' });
}

function labeledShare(counts: PlannedStudy['counts'], { pairs }: PairUnits): ShareFor {
  const rows = pairs.map((images) => images.map((image) => at(counts, image)));
  const images = rows.flat().length;
  const least = Math.min(...rows.flat().map(sum));
  const of = (basis: PlannerPoint['basis'], unanimous: (row: readonly number[]) => number): Share => {
    const ofPairs = rows.map((own) => sum(own.map((row) => 1 - unanimous(row))));
    return { disagree: sum(ofPairs) / images, ofPairs, basis };
  };
  const exact = (n: number): Share => of('rarefied', (row) => unanimousAmong(row, n));
  const lastExact = exact(least);
  return (n) => {
    if (n <= least) return exact(n);
    const beyond = of('extrapolated', (row) => unanimousBeyond(row, n));
    return beyond.disagree > lastExact.disagree ? beyond : { ...lastExact, basis: 'extrapolated' };
  };
}

/** The study's pairs, and how many images each has. */
interface Basis {
  units: PairUnits;
  perPair: number;
}

function point(people: number, dealtImages: readonly Dealt[], share: ShareFor, basis: Basis): PlannerPoint {
  const images = sum(dealtImages.map((part) => part.images));
  const parts = dealtImages.map((part) => ({ ...share(part.labelers), weight: part.images / images }));
  const mixed = sum(parts.map((part) => part.disagree * part.weight));
  const disagree = Math.min(1, Math.max(0, mixed));
  const numbers = dealtImages.map(({ labelers }) => labelers);
  return {
    people,
    images,
    disagree,
    unanimous: 1 - disagree,
    labelers: { least: Math.min(...numbers), most: Math.max(...numbers) },
    ...plannedInterval(disagree, influencesOf(parts, basis.units), images / basis.perPair, basis),
    // The larger number of labelers is the less certain basis.
    basis: parts.at(-1)?.basis ?? 'assumed',
  };
}

/** Influences of the study's pairs on the share; null: nobody has labeled. */
function influencesOf(parts: readonly (Share & { weight: number })[], { pairs }: PairUnits): Float64Array | null {
  if (parts.some(({ ofPairs }) => ofPairs === null)) return null;
  const sums = pairs.map((_, pair) => sum(parts.map(({ ofPairs, weight }) => weight * (ofPairs?.[pair] ?? 0))));
  return pairInfluences(
    sums,
    pairs.map((images) => images.length),
  ).influences;
}

type PlannedInterval = Pick<PlannerPoint, 'low' | 'high' | 'noInterval'>;

/** @param planned pairs, also a part of one */
function plannedInterval(
  share: number,
  influences: Float64Array | null,
  planned: number,
  { units, perPair }: Basis,
): PlannedInterval {
  const P = units.pairs.length;
  if (units.obstacle !== null || units.freedom === null || planned < 2)
    return { low: null, high: null, noInterval: units.obstacle ?? 'one_pair' };
  const own = influences ? (unitVariance(units, [influences]) ?? 0) : assumedVariance(share, units, perPair);
  if (own < leastVariance)
    return unvariedShare(share, Math.max(1, Math.floor((independentPairs(units) * planned) / P)));
  const df = (units.freedom * (planned - 1)) / (P - 1);
  const skew = influences ? skewness(influences, own) * Math.sqrt(P / planned) : 0;
  const { lo, hi } = leaningInterval({ estimate: share, V: (own * P) / planned, df, skew });
  return { low: Math.max(0, lo), high: Math.min(1, hi), noInterval: null };
}

/** Variance of a share over the pairs, from the assumed correlations. */
function assumedVariance(share: number, { pairs, shared }: PairUnits, perPair: number): number {
  const P = pairs.length;
  const ofPair = share * (1 - share) * (assumedCorrelations.images + (1 - assumedCorrelations.images) / perPair);
  return (ofPair / P) * (1 + assumedCorrelations.pairs * (shared / P - 1));
}

function unvariedShare(share: number, pairs: number): PlannedInterval {
  if (share < 1e-12) return { low: 0, high: mostUnseen(pairs), noInterval: null };
  if (share > 1 - 1e-12) return { low: 1 - mostUnseen(pairs), high: 1, noInterval: null };
  return { low: null, high: null, noInterval: 'no_variation' };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
