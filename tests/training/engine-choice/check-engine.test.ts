import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkEngine } from '../../../main/training/engine-choice/check-engine.ts';
import { engineStatuses } from '../../../main/training/engines/open.ts';

const strange = (behaviour: string, limit = 30_000) =>
  checkEngine('webgpu', {
    entry: join(import.meta.dirname, 'strange-process.ts'),
    environment: { ...process.env, BEHAVIOUR: behaviour },
    limit,
  });
const failed = (note: string) => ({ name: 'webgpu', state: 'failed', note, speed: null });

test.each(engineStatuses())(
  '$name, tried in a process of its own: passes where it is there',
  async ({ name, available }) => {
    const check = await checkEngine(name);
    if (available === true) expect(check).toMatchObject({ name, state: 'passed', speed: expect.any(Number) });
    else expect(check.state).not.toBe('failed');
    if (check.state === 'passed') expect(check.speed).toBeGreaterThan(0);
    expect(check.note).not.toBe('');
  },
);

test('an engine that takes its process down has failed, with what it said last', async () => {
  expect(await strange('crash')).toEqual(failed('its process was ended by SIGSEGV: vkCreateDevice: out of luck'));
  expect(await strange('leave')).toEqual(failed('its process ended with exit code 3'));
  expect((await strange('late crash')).state).toBe('passed');
});

test('a hanging engine is stopped, and an invalid answer counts as a failure', async () => {
  expect(await strange('hang', 300)).toEqual(failed('did not answer within 0.3 s'));
  expect((await strange('nonsense')).note).toMatch(/^gave an invalid answer/);
});

test('a check can be called off', async () => {
  const abort = new AbortController();
  const check = checkEngine('wasm', { signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(check).rejects.toThrow('enough');
  await expect(checkEngine('wasm', { signal: abort.signal })).rejects.toThrow('enough');
});
