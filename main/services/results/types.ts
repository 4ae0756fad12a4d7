import type { TypesResult } from '../../contract/api/results-tables.ts';
import { table1, table3 } from '../../exhibits/paper-tables.ts';
import { leaveOneOutOf } from './people.ts';
import { studyNumbers } from './tables.ts';
import { aboutPeople, type GroupResult } from './view.ts';

/** Tables 1 and 3 of one group, whatever it is. */
export function typesOf(result: GroupResult): TypesResult {
  const { people, models } = result;
  const { status } = people.context.humans.view;
  const study = studyNumbers(people, [result]);
  return {
    ...aboutPeople(people),
    models: models.length,
    ...{ table1: table1(study), table3: table3(study) },
    undetermined: people.context.input.imageIds.filter((_, image) => status[image] === null),
    leaveOneOut: leaveOneOutOf(people),
  };
}

/** The paper's values are those of diverse groups. */
export const targetOf = ({ group }: GroupResult): string | null =>
  group.kind === 'diverse' ? String(group.target) : null;
