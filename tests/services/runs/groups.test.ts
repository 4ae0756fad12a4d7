import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spread } from '../../../main/analysis/statistics/spread.ts';
import type { GroupMean, RunGroupRow, RunRow, TableInput } from '../../../main/contract/api/runs.ts';
import { benchStudy, fillDatabase } from '../../bench/window/database.ts';
import { madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { testLab } from './test-lab.ts';

/** Sixty runs of six recipes, most of them done; one failed. */
async function grouping() {
  const folder = temporaryFolder();
  await madeOnce('grouped-runs', join(folder, 'data'), async (made) => {
    fillDatabase(made, { runs: 60, points: 230_000 });
  });
  const { client, lab } = testLab(folder);
  const table = (change: Partial<TableInput> = {}) => client.runs.table({ study: benchStudy, ...change });
  const rows = (ids: number[]) => client.runs.rows({ study: benchStudy, ids });
  return { client, lab, table, rows };
}

const meanOf = ({ means }: RunGroupRow, of: GroupMean['of'], target: number | null = null) =>
  means.find((mean) => mean.of === of && mean.target === target);

/** Means as a person would work them out from the rows that the table shows. */
function byHand(rows: readonly RunRow[]) {
  const done = rows.filter(({ state }) => state === 'done');
  const accuracy = done.flatMap(({ targets }) => targets.filter(({ target }) => target === 98));
  return {
    done: done.length,
    accuracy: spread(accuracy.map((each) => each.accuracy)),
    steps: spread(done.map(({ steps }) => steps)),
    time: spread(done.map(({ activeTime }) => activeTime)),
    speed: spread(done.map(({ stepsPerSecond }) => stepsPerSecond)),
  };
}

test('a group has the means of exactly the rows that it opens', { timeout: 60_000 }, async () => {
  const { table, rows } = await grouping();
  for (const group of ['recipe.batch', 'architecture', 'recipe', 'state', 'group'] as const) {
    const { ids, groups } = await table({ group });
    const all = await rows(ids);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
    let next = 0;
    for (const row of groups) {
      const own = byHand(all.slice(next, next + row.count));
      next += row.count;
      expect(row.done).toBe(own.done);
      for (const of of ['steps', 'time', 'speed'] as const) {
        expect(meanOf(row, of)?.mean ?? null).toEqual(own[of].mean === null ? null : expect.closeTo(own[of].mean, 8));
      }
      const accuracy = meanOf(row, 'accuracy', 98);
      expect(accuracy?.n ?? 0).toBe(own.accuracy.n);
      if (accuracy?.sd != null) expect(accuracy.sd).toBeCloseTo(own.accuracy.std_ddof1 ?? Number.NaN, 8);
    }
  }
});

test('groups are called by what they have in common, and sorted by it or by a mean', { timeout: 60_000 }, async () => {
  const { table, client, lab } = await grouping();
  const titles = async (change: Partial<TableInput>) => (await table(change)).groups.map(({ title }) => title);
  expect(await titles({ group: 'recipe.batch' })).toEqual(['Batch size 128', 'Batch size 256']);
  const sort = { by: 'recipe.batch', descending: true } as const;
  expect(await titles({ group: 'recipe.batch', sort })).toEqual(['Batch size 256', 'Batch size 128']);
  expect(await titles({ group: 'architecture' })).toEqual(['CNN', 'MLP', 'ViT']);
  expect(await titles({ group: 'state' })).toEqual(['Not started', 'Failed', 'Done']);
  expect((await titles({ group: 'recipe.architecture.channels' })).at(-1)).toBe('Without this setting');
  for (const by of ['accuracy', 'steps', 'time', 'speed'] as const) {
    for (const descending of [false, true]) {
      const { groups } = await table({ group: 'recipe', sort: { by, descending } });
      const target = by === 'accuracy' ? 98 : null;
      const means = groups.map((row) => meanOf(row, by, target)?.mean ?? Number.NaN);
      expect(means).toEqual(means.toSorted((a, b) => (descending ? b - a : a - b)));
    }
  }
  // What a group says follows its runs.
  const { ids } = await table({ group: 'tag' });
  await client.runs.tag({ ids: ids.slice(0, 4), add: ['pilot'], remove: [] });
  expect((await table({ group: 'tag' })).groups.map(({ title, count }) => `${title} ${count}`)).toEqual([
    'pilot 4',
    'No tag 56',
  ]);
  const before = (await table({ group: 'architecture' })).groups.map(({ done }) => done);
  const again = (await table({ group: 'architecture' })).ids[0] ?? 0;
  lab.workbench.storage.runs.redo(again, 1);
  const after = (await table({ group: 'architecture' })).groups;
  expect(after.map(({ done }) => done)).toEqual(before.with(0, (before[0] ?? 0) - 1));
  expect(after.map((row) => meanOf(row, 'time')?.n)).toEqual(after.map(({ done }) => done));
});
