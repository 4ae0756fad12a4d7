import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import { type Run, slurm, taskNames, type TaskState } from '../../../main/contributions/slurm/executor/commands.ts';
import { jobScript } from '../../../main/contributions/slurm/executor/job-script.ts';
import { PacedScheduler } from '../../../main/contributions/slurm/executor/pace.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { profile, setUpCluster } from './cluster-setup.ts';

const minute = 60_000;
const patient = { timeout: 60_000, interval: 20 };

const noAnswer = (): UserError => new UserError('cluster.no-answer', 'no answer', 'cluster lab', 'wait');

/** A paced scheduler by a clock of its own, which may be made to fail. */
function paced() {
  const state = { now: 0, fails: false };
  const answer = <T>(value: T): Promise<T> =>
    state.fails ? Promise.reject(new Error('no answer')) : Promise.resolve(value);
  const scheduler = new PacedScheduler(
    {
      submit: () => answer('1'),
      find: () => answer(new Map()),
      list: () => answer([]),
      cancel: () => answer(undefined),
    },
    { every: minute, clock: () => state.now },
  );
  return { scheduler, state };
}

test('whatever is asked for, there is one call a minute on average, and a few at once after a while without', async () => {
  const { scheduler, state } = paced();
  for (state.now = 0; state.now < 600 * minute; state.now += 1000) if (scheduler.mayCall()) await scheduler.list(['1']);
  expect(scheduler.calls).toBeLessThanOrEqual(604);
  expect(scheduler.calls).toBeGreaterThan(590);
});

test('a host that is started again and again makes no more calls', async () => {
  let kept: { calls: number; at: number } | undefined;
  const store = { read: () => kept, write: (credit: { calls: number; at: number }) => (kept = credit) };
  let calls = 0;
  let now = 0;
  const answers = { submit: () => Promise.resolve('1'), find: () => Promise.resolve(new Map()) };
  for (let host = 0; host < 100; host++) {
    const scheduler = new PacedScheduler(
      { ...answers, list: () => Promise.resolve([]), cancel: () => Promise.resolve() },
      { every: minute, clock: () => now, now: () => now, store },
    );
    for (let second = 0; second < 90; second++, now += 1000) if (scheduler.mayCall()) await scheduler.list(['1']);
    calls += scheduler.calls;
  }
  expect(calls).toBeLessThanOrEqual(150 + 4);
  expect(calls).toBeGreaterThan(145);
});

test('while the login node does not answer, the pauses grow to eight minutes and end with its first answer', async () => {
  const { scheduler, state } = paced();
  state.fails = true;
  for (state.now = 0; state.now < 120 * minute; state.now += 1000)
    if (scheduler.mayCall()) await scheduler.list(['1']).catch(() => undefined);
  expect(scheduler.calls).toBeLessThan(20);
  state.fails = false;
  state.now += 8 * minute;
  expect(scheduler.mayCall()).toBe(true);
  await scheduler.list(['1']);
  expect(scheduler.mayCall()).toBe(true);
});

test('tasks of several jobs are cancelled by one command, which names ranges', async () => {
  const commands: (readonly string[])[] = [];
  const scheduler = slurm({ name: 'lab', reach: [] }, (words) => {
    commands.push(words);
    return Promise.resolve('');
  });
  await scheduler.cancel(
    new Map([
      ['7', [3, 1, 2, 9]],
      ['8', null],
      ['9', []],
    ]),
  );
  await scheduler.cancel(new Map([['9', []]]));
  expect(commands).toEqual([['scancel', '7_[1-3,9]', '8']]);
  expect(taskNames('7', [0])).toBe('7_0');
});

test('commands go the way of the profile as it is now', async () => {
  const moved = { name: 'lab', reach: ['ssh', 'old'] };
  const reached: (string | undefined)[] = [];
  const commands = slurm(moved, (words) => {
    reached.push(words[1]);
    return Promise.resolve('7');
  });
  await commands.submit('job.sh');
  moved.reach = ['ssh', 'new'];
  await commands.submit('job.sh');
  expect(reached).toEqual(['old', 'new']);
});

