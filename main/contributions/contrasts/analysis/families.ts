import { at } from '../../../domain/numbers/index.ts';
import { claimInterval } from '../../../analysis/claims/index.ts';
import type { Levels } from './contrasts.ts';
import type { EffectEstimator, EffectParts } from './effects.ts';
import { holm } from '../../../analysis/groups/index.ts';

/** Several effects judged together, and rankings of recipes (metrics.md 13.5). */

export type Verdict = 'higher' | 'lower' | 'not_separated';

/** One effect among the others of its family. */
export interface FamilyValue {
  p: number | null;
  /** Adjusted for all members that have a p. */
  p_holm: number | null;
  /** The simultaneous 95 % interval (Bonferroni), not clipped. */
  lo: number | null;
  hi: number | null;
  verdict: Verdict | null;
}

export interface Family<Member> {
  /** Members with a p. */
  m: number;
  members: (Member & FamilyValue)[];
}

export function family<Member>(effects: readonly { member: Member; of: EffectParts }[]): Family<Member> {
  const adjusted = holm(effects.map(({ of }) => of.effect.p));
  const m = adjusted.filter((p) => p !== null).length;
  const members = effects.map(({ member, of }, index) => {
    const p_holm = at(adjusted, index);
    return { ...member, p: of.effect.p, p_holm, ...simultaneous(of, m) };
  });
  return { m, members };
}

function simultaneous({ effect: { estimate, p }, basis }: EffectParts, m: number): Omit<FamilyValue, 'p' | 'p_holm'> {
  if (!basis || estimate === null || p === null) return { lo: null, hi: null, verdict: null };
  const level = 1 - 0.025 / m;
  const { lo, hi } = claimInterval({ ...basis, estimate }, basis.influences, { weight: basis.weight, level });
  return { lo, hi, verdict: lo > 0 ? 'higher' : hi < 0 ? 'lower' : 'not_separated' };
}

export interface Recipe {
  readonly name: string;
  readonly at: Levels;
}

/** Recipes in order of an outcome, and which of them the data tell apart. */
export interface Ranking {
  m: number;
  estimates: (number | null)[];
  /** First minus second of every two recipes, in the order of the list. */
  pairs: ({ a: string; b: string; estimate: number | null } & FamilyValue)[];
  /** [a, b]: a has the lower value, separated from b's. Only of these may one be said to come before the other. */
  before: [string, string][];
  /** 1 + recipes that are separated below; and recipes minus those that are separated above. By place in the list. */
  rank_lo: number[];
  rank_hi: number[];
  /** Names by ascending estimate; null if one is undefined. */
  order: string[] | null;
  /** Nothing is separated: say no order at all. */
  refuse: boolean;
}

/** Estimates that differ by less keep the order of the list. */
const tied = 1e-12;

/** @param recipes in the order in which ties are listed (Mogstad et al. 2024, by Bonferroni) */
export function ranking(estimator: EffectEstimator, recipes: readonly Recipe[]): Ranking {
  const estimates = recipes.map((recipe) => estimator.estimate({ type: 'mean', at: recipe.at }).effect.estimate);
  const differences = recipes.flatMap((a, first) =>
    recipes.slice(first + 1).map((b) => {
      const of = estimator.estimate({ type: 'difference', a: a.at, b: b.at });
      return { member: { a: a.name, b: b.name, estimate: of.effect.estimate }, of };
    }),
  );
  const { m, members: pairs } = family(differences);
  const before = pairs.flatMap(({ a, b, verdict }): [string, string][] => {
    if (verdict === 'lower') return [[a, b]];
    return verdict === 'higher' ? [[b, a]] : [];
  });
  return {
    m,
    estimates,
    pairs,
    before,
    rank_lo: recipes.map(({ name }) => 1 + before.filter(([, above]) => above === name).length),
    rank_hi: recipes.map(({ name }) => recipes.length - before.filter(([below]) => below === name).length),
    order: inOrder(recipes, estimates),
    refuse: before.length === 0,
  };
}

function inOrder(recipes: readonly Recipe[], estimates: readonly (number | null)[]): string[] | null {
  const known = recipes.flatMap(({ name }, index) => {
    const value = at(estimates, index);
    return value === null ? [] : [{ name, value }];
  });
  if (known.length < recipes.length) return null;
  return known.sort((a, b) => (Math.abs(a.value - b.value) <= tied ? 0 : a.value - b.value)).map(({ name }) => name);
}
