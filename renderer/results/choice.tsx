import { kept } from '../../main/domain/numbers/arrays.ts';
import { createContext, useContext } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { ClaimChoice, Group, Which } from '../../main/contract/results/exhibit.ts';
import type { Opens } from '../../main/contract/results/figure.ts';
import type { ViewInput } from '../../main/contract/results/results-parts.ts';
import type { ResultModel, ResultsOverview } from '../../main/contract/api/results-tables.ts';
import { groupText, useOpenImages } from './address.ts';
import { useApi } from '../client/context.tsx';
import { sampleText } from '../../main/domain/numbers/format.ts';
import { usePeople } from '../ui/words/rehearsal.tsx';
import { showRefusal } from '../ui/parts/toasts.tsx';
import { labelersText, networksText } from './unit-names.ts';
import { targetTitle } from '../../main/domain/numbers/targets.ts';

/** The study, group and labelers that every view of Results shows. */
export interface Choice {
  study: string;
  overview: ResultsOverview;
  /** Null while no network has predicted the stimuli. */
  group: Group | null;
  labelers: number[] | null;
  /** For whom intervals are to hold. */
  claim: ClaimChoice;
}

const Chosen = createContext<Choice | null>(null);
export const ChoiceProvider = Chosen.Provider;

export function useChoice(): Choice {
  const choice = useContext(Chosen);
  if (!choice) throw new Error('a part of Results is outside of its screen');
  return choice;
}

/** The choice as input of calls that need a group. */
export function useView(): ViewInput {
  const { study, labelers, group, claim } = useChoice();
  if (!group) throw new Error('a part of Results needs a group of networks');
  return { study, labelers, group, claim };
}

/** A group of the study's design. */
export type DesignedGroup = Exclude<Group, { kind: 'chosen' }>;

export function groupTitle(group: Group, overview: ResultsOverview): string {
  if (group.kind === 'diverse') return `All recipes at ${targetTitle(group.target)}`;
  if (group.kind === 'seeds')
    return `${group.architecture} seeds at ${targetTitle(group.target)}, repeat ${group.repeat}`;
  if (group.kind === 'outside') return overview.outside.title;
  const known = namedGroups(overview).find(({ group: each }) => groupText(each) === groupText(group));
  if (known) return known.title;
  const names = overview.models.filter(({ key }) => group.models.includes(key)).map(({ name }) => name);
  return names.length <= 3 ? names.join(', ') : `${names.length} chosen networks`;
}

/** Networks that share something, at one target. */
interface NamedGroup {
  group: Extract<Group, { kind: 'chosen' }>;
  /** What they share: `By architecture`. */
  section: string;
  title: string;
}

/** Most networks of such a group: the address names each. */
const mostNamed = 400;

const groupsOf = new WeakMap<ResultsOverview, readonly NamedGroup[]>();

/** Networks of one architecture, tag, recipe or collection at one target, two or more: chosen in one click. */
const namedGroups = (overview: ResultsOverview): readonly NamedGroup[] =>
  kept(groupsOf, overview, () => listNamedGroups(overview.models));

function listNamedGroups(models: readonly ResultModel[]): NamedGroup[] {
  const own = models.filter(({ repeat, group }) => repeat === null && group !== 'outside');
  const shared = (section: string, of: readonly ResultModel[], names: (model: ResultModel) => readonly string[]) => {
    const members = of.flatMap((model) => names(model).map((name) => ({ model, name })));
    const groups = Map.groupBy(members, ({ model, name }) => `${name} at ${targetTitle(model.target ?? '')}`);
    return [...groups].flatMap(([title, all]): NamedGroup[] => {
      const group = { kind: 'chosen' as const, models: all.map(({ model }) => model.key) };
      if (all.length < 2 || all.length > mostNamed || listed.has(groupText(group))) return [];
      listed.add(groupText(group));
      return [{ section, title, group }];
    });
  };
  // Networks that share several things are listed once.
  const listed = new Set<string>();
  const inCollection = own.filter(({ collection }) => collection !== null);
  const inDesign = own.filter(({ collection }) => collection === null);
  return [
    ...shared('Groups of their own', inCollection, ({ collection }) => [collection ?? '']),
    ...shared('By architecture', inDesign, ({ architecture }) => [`All ${architecture}`]),
    ...shared('By tag', models, ({ tags }) => tags.map((tag) => `Tag ${tag}`)),
    ...shared('By recipe', own, ({ architecture, recipe }) => [`${architecture} ${recipe}`]),
  ];
}

/**
 * Number of labelers and networks that a part of Results is about, for its caption. @param of the chosen groups of networks, all
 * recipes at each target, or people alone @param groups left out: the one that all parts of Results show
 */
