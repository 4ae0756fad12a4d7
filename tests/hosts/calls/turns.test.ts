import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test, vi } from 'vitest';
import { callLimits } from '../../../main/hosts/calls/call-queue.ts';
import type { CallHandlers } from '../../../main/hosts/calls/handlers.ts';
import type { PageLimits } from '../../../main/services/api/base.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, answer, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { FakePage } from './fake-page.ts';
import { handlersOf } from '../../calls.ts';

let lab: TestLab;
let calls: CallHandlers;

beforeEach(() => {
  lab = openLab();
  calls = handlersOf({ lab: lab.lab, log: (error) => lab.defects.push(error) });
});

const times = (count: number, action: () => void): void => {
  for (let n = 0; n < count; n++) action();
};

test('a call waits for one of another tab at most, though that tab has 1,000 under way', async () => {
  const [busy, other] = [new FakePage(calls), new FakePage(calls)];
  times(1000, () => busy.call('studies/presets'));
  await busy.answerTo('1');
  const before = busy.answers.length;
  const asked = other.call('jobs/list');
  expect((await other.answerTo(asked)).p.b?.json).toEqual([]);
  const after = busy.answers.length;
  expect(after - before).toBeLessThanOrEqual(1);
  busy.close();
});

test('a label waits for one call of others at most, though 30 tabs have 500 each under way', async () => {
  addStimuli(lab.lab.workbench.storage);
  const { token } = at(await makeSessions(lab, 1), 0);
  const tabs = Array.from({ length: 30 }, () => new FakePage(calls));
  const began = vi.spyOn(lab.lab.jobs, 'list');
  for (const tab of tabs) times(500, () => tab.call('jobs/list'));
  await at(tabs, 0).answerTo('1');
  const desk = new FakePage(calls, { study: null, isOwn: (session) => session === token, release: () => undefined });
  const sitting = { token, sitting: randomUUID() };
  const waits: number[] = [];
  const ask = async (path: string, input: object): Promise<void> => {
    const before = began.mock.calls.length;
    const answered = await desk.answerTo(desk.call(`desk/volunteer/${path}`, { ...sitting, ...input }));
    expect(answered.p.s).toBeUndefined();
    waits.push(began.mock.calls.length - before);
  };
  await ask('open', { screen });
  for (let n = 0; n < 20; n++) await ask('addEvents', { events: [answer(n + 1, n, 1)] });
  expect(Math.max(...waits)).toBeLessThanOrEqual(1);
  for (const tab of tabs) tab.close();
  expect(lab.defects).toEqual([]);
});

test('calls of one page begin in the order of their arrival, one in a round of the event loop', async () => {
  const order: string[] = [];
  let round = 0;
  vi.spyOn(lab.lab.work, 'setPaused').mockImplementation((isPaused) => void order.push(`${isPaused} in ${round}`));
  const page = new FakePage(calls);
  for (const path of ['pauseAll', 'resumeAll', 'resumeAll', 'pauseAll']) page.call(`work/${path}`);
  for (round = 1; round <= 6; round++) await new Promise((resolve) => setImmediate(resolve));
  expect(order.map((each) => each.split(' ')[0])).toEqual(['true', 'false', 'false', 'true']);
  expect(new Set(order.map((each) => each.split(' ')[2])).size).toBe(4);
});

test('calls that wait for a process keep only their own page waiting, and others not behind all of them', async () => {
  const begun: AbortSignal[] = [];
  vi.spyOn(lab.lab.analysis, 'ask').mockImplementation((_call, _input, signal) => {
    if (signal) begun.push(signal);
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
  const { connection } = callLimits;
  const [busy, other] = [new FakePage(calls), new FakePage(calls)];
  const asked = Array.from({ length: 2 * connection }, () => busy.call('results/overview', { study: 'sample' }));
  await vi.waitFor(() => expect(begun).toHaveLength(connection));
  await other.answerTo(other.call('jobs/list'));
  expect(begun).toHaveLength(connection);
  // One that waits leaves at once, and one that has begun makes room.
  busy.cancel(at(asked, connection));
  busy.cancel(at(asked, 0));
  await vi.waitFor(() => expect(begun).toHaveLength(connection + 1));
  await other.answerTo(other.call('jobs/list'));
  expect(begun).toHaveLength(connection + 1);
  expect(begun.filter(({ aborted }) => aborted)).toHaveLength(1);
  busy.close();
  await other.answerTo(other.call('jobs/list'));
  expect(begun).toHaveLength(connection + 1);
  expect(begun.every(({ aborted }) => aborted)).toBe(true);
  expect(lab.defects).toEqual([]);
});

test('streams that a page listens to do not keep its calls waiting', async () => {
  const page = new FakePage(calls);
  times(2 * callLimits.connection, () => page.call('changes/listen', { after: null }));
  await page.answerTo(page.call('jobs/list'));
  page.close();
});

test('calls that were cancelled while they waited are not made', async () => {
  const page = new FakePage(calls);
  const pause = vi.spyOn(lab.lab.work, 'setPaused');
  const asked = Array.from({ length: 1000 }, () => page.call('work/pauseAll'));
  for (const id of asked.slice(1)) page.cancel(id);
  await page.answerTo(page.call('jobs/list'));
  expect(pause).toHaveBeenCalledTimes(1);
});

test('a page that sends more than may wait is not read until half of it is answered, and nothing is lost', async () => {
  const page = new FakePage(calls);
  const { calls: most } = callLimits.waiting;
  times(most - 1, () => page.call('jobs/list'));
  expect(page.reading).toEqual([]);
  const last = page.call('jobs/list');
  expect(page.reading).toEqual([false]);
  await page.answerTo(last);
  expect(page.reading).toEqual([false, true]);
  expect(page.answers.map(({ i }) => i)).toEqual(Array.from({ length: most }, (_, n) => String(n + 1)));
});

test('a page whose transport cannot stop reading is closed before it fills the memory', () => {
  const page = new FakePage(calls);
  const megabyte = 'x'.repeat(2 ** 20);
  for (let n = 0; n < 100 && !page.isRefused; n++) page.call('jobs/list', { megabyte });
  expect(page.isRefused).toBe(true);
});

test('a desk that makes calls of others is refused each of them, and goes before nobody any more', async () => {
  // Each call takes as long as each other one.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now++);
  const desk: PageLimits = { study: null, isOwn: () => false, release: () => undefined };
  const [intruder, tab] = [new FakePage(calls, desk), new FakePage(calls)];
  times(2000, () => intruder.call('desk/board', { study: studyName }));
  const first = await intruder.answerTo('1');
  expect(first.p).toMatchObject({ s: 403, b: { json: { code: 'FORBIDDEN' } } });
  const before = intruder.answers.length;
  times(200, () => tab.call('jobs/list'));
  await tab.answerTo('200');
  expect(intruder.answers.length - before).toBeLessThanOrEqual(201);
  intruder.close();
  expect(lab.defects).toEqual([]);
});
