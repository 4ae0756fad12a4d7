import type { RunTable } from '../../../../main/contract/api/runs.ts';

/** A line of the table: the heading of a group, or a run by its place among the runs. */
export type Line =
  | { kind: 'group'; key: string; title: string; count: number }
  | { kind: 'run'; id: number; index: number };

/** Lines of a table in their order, and for each run the line that it is on. */
export interface Lines {
  lines: readonly Line[];
  ofRun: readonly number[];
}

/** Runs under the headings of their groups. */
export function linesOf({ ids, groups }: Pick<RunTable, 'ids' | 'groups'>): Lines {
  const lines: Line[] = [];
  const ofRun: number[] = [];
  let next = 0;
  const take = (count: number): void => {
    for (const id of ids.slice(next, next + count)) {
      ofRun.push(lines.length);
      lines.push({ kind: 'run', id, index: next });
      next += 1;
    }
  };
  for (const { key, title, count } of groups) {
    lines.push({ kind: 'group', key, title, count });
    take(count);
  }
  take(ids.length - next);
  return { lines, ofRun };
}
