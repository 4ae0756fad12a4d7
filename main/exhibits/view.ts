import { type ReportChoice, type ReportSection, wholeReport } from '../contract/api/report.ts';
import { createContext } from '../analysis/groups/analyze.ts';
import { claimSide } from '../analysis/groups/group-intervals.ts';
import { viewGroup } from '../analysis/groups/group-view.ts';
import { modelGroup } from '../analysis/outcomes/groups.ts';
import { type AnalysisInput, type OrderedInput, orderInput } from '../analysis/outcomes/input.ts';
import { labelersOf, nobody } from '../analysis/labels/answers.ts';
import { apartOf, labelsAnImage, type SeedNumbers } from './parts/study-numbers.ts';
import { type Layout, layOut, maxDrawn } from './parts/layout.ts';
import { once, type StudyView } from './parts/study-view.ts';
import {
  isRehearsal,
  type ReportData,
  type ReportedPart,
  type ReportMissedTarget,
  type ReportModel,
  type ReportOwnGroup,
  type ReportRecipe,
} from './report-data.ts';
import { architectureNames } from '../domain/networks/architectures.ts';
import { isLikePaper } from '../domain/plans/declaration.ts';
import { className, formatCount, formatInteger, peopleWord, sampleText, shortNames } from '../domain/numbers/format.ts';
import { independenceOf } from '../domain/stimuli/stimulus-set.ts';
import type { Target } from '../contract/recipes/recipes.ts';
import { compareTargets, targetOfKey, targetTitle } from '../domain/numbers/targets.ts';

/** Report data, with what several sections need computed once. */
export interface View extends StudyView {
  data: ReportData;
  choice: ReportChoice;
  /** `People`, or `Simulated labelers` in a rehearsal. */
  people: string;
  /** Targets of the study that were not chosen, ascending. */
  otherTargets: Target[];
  layout: Layout;
  /** A class as it stands in a small cell: a few letters of its name. */
  short(classIndex: number): string;
  /** Classes as they stand in a sentence. */
  long(classIndex: number): string;
}

export function reportView(whole: ReportData, choice: ReportChoice = wholeReport): View {
  const data = narrowed(whole, choice.targets);
  const { classes } = data.dataSet;
  const short = shortNames(classes, 3);
  const long = (index: number): string => className(classes, index);
  const response = data.analysis?.meta.response ?? 'single';
  const context = once(() =>
    createContext(orderInput(reportInput(data)), { resampling: false, intervals: false, claim: choice.claim }),
  );
  return {
    data,
    choice,
    rehearsal: isRehearsal(data),
    people: isRehearsal(data) ? 'Simulated labelers' : 'People',
    paper: isLikePaper(data.study) ? data.paper : null,
    classes,
    imageIds: data.stimuli.items.map(({ id }) => id),
    context,
    asked: choice.asked,
    otherTargets: knownTargets(whole).filter((target) => choice.targets !== null && !choice.targets.includes(target)),
    labelers: data.analysis?.meta.n_labelers ?? labelersOf(data.labelers?.people).length,
    response,
    isAnonymous: response === 'counts' || data.analysis?.meta.anonymous === true,
    images: data.analysis?.meta.n_images ?? data.stimuli.items.length,
    determined: data.analysis?.meta.n_determined ?? 0,
    errorReference: data.analysis?.meta.error_reference ?? 'majority',
    humans: data.analysis?.humans ?? null,
    groups: byNumber(data.analysis?.diverse ?? {}).map(([target, group]) => {
      const view = once(() => viewGroup(modelGroup(context().input, places(context().input, group.models)), context()));
      return {
        target,
        group,
        name: targetTitle(targetOfKey(target)),
        raters: `Networks, ${targetTitle(targetOfKey(target))}`,
        view,
        claims: once(() => claimSide(view(), context())),
        tests: () => group.models.map((name) => data.predictions.find(({ model }) => model === name)?.test ?? null),
        choice: { kind: 'diverse', target: targetOfKey(target) },
        absent: data.missed.flatMap((miss) =>
          miss.repeat === null && miss.target === targetOfKey(target) ? [{ model: miss.name, why: 'missed' }] : [],
        ),
        apart: apartOf(group.models.map((name) => data.models.find((model) => model.name === name)?.accuracy)),
      };
    }),
    measures: data.added?.measures ?? [],
    seedCells: seedCellRows(data),
    layout: layOut(data.stimuli.items, data.analysis?.humans?.entropy_bits),
    short: (index) => className(short, index),
    long,
  };
}

