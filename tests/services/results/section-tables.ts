import type { TablesInput, TablesResult } from '../../../main/contract/api/results-tables.ts';
import type { OptionalGroupInput } from '../../../main/contract/api/results-parts.ts';
import type { Exhibit } from '../../../main/contract/exhibit.ts';

/** What a page asks for the tables of a section. */
export const asking = (
  section: TablesInput['section'],
  { group = null, ...input }: Omit<OptionalGroupInput, 'group'> & Partial<Pick<OptionalGroupInput, 'group'>>,
): TablesInput => ({ ...input, section, groups: group ? [group] : [] });

/** A table of the answer; one without rows is not in it. */
export function tableOf({ tables }: TablesResult, id: string): Exhibit {
  const found = tables.find(({ exhibit }) => exhibit.id === id);
  if (!found) throw new Error(`there is no ${id} among ${tables.map(({ exhibit }) => exhibit.id).join(', ')}`);
  return found.exhibit;
}

export const tablesOf = (answer: TablesResult, ...ids: readonly string[]): Exhibit[] =>
  ids.map((id) => tableOf(answer, id));
