import type { ClaimSide } from '../../analysis/claims/claims.ts';
import { type Context, hashKey, type Memo } from '../../analysis/groups/context.ts';
import type { AnalysisPart } from '../../analysis/groups/analysis-part.ts';
import { createContext } from '../../analysis/groups/analyze.ts';
import { analyzeDiverse, type DiverseAnalysis } from '../../analysis/groups/diverse.ts';
import { blocksOf } from '../../analysis/groups/group-intervals.ts';
import { isDiverse, isOfSeeds, modelGroup } from '../../analysis/outcomes/groups.ts';
import type { GroupView } from '../../analysis/groups/group-view.ts';
import { countLabelers, rangeOf } from '../../analysis/raters/humans.ts';
import { analyzeHumans, type HumanAnalysis } from '../../analysis/groups/human-analysis.ts';
import { orderInput } from '../../analysis/outcomes/input.ts';
import { type People, takePeople } from '../../analysis/labels/answers.ts';
import type { Group } from '../../contract/results/exhibit.ts';
import type { PeopleAlone } from '../../contract/api/results.ts';
import type { PeopleInput } from '../../contract/results/results-parts.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { isLikePaper } from '../../domain/plans/declaration.ts';
import type { PaperValues } from '../../exhibits/parts/paper-values.ts';
import { labelsInput, type Source, type SourceLabeler, type SourceModel } from '../analysis-input.ts';
import { compareTargets, targetTitle } from '../../domain/numbers/targets.ts';
import type { Target } from '../../contract/recipes/recipes.ts';

/** The chosen labelers, and every model of the study. */
export interface PeopleView {
  readonly source: Source;
  /** Of the chosen labelers. */
  readonly answers: People;
  readonly labelers: readonly SourceLabeler[];
  readonly rehearsal: boolean;
  readonly context: Context;
  readonly humans: HumanAnalysis;
  /** What contributions add to the analyses of people and groups. */
  readonly parts: readonly AnalysisPart[];
  /** Null for data sets other than the paper's. */
  readonly paper: PaperValues | null;
}

/** People and one group of models. */
export interface GroupResult {
  readonly people: PeopleView;
  readonly group: Group;
  readonly title: string;
  readonly models: readonly SourceModel[];
  readonly view: GroupView;
  readonly claims: ClaimSide;
  readonly analysis: DiverseAnalysis;
}

/** The labelers, and the group of models to compare them with, or null for the labelers alone. */
export interface Sides {
  readonly people: PeopleView;
  readonly result: GroupResult | null;
}

/** Fields that every answer has. */
export const answerHeader = ({ rehearsal, context }: PeopleView) => ({
  rehearsal,
  response: context.humans.kind,
  labelers: countLabelers(context.humans),
  counted: context.humans.people === null ? rangeOf(context.humans.votes.present) : null,
});

export const noStimuli = (study: string): UserError =>
  new UserError(
    'results.no-stimuli',
    `Study "${study}" has no frozen stimuli yet`,
    study,
    'Make the stimuli, and run the study until its networks have predicted them.',
  );

export const noPart = (part: string): UserError =>
  new UserError(
    'results.unknown-part',
    `This program shows no "${part}" among results`,
    part,
    'Reload the page. A contribution that it was loaded with may be missing now.',
  );

/** For each labeler: number of images on which the others disagree. */
export const leaveOneOut = ({ humans }: PeopleView): PeopleAlone['leaveOneOut'] =>
  Object.entries(humans.leave_one_out_n_disagree ?? {}).map(([labeler, disagree]) => ({ labeler, disagree }));

/** A key of each labeler's labels, or of the answers that are used in their place. */
export const answerKeys = ({
  people,
  labelers,
  otherAnswers,
}: Pick<Source, 'people' | 'labelers' | 'otherAnswers'>): string[] =>
  people.kind === 'counts' ? [otherAnswers?.key ?? ''] : labelers.map(({ key }) => key);

/**
 * @param parts what contributions add to the analyses of people and groups
 * @throws UserError `results.unknown-labeler`
 */
export function viewPeople(
  source: Source,
  input: PeopleInput,
  paper: PaperValues | null,
  memo: Memo,
  parts: readonly AnalysisPart[] = [],
): PeopleView {
  const chosen = chosenLabelers(source, input.labelers);
  const { labelers } = chosen;
  const ordered = orderInput({
    ...labelsInput(chosen),
    classes: source.classes.length,
    readSoftmax: (model) => source.models[model]!.softmax(),
    keys: {
      images: source.imagesKey,
      labelers: answerKeys(chosen),
      models: source.models.map(({ key }) => key),
    },
  });
  const context = createContext(ordered, { memo, resampling: false, claim: input.claim ?? 'default' });
  const humans = memo.largeValue(context.humansKey && hashKey('people', context.humansKey, context.claim), () =>
    analyzeHumans(context, parts),
  );
  return {
    source,
    answers: chosen.people,
    labelers,
    rehearsal: labelers.some(({ record }) => record.simulated),
    context,
    humans,
    parts,
    paper: isLikePaper(source.study.spec) ? paper : null,
  };
}