const places = ({ models }: OrderedInput, names: readonly string[]): number[] =>
  models.flatMap(({ name }, place) => (names.includes(name) ? [place] : []));

/** What a report is computed from, as the analysis takes it: its networks with predictions, but for groups of their own. */
function reportInput({ labelers, stimuli, dataSet, predictions }: ReportData): AnalysisInput {
  const classes = dataSet.classes.length;
  const people = labelers?.people ?? nobody(stimuli.items.length, classes);
  return {
    images: stimuli.items.map((item) => ({ ...item, ...independenceOf(item.alpha !== null) })),
    classes,
    people,
    models: predictions.map(({ model, ...about }) => ({ name: model, ...about })),
    modelLabels: Int16Array.from(predictions.flatMap(({ labels }) => Array.from(labels))),
    readSoftmax: (place) => {
      const softmax = predictions[place]?.softmax ?? [];
      return softmax instanceof Float32Array ? softmax : Float64Array.from(softmax);
    },
  };
}

function seedCellRows({ analysis }: ReportData): SeedNumbers[] {
  return byArchitecture(analysis?.fig2 ?? {}).flatMap(([architecture, targets]) =>
    byNumber(targets).map(([target, fig2]) => ({
      architecture,
      target: targetOfKey(target),
      fig2,
      repeats: byNumber(analysis?.fig4[architecture]?.[target] ?? {}).map(([repeat]) => Number(repeat)),
      table5: analysis?.table5[architecture]?.[target] ?? {},
    })),
  );
}

/** Target accuracies that networks of a study have, or were to have; ascending. */
export const knownTargets = ({
  recipes,
  models,
}: Pick<ReportData, 'recipes'> & { models: readonly { target: Target }[] }): Target[] =>
  [...new Set([...recipes.flatMap((of) => of.targets), ...models.map(({ target }) => target)])].sort(compareTargets);

/** Every recipe of the report, those of groups of their own last. */
export const allRecipes = ({ recipes, ownGroups = [] }: ReportData): readonly ReportRecipe[] => [
  ...recipes,
  ...ownGroups.flatMap((group) => group.recipes),
];

/** Every snapshot of the report, those of groups of their own last. */
export const allModels = ({ models, ownGroups = [] }: ReportData): readonly ReportModel[] => [
  ...models,
  ...ownGroups.flatMap(({ recipes }) => recipes.flatMap((of) => of.models)),
];

/** Every target that was missed, those of groups of their own last. */
export const allMissed = ({ missed, ownGroups = [] }: ReportData): readonly ReportMissedTarget[] => [
  ...missed,
  ...ownGroups.flatMap(({ recipes }) => recipes.flatMap((of) => of.missed)),
];

/** Tables and figures of networks that differ in the seed alone. */
const ofSeeds = ['figure-2', 'table-5', 'figure-4-seeds'];

/** Number of people and networks that a table or figure is about, for its caption. */
export function sampleOf({ data, ...view }: View, id: string): string {
  const part = partOf(data, id);
  if (part?.saysSample) return '';
  const people = peopleSample(view);
  if (data.added?.results?.some(({ ofPeople }) => ofPeople === id)) return people;
  if (part?.networks !== undefined) return [people, formatCount(part.networks, 'network')].filter(Boolean).join('; ');
  if (!ofSeeds.includes(id))
    return sampleText(
      people,
      view.groups.map(({ target, group }) => ({ target: targetOfKey(target), models: group.n_models })),
    );
  const networks = data.predictions.filter(({ repeat }) => repeat !== null).length;
  return [people, networks === 0 ? '' : `${formatCount(networks, 'network')} in seed groups`]
    .filter(Boolean)
    .join('; ');
}

/** The part of a contribution that has a table or figure. */
const partOf = ({ contributed }: ReportData, id: string): ReportedPart | undefined =>
  contributed.find(({ tables, figures }) => [...tables, ...figures].some((each) => each.id === id));

/** `10 people`, or `47 to 63 labels an image, as counts`. */
function peopleSample(view: Omit<View, 'data'>): string {
  if (view.labelers === 0) return '';
  if (view.isAnonymous)
    return `${labelsAnImage(view)} ${view.response === 'counts' ? 'labels an image, as counts' : 'answers an image'}`;
  return `${formatInteger(view.labelers)} ${view.labelers === 1 ? 'person' : peopleWord(view)}`;
}

