import type { RunRow } from '../../contract/api/runs.ts';
import { timeLeft } from '../../storage/index.ts';
import type { TableRow } from '../../storage/index.ts';
import { recipeTitle } from './recipe-title.ts';

/** A stored run as a page shows it. */
export function toRunRow(row: TableRow, now: number): RunRow {
  const { id, label, kind, recipe, seed, progress, startedAt, endedAt, queuedAt, activeTime, attempts, tags } = row;
  const isWaiting = row.state === 'queued' || row.state === 'interrupted';
  return {
    ...{ id, kind, seed, startedAt, endedAt, queuedAt, activeTime, attempts, tags, name: label, note: row.remark },
    state: row.held && isWaiting ? 'held' : row.state,
    cancelling: row.cancelRequested && row.state === 'running',
    architecture: recipe?.architecture.kind ?? null,
    recipe: recipe ? recipeTitle(recipe) : '',
    group: row.group,
    repeat: row.group === 'seeds' ? row.repeat : null,
    targets: (recipe?.targets ?? []).map((target) => standing(row, target)),
    latest: latestAccuracy(row),
    progress: progress && { done: progress.done, total: progress.total, note: progress.note },
    timeLeft: timeLeft(row, now),
    engine: row.ranOn,
    rank: row.rank,
    failure: row.failure?.message ?? null,
  };
}

function standing({ snapshots, missed }: TableRow, target: number): RunRow['targets'][number] {
  const snapshot = snapshots.find((each) => each.target === target);
  if (snapshot) return { ...snapshot, state: 'landed' };
  const miss = missed.find((each) => each.target === target);
  const none = { target, errors: null, testCount: null };
  return miss
    ? { ...none, state: 'missed', accuracy: miss.nearestAccuracy }
    : { ...none, state: 'pending', accuracy: null };
}

/** The later one of what was counted on all test images and what was estimated from a part. */
function latestAccuracy({ measured, estimated }: TableRow): RunRow['latest'] {
  if (estimated && (!measured || estimated.step > measured.step)) {
    return { accuracy: estimated.value, step: estimated.step, estimated: true };
  }
  return measured && { accuracy: measured.value, step: measured.step, estimated: false };
}
