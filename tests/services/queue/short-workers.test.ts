import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { taskSchema } from '../../../main/contract/runs/run.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import type { Launcher, ProcessListeners } from '../../../main/processes/launcher.ts';
import { studyWorkers } from '../../../main/services/queue/workers.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallStudy } from '../study/small-study.ts';

/** Launches workers that take a run and exit when they are told to stop, or killed. */
function quietLauncher(): Launcher & { running: () => number } {
  const running = new Set<ProcessListeners>();
  return {
    running: () => running.size,
    launch: (_, listeners) => {
      running.add(listeners);
      const end = (): void => {
        if (running.delete(listeners)) listeners.exit({ code: 0, signal: null });
      };
      return {
        pid: undefined,
        send: (message) => void ('type' in message && message.type === 'stop' && end()),
        kill: end,
      };
    },
  };
}

test('at most three jobs have a short worker at once; the next has one as soon as one of them ends', async () => {
  const workbench = openWorkbench({
    root: repository,
    resources: join(repository, 'resources'),
    dataFolder: join(temporaryFolder(), 'data'),
  });
  onTestFinished(() => workbench.storage.close());
  const { storage } = workbench;
  const launcher = quietLauncher();
  const jobs = [1, 2, 3, 4, 5].map((n) => {
    const studyId = storage.studies.put(`s${n}`, studySchema.parse(smallStudy({ name: `s${n}` })), n);
    const task = taskSchema.parse({ kind: 'predictions', snapshot: `${n}`.repeat(64), stimuli: 'a'.repeat(64) });
    const wanted = { key: `${n}`.repeat(64), kind: task.kind, label: `predictions ${n}`, task, seed: null };
    const run = storage.runs.ensure({ ...wanted, priority: 0, engine: null }, n).id;
    storage.studyRuns.link(studyId, 'predictions/MLP1/97', run, null, n);
    const executor = studyWorkers(workbench, { studyId, roles: null, engines: ['wasm'], workers: 0, launcher });
    return { run, executor };
  });
  onTestFinished(async () => void (await Promise.all(jobs.map(({ executor }) => executor.stop()))));
  for (const { executor } of jobs) executor.start();
  const states = () => jobs.map(({ run }) => storage.runs.state(run));
  await expect.poll(() => states().filter((state) => state === 'running')).toHaveLength(3);
  await new Promise((resolve) => setImmediate(resolve));
  expect(states()).toEqual(['running', 'running', 'running', 'queued', 'queued']);
  expect(launcher.running()).toBe(3);

  await jobs[1]?.executor.stop();
  await expect.poll(states).toEqual(['running', 'interrupted', 'running', 'running', 'queued']);
  await jobs[0]?.executor.stop();
  await expect.poll(states).toEqual(['interrupted', 'interrupted', 'running', 'running', 'running']);
});
