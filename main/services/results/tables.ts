import { seedCells } from '../../analysis/groups.ts';
import { fig2, table5 } from '../../analysis/image-types.ts';
import type { LeftOut, TablesResult } from '../../contract/api/results-tables.ts';
import type { ComparedGroup, StudyNumbers } from '../../exhibits/study-numbers.ts';
import { aboutPeople, type GroupResult, type PeopleView, viewGroupOf } from './view.ts';
import * as exhibits from '../../exhibits/paper-tables.ts';

/** Tables 2 to 5 and Figure 2 of all targets. @param leftOut snapshots that the study asks for and that are in no result */
export function tablesOf(people: PeopleView, leftOut: readonly LeftOut[]): TablesResult {
  const { input, humans } = people.context;
  const groups = diverseTargets(people).map((target) => viewGroupOf(people, { kind: 'diverse', target }));
  const study: StudyNumbers = {
    ...studyNumbers(people, groups, leftOut),
    seedCells: seedCells(input).map((cell) => ({
      ...{ architecture: cell.architecture, target: cell.target },
      repeats: cell.repeats.map(({ repeat }) => repeat),
      ...{ fig2: fig2(cell, humans.view), table5: table5(cell, humans.view) },
    })),
  };
  return {
    ...aboutPeople(people),
    table2: exhibits.table2(study),
    table3: exhibits.table3(study),
    table4: exhibits.table4(study),
    table5: exhibits.table5(study),
    figure2: exhibits.figure2(study),
  };
}

/** What exhibits are made from: people and some groups, without seed groups. */
export function studyNumbers(
  people: PeopleView,
  groups: readonly GroupResult[],
  leftOut: readonly LeftOut[] = [],
): StudyNumbers {
  const { context, humans, labelers, paper, rehearsal, source } = people;
  return {
    ...{ rehearsal, paper, humans, labelers: labelers.length },
    ...{ images: source.images.length, determined: context.humans.view.determined },
    groups: groups.map((result) => comparedGroup(result, leftOut)),
    seedCells: [],
  };
}

function comparedGroup({ group, analysis }: GroupResult, leftOut: readonly LeftOut[]): ComparedGroup {
  const target = group.kind === 'diverse' ? group.target : null;
  return {
    ...{ target: target === null ? '' : String(target), group: analysis, choice: group },
    absent: leftOut.filter((snapshot) => snapshot.repeat === null && snapshot.target === target),
  };
}

/** Targets of diverse groups, ascending. */
function diverseTargets({ source }: PeopleView): number[] {
  const targets = source.models.flatMap(({ input }) => (input.repeat === null ? [input.target] : []));
  return [...new Set(targets)].sort((a, b) => a - b);
}
