import type { RunFilter, RunGroup, runSortSchema, SortKey } from '../../contract/api/run-table.ts';
import type { z } from 'zod';
import type { SqlValue } from '../database.ts';

/** What of a study's runs is wanted, and how ordered. */
export interface RunQuery {
  filter: RunFilter;
  sort: z.infer<typeof runSortSchema>;
  group: RunGroup;
}

/** A run that would wait for a worker were it not on hold is shown as held. */
export const shownState = `CASE WHEN run.held = 1 AND run.state IN ('queued', 'interrupted') THEN 'held' ELSE run.state END`;

const architecture = `run.task ->> '$.recipe.architecture.kind'`;

/** Most urgent to look at first. */
const stateOrder = `CASE ${shownState} WHEN 'running' THEN 0 WHEN 'interrupted' THEN 1 WHEN 'queued' THEN 2 WHEN 'held' THEN 3
  WHEN 'failed' THEN 4 WHEN 'cancelled' THEN 5 ELSE 6 END`;

/** What is sorted by, the first term first. Names sort by their letters, then by the number at their end. */
export const sortOrders: Record<SortKey, readonly string[]> = {
  name: [`rtrim(run.label, '0123456789') COLLATE NOCASE`, 'length(run.label)', 'run.label COLLATE NOCASE'],
  state: [stateOrder, 'run.label COLLATE NOCASE'],
  architecture: [architecture, 'run.label COLLATE NOCASE'],
  seed: ['run.seed'],
  accuracy: ['(SELECT max(accuracy) FROM snapshot WHERE run_id = run.id)'],
  progress: [`CASE WHEN run.state = 'done' THEN 2.0 ELSE run.progress_done * 1.0 / max(run.progress_total, 1) END`],
  engine: ['run.ran_on'],
  time: ['(SELECT sum(coalesce(ended_at, run.heartbeat_at) - claimed_at) FROM run_attempt WHERE run_id = run.id)'],
  queued: ['run.queued_at'],
  ended: ['run.ended_at'],
};

/** The key of the group that a run is in. */
export const groupKeys: Record<RunGroup, string> = {
  none: 'NULL',
  state: shownState,
  architecture,
  recipe: `CASE WHEN run.kind = 'classifier' THEN run.task -> '$.recipe' END`,
  tag: '(SELECT min(tag) FROM run_tag WHERE run_id = run.id)',
  group: 'min(link.grp)',
};

const oneOf = (value: string, name: string): string =>
  `($${name} IS NULL OR ${value} IN (SELECT value FROM json_each($${name})))`;

/** What the words of a filter are looked for in. */
const haystack = `lower(concat_ws(' ', run.label, run.kind, ${architecture}, run.ran_on, ${shownState}, run.note,
  run.failure_message, (SELECT group_concat(tag, ' ') FROM run_tag WHERE run_id = run.id)))`;

export const filterSql = `
  WHERE link.study_id = $study AND link.replaced_at IS NULL
    AND ${oneOf(shownState, 'states')} AND ${oneOf('run.kind', 'kinds')} AND ${oneOf(architecture, 'architectures')}
    AND ($targets IS NULL OR EXISTS (
      SELECT 1 FROM json_each(run.task, '$.recipe.targets') AS its
      WHERE its.value IN (SELECT value FROM json_each($targets))))
    AND ($tags IS NULL OR EXISTS (
      SELECT 1 FROM run_tag WHERE run_id = run.id AND tag IN (SELECT value FROM json_each($tags))))
    AND ($like IS NULL OR json_remove(run.task, '$.seed') = (SELECT json_remove(task, '$.seed') FROM run WHERE id = $like))
    AND ($words IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each($words) AS word WHERE instr(${haystack}, word.value) = 0))`;

export function filterValues(study: number, filter: RunFilter): Record<string, SqlValue> {
  const list = (values: readonly (string | number)[]): string | null =>
    values.length === 0 ? null : JSON.stringify(values);
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 20);
  const { states, kinds, architectures, targets, tags, like } = filter;
  return {
    ...{ study, like },
    states: list(states),
    kinds: list(kinds),
    architectures: list(architectures),
    targets: list(targets),
    tags: list(tags),
    words: list(words),
  };
}
