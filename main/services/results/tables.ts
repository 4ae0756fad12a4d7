import * as exhibits from '../../exhibits/paper-tables.ts';
import { isDiverse, seedCells } from '../../analysis/groups.ts';
import { countLabelers } from '../../analysis/humans.ts';
import { fig2, table5 } from '../../analysis/image-types.ts';
import { typesAt as typesIfAsked } from '../../analysis/types-at.ts';
import { type TypedGroup, typesAtExhibit } from '../../exhibits/rarefaction.ts';
import type { Exhibit } from '../../contract/exhibit.ts';
import { kindExhibit } from '../../exhibits/kinds.ts';
import { certaintyFigure, seedTypesFigure } from '../../exhibits/seed-figures.ts';
import { typesFigure } from '../../exhibits/types-figure.ts';
import type { LeftOut, TablesResult, TypesAtResult, TypesResult } from '../../contract/api/results-tables.ts';
import { outsideTitle } from '../../domain/outside-models.ts';
import type { ComparedGroup, StudyNumbers } from '../../exhibits/study-numbers.ts';
import { type GroupResult, type PeopleView, answerHeader, leaveOneOut, viewGroup } from './view.ts';
import { compareTargets, targetTitle } from '../../domain/targets.ts';
import type { Target } from '../../contract/recipes.ts';

/** Tables 2 to 5 and Figure 2 of all targets. @param leftOut planned snapshots without predictions */
export function paperTables(people: PeopleView, leftOut: readonly LeftOut[]): TablesResult {
  const { input, humans } = people.context;
  const diverse = diverseTargets(people).map((target) => viewGroup(people, { kind: 'diverse', target }));
  const hasOutside = people.source.models.some(({ outside }) => outside !== null);
  const groups = [...diverse, ...(hasOutside ? [viewGroup(people, { kind: 'outside' })] : [])];
  const study: StudyNumbers = {
    ...studyNumbers(people, groups, leftOut),
    seedCells: seedCells(input).map((cell) => ({
      architecture: cell.architecture,
      target: cell.target,
      repeats: cell.repeats.map(({ repeat }) => repeat),
      fig2: fig2(cell, humans.view),
      table5: table5(cell, humans.view),
    })),
  };
  return {
    ...answerHeader(people),
    table2: exhibits.table2(study),
    table3: exhibits.table3(study),
    table4: exhibits.table4(study),
    table5: exhibits.table5(study),
    figure2: exhibits.figure2(study),
    seeds: study.seedCells.length > 0 ? { types: seedTypesFigure(study), certainty: certaintyFigure(study) } : null,
  };
}

/** Input of exhibits: people and some groups, without seed groups. */
export function studyNumbers(
  people: PeopleView,
  groups: readonly GroupResult[],
  leftOut: readonly LeftOut[] = [],
): StudyNumbers {
  const { context, humans, paper, rehearsal, source } = people;
  return {
    rehearsal,
    paper,
    humans,
    labelers: countLabelers(context.humans),
    response: context.humans.kind,
    isAnonymous: context.humans.people === null,
    images: source.images.length,
    determined: context.humans.view.determined,
    errorReference: context.truth ? 'truth' : 'majority',
    groups: groups.map((result) => comparedGroup(result, leftOut)),
    seedCells: [],
  };
}

function comparedGroup({ group, analysis }: GroupResult, leftOut: readonly LeftOut[]): ComparedGroup {
  const target = group.kind === 'diverse' ? group.target : null;
  return {
    target: target === null ? '' : String(target),
    group: analysis,
    choice: group,
    ...(group.kind === 'outside' && { title: outsideTitle }),
    absent: leftOut.filter((snapshot) => snapshot.repeat === null && snapshot.target === target),
  };
}

/** Targets of diverse groups, ascending. */
function diverseTargets({ source }: PeopleView): Target[] {
  const targets = source.models.flatMap(({ input }) => (isDiverse(input) ? [input.target] : []));
  return [...new Set(targets)].sort(compareTargets);
}

/** Table 1 of one group, and types at all targets. */
export function imageTypes(result: GroupResult): TypesResult {
  const { people, models } = result;
  const { status } = people.context.humans.view;
  const study = studyNumbers(people, [result]);
  const groups = besideTargets(result);
  return {
    ...answerHeader(people),
    models: models.length,
    table1: exhibits.table1(study),
    figure: typesFigure(studyNumbers(people, groups), groups.map(titleOf)),
    ofKind: ofKind(study),
    undetermined: people.context.input.imageIds.filter((_, image) => status[image] === null),
    leaveOneOut: leaveOneOut(people),
  };
}

/** The groups of all targets, and the chosen one where it is none of them. */
function besideTargets(chosen: GroupResult): GroupResult[] {
  const { people } = chosen;
  const targets = diverseTargets(people).map((target) => viewGroup(people, { kind: 'diverse', target }));
  return groupTarget(chosen) === null ? [...targets, chosen] : targets;
}

const titleOf = (result: GroupResult): string => {
  const target = groupTarget(result);
  return target === null ? result.title : targetTitle(target);
};

/** What only answers of this kind have; null: single labels and counts have nothing of the sort. */
export function ofKind(study: StudyNumbers): Exhibit | null {
  const exhibit = kindExhibit(study);
  return exhibit.rows.length > 0 ? exhibit : null;
}

/** Types at each target, and of the chosen group, if `asked` people had been asked. */
export function typesAt(chosen: GroupResult, asked: number): TypesAtResult {
  const { people } = chosen;
  const groups = besideTargets(chosen).flatMap((result): TypedGroup[] => {
    const { types, intervals } = result.analysis;
    const title = groupTarget(result) === null ? result.title : Number(groupTarget(result));
    const found = typesIfAsked(result, people.context, asked);
    return found ? [{ title, types, intervals, at: found }] : [];
  });
  return { ...answerHeader(people), table: typesAtExhibit(studyNumbers(people, []), asked, groups) };
}

/** The paper's values are those of diverse groups. */
export const groupTarget = ({ group }: GroupResult): string | null =>
  group.kind === 'diverse' ? String(group.target) : null;
