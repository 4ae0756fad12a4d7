import type { AnalysisPart, Context, GroupView } from '../../../analysis/groups/index.ts';
import { spread, type Spread } from '../../../analysis/statistics/index.ts';
import {
  type ErrorConsistency,
  humanConsistency,
  humanModelConsistency,
  modelConsistency,
} from './error-consistency.ts';
import { type PooledPair, type PooledRater, pooledNetworks, pooledPeople } from './pooled-rater.ts';
import { cohenKappaMean, humanModelKappa, modelKappa, pooledKappa } from './statistics.ts';

/** What it adds to the analysis of people (metrics.md 11). */
export interface PeopleConsistency {
  /** Between people; the majority of all others is the reference of a pair. Null: nobody knows who gave which label. */
  error_consistency: ErrorConsistency | null;
  /** In its place: of two average people, where nobody knows who gave which label. */
  human_human_pooled?: PooledPair;
}

/** What it adds to that of a group. */
export interface GroupConsistency {
  /** `human_model` is null where nobody knows who gave which label. */
  error_consistency: { model_model: ErrorConsistency; human_model: ErrorConsistency | null };
  /** In its place: of an average person and each model, where only counts are known; not the mean of persons' kappas. */
  human_model_pooled?: PooledRater[];
  human_model_pooled_kappa?: Spread;
}

/** What this contribution added to an analysis of people, or of a group. */
export const peopleConsistency = (humans: object): PeopleConsistency => humans as PeopleConsistency;

export const groupConsistency = (group: object): GroupConsistency => group as GroupConsistency;

const pooledOf = ({ group }: GroupView, { humans }: Context): PooledRater[] | undefined =>
  humans.labels === null && humans.counts ? pooledNetworks(humans.counts, group) : undefined;

export const consistencyPart: AnalysisPart = {
  people: [
    {
      name: 'error_consistency',
      after: 'cohen',
      make: ({ humans, input, truth }): PeopleConsistency['error_consistency'] =>
        humans.labels && humanConsistency(humans.labels, input.labelers, truth),
    },
    {
      name: 'human_human_pooled',
      before: 'alpha_star',
      make: ({ humans }): PeopleConsistency['human_human_pooled'] =>
        humans.labels === null && humans.counts ? pooledPeople(humans.counts) : undefined,
    },
  ],
  groups: [
    {
      name: 'error_consistency',
      before: 'entropy',
      make: ({ group }, { humans, input, errorReference, truth }): GroupConsistency['error_consistency'] => ({
        model_model: modelConsistency(group.labels, group.names, errorReference),
        human_model:
          humans.labels && humanModelConsistency(humans.labels, input.labelers, group.labels, group.names, truth),
      }),
    },
    { name: 'human_model_pooled', before: 'entropy', make: pooledOf },
    {
      name: 'human_model_pooled_kappa',
      before: 'entropy',
      make: (view, context): Spread | undefined => {
        const pooled = pooledOf(view, context);
        return pooled && spread(pooled.map(({ kappa }) => kappa));
      },
    },
  ],
  statistics: [cohenKappaMean, modelKappa, humanModelKappa, pooledKappa],
};
