import type { Statistic } from '../claims/statistic.ts';
import type { Context } from './context.ts';
import type { GroupView } from './group-view.ts';

/** A field of an analysis (metrics.md 11) that a contribution computes. It stands behind or before another one, else last. */
export interface AddedField<From extends readonly unknown[]> {
  readonly name: string;
  readonly after?: string;
  readonly before?: string;
  /** Undefined: the analysis does not have it. */
  readonly make: (...from: From) => unknown;
}

/** A statistic that is shown with its interval. */
export interface ShownStatistic extends Statistic {
  /** Of its row in the table of intervals; null: it has none. */
  readonly title: string | null;
  /** Whether it means something of such people. */
  readonly isDefined: (context: Context) => boolean;
}

/** What a contribution adds to every analysis. */
export interface AnalysisPart {
  /** To that of people, and of each group of networks. */
  readonly people: readonly AddedField<[Context]>[];
  readonly groups: readonly AddedField<[GroupView, Context]>[];
  /** Intervals of people, and of groups, by whom each statistic is of. */
  readonly statistics: readonly ShownStatistic[];
}

/** Statistics of people, or of groups, that mean something here. */
export const statisticsOf = (
  parts: readonly AnalysisPart[],
  of: 'people' | 'groups',
  context: Context,
): ShownStatistic[] =>
  parts
    .flatMap(({ statistics }) => statistics)
    .filter((statistic) => (statistic.of === 'people') === (of === 'people') && statistic.isDefined(context));

/** An analysis with what contributions add to it, each field in its place. */
export function withFields<Whole extends object, From extends readonly unknown[]>(
  whole: Whole,
  fields: readonly AddedField<From>[],
  ...from: From
): Whole {
  const entries: [string, unknown][] = Object.entries(whole);
  for (const { name, after, before, make } of fields) {
    const value = make(...from);
    if (value === undefined) continue;
    const other = entries.findIndex(([known]) => known === (after ?? before));
    const place = other < 0 ? entries.length : after === undefined ? other : other + 1;
    entries.splice(place, 0, [name, value]);
  }
  // Nothing of the whole is lost: fields of contributions have names of their own.
  return Object.fromEntries(entries) as Whole;
}
