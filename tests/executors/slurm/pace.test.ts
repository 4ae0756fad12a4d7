import { expect, test } from 'vitest';
import { slurm, taskNames } from '../../../main/executors/slurm/commands.ts';
import { PacedScheduler } from '../../../main/executors/slurm/pace.ts';

const minute = 60_000;

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
