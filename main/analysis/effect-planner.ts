import { studentQuantile } from './distributions.ts';
import { leastVariance, rounding, totalVariance } from './claim-interval.ts';
import type { EffectParts } from './effects.ts';

/** How wide the interval of an effect would be with other numbers of seeds and pairs (metrics.md 13.6). */
export interface EffectPlan {
  /** Of pairs, runs and their interaction; lists over the classes of blocks, in order of their values. */
  var_pairs: number;
  var_runs: number[];
  var_interaction: number[];
  /** Half the width of the 95 % interval, by pairs, then seeds (blocks of each class); without its lean. */
  half_width: Record<string, Record<string, number>>;
  /** The fewest seeds, 2 to 200, with which half the width is at most the target; by pairs. Null: more. */
  smallest_seeds: Record<string, number | null>;
}

export interface PlanQuestion {
  readonly pairs: readonly number[];
  readonly seeds: readonly number[];
  readonly target: number;
}

/** The most seeds that are tried for the target. */
export const mostSeeds = 200;

/** For pairs with fresh anchors; with shared ones the variance is larger. Null where the effect has no basis for it. */
export function planEffect(
  { effect, classes }: EffectParts,
  { isLinear, arePeopleFixed }: { isLinear: boolean; arePeopleFixed: boolean },
  { pairs, seeds, target }: PlanQuestion,
): EffectPlan | null {
  const { reason, replicates, n_pairs: P, v_pairs } = effect;
  const isDefined = reason === null || reason === 'no_variation';
  if (!isLinear || !arePeopleFixed || replicates !== 'runs' || !isDefined || P === null || v_pairs === null)
    return null;
  const interaction = classes.map(({ count, independent }) => independent * count * P);
  const runs = classes.map(({ count, own }, g) => {
    const excess = own * count - interaction[g]! / P;
    return excess > rounding * own * count ? excess : 0;
  });
  const ofPairs = Math.max(0, v_pairs * P - classes.reduce((sum, { count }, g) => sum + interaction[g]! / count, 0));
  const halfWidth = (P2: number, S: number): number => {
    const parts = interaction.map((M, g) => {
      const overlap = M / (S * P2);
      return { own: runs[g]! / S + overlap, overlap, count: S };
    });
    const units = ofPairs / P2 + parts.reduce((sum, { overlap }) => sum + overlap, 0);
    const { V, df } = totalVariance({ units, freedom: P2 - 1, runs: parts });
    return V < leastVariance ? 0 : studentQuantile(0.975, df) * Math.sqrt(V);
  };
  const smallest = (P2: number): number | null => {
    for (let S = 2; S <= mostSeeds; S++) if (halfWidth(P2, S) <= target) return S;
    return null;
  };
  const byPairs = <T>(of: (P2: number) => T): Record<string, T> =>
    Object.fromEntries(pairs.map((P2) => [String(P2), of(P2)]));
  return {
    ...{ var_pairs: ofPairs, var_runs: runs, var_interaction: interaction },
    half_width: byPairs((P2) => Object.fromEntries(seeds.map((S) => [String(S), halfWidth(P2, S)]))),
    smallest_seeds: byPairs(smallest),
  };
}
