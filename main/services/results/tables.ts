import { pagePart } from '../../exhibits/all.ts';
import type { AddedResults, PageGroups } from '../../exhibits/result-lists.ts';
import { peopleMeasuresExhibit } from '../../exhibits/agreement.ts';
import { isDiverse, seedCells } from '../../analysis/outcomes/groups.ts';
import { countLabelers, type HumanStatus } from '../../analysis/raters/humans.ts';
import { fig2, table5 } from '../../analysis/outcomes/image-types.ts';
import { typesAt } from '../../analysis/groups/types-at.ts';
import type { Finding, PeopleAlone } from '../../contract/api/results.ts';
import { quantityAt } from '../../domain/results/exhibits.ts';
import type { LeftOut, TablesInput, TablesResult } from '../../contract/api/results-tables.ts';
import { apartOf, type SeedNumbers } from '../../exhibits/parts/study-numbers.ts';
import { findingOf } from '../../exhibits/finding.ts';
import { table1 } from '../../exhibits/paper-tables.ts';
import { type AgreementMeasure, once, type StudyView, type ViewedGroup } from '../../exhibits/parts/study-view.ts';
import { type GroupResult, type PeopleView, type Sides, answerHeader, leaveOneOut, viewGroup } from './view.ts';
import { compareTargets } from '../../domain/numbers/targets.ts';
import type { Target } from '../../contract/recipes/recipes.ts';

/** Tables and figures of a part of results. @param leftOut planned snapshots without predictions @param added by contributions */
export function tables(
  people: PeopleView,
  chosen: readonly GroupResult[],
  { section, asked, ...choice }: Omit<TablesInput, 'groups'>,
  { leftOut, added }: { leftOut: readonly LeftOut[]; added: AddedResults },
): TablesResult {
  const { measures = [] } = added;
  const view = (groups: readonly GroupResult[]): StudyView => studyView(people, groups, { leftOut, measures });
  const targets = once(() => diverseTargets(people).map((target) => viewGroup(people, { kind: 'diverse', target })));
  const views = {
    targets: once(() => {
      const outside = people.source.models.some((model) => model.outside !== null);
      const all = [...targets(), ...(outside ? [viewGroup(people, { kind: 'outside' })] : [])];
      return { ...view(all), seedCells: section === 'seeds' ? seedNumbers(people) : [] };
    }),
    chosen: once(() => view(chosen)),
    // Types at a number of people, with intervals, take long: only tables of both kinds of groups have them.
    both: once(() => {
      const groups = [...targets(), ...chosen.filter(({ group }) => group.kind !== 'diverse')];
      return studyView(people, groups, { leftOut, measures, asked: asked ?? null });
    }),
  };
  const viewOf = (groups: PageGroups): StudyView => views[groups]();
  return { ...answerHeader(people), ...pagePart(section, viewOf, choice, added) };
}

const seedNumbers = ({ context: { input, humans } }: PeopleView): SeedNumbers[] =>
  seedCells(input).map((cell) => ({
    architecture: cell.architecture,
    target: cell.target,
    repeats: cell.repeats.map(({ repeat }) => repeat),
    fig2: fig2(cell, humans.view),
    table5: table5(cell, humans.view),
  }));

interface StudyViewOptions {
  readonly leftOut?: readonly LeftOut[];
  /** How many people, for types as these would be. */
  readonly asked?: number | null;
  /** Measures of agreement that contributions add. */
  readonly measures?: readonly AgreementMeasure[];
}

/** What results are made from: people and some groups, without seed groups. */
export function studyView(
  people: PeopleView,
  groups: readonly GroupResult[],
  { leftOut = [], asked = null, measures = [] }: StudyViewOptions = {},
): StudyView {
  const { context, humans, paper, rehearsal, source } = people;
  return {
    rehearsal,
    paper,
    humans,
    classes: source.classes,
    imageIds: context.input.imageIds,
    context: () => context,
    layout: null,
    asked,
    labelers: countLabelers(context.humans),
    response: context.humans.kind,
    isAnonymous: context.humans.people === null,
    images: source.images.length,
    determined: context.humans.view.determined,
    errorReference: context.truth ? 'truth' : 'majority',
    groups: groups.map((result) => {
      const group = viewedGroup(result, leftOut);
      if (asked === null) return group;
      return { ...group, group: { ...group.group, types_at: typesAt(result, context, asked) } };
    }),
    seedCells: [],
    measures,
  };
}

function viewedGroup(
  { group, title, models, view, claims, analysis }: GroupResult,
  leftOut: readonly LeftOut[],
): ViewedGroup {
  const target = group.kind === 'diverse' ? group.target : null;
  return {
    target: target === null ? '' : String(target),
    title,
    name: title,
    raters: title,
    group: analysis,
    choice: group,
    view: () => view,
    claims: () => claims,
    tests: () => models.map((model) => (model.outside === null ? model.test() : null)),
    absent: leftOut.filter((snapshot) => snapshot.repeat === null && snapshot.target === target),
    apart: apartOf(models.map(({ record }) => record?.accuracy)),
  };
}

/** Targets of diverse groups, ascending. */
function diverseTargets({ source }: PeopleView): Target[] {
  const targets = source.models.flatMap(({ input }) => (isDiverse(input) ? [input.target] : []));
  return [...new Set(targets)].sort(compareTargets);
}

/** What was found about people and a group, and the table of types behind it. @param result null: people alone */
export function finding({ people, result }: Sides): Finding {
  const study = studyView(people, result ? [result] : []);
  const types = result ? table1(study) : null;
  const isKnown = types !== null && quantityAt(types, 0, 'images')?.value != null;
  return { ...answerHeader(people), ...findingOf(study, study.groups[0] ?? null), types: isKnown ? types : null };
}

/** Agreement and disagreement among people over all images. @param added by contributions */
export function peopleAlone(people: PeopleView, { results = [] }: AddedResults): PeopleAlone {
  const { context } = people;
  const study = studyView(people, []);
  const { status } = context.humans.view;
  const imagesWithStatus = (wanted: HumanStatus): number[] =>
    context.input.imageIds.filter((_, image) => status[image] === wanted);
  const further = results.flatMap(({ page }) => (page?.withoutNetworks ? page.make(study) : []));
  return {
    ...answerHeader(people),
    agree: imagesWithStatus('agree'),
    disagree: imagesWithStatus('disagree'),
    undetermined: imagesWithStatus(null),
    measures: peopleMeasuresExhibit(study),
    further: further.filter(({ rows }) => rows.length > 0),
    leaveOneOut: leaveOneOut(people),
  };
}
