import { expect, test } from 'vitest';
import { ChangeFeed } from '../../../main/services/workbench/change-feed.ts';
import { Jobs } from '../../../main/services/tools/jobs.ts';
import type { NewJob } from '../../../main/services/tools/jobs.ts';

const about: NewJob = { kind: 'export', title: 'Export', study: null, link: null };

function open(): Jobs {
  return new Jobs(new ChangeFeed(), () => Date.UTC(2026, 0, 1));
}

test('a job reports its progress and stays on the list when it has ended', () => {
  const jobs = open();
  const first = jobs.add(about);
  const second = jobs.add({ ...about, title: 'Another' });
  first.update({ share: 0.5, note: 'half' });
  first.log('one thing');
  first.end('failed', 'no more room');
  expect(jobs.list()).toMatchObject([
    { id: second.id, state: 'running', share: null, stoppable: false },
    { id: first.id, state: 'failed', share: 0.5, note: '', messages: ['one thing', 'no more room'] },
  ]);
  expect(jobs.list()[1]?.endedAt).toBe('2026-01-01T00:00:00.000Z');
  jobs.dismiss(first.id);
  expect(jobs.list().map(({ id }) => id)).toEqual([second.id]);
});

test('jobs that run stand above those that wait, and those above ended ones', () => {
  const jobs = open();
  const ended = jobs.add(about);
  ended.end('done');
  const running = jobs.add(about);
  const waiting = jobs.add(about);
  waiting.update({ state: 'waiting' });
  expect(jobs.list().map(({ id }) => id)).toEqual([running.id, waiting.id, ended.id]);
});

test('stopping calls the job; jobs that cannot be stopped or do not exist are refused', () => {
  const jobs = open();
  let asked = 0;
  const stoppable = jobs.add({ ...about, stop: () => asked++ });
  jobs.stop(stoppable.id);
  expect(asked).toBe(1);
  expect(jobs.list()[0]).toMatchObject({ state: 'stopping' });
  stoppable.end('stopped');
  jobs.stop(stoppable.id);
  expect(asked).toBe(1);
  const endless = jobs.add(about);
  expect(() => jobs.stop(endless.id)).toThrow('This job cannot be stopped');
  expect(() => jobs.dismiss(endless.id)).toThrow('has not ended');
  // Where it is, a refusal says even of a blank name.
  expect(() => jobs.stop(' ')).toThrow(expect.objectContaining({ code: 'job.not-found', where: '" "' }));
  expect(() => jobs.stop('job-99')).toThrow('no longer exists');
});

test('only the last ended jobs are kept; running ones always', () => {
  const jobs = open();
  const running = jobs.add(about);
  for (let count = 0; count < 100; count++) jobs.add(about).end('done');
  const list = jobs.list();
  expect(list[0]?.id).toBe(running.id);
  expect(list).toHaveLength(31);
  expect(list[1]?.id).toBe('job-101');
});
