import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { askOnce, ProcessClient, type ProcessOptions } from '../../main/processes/client.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { TestHandlers } from './test-child.ts';

const options: ProcessOptions<TestHandlers> = {
  checks: { answerOtherwise: { output: z.string() }, reportUnasked: { output: z.string() } },
  launcher: new ForkLauncher(),
  entry: join(import.meta.dirname, 'test-child.ts'),
  idleFor: null,
  died: (why, hungAfter) => new Error(`died: ${why}`, { cause: hungAfter }),
  failed: (message, detail) => new Error(`failed: ${message}`, { cause: detail }),
};

function open(change: Partial<ProcessOptions<TestHandlers>> = {}): ProcessClient<TestHandlers> {
  const client = new ProcessClient({ ...options, ...change });
  onTestFinished(() => client.close());
  return client;
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const patient = { timeout: 60_000 };

test('the first question starts the process, which answers all that follow', async () => {
  const client = open();
  expect(client.pid).toBeUndefined();
  expect(await Promise.all([1, 2, 3].map((value) => client.ask('double', value)))).toEqual([2, 4, 6]);
  expect(await client.ask('pid', undefined)).toBe(client.pid);
});

test('what a process compiled is kept for the next one, also if its answer ends it', async () => {
  const code = temporaryFolder();
  const launcher = new ForkLauncher({ ...process.env, NODE_COMPILE_CACHE: code });
  expect(await askOnce({ ...options, launcher }, 'double', 2)).toBe(4);
  expect(readdirSync(code, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile())).toBe(true);
});

test('a refusal crosses as a UserError, a defect as what the owner makes of it', async () => {
  const client = open();
  await expect(client.ask('refuse', undefined)).rejects.toMatchObject({
    name: 'UserError',
    code: 'test.refused',
    message: 'It is refused',
    where: 'here',
    remedy: 'Ask otherwise.',
  });
  await expect(client.ask('fail', undefined)).rejects.toMatchObject({
    message: 'failed: a defect',
    cause: expect.stringContaining('test-child.ts'),
  });
  expect(await client.ask('double', 4)).toBe(8);
});

test('events come before the answer, in order', async () => {
  const client = open();
  const events: number[] = [];
  expect(await client.ask('count', 3, { onEvent: ({ at }) => events.push(at) })).toBe(3);
  expect(events).toEqual([1, 2, 3]);
});

test('a question that the process died of is asked once more, of a new one', async () => {
  const client = open();
  const before = await client.ask('pid', undefined);
  expect(await client.ask('dieOnce', join(temporaryFolder(), 'died'))).toBe('alive');
  expect(client.pid).not.toBe(before);
});

test('a question that always kills is given up after two tries, with the last line that the process wrote', async () => {
  const client = open();
  await expect(client.ask('die', 'first\nout of everything\n')).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringContaining('died: it ended with code 3: out of everything'),
      cause: null,
    }),
  );
  expect(await client.ask('double', 1)).toBe(2);
  await expect(open({ tries: 1 }).ask('dieOnce', join(temporaryFolder(), 'died'))).rejects.toThrow('died once');
});

test('the last line of a process that crashed is its error, and not what Node prints below', async () => {
  const client = open({ tries: 1, entry: join(import.meta.dirname, 'no-such-module.ts') });
  await expect(client.ask('double', 1)).rejects.toThrow(
    /ended with code 1: .*(Cannot find module|ERR_MODULE_NOT_FOUND)/,
  );
});

test('without a sign of it within the time allowed, the process is taken for hung', async () => {
  let patience = 60_000;
  const client = open({ patience: () => patience, tries: 1 });
  await client.ask('double', 1);
  const { pid = 0 } = client;
  patience = 1500;
  const hung = await client.ask('hang', undefined).catch((error: unknown) => error);
  expect(hung).toMatchObject({ message: expect.stringContaining('died: it did not answer within 1.5 s'), cause: 1500 });
  expect(isAlive(pid)).toBe(false);
  // Another process starts, which takes its time on a busy machine.
  patience = 60_000;
  expect(await client.ask('double', 1)).toBe(2);
});

