import type { ClaimedInterval, ClaimSide, SumValue, TableValue } from '../../../analysis/claims/index.ts';
import { signFlip } from '../../../analysis/groups/index.ts';
import { components } from '../../../analysis/outcomes/index.ts';
import { at } from '../../../domain/numbers/index.ts';

/** Values that are tested on the same images (metrics.md 13.9). */
export const pairedValues = [
  'type_a_pct',
  'type_c_pct',
  'misclassified_per_model_pct',
  'misclassified_across_pct',
  'pairwise_disagreement_pct',
  'any_differ_pct',
  'js_bits',
] as const satisfies readonly TableValue[];

/** A test of two groups on the same images, under the claim `anchors`: about these very networks. */
export interface PairedTest {
  method: 'sign_flips' | 't' | null;
  /** Components: pairs linked by an anchor, directly or through others; independent of each other. */
  n_units: number | null;
  p: number | null;
}

/** From this many components on signs are flipped: with fewer, p cannot become small. */
const fewestComponents = 6;

/**
 * Sign flips of components, exact under exchange of the groups within them; with fewer than six, the t test of the
 * difference under the claim `anchors`. McNemar's test takes images for units: its p is not shown.
 */
export function pairedTest(
  value: SumValue,
  sides: readonly [ClaimSide, ClaimSide],
  ofAnchors: Pick<ClaimedInterval, 'p' | 'reason'>,
): PairedTest {
  if (ofAnchors.reason === 'undefined') return { method: null, n_units: null, p: null };
  const [a, b] = sides.map(({ jackknife }) => jackknife.ofImages(value));
  const { units } = sides[0].jackknife;
  const linked = components(units);
  if (!a || !b || linked.length < fewestComponents) return { method: 't', n_units: linked.length, p: ofAnchors.p };
  const d = a.map((of, image) => of - b[image]!);
  const images = linked.map((pairs) =>
    pairs.flatMap((pair) => at(units.pairs, pair)).filter((image) => !Number.isNaN(d[image])),
  );
  return { method: 'sign_flips', n_units: linked.length, p: signFlip(images, d).p };
}
