import { createContext, useContext } from 'react';
import type { Group } from '../../../main/contract/exhibit.ts';
import type { ViewInput } from '../../../main/contract/api/results-parts.ts';
import type { ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { groupText } from './address.ts';

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

/** A group of the study's design. */
export type DesignedGroup = Exclude<Group, { kind: 'chosen' }>;

export function groupTitle(group: Group, overview: ResultsOverview): string {
  if (group.kind === 'diverse') return `All recipes at ${group.target} %`;
  if (group.kind === 'seeds') return `${group.architecture} seeds at ${group.target} %, repeat ${group.repeat}`;
  const names = overview.models.filter(({ key }) => group.models.includes(key)).map(({ name }) => name);
  return names.length <= 3 ? names.join(', ') : `${names.length} chosen networks`;
}

/** Groups to choose from: those of the study's design. `planned`: networks that a group is to have. */
export function groupsOf({ diverse, seeds }: ResultsOverview): {
  group: DesignedGroup;
  models: number;
  planned: number;
}[] {
  return [
    ...diverse.map(({ target, ...size }) => ({ group: { kind: 'diverse' as const, target }, ...size })),
    ...seeds.flatMap(({ architecture, target, repeats }) =>
      repeats.map(({ repeat, ...size }) => ({
        group: { kind: 'seeds' as const, architecture, target, repeat },
        ...size,
      })),
    ),
  ];
}

/** A target as tables of diverse groups name it: `98 %`, or `98 %, 3 of 9 networks` where some are missing. */
export function targetName({ diverse }: ResultsOverview, target: number): string {
  const group = diverse.find((each) => each.target === target);
  if (!group || group.models >= group.planned) return `${target} %`;
  return `${target} %, ${group.models} of ${group.planned} networks`;
}

/** What a group is compared with until another one is chosen: the same networks at the highest other target, else any. */
export function usualOther(overview: ResultsOverview, group: Group): Group {
  const others = groupsOf(overview).filter((other) => groupText(other.group) !== groupText(group));
  const alike = others.filter(({ group: other }) => isAlike(group, other));
  return (alike.at(-1) ?? others.at(-1))?.group ?? group;
}

/** The same for a group of another study: the group of its name there, if there is one. */
export function otherOfStudy(overview: ResultsOverview, group: Group): Group {
  const known = new Set(overview.models.map(({ key }) => key));
  const isThere =
    group.kind === 'chosen'
      ? group.models.every((key) => known.has(key))
      : groupsOf(overview).some((other) => groupText(other.group) === groupText(group));
  return isThere ? group : usualOther(overview, group);
}

function isAlike(a: Group, b: DesignedGroup): boolean {
  if (a.kind !== 'seeds' || b.kind !== 'seeds') return a.kind === b.kind;
  return a.architecture === b.architecture && a.repeat === b.repeat;
}

/** Groups as a list to choose from shows them, under their architectures. */
export function groupOptions(overview: ResultsOverview) {
  const sections = new Map<string, { value: string; label: string }[]>();
  for (const { group, models, planned } of groupsOf(overview)) {
    const section = group.kind === 'diverse' ? 'All recipes' : `${group.architecture} seeds`;
    const size = models < planned ? `${models} of ${planned}` : String(models);
    const items = sections.get(section) ?? [];
    items.push({ value: groupText(group), label: `${groupTitle(group, overview)} (${size})` });
    sections.set(section, items);
  }
  return [...sections].map(([group, items]) => ({ group, items }));
}
