import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const entry = join(import.meta.dirname, 'background-process.ts');

interface Priority {
  /** Lower is served first; 0 is usual. */
  process: number;
  /** Priority of its session, or null where Linux does not group processes by session. */
  group: number | null;
}

/** @param detached whether the processes lead sessions of their own, as workers do */
async function priorities(detached: boolean): Promise<Priority[]> {
  const children = [1, 2, 3].map(() => fork(entry, detached ? [] : ['once'], { detached, env }));
  const answers = await Promise.all(children.map((child) => once(child, 'message')));
  return answers.map(([answer]) => answer as Priority);
}

/** Without what tests set. */
const env = { ...process.env, BOUNDARY_PRIORITY: 'background' };

const hasGroups = existsSync('/proc/self/autogroup');

test('processes that yield do so with their session, even if several begin at once', async () => {
  const lower = Math.max(getPriority(), 5);
  const expected = { process: lower, group: hasGroups ? 5 : null };
  expect(await priorities(true)).toEqual([expected, expected, expected]);
});

test('a process in the session of others leaves them their priority', { skip: !hasGroups }, async () => {
  const before = readFileSync('/proc/self/autogroup', 'utf8');
  for (const { process } of await priorities(false)) expect(process).toBe(Math.max(getPriority(), 5));
  expect(readFileSync('/proc/self/autogroup', 'utf8')).toBe(before);
});
