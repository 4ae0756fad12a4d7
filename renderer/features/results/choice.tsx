import { createContext, useContext } from 'react';
import type { Group, ViewInput } from '../../../main/contract/api/results-parts.ts';
import type { ResultsOverview } from '../../../main/contract/api/results-tables.ts';

/** What every part of Results is about. */
export interface Choice {
  study: string;
  overview: ResultsOverview;
  /** Null where no networks have answered yet. */
  group: Group | null;
  labelers: number[] | null;
}

const Chosen = createContext<Choice | null>(null);
export const ChoiceProvider = Chosen.Provider;

export function useChoice(): Choice {
  const choice = useContext(Chosen);
  if (!choice) throw new Error('a part of Results is outside of its screen');
  return choice;
}

/** The choice as calls take it, where there is a group. */
export function useView(): ViewInput {
  const { study, labelers, group } = useChoice();
  if (!group) throw new Error('a part of Results needs a group of networks');
  return { study, labelers, group };
}

export function groupTitle(group: Group, overview: ResultsOverview): string {
  if (group.kind === 'diverse') return `All recipes at ${group.target} %`;
  if (group.kind === 'seeds') return `${group.architecture} seeds at ${group.target} %, repeat ${group.repeat}`;
  const names = overview.models.filter(({ key }) => group.models.includes(key)).map(({ name }) => name);
  return names.length <= 3 ? names.join(', ') : `${names.length} chosen networks`;
}

/** Groups to choose from: those of the study's design. */
export function groupsOf({ diverse, seeds }: ResultsOverview): { group: Group; models: number }[] {
  return [
    ...diverse.map(({ target, models }) => ({ group: { kind: 'diverse' as const, target }, models })),
    ...seeds.flatMap(({ architecture, target, repeats }) =>
      repeats.map(({ repeat, models }) => ({
        group: { kind: 'seeds' as const, architecture, target, repeat },
        models,
      })),
    ),
  ];
}

/** `people`, or `simulated labelers`. */
export const peopleWord = (rehearsal: boolean): string => (rehearsal ? 'simulated labelers' : 'people');
