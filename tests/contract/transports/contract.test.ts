import { setTimeout as wait } from 'node:timers/promises';
import { isDefinedError, safe } from '@orpc/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Change, ChangeEvent } from '../../../main/contract/api/changes.ts';
import type { ApiContext } from '../../../main/services/api/base.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { transports } from './transports.ts';
import type { Connection, Transport } from './transports.ts';

/** What every way from a page to the program keeps. */
describe.each(Object.keys(transports))('calls: %s', (name) => {
  let context: ApiContext;
  let defects: unknown[];
  let transport: Transport;
  let page: Connection;

  beforeEach(async () => {
    const { lab } = openLab(temporaryFolder());
    defects = [];
    context = { lab, log: (error) => defects.push(error) };
    const open = transports[name];
    if (!open) throw new Error(`there is no transport ${name}`);
    transport = await open(context);
    page = await transport.connect();
  });
  afterEach(async () => {
    await page.drop();
    await transport.close();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  const lab = () => context.lab;

  test('are answered, many at a time, each with its own answer', async () => {
    const answers = await Promise.all([
      page.client.app.info({}),
      page.client.jobs.list({}),
      page.client.work.state({}),
      page.client.app.info({}),
    ]);
    expect(answers[0]).toMatchObject({ host: 'test', dataFolder: lab().workbench.storage.folder });
    expect(answers.slice(1, 3)).toEqual([[], { study: null, paused: false, opensAt: null }]);
    expect(answers[3]).toEqual(answers[0]);
  });

  test.each([
    ['a word that the contract does not have', { study: 'quick', goal: 'everything' }],
    ['a key too many', { study: 'quick', goal: 'report', path: '/etc' }],
    ['a key too few', { study: 'quick' }],
    ['a text that is too long', { study: 'x'.repeat(100_000), goal: 'report' }],
    ['something else', 'report'],
    ['nothing', undefined],
  ])('check what goes in: %s', async (_what, input) => {
    const start = vi.spyOn(lab().work, 'start');
    const error = await page.client.work.start(input as never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'BAD_REQUEST' });
    expect(start).not.toHaveBeenCalled();
    expect(defects).toEqual([]);
  });

  test('check what comes out: an answer that the contract does not have does not leave', async () => {
    const { jobs } = lab();
    vi.spyOn(jobs, 'list').mockReturnValue([{ password: 'secret' }] as never);
    const error = await page.client.jobs.list({}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(whole(error)).not.toContain('secret');
  });

  test('refuse with the four parts of what the user can mend, typed, and nothing else', async () => {
    const { error, isDefined } = await safe(page.client.work.start({ study: 'none', goal: 'report' }));
    if (!isDefined || !isDefinedError(error)) throw new Error('the error is not one of the contract');
    expect(error.code).toBe('REFUSED');
    expect(Object.keys(error.data).sort()).toEqual(['code', 'remedy', 'what', 'where']);
    expect(error.data).toMatchObject({ code: 'study.not-found', where: expect.any(String) });
    expect(defects).toEqual([]);
  });

  test('tell a page nothing of a defect, and the log all of it', async () => {
    const defect = new Error('secret at /home/ada', { cause: new Error('more secret') });
    vi.spyOn(lab().jobs, 'list').mockImplementation(() => {
      throw defect;
    });
    const error = await page.client.jobs.list({}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: expect.stringContaining('jobs.list') });
    expect(whole(error)).not.toMatch(/secret|at .*\.ts/);
    expect(defects).toEqual([defect]);
  });

  test('stream what changes, in order', async () => {
    const events = await page.client.changes.listen({ after: null });
    const hello = (await events.next()).value as ChangeEvent;
    expect(hello).toMatchObject({ type: 'hello', life: lab().changes.life, missed: false });
    const heard: Change[] = [];
    for (const run of [1, 2, 3]) {
      lab().changes.publish('runs', [run]);
      while (!heard.some(({ ids }) => ids?.includes(run))) {
        const event = (await events.next()).value as ChangeEvent;
        if (event.type === 'changes') heard.push(...event.changes);
      }
    }
    const first = hello.type === 'hello' ? hello.seq + 1 : 0;
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, index) => first + index));
    expect(heard.filter(({ topic }) => topic === 'runs').map(({ ids }) => ids)).toEqual([[1], [2], [3]]);
    await events.return?.(undefined);
  });

  test('have several pages see the same: what one does, the others hear of', async () => {
    const other = await transport.connect();
    const events = await other.client.changes.listen({ after: null });
    await events.next();
    await page.client.work.pauseAll({});
    const heard = new Set<string>();
    while (!heard.has('settings')) {
      const event = (await events.next()).value as ChangeEvent;
      if (event.type === 'changes') for (const { topic } of event.changes) heard.add(topic);
    }
    expect((await other.client.work.state({})).paused).toBe(true);
    await events.return?.(undefined);
    await other.drop();
  });

  test.each(['return', 'signal', 'drop'])('end a stream that nobody hears any more, by %s', async (how) => {
    const { ended, isOpen } = spiedStream();
    const abort = new AbortController();
    const events = await page.client.changes.listen({ after: null }, { signal: abort.signal });
    await events.next();
    expect(isOpen()).toBe(true);
    if (how === 'return') await events.return?.(undefined);
    else if (how === 'signal') {
      const next = Promise.resolve(events.next()).catch(() => undefined);
      abort.abort();
      await next;
    } else if (name === 'in process') await events.return?.(undefined);
    else await page.drop();
    await ended;
    // The others go on.
    if (how !== 'drop') expect(await page.client.jobs.list({})).toEqual([]);
  });

  test('cancel what a page waits for when it is gone', async () => {
    const cancelled = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    vi.spyOn(lab().analysis, 'ask').mockImplementation((_call, _input, signal) => {
      began.resolve();
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          cancelled.resolve();
          reject(signal.reason);
        });
      });
    });
    const abort = new AbortController();
    const asked = page.client.results.overview({ study: 'sample' }, { signal: abort.signal }).catch(() => undefined);
    await began.promise;
    if (name === 'in process') abort.abort();
    else await page.drop();
    await cancelled.promise;
    abort.abort();
    await asked;
    expect(defects).toEqual([]);
  });

  /** A stream as the lab gives it, that says when it was ended. */
  function spiedStream() {
    const end = Promise.withResolvers<void>();
    let open = false;
    const listen = lab().changes.listen.bind(lab().changes);
    vi.spyOn(lab().changes, 'listen').mockImplementation(async function* (after, signal) {
      open = true;
      try {
        yield* listen(after, signal);
      } finally {
        open = false;
        end.resolve();
      }
    });
    return { ended: end.promise, isOpen: () => open };
  }

  test('have a stream wait for a page that is slow, and lose nothing of it', async () => {
    let made = 0;
    vi.spyOn(lab().changes, 'listen').mockImplementation(async function* (_after, signal) {
      while (!signal?.aborted) {
        await new Promise((resolve) => setImmediate(resolve));
        yield bigEvent(made++);
      }
    });
    const events = await page.client.changes.listen({ after: null });
    await events.next();
    page.stall();
    // Buffers of the system and of the transport fill; then nothing is made any more.
    let before = -1;
    await vi.waitFor(
      () => {
        const now = made;
        const still = now === before;
        before = now;
        if (!still) throw new Error(`still made: ${now}`);
      },
      { timeout: 60_000, interval: 300 },
    );
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(3000);
    page.resume();
    for (let seq = 1; seq < made + 20 && seq < 3100; seq++) expect((await events.next()).value).toEqual(bigEvent(seq));
    await events.return?.(undefined);
  });

  test('come back after a break without a change lost, or say that some were', async () => {
    const heard: number[] = [];
    const events = await page.client.changes.listen({ after: null });
    const hello = (await events.next()).value as ChangeEvent;
    if (hello.type !== 'hello') throw new Error('no hello');
    lab().changes.publish('runs', [1]);
    const first = (await events.next()).value as ChangeEvent;
    const seq = first.type === 'changes' ? (first.changes.at(-1)?.seq ?? 0) : 0;
    await page.drop();
    for (const run of [2, 3]) {
      lab().changes.publish('runs', [run]);
      await wait(300);
    }
    page = await transport.connect();
    const again = await page.client.changes.listen({ after: { life: hello.life, seq } });
    lab().changes.publish('runs', [4]);
    expect((await again.next()).value).toEqual({ type: 'hello', life: hello.life, seq, missed: false });
    while (heard.length < 3) {
      const { value } = await again.next();
      const event = value as ChangeEvent;
      if (event.type === 'changes') heard.push(...event.changes.flatMap(({ ids }) => ids ?? []));
    }
    expect(heard).toEqual([2, 3, 4]);
    const other = await page.client.changes.listen({ after: { life: 'another', seq: 3 } });
    expect((await other.next()).value).toMatchObject({ type: 'hello', missed: true });
    await again.return?.(undefined);
    await other.return?.(undefined);
  });
});

/** About 200 kB in one word: buffers fill without time spent on checking numbers. */
const bigWord = 'x'.repeat(200_000);
const bigEvent = (seq: number): ChangeEvent => ({ type: 'hello', life: bigWord, seq, missed: false });

/** All that an error says, hidden properties and causes included. */
function whole(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const own = Object.fromEntries(Object.getOwnPropertyNames(error).map((key) => [key, Reflect.get(error, key)]));
  const { stack: _ours, ...told } = own;
  return `${JSON.stringify(told)} ${error.cause ? whole(error.cause) : ''}`;
}