function chosenLabelers(source: Source, ids: readonly number[] | null): Source {
  if (ids === null) return source;
  const { labelers, people, study } = source;
  const placeOf = new Map(labelers.map(({ record }, place) => [record.id, place]));
  const places = [...new Set(ids)].map((id) => {
    const place = placeOf.get(id);
    if (place !== undefined) return place;
    throw new UserError(
      'results.unknown-labeler',
      `Study "${study.name}" has no labeler ${id}`,
      study.name,
      'Choose one of the listed labelers. A labeler may have been removed from the study.',
    );
  });
  return { ...source, labelers: places.map((place) => at(labelers, place)), people: takePeople(people, places) };
}

/** @throws UserError `results.unknown-group` */
export function viewGroup(people: PeopleView, group: Group): GroupResult {
  const { source, context, parts } = people;
  const models = groupModels(source, group);
  if (models.length === 0) throw unknownGroup(source, group);
  const names = new Set(models.map(({ id }) => id));
  const inputs = new Set(source.models.filter(({ id }) => names.has(id)).map((model) => model.input));
  const members = context.input.models.flatMap((model, index) => (inputs.has(model) ? [index] : []));
  const keys = members.map((model) => context.input.keys?.models[model]);
  const called = [members.map((model) => context.input.models[model]!.name), blocksOf(context.input, members)];
  const key = context.humansKey && hashKey('group', context.humansKey, called, keys, context.claim);
  const found = context.memo.largeValue(key, () => analyzeDiverse(modelGroup(context.input, members), context, parts));
  return { people, group, title: groupTitle(group, source), models: orderedModels(context, members, models), ...found };
}

/** The models in the order of `members`. */
function orderedModels(context: Context, members: readonly number[], models: readonly SourceModel[]): SourceModel[] {
  const byInput = new Map(models.map((model) => [model.input, model]));
  return members.flatMap((member) => byInput.get(context.input.models[member]!) ?? []);
}

/** A group that the study compares. */
export type DesignedGroup = Exclude<Group, { kind: 'chosen' }>;

/** Every group that the study compares, in the order in which Results lists them: diverse ones first. */
export function designedGroups(source: Source): DesignedGroup[] {
  const groups = source.models.flatMap(({ input }): DesignedGroup[] => {
    if (isOfSeeds(input)) {
      const { architecture, target, repeat } = input;
      return [{ kind: 'seeds', architecture, target, repeat }];
    }
    if (isDiverse(input)) return [{ kind: 'diverse', target: input.target }];
    return input.target === null ? [{ kind: 'outside' }] : [];
  });
  const distinct = new Map(groups.map((group) => [groupTitle(group, source), group]));
  return [...distinct.values()].sort(compareGroups);
}

const groupKinds: readonly Group['kind'][] = ['diverse', 'seeds', 'outside'];

function compareGroups(a: DesignedGroup, b: DesignedGroup): number {
  const kinds = groupKinds.indexOf(a.kind) - groupKinds.indexOf(b.kind);
  const targets = compareTargets(targetOf(a) ?? 0, targetOf(b) ?? 0);
  if (a.kind !== 'seeds' || b.kind !== 'seeds') return kinds || targets;
  return a.architecture.localeCompare(b.architecture, 'en') || targets || a.repeat - b.repeat;
}

export const targetOf = (group: DesignedGroup): Target | null => (group.kind === 'outside' ? null : group.target);

export function groupModels({ models }: Source, group: Group): SourceModel[] {
  if (group.kind === 'chosen') {
    const ids = new Set(group.models);
    return models.filter(({ id }) => ids.has(id));
  }
  if (group.kind === 'diverse') {
    return models.filter(({ input }) => isDiverse(input) && input.target === group.target);
  }
  if (group.kind === 'outside') return models.filter(({ outside }) => outside !== null);
  const { architecture, target, repeat } = group;
  return models.filter(
    ({ input }) => input.repeat === repeat && input.target === target && input.architecture === architecture,
  );
}

export function groupTitle(group: Group, { othersTitle }: Pick<Source, 'othersTitle'>): string {
  if (group.kind === 'diverse') return `All recipes at ${targetTitle(group.target)}`;
  if (group.kind === 'outside') return othersTitle;
  if (group.kind === 'seeds')
    return `${group.architecture} seeds at ${targetTitle(group.target)}, repeat ${group.repeat}`;
  return group.models.length === 1 ? '1 chosen network' : `${group.models.length} chosen networks`;
}

function unknownGroup(source: Source, group: Group): UserError {
  const { study } = source;
  return new UserError(
    'results.unknown-group',
    `Study "${study.name}" has no predictions of this group: ${groupTitle(group, source)}`,
    study.name,
    'Choose one of the listed groups, or run the study until its networks have predicted the stimuli.',
  );
}
