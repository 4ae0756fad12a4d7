import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { taskSchema } from '../../../main/contract/runs/run.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { RunWaiter } from '../../../main/services/queue/workers.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { StudyRunner } from '../../../main/services/study/study-runner.ts';
import { describeDataSet } from '../../../main/services/declaration/describe-data-set.ts';
import { registerStudy } from '../../../main/services/study/register.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { Database } from '../../../main/storage/database.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallStudy, writeSmallStudy } from './small-study.ts';

const count = 300;

/** A study of many trainings of one recipe. */
function manyTrainings() {
  const folder = temporaryFolder();
  const { models } = smallStudy() as { models: object[] };
  const path = writeSmallStudy(folder, { models: [{ ...models[0], seeds: count }] });
  const dataFolder = join(folder, 'data');
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder });
  onTestFinished(() => workbench.storage.close());
  const file = loadStudy(path, '', []);
  const dataSet = describeDataSet(file.study.dataSet, file.folder);
  return { workbench, registered: registerStudy(workbench, file, dataSet) };
}

/** Every look at the clock is a millisecond later. */
function tickingClock(): void {
  let now = performance.now();
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => ++now);
  onTestFinished(() => spy.mockRestore());
}

test('many trainings are queued in few transactions, with other work in between', async () => {
  const { workbench, registered } = manyTrainings();
  const runner = new StudyRunner(workbench, new RunWaiter(workbench.storage), () => undefined, registered, {
    goal: 'models',
    askedAt: 0,
    acceptsDoubtful: () => false,
    reference: {
      launcher: new ForkLauncher(),
      engine: 'wasm',
      blobs: workbench.storage.blobs.folder,
      signal: new AbortController().signal,
    },
  });
  const begun = vi.spyOn(Database.prototype, 'exec');
  tickingClock();
  let [isQueued, turns] = [false, 0];
  const queueing = runner.begin().then(() => (isQueued = true));
  const other = (): void => {
    turns += 1;
    if (!isQueued) setImmediate(other);
  };
  other();
  await queueing;
  const transactions = begun.mock.calls.filter(([sql]) => sql.startsWith('BEGIN')).length;
  begun.mockRestore();
  expect(workbench.storage.runs.counts({ studyId: registered.id }).queued).toBe(count);
  expect(transactions).toBeLessThan(count / 10);
  expect(turns).toBeGreaterThan(5);
});

test('a worker gets the next run from an index, without a look at all of those that wait', () => {
  const { workbench, registered } = manyTrainings();
  const { storage, environment } = workbench;
  const { recipe } = registered.study.models[0] ?? {};
  const dataSetHash = registered.dataSet.hash;
  for (const seed of [1, 2]) {
    const task = taskSchema.parse({ kind: 'classifier', dataSet: registered.study.dataSet, dataSetHash, recipe, seed });
    const key = runKey(task, null);
    const run = { key, kind: 'classifier' as const, label: `M${seed}`, task, seed, priority: seed, engine: null };
    storage.studyRuns.link(registered.id, `models/M${seed}`, storage.runs.ensure(run, 1).id, null, 1);
  }
  const asked = vi.spyOn(Database.prototype, 'all');
  expect(storage.runs.claimNext(['wasm'], environment, 2, registered.id, ['models/*'])?.label).toBe('M2');
  const claim = asked.mock.calls.find(([sql]) => sql.includes('LIMIT $limit') && sql.includes('FROM run'));
  asked.mockRestore();
  if (!claim) throw new Error('no statement chose a run');
  const database = new BetterSqlite3(join(storage.folder, 'workbench.sqlite'), { readonly: true });
  const [sql, ...parameters] = claim;
  const plan = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
  database.close();
  const details = plan.map(({ detail }) => detail).join('\n');
  expect(details).toMatch(/run USING INDEX run_claimable/);
  expect(details).not.toMatch(/ORDER BY/);
});
