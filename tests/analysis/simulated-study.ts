import { bootstrap, meanOver, type UnitStatistic, type Units } from '../../main/analysis/intervals.ts';
import { alphaOver } from '../../main/analysis/human-analysis.ts';
import type { LabelCounts } from '../../main/analysis/labels.ts';
import { randomStream, type RandomStream } from '../../main/domain/random.ts';

/** A design of simulated studies: images of a pair are alike, as they come from the same two anchors. */
export interface Design {
  pairs: number;
  /** Of each pair, along alpha; 1: images that are independent of each other, at any alpha. */
  images: number;
  /** How far the anchors of a pair move both people and networks, in logits. */
  pairEffect: number;
}

const [labelers, networks, classes] = [10, 9, 3];
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

interface SimulatedImage {
  people: number[];
  votes: number[];
  normal: number;
}

/** Ten people and nine networks say the first class, the second, or now and then a third. */
function simulateImage(random: RandomStream, alpha: number, [ofPeople, ofNetworks]: readonly [number, number]) {
  const own = 0.7 * random.normal();
  const votes = (raters: number, chance: number): number[] => {
    const counts = new Array<number>(classes).fill(0);
    for (let rater = 0; rater < raters; rater++) counts[random.float() < 0.01 ? 2 : random.float() < chance ? 1 : 0]!++;
    return counts;
  };
  const middle = 12 * (alpha - 0.5) + own;
  return {
    people: votes(labelers, logistic(middle + ofPeople)),
    votes: votes(networks, logistic(middle + ofNetworks + random.normal())),
  };
}

function simulateImages(random: RandomStream, { pairs, images, pairEffect }: Design): SimulatedImage[] {
  return Array.from({ length: pairs }, () => {
    const shared = random.normal();
    const effects = [shared, 0.7 * (shared + random.normal())] as const;
    return Array.from({ length: images }, (_, at) => {
      const alpha = images === 1 ? random.int(11) / 10 : at / (images - 1);
      const moved = [pairEffect * effects[0], pairEffect * effects[1]] as const;
      return { ...simulateImage(random, alpha, moved), normal: shared + random.normal() };
    });
  }).flat();
}

const split = (counts: readonly number[]): boolean => counts.filter((count) => count > 0).length > 1;
const entropy = (shares: readonly number[]): number =>
  -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log2(share) : 0), 0);

function divergence({ people, votes }: SimulatedImage): number {
  const q = people.map((count) => count / labelers);
  const p = votes.map((count) => (count + 0.3) / (networks + 0.3 * classes));
  return entropy(q.map((share, k) => (share + p[k]!) / 2)) - (entropy(q) + entropy(p)) / 2;
}

const perImage: Record<string, (image: SimulatedImage) => number> = {
  'type A, %': ({ people, votes }) => (!split(people) && split(votes) ? 100 : 0),
  'people disagree, %': ({ people }) => (split(people) ? 100 : 0),
  'misclassified per network, %': ({ people, votes }) =>
    split(people) ? 0 : 100 * (1 - votes[people.findIndex((count) => count > 0)]! / networks),
  'divergence, bits': divergence,
  'mean of normal values': ({ normal }) => normal,
};
export const statisticNames = [...Object.keys(perImage), 'Krippendorff’s alpha'];

function statisticsOf(images: readonly SimulatedImage[], units: Units): Record<string, UnitStatistic> {
  const means = Object.entries(perImage).map(([name, of]) => [name, meanOver(units, images.map(of))] as const);
  const counts: LabelCounts = {
    ...{ images: images.length, classes, present: new Uint32Array(images.length).fill(labelers) },
    counts: Uint32Array.from(images.flatMap(({ people }) => people)),
  };
  return { ...Object.fromEntries(means), 'Krippendorff’s alpha': alphaOver(units, counts) };
}

const unitsOf = ({ pairs, images }: Design): number[][] =>
  Array.from({ length: pairs }, (_, pair) => Array.from({ length: images }, (__, at) => pair * images + at));

/** Of the studies, how many intervals hold the truth, a share for each statistic. */
export interface Coverage {
  percentile: Record<string, number>;
  corrected: Record<string, number>;
}

/** Simulates studies and sees how often each kind of 95 % interval holds the truth: what very many pairs give. */
export function coverage(design: Design, studies: number): Coverage {
  const many = { ...design, pairs: Math.round(220_000 / design.images) };
  const everything = statisticsOf(simulateImages(randomStream(0, 'truth'), many), unitsOf(many));
  const all = Uint32Array.from({ length: many.pairs }, (_, pair) => pair);
  const truth = new Map(statisticNames.map((name) => [name, everything[name]!.of(all)!]));
  const held = { percentile: new Map<string, number>(), corrected: new Map<string, number>() };
  const units = unitsOf(design);
  for (let study = 0; study < studies; study++) {
    const found = bootstrap(
      units.length,
      statisticsOf(simulateImages(randomStream(study, 'simulated'), design), units),
    )!;
    for (const kind of ['percentile', 'corrected'] as const) {
      for (const [name, { lo, hi }] of Object.entries(found[kind])) {
        if (lo! <= truth.get(name)! && truth.get(name)! <= hi!) held[kind].set(name, (held[kind].get(name) ?? 0) + 1);
      }
    }
  }
  const shares = (counts: Map<string, number>) =>
    Object.fromEntries(statisticNames.map((name) => [name, (counts.get(name) ?? 0) / studies]));
  return { percentile: shares(held.percentile), corrected: shares(held.corrected) };
}