test('an answer that came while this process stood still counts as one', async () => {
  let patience = 60_000;
  const client = open({ patience: () => patience, tries: 1 });
  const pid = await client.ask('pid', undefined);
  patience = 3000;
  const answer = client.ask('double', 4);
  // From here, timers that are due fire before messages are read.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500));
  expect(await answer).toBe(8);
  expect(client.pid).toBe(pid);
});

test('a cancelled question rejects at once, whether it runs or waits; the process hears of it and stays', async () => {
  const client = open();
  const { pid } = { pid: await client.ask('pid', undefined) };
  const file = join(temporaryFolder(), 'cancelled');
  const abort = new AbortController();
  const runs = client.ask('untilCancelled', file, { signal: abort.signal });
  const waits = client.ask('die', 'never asked', { signal: abort.signal });
  abort.abort(new Error('nobody waits'));
  await expect(runs).rejects.toThrow('nobody waits');
  await expect(waits).rejects.toThrow('nobody waits');
  await expect(client.ask('double', 1, { signal: abort.signal })).rejects.toThrow('nobody waits');
  expect(await client.ask('pid', undefined)).toBe(pid);
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), patient);
});

test('a process that nobody asks ends, and comes back when it is asked', async () => {
  const client = open({ idleFor: 200 });
  const first = await client.ask('pid', undefined);
  await vi.waitFor(() => expect(client.pid).toBeUndefined(), patient);
  expect(isAlive(first)).toBe(false);
  expect(await client.ask('double', 1)).toBe(2);
});

test.each(['answerOtherwise', 'reportUnasked', 'sendNonsense'] as const)(
  '%s: a message that is not valid ends the process',
  async (call) => {
    const client = open({ tries: 1 });
    await expect(client.ask(call, {})).rejects.toThrow('died: it sent a message that is not valid');
    expect(await client.ask('double', 1)).toBe(2);
  },
);

test('a restart loses what the process had in memory, and no question', async () => {
  const client = open({ tries: 1 });
  expect(await client.ask('remember', 5)).toBe(5);
  const open1 = client.ask('remember', 1);
  client.restart();
  client.restart();
  const open2 = client.ask('remember', 1);
  expect(await Promise.all([open1, open2])).toEqual([1, 2]);
});

test('closing rejects what waits, and resolves when the process is gone', async () => {
  const client = open();
  const pid = await client.ask('pid', undefined);
  const hangs = client.ask('hang', undefined);
  const rejected = expect(hangs).rejects.toThrow('died: the program is about to end');
  await client.close();
  expect(isAlive(pid)).toBe(false);
  await rejected;
  await expect(client.ask('double', 1)).rejects.toThrow('died: the program is about to end');
  await expect(open().close()).resolves.toBeUndefined();
});

test('one question of a process of its own leaves no process behind', async () => {
  const pid = await askOnce(options, 'pid', {});
  expect(isAlive(pid)).toBe(false);
  const abort = new AbortController();
  let hung = 0;
  const asking = askOnce({ ...options, launcher: launcherThatReports((pid) => (hung = pid)) }, 'hang', {}, abort);
  await vi.waitFor(() => expect(hung).toBeGreaterThan(0), patient);
  abort.abort(new Error('enough'));
  await expect(asking).rejects.toThrow('enough');
  expect(isAlive(hung)).toBe(false);
});

function launcherThatReports(report: (pid: number) => void): ForkLauncher {
  const launcher = new ForkLauncher();
  const launch = launcher.launch.bind(launcher);
  launcher.launch = (...words) => {
    const launched = launch(...words);
    report(launched.pid ?? 0);
    return launched;
  };
  return launcher;
}

test('a process can have its parent launch another, and learns its output and its exit', async () => {
  const client = open();
  expect(await client.ask('launch', join(import.meta.dirname, 'launched-process.ts'))).toEqual({
    code: 4,
    output: 'a+b',
  });
});