export function useSample(of: 'chosen' | 'targets' | 'people', groups?: readonly Group[]): string {
  const { overview, group, labelers } = useChoice();
  const people = usePeople();
  const count = labelers?.length ?? overview.labelers;
  const labeled = count === 0 ? '' : labelersText({ ...overview, labelers: count }, people);
  if (of === 'targets') return sampleText(labeled, overview.diverse);
  const chosen = of === 'people' ? [] : (groups ?? (group ? [group] : []));
  const networks = chosen.map((each) => networksText(groupTrend(overview, each).models));
  return [labeled, ...networks].filter(Boolean).join('; ');
}

/** Groups of the study's design, and of outside models. `planned`: number of networks when all are trained. */
export function designedGroups({ diverse, seeds, outside }: ResultsOverview): {
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
    ...(outside.models > 0
      ? [{ group: { kind: 'outside' as const }, models: outside.models, planned: outside.planned }]
      : []),
  ];
}

/** Mean trend accuracy of a group's networks, in percent; null if none has one. */
export interface GroupTrend {
  mean: number | null;
  /** Networks with a trend, and all. */
  known: number;
  models: number;
  /** Networks whose accuracy counts images that they were taught. */
  onTaught: number;
}

export function groupTrend({ models }: ResultsOverview, group: Group): GroupTrend {
  const members = models.filter((model) => isMember(model, group));
  const trends = members.flatMap(({ trend }) => trend.accuracy ?? []);
  const mean = trends.length === 0 ? null : trends.reduce((sum, value) => sum + value, 0) / trends.length;
  const onTaught = members.filter(({ testedOnTaught }) => testedOnTaught).length;
  return { mean, known: trends.length, models: members.length, onTaught };
}

function isMember(model: ResultModel, group: Group): boolean {
  const { key, architecture, target, repeat } = model;
  if (group.kind === 'chosen') return group.models.includes(key);
  if (group.kind === 'outside') return model.group === 'outside';
  if (group.kind === 'diverse') return repeat === null && model.collection === null && target === group.target;
  return architecture === group.architecture && target === group.target && repeat === group.repeat;
}

/** Default second group: the same networks at the highest other target, else any other group. */
export function defaultOther(overview: ResultsOverview, group: Group): Group {
  const others = designedGroups(overview).filter((other) => groupText(other.group) !== groupText(group));
  const alike = others.filter(({ group: other }) => isAlike(group, other));
  return (alike.at(-1) ?? others.at(-1))?.group ?? group;
}

function isAlike(a: Group, b: DesignedGroup): boolean {
  if (a.kind !== 'seeds' || b.kind !== 'seeds') return a.kind === b.kind;
  return a.architecture === b.architecture && a.repeat === b.repeat;
}

function sectionOf(group: DesignedGroup): string {
  if (group.kind === 'seeds') return `${group.architecture} seeds`;
  return group.kind === 'diverse' ? 'All recipes' : 'Not trained here';
}

/** Options of a select, by architecture. */
export function groupOptions(overview: ResultsOverview) {
  const sections = new Map<string, { value: string; label: string }[]>();
  for (const { group, models, planned } of designedGroups(overview)) {
    const section = sectionOf(group);
    const size = models < planned ? `${models} of ${planned}` : String(models);
    kept(sections, section, () => []).push({
      value: groupText(group),
      label: `${groupTitle(group, overview)} (${size})`,
    });
  }
  for (const { group, section, title } of namedGroups(overview)) {
    kept(sections, section, () => []).push({ value: groupText(group), label: `${title} (${group.models.length})` });
  }
  return [...sections].map(([group, items]) => ({ group, items }));
}

/** Opens the images that a number counts, in a titled list. */
export function useOpenWhich(): (group: Group | null, which: Which, title: string) => void {
  const api = useApi();
  const queries = useQueryClient();
  const open = useOpenImages();
  const { study, labelers } = useChoice();
  return (group, which, title) => {
    const answer = queries.fetchQuery(api.results.which.queryOptions({ input: { study, labelers, group, which } }));
    answer.then(({ images }) => open.images(images, title), showRefusal);
  };
}

/** Opens what is behind a mark of a figure, in a titled list; numbers of Effects open on their own screen. */
export function useOpenMark(): (opens: Opens) => void {
  const open = useOpenImages();
  const openWhich = useOpenWhich();
  return (opens) => {
    const [first, ...more] = opens.kind === 'images' ? opens.images : [];
    if (first !== undefined && more.length === 0) open.image(first);
    else if (opens.kind === 'images') open.images(opens.images, opens.title);
    else if (opens.kind === 'which') openWhich(opens.group, opens.which, opens.title);
  };
}
