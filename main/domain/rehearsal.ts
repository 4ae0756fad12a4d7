import { UserError } from '../contract/errors.ts';
import { at } from './arrays.ts';
import { randomStream } from './random.ts';
import type { StimulusImage } from './stimulus-set.ts';

/** A stimulus; null where an imported set does not give its pair or alpha. */
export type RehearsalPoint = Pick<StimulusImage, 'id'> & {
  [Key in 'pairI' | 'pairJ' | 'alpha']: number | null;
};

export interface Rehearsal {
  /** `sim-01`, `sim-02`, ...: nobody can take them for people. */
  pseudonyms: string[];
  /** Class index by labeler, then by point, in the order of the points given. Nothing is missing. */
  labels: number[][];
}

/**
 * Numbers of the made-up model, in units of alpha where they have one. Chosen so that ten labelers disagree on about
 * 20 % of the images of the paper's design (15 pairs, 11 alphas); they were fitted to nothing else.
 */
const model = {
  /** Around this alpha each pair changes from i to j, for every labeler. */
  flip: { mean: 0.5, std: 0.09 },
  /** Each labeler changes so much later (or earlier) than the others. */
  biasStd: 0.035,
  /** Width of the logistic: median, and std of its logarithm over labelers. */
  width: { median: 0.026, logStd: 0.3 },
  /** Chance of reading the pair's third class where i and j are equally likely; falls to 0 at both ends. */
  third: 0.16,
  /** Chance of a slip of the finger: any class. */
  slip: 0.0008,
};

/**
 * Labels from simulated labelers, for trying a study out before people come.
 *
 * A MADE-UP MODEL THAT SAYS NOTHING ABOUT PEOPLE. Labeler l answers class j of a pair with probability
 * 1 / (1 + exp(-(alpha - flip_pair - bias_l) / width_l)), otherwise class i; near the flip some answers go to a third
 * class, one for each pair; a slip now and then goes anywhere. Each labeler draws from `randomStream(seed,
 * 'rehearsal', l)`, each pair from `randomStream(seed, 'rehearsal-pair', i, j)`: adding labelers does not change the
 * others.
 *
 * @param input.points any order; answers are drawn by ascending id, so the order does not matter.
 * @param input.classes number of classes, at least 2.
 * @param input.count number of labelers.
 * @throws UserError `rehearsal.no-pair` for a point without pair or alpha, `rehearsal.class-out-of-range`.
 */
export function rehearse(input: {
  points: readonly RehearsalPoint[];
  classes: number;
  count: number;
  seed: number;
}): Rehearsal {
  const { points, classes, count, seed } = input;
  const placed = points.map((point, index) => ({ ...checkPoint(point, classes), index })).sort((a, b) => a.id - b.id);
  const pairs = new Map(placed.map((point) => [pairKey(point), drawPair(point, classes, seed)]));
  const digits = Math.max(2, String(count).length);
  const rehearsal: Rehearsal = { pseudonyms: [], labels: [] };
  for (let labeler = 1; labeler <= count; labeler++) {
    const stream = randomStream(seed, 'rehearsal', labeler);
    const bias = model.biasStd * stream.normal();
    const width = model.width.median * Math.exp(model.width.logStd * stream.normal());
    const labels = new Array<number>(points.length);
    for (const point of placed) {
      const pair = pairs.get(pairKey(point));
      if (!pair) throw new Error(`pair ${pairKey(point)} was not drawn`);
      const towardsJ = 1 / (1 + Math.exp(-(point.alpha - pair.flip - bias) / width));
      // Two draws a point, used or not, so that one answer does not shift the next ones.
      const [kind, side] = [stream.float(), stream.float()];
      if (kind < model.slip) labels[point.index] = Math.floor(side * classes);
      else if (kind < model.slip + model.third * 4 * towardsJ * (1 - towardsJ)) labels[point.index] = pair.third;
      else labels[point.index] = side < towardsJ ? point.pairJ : point.pairI;
    }
    rehearsal.pseudonyms.push(`sim-${String(labeler).padStart(digits, '0')}`);
    rehearsal.labels.push(labels);
  }
  return rehearsal;
}

const pairKey = (point: StimulusImage): string => `${point.pairI}-${point.pairJ}`;

function checkPoint(point: RehearsalPoint, classes: number): StimulusImage {
  const { id, pairI, pairJ, alpha } = point;
  if (pairI === null || pairJ === null || alpha === null) {
    throw new UserError({
      code: 'rehearsal.no-pair',
      what: 'A rehearsal needs the pair and the alpha of every image',
      where: `image ${id}`,
      remedy: 'Add pair_i, pair_j and alpha to the manifest of the set, or choose labelers from a CSV file or none.',
    });
  }
  if (![pairI, pairJ].every((index) => Number.isInteger(index) && index >= 0 && index < classes)) {
    throw new UserError({
      code: 'rehearsal.class-out-of-range',
      what: `The pair ${pairI}-${pairJ} names an unknown class`,
      where: `image ${id}`,
      remedy: `Use class indexes from 0 to ${classes - 1}.`,
    });
  }
  return { id, pairI, pairJ, alpha };
}

/** What all labelers share about a pair: its flip point, and the class that its middle resembles. */
function drawPair(point: StimulusImage, classes: number, seed: number): { flip: number; third: number } {
  const stream = randomStream(seed, 'rehearsal-pair', point.pairI, point.pairJ);
  const flip = model.flip.mean + model.flip.std * stream.normal();
  const others = Array.from({ length: classes }, (_, index) => index).filter(
    (index) => index !== point.pairI && index !== point.pairJ,
  );
  return { flip, third: others.length === 0 ? point.pairI : at(others, stream.int(others.length)) };
}
