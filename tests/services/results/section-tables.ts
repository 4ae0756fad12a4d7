import type { TablesInput, TablesResult } from '../../../main/contract/api/results-tables.ts';
import type { OptionalGroupInput } from '../../../main/contract/results/results-parts.ts';
import type { Exhibit } from '../../../main/contract/results/exhibit.ts';
import type { Figure, MatrixChart } from '../../../main/contract/results/figure.ts';

/** What a page asks for tables and figures of a part of results. */
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

export function figureOf({ figures }: Pick<TablesResult, 'figures'>, id: string): Figure {
  const found = figures.find((figure) => figure.id === id);
  if (!found) throw new Error(`there is no ${id} among ${figures.map((figure) => figure.id).join(', ')}`);
  return found;
}

/** The matrix that the part `matrix` of one group has. */
export function matrixOf({ figures }: Pick<TablesResult, 'figures'>): MatrixChart {
  const [chart] = figures.flatMap(({ charts }) => charts);
  if (chart?.kind !== 'matrix') throw new Error('there is no matrix');
  return chart;
}
