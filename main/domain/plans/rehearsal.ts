import { UserError } from '../../contract/wire/errors.ts';
import { at, kept } from '../numbers/arrays.ts';
import { randomStream } from '../random/random.ts';
import { isPlaced, type PlacedImage, type StimulusImage } from '../stimuli/stimulus-set.ts';

/** A stimulus. One without a pair needs its true class. */
export type RehearsalPoint = Pick<StimulusImage, 'id' | 'pairI' | 'pairJ' | 'alpha' | 'truth'>;

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
  /**
   * For an image without a pair: the chance of reading one other class is `most * u^power`, u uniform for each image. Few
   * images are hard: ten labelers disagree on about a quarter of them.
   */
  other: { most: 0.6, power: 8 },
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
 * others. An image without a pair is read as its true class, or as one other class with a chance of its own, both drawn from
 * `randomStream(seed, 'rehearsal-image', id)`.
 *
 * @param input.points any order; answers are drawn by ascending id, so the order does not matter.
 * @param input.classes number of classes, at least 2.
 * @param input.count number of labelers.
 * @throws UserError `rehearsal.no-pair` for a point without pair and true class, `rehearsal.class-out-of-range`.
 */
export function rehearse(input: {
  points: readonly RehearsalPoint[];
  classes: number;
  count: number;
  seed: number;
}): Rehearsal {
  const { points, classes, count, seed } = input;
  const ordered = points.map((point, index) => ({ place: checkPoint(point, classes), id: point.id, index }));
  ordered.sort((a, b) => a.id - b.id);
  const pairs = new Map<string, ReturnType<typeof drawPair>>();
  const images = ordered.map(({ place, id, index }) => {
    if (!('pairI' in place)) return { index, image: drawImage(id, place.truth, classes, seed) };
    return { index, place, pair: kept(pairs, pairKey(place), () => drawPair(place, classes, seed)) };
  });
  const digits = Math.max(2, String(count).length);
  const rehearsal: Rehearsal = { pseudonyms: [], labels: [] };
  for (let labeler = 1; labeler <= count; labeler++) {
    const stream = randomStream(seed, 'rehearsal', labeler);
    const bias = model.biasStd * stream.normal();
    const width = model.width.median * Math.exp(model.width.logStd * stream.normal());
    const labels = new Array<number>(points.length);
    for (const point of images) {
      // Two draws a point, used or not, so that one answer does not shift the next ones.
      const [kind, side] = [stream.float(), stream.float()];
      if (kind < model.slip) labels[point.index] = Math.floor(side * classes);
      else if (point.image) labels[point.index] = side < point.image.chance ? point.image.other : point.image.truth;
      else {
        const { pair, place } = point;
        const towardsJ = 1 / (1 + Math.exp(-(place.alpha - pair.flip - bias) / width));
        if (kind < model.slip + model.third * 4 * towardsJ * (1 - towardsJ)) labels[point.index] = pair.third;
        else labels[point.index] = side < towardsJ ? place.pairJ : place.pairI;
      }
    }
    rehearsal.pseudonyms.push(`sim-${String(labeler).padStart(digits, '0')}`);
    rehearsal.labels.push(labels);
  }
  return rehearsal;
}

type Place = Pick<PlacedImage, 'pairI' | 'pairJ' | 'alpha'>;

const pairKey = (point: Pick<Place, 'pairI' | 'pairJ'>): string => `${point.pairI}-${point.pairJ}`;

function checkPoint(point: RehearsalPoint, classes: number): Place | { truth: number } {
  const { id, truth = null } = point;
  const isClass = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < classes;
  const outOfRange = (what: string): UserError =>
    new UserError('rehearsal.class-out-of-range', what, `image ${id}`, `Use class indexes from 0 to ${classes - 1}.`);
  if (isPlaced(point)) {
    const { pairI, pairJ, alpha } = point;
    if (![pairI, pairJ].every(isClass)) throw outOfRange(`The pair ${pairI}-${pairJ} names an unknown class`);
    return { pairI, pairJ, alpha };
  }
  if (truth === null) {
    throw new UserError(
      'rehearsal.no-pair',
      'A rehearsal needs the pair and the alpha of every image, or its true class',
      `image ${id}`,
      'Add pair_i, pair_j and alpha, or truth, to the manifest of the set, or choose labelers from a CSV file or none.',
    );
  }
  if (!isClass(truth)) throw outOfRange(`The true class ${truth} is unknown`);
  return { truth };
}

/** What all labelers share about an image without a pair: how often it is read as another class, and as which. */
function drawImage(
  id: number,
  truth: number,
  classes: number,
  seed: number,
): { truth: number; other: number; chance: number } {
  const stream = randomStream(seed, 'rehearsal-image', id);
  const chance = model.other.most * stream.float() ** model.other.power;
  const other = stream.int(classes - 1);
  return { truth, chance, other: other < truth ? other : other + 1 };
}

/** What all labelers share about a pair: its flip point, and the class that its middle resembles. */
function drawPair(point: Place, classes: number, seed: number): { flip: number; third: number } {
  const stream = randomStream(seed, 'rehearsal-pair', point.pairI, point.pairJ);
  const flip = model.flip.mean + model.flip.std * stream.normal();
  const others = Array.from({ length: classes }, (_, index) => index).filter(
    (index) => index !== point.pairI && index !== point.pairJ,
  );
  return { flip, third: others.length === 0 ? point.pairI : at(others, stream.int(others.length)) };
}