test('secrets for the way to the cluster do not reach a job', async () => {
  const environments: NodeJS.ProcessEnv[] = [];
  const run: Run = (_, environment) => {
    environments.push(environment);
    return Promise.resolve('7');
  };
  vi.stubEnv('SSHPASS', 'hunter2');
  for (const reach of [[], ['sshpass', '-e', 'ssh', 'login']])
    await slurm({ name: 'lab', reach }, run).submit('job.sh');
  vi.unstubAllEnvs();
  expect(environments.map(({ SSHPASS }) => SSHPASS)).toEqual([undefined, 'hunter2']);

  const folder = temporaryFolder();
  const cluster = { ...profile(folder), node: '/bin/sh -c env' };
  const script = jobScript({ cluster, name: 'job', pack: folder, tasks: 1 });
  const env = { ...process.env, SSHPASS: 'hunter2', SLURM_JWT: 'hunter2', SLURM_ARRAY_TASK_ID: '0' };
  const seen = execFileSync('bash', ['-c', script], { encoding: 'utf8', env });
  expect(seen).toContain('SLURM_ARRAY_TASK_ID=0');
  expect(seen).not.toContain('hunter2');
});

test('a job that Slurm has forgotten has no tasks', async () => {
  const forgotten = slurm({ name: 'lab', reach: [] }, () =>
    Promise.reject(new Error('slurm_load_jobs error: Invalid job id specified')),
  );
  expect(await forgotten.list(['12'])).toEqual([]);
  const broken = slurm({ name: 'lab', reach: [] }, () =>
    Promise.reject(new Error('Unable to contact slurm controller')),
  );
  await expect(broken.list(['12'])).rejects.toMatchObject({ code: 'cluster.no-answer' });
});

test('packs, bursts of stops and a silent login node keep to the pace, and nothing is lost', async () => {
  const every = 50;
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const known: TaskState[] = [];
  const state = { fails: false, job: 0 };
  const answer = <T>(value: () => T): Promise<T> =>
    state.fails ? Promise.reject(noAnswer()) : Promise.resolve(value());
  const { storage, executor } = setUpCluster(
    folder,
    {
      submit: (script) =>
        answer(() => {
          const job = String(++state.job);
          const last = Number(/--array=0-(\d+)/.exec(readFileSync(script, 'utf8'))?.[1]);
          for (let task = 0; task <= last; task++)
            known.push({ job, task, state: 'PENDING', reason: 'Priority', node: null, secondsLeft: null });
          return job;
        }),
      find: () => answer(() => new Map()),
      list: () => answer(() => known),
      cancel: (tasks) =>
        answer(() => {
          for (const task of known) if (tasks.get(task.job)?.includes(task.task)) task.state = 'CANCELLED';
        }),
    },
    { askEvery: every, settle: 20, readEvery: 10, patience: 10_000 },
  );
  const task = { kind: 'classifier', dataSet: { source: 'mnist' }, dataSetHash: 'd'.repeat(64) } as const;
  const ids = Array.from({ length: 200 }, (_, seed) => {
    const full = {
      ...task,
      seed,
      recipe: classifierRecipeSchema.parse({ architecture: { kind: 'mlp' }, targets: [98] }),
    };
    const key = runKey(full, 'wasm');
    const run = { key, kind: 'classifier', label: 'MLP', task: full, seed, priority: 0, engine: 'wasm' } as const;
    return storage.runs.ensure(run, 1).id;
  });
  storage.placements.placeRuns(ids, 'lab');
  const cluster = { ...profile(folder), tasksPerJob: 20 };
  const running = executor({ cluster });
  const began = performance.now();
  running.start();
  await vi.waitFor(() => expect(known).toHaveLength(200), patient);
  for (const id of ids.slice(0, 100)) {
    storage.runs.cancel(id, 2);
    running.wake();
    if (id % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    state.fails = id % 40 > 30;
  }
  state.fails = false;
  await vi.waitFor(() => expect(slurmPlacements(storage).list('lab')).toHaveLength(100), patient);
  const elapsed = performance.now() - began;
  expect(known.filter((each) => each.state === 'CANCELLED')).toHaveLength(100);
  expect(running.calls).toBeGreaterThan(10);
  expect(running.calls).toBeLessThanOrEqual(4 + elapsed / every + 1);
});
