import type { ClaimSide } from '../claims/claims.ts';
import type { Context } from './context.ts';
import { shownIntervals, type ShownIntervals } from './group-intervals.ts';
import type { GroupView } from './group-view.ts';
import { countLabelers } from '../raters/humans.ts';
import { type RarefiedTypes, rarefyTypesTo } from '../responses/response-counts.ts';

/** Types of a group as they would be if fewer people had been asked about each image. */
export interface TypesAt {
  readonly asked: number;
  readonly types: RarefiedTypes;
  /** Intervals of the shares, under the chosen claim. Null when they were not asked for. */
  readonly intervals: ShownIntervals<TypeShare> | null;
}

const typesAtValues = ['type_a_pct', 'both_disagree_pct', 'both_agree_pct', 'exception_pct', 'type_c_pct'] as const;
export type TypeShare = (typeof typesAtValues)[number];

/**
 * Types at `asked` people, exactly (Hurlbert 1971), with intervals by the jackknife of all table values: an image is of
 * a type by a chance, in place of 0 or 1 (metrics.md 14.1).
 * @returns null where no more people have labeled than that
 */
export function typesAt(
  { view, claims }: { view: GroupView; claims: ClaimSide },
  { humans, intervals, claim }: Context,
  asked: number,
): TypesAt | null {
  if (countLabelers(humans) <= asked) return null;
  const side = { ...claims, jackknife: claims.jackknife.ifAsked(asked, humans.drawn) };
  return {
    asked,
    types: rarefyTypesTo(humans.drawn, view.group, asked),
    intervals: intervals ? shownIntervals(typesAtValues, side, claim) : null,
  };
}
