import { type LeftOutInterval, leftOutInterval } from './left-out-interval.ts';
import { errorKappa, kappaOf } from '../../../analysis/responses/index.ts';
import { type ImageInput, pairUnits } from '../../../analysis/outcomes/index.ts';
import { missing } from '../../../analysis/labels/index.ts';

/** Error consistency of two networks with its interval (metrics.md 16). Null: undefined. */
export interface ConsistencyInterval extends LeftOutInterval {
  n: number;
  c_obs: number | null;
  c_exp: number | null;
  kappa: number | null;
  /** If images were independent of each other (Fleiss, Cohen and Everitt 1969): smaller than `se` as a rule. */
  se_iid: number | null;
  /** Largest kappa that the two accuracies allow. */
  kappa_max: number | null;
}

/**
 * Pairs of classes are left out one at a time (Klein et al. 2025 ask for an interval; they redraw trials).
 * @param labels of the two networks, an image an entry @param reference as for `modelConsistency`
 */
export function consistencyInterval(
  a: Int16Array,
  b: Int16Array,
  reference: Int16Array,
  images: readonly ImageInput[],
): ConsistencyInterval {
  const units = pairUnits(images, (image) => reference[image] !== missing);
  const tables = units.pairs.map((places) => rightOrWrong(a, b, reference, places));
  const all = rightOrWrong(a, b, reference, images.keys());
  const without = Float64Array.from([...tables, noTrials], (own) =>
    kappaOf(all.n - own.n, all.rightA - own.rightA, all.rightB - own.rightB, all.both - own.both),
  );
  const { n, rightA, rightB, both } = all;
  const { acc_a, acc_b, c_obs, c_exp, kappa } = errorKappa(n, rightA, rightB, both);
  const isKnown = !Number.isNaN(kappa);
  return {
    n,
    c_obs: n === 0 ? null : c_obs,
    c_exp: n === 0 ? null : c_exp,
    kappa: isKnown ? kappa : null,
    ...leftOutInterval(units, without, [-1, 1]),
    se_iid: isKnown ? independentError(all, c_obs, c_exp) : null,
    kappa_max: isKnown ? (1 - Math.abs(acc_a - acc_b) - c_exp) / (1 - c_exp) : null,
  };
}

interface RightCounts {
  readonly n: number;
  readonly rightA: number;
  readonly rightB: number;
  readonly both: number;
}

const noTrials: RightCounts = { n: 0, rightA: 0, rightB: 0, both: 0 };

function rightOrWrong(a: Int16Array, b: Int16Array, reference: Int16Array, places: Iterable<number>): RightCounts {
  const found = { ...noTrials };
  for (const image of places) {
    const wanted = reference[image]!;
    if (wanted === missing) continue;
    found.n++;
    if (a[image] === wanted) found.rightA++;
    if (b[image] === wanted) found.rightB++;
    if (a[image] === wanted && b[image] === wanted) found.both++;
  }
  return found;
}

/** Standard error of kappa of the table of right and wrong, in large samples of independent images. */
function independentError({ n, rightA, rightB, both }: RightCounts, observed: number, expected: number): number {
  const [p, q] = [rightA / n, rightB / n];
  /** Right, wrong: rows of a, columns of b. */
  const cells = [
    [both / n, (rightA - both) / n],
    [(rightB - both) / n, (n - rightA - rightB + both) / n],
  ] as const;
  const [ofA, ofB] = [
    [p, 1 - p],
    [q, 1 - q],
  ] as const;
  let sum = -((observed * expected - 2 * expected + observed) ** 2);
  for (const i of [0, 1] as const) {
    for (const j of [0, 1] as const) {
      const margins = i === j ? ofB[i] + ofA[i] : ofB[i] + ofA[j];
      const term = i === j ? 1 - expected - margins * (1 - observed) : (1 - observed) * margins;
      sum += cells[i][j] * term ** 2;
    }
  }
  return sum < 1e-12 ? 0 : Math.sqrt(sum / n) / (1 - expected) ** 2;
}
