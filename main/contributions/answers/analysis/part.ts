import type { AnalysisPart } from '../../../analysis/groups/index.ts';
import { type Abstaining, describeAbstaining, strictStatus, strictTypes, type StrictTypes } from './abstaining.ts';
import { type DescribedRatings, describeRatings } from './ratings.ts';
import { coveredPct, type DescribedSets, describeSets } from './sets.ts';

/** What it adds to the analysis of people whose answers are no single labels (metrics.md 14). */
export interface PeopleOfKind {
  /** Beside the labels: where “can’t tell” was an answer. */
  with_abstain?: Abstaining;
  /** Beside split votes, where answers are sets of labels. */
  sets?: DescribedSets;
  /** Beside preferred labels, where answers are ratings. */
  ratings?: DescribedRatings;
}

/** What it adds to that of a group. */
export interface GroupOfKind {
  /** Types by the strict status of people, where “can’t tell” was an answer. */
  strict?: StrictTypes;
  /** Chance that a person named the label of a network, percent, where answers are sets of labels. */
  covered_pct?: (number | null)[];
}

/** What this contribution added to an analysis of people, or of a group. */
export const peopleOfKind = (humans: object): PeopleOfKind => humans as PeopleOfKind;

export const groupOfKind = (group: object): GroupOfKind => group as GroupOfKind;

export const kindsPart: AnalysisPart = {
  people: [
    {
      name: 'with_abstain',
      after: 'cohen',
      make: ({ humans }): PeopleOfKind['with_abstain'] =>
        humans.abstained ? describeAbstaining(humans.drawn, humans.abstained, humans.view) : undefined,
    },
    {
      name: 'sets',
      after: 'cohen',
      make: ({ humans }): PeopleOfKind['sets'] => (humans.sets ? describeSets(humans.sets) : undefined),
    },
    {
      name: 'ratings',
      after: 'cohen',
      make: ({ input }): PeopleOfKind['ratings'] =>
        input.people.kind === 'graded' ? describeRatings(input.people.answers, input.images) : undefined,
    },
  ],
  groups: [
    {
      name: 'strict',
      after: 'types',
      make: ({ group }, { humans }): GroupOfKind['strict'] =>
        humans.abstained ? strictTypes(strictStatus(humans.drawn, humans.abstained, humans.view), group) : undefined,
    },
    {
      name: 'covered_pct',
      after: 'types',
      make: ({ group }, { humans }): GroupOfKind['covered_pct'] =>
        humans.sets ? coveredPct(humans.sets, group) : undefined,
    },
  ],
  statistics: [],
};