/** Whether a section was chosen, and has anything to show of such a study. */
export function has(view: View, section: ReportSection): boolean {
  const added = view.data.added?.sections?.find((each) => each.section === section);
  return view.choice.sections.includes(section) && (added?.isShown?.(view) ?? true);
}

/** Whether the images are few enough for each to be drawn. */
const drawsEach = ({ data }: View): boolean => data.stimuli.items.length <= maxDrawn;

/** Whether the report lists every image, so that others can point into the list. */
export const listsImages = (view: View): boolean => has(view, 'each-image') && drawsEach(view);

/** Whether people have labeled and no network can be compared: what is shown is about people alone. */
export const peopleAlone = ({ data, groups }: View): boolean => groups.length === 0 && data.labelers !== null;

/** Whether the study has networks that the report leaves out because they were not chosen. */
export const leavesOut = ({ data, otherTargets }: View): boolean => otherTargets.length + data.notChosen.length > 0;

/** Why there are no diverse networks to compare: whatever was not chosen may have answered. */
export function noGroups(view: View): string {
  const answered = view.data.predictions.length > 0;
  if (leavesOut(view))
    return answered
      ? 'None of the chosen networks is one of the diverse, so nothing is compared.'
      : 'None of the chosen networks has predicted the stimuli, so nothing is compared.';
  return answered || view.data.labelers === null
    ? 'There are no diverse networks to compare at any target yet.'
    : 'No network has predicted the stimuli yet, so nothing is compared.';
}

/**
 * The report about some targets only; null: all. Numbers of a target do not depend on others. Recipes stay as they
 * were run, but are of these targets only, so that nothing counts as missing that was not asked for.
 */
export function narrowed(data: ReportData, targets: readonly Target[] | null): ReportData {
  if (targets === null) return data;
  const isChosen = (target: Target): boolean => targets.includes(target);
  return {
    ...data,
    recipes: data.recipes.map((of) => ({ ...of, targets: of.targets.filter(isChosen) })),
    models: data.models.filter(({ target }) => isChosen(target)),
    missed: data.missed.filter(({ target }) => isChosen(target)),
    predictions: data.predictions.filter(({ target }) => isChosen(target)),
    ...(data.ownGroups && { ownGroups: data.ownGroups.map((group) => narrowedGroup(group, isChosen)) }),
    analysis: data.analysis && narrowedAnalysis(data.analysis, isChosen),
  };
}

const narrowedGroup = (
  { recipes, predictions, ...group }: ReportOwnGroup,
  isChosen: (target: Target) => boolean,
): ReportOwnGroup => ({
  ...group,
  recipes: recipes.map((of) => ({
    ...of,
    targets: of.targets.filter(isChosen),
    models: of.models.filter(({ target }) => isChosen(target)),
    missed: of.missed.filter(({ target }) => isChosen(target)),
  })),
  predictions: predictions.filter(({ target }) => isChosen(target)),
});

function narrowedAnalysis(
  analysis: NonNullable<ReportData['analysis']>,
  isChosen: (target: Target) => boolean,
): ReportData['analysis'] {
  const chosen = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([target]) => isChosen(targetOfKey(target))));
  const inside = <T>(record: Readonly<Record<string, Record<string, T>>>): Record<string, Record<string, T>> =>
    Object.fromEntries(
      Object.entries(record)
        .map(([architecture, of]) => [architecture, chosen(of)] as const)
        .filter(([, of]) => Object.keys(of).length > 0),
    );
  const pairs = Object.entries(analysis.paired_tests);
  return {
    ...analysis,
    diverse: chosen(analysis.diverse),
    paired_tests: Object.fromEntries(pairs.filter(([pair]) => pair.split(' vs ').map(targetOfKey).every(isChosen))),
    fig2: inside(analysis.fig2),
    table5: inside(analysis.table5),
    fig4: inside(analysis.fig4),
  };
}

/** Entries by numeric value of their keys: object key order puts "98" before "97.5". */
export function byNumber<T>(record: Readonly<Record<string, T>>): [key: string, value: T][] {
  return Object.entries(record).sort(([a], [b]) => compareTargets(a, b));
}

const known = Object.values(architectureNames);

/** Entries by architecture: those that are known in their order, then others by name. */
export function byArchitecture<T>(record: Readonly<Record<string, T>>): [architecture: string, value: T][] {
  const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
  return Object.entries(record).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
