import { at } from '../../../domain/numbers/index.ts';
import { anchorsInterval, pairInfluences, type ShownInterval, without } from '../../../analysis/claims/index.ts';
import { imageCounts, type LabelCounts } from '../../../analysis/labels/index.ts';
import type { HumanStatus } from '../../../analysis/raters/index.ts';
import { allAmong, components, type PairUnits, unitCount } from '../../../analysis/outcomes/index.ts';
import { signFlip } from '../../../analysis/groups/index.ts';

/** Values that move with the number of networks or people alone, and have an exact mean over choices of fewer. */
export type SizedValue =
  | 'type_a_pct'
  | 'type_c_pct'
  | 'any_differ_pct'
  | 'human_disagree_pct'
  | 'misclassified_across_pct'
  | 'misclassified_per_model_pct';

/** Which numbers a value moves with. */
export const movesWith: Readonly<Record<SizedValue | 'js_bits', { networks: boolean; people: boolean }>> = {
  type_a_pct: { networks: true, people: true },
  type_c_pct: { networks: true, people: true },
  any_differ_pct: { networks: true, people: false },
  human_disagree_pct: { networks: false, people: true },
  misclassified_across_pct: { networks: true, people: true },
  misclassified_per_model_pct: { networks: false, people: true },
  // It is made of a mean softmax and shares of labels, so it has no mean over smaller groups.
  js_bits: { networks: true, people: true },
};

/** Labels of people and networks on the images of one side. */
export interface SizedSide {
  readonly people: LabelCounts;
  readonly status: readonly HumanStatus[];
  readonly networks: LabelCounts;
}

/** Numbers of raters that both sides have. */
interface Sizes {
  readonly networks: number;
  /** On an image. */
  readonly people: (image: number) => number;
}

/** Networks of each side, and whether some image has other numbers of people on each. */
export function unevenSizes(a: SizedSide, b: SizedSide): { networks: readonly [number, number]; people: boolean } {
  const of = ({ networks }: SizedSide): number => networks.present.reduce((most, n) => Math.max(most, n), 0);
  const people = a.people.present.some((n, image) => n !== b.people.present[image] && isKnown(a, b, image));
  return { networks: [of(a), of(b)], people };
}

const isKnown = (a: SizedSide, b: SizedSide, image: number): boolean =>
  a.status[image] !== null && b.status[image] !== null;

/**
 * A value of one image in percent: its mean over all choices of as many networks, and as many people on the image, as
 * both sides have. Exact (Hurlbert 1971); people and networks are chosen independently of each other.
 */
function imageValue(value: SizedValue, { people, networks }: SizedSide, image: number, sizes: Sizes): number {
  const votes = imageCounts(networks, image);
  const labels = imageCounts(people, image);
  const [n, labeled, drawn] = [networks.present[image]!, people.present[image]!, sizes.people(image)];
  let [peopleAgree, networksAgree, someWrong, wrong] = [0, 0, 0, 0];
  for (let k = 0; k < networks.classes; k++) {
    const agree = labeled === 0 ? 0 : allAmong(labels[k]!, labeled, drawn);
    const same = allAmong(votes[k]!, n, sizes.networks);
    peopleAgree += agree;
    networksAgree += same;
    someWrong += agree * (1 - same);
    wrong += agree * (1 - votes[k]! / n);
  }
  const share = {
    type_a_pct: peopleAgree * (1 - networksAgree),
    type_c_pct: (1 - peopleAgree) * networksAgree,
    any_differ_pct: 1 - networksAgree,
    human_disagree_pct: 1 - peopleAgree,
    misclassified_across_pct: someWrong,
    misclassified_per_model_pct: wrong,
  };
  return 100 * share[value];
}

/** A difference at equal sizes, under the claim `anchors`: these very networks and people. */
interface EvenDifference {
  interval: ShownInterval;
  p: number | null;
  method: 'sign_flips' | 't';
  /** Independent sets of pairs. */
  sets: number;
}

/** From this many components on signs are flipped, as in metrics.md 13.9. */
const fewestComponents = 6;

/**
 * First minus second, in percent of images, with as many networks and people on both sides.
 * @param images that count, by place
 */
export function evenDifference(
  value: SizedValue,
  [a, b]: readonly [SizedSide, SizedSide],
  { units, images }: { units: PairUnits; images: readonly number[] },
): EvenDifference {
  const sizes: Sizes = {
    networks: Math.min(...unevenSizes(a, b).networks),
    people: (image) => Math.min(a.people.present[image]!, b.people.present[image]!),
  };
  const d = new Float64Array(a.networks.images).fill(Number.NaN);
  for (const image of images) d[image] = imageValue(value, a, image, sizes) - imageValue(value, b, image, sizes);
  const linked = components(units);
  const interval = differenceInterval(units, d);
  const known = { interval, sets: linked.length };
  if (linked.length < fewestComponents || interval.estimate === null) return { ...known, p: interval.p, method: 't' };
  const sets = linked.map((pairs) =>
    pairs.flatMap((pair) => at(units.pairs, pair)).filter((image) => !Number.isNaN(d[image])),
  );
  return { ...known, p: signFlip(sets, d).p, method: 'sign_flips' };
}

function differenceInterval(units: PairUnits, d: Float64Array): ShownInterval {
  const counted = units.pairs.map((images) => images.filter((image) => !Number.isNaN(d[image])));
  const sums = counted.map((images) => images.reduce((sum, image) => sum + d[image]!, 0));
  const counts = counted.map(({ length }) => length);
  const of = pairInfluences(sums, counts);
  const isDefined = !Number.isNaN(of.estimate);
  if (isDefined && (units.obstacle !== null || !counts.includes(0))) return anchorsInterval(units, of);
  return {
    estimate: isDefined ? of.estimate : null,
    claim: 'anchors',
    units: units.units,
    n: unitCount(units),
    ...without(isDefined ? 'empty' : 'undefined'),
  };
}
