import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkEngine } from '../../../../main/training/engines/choice/check-engine.ts';
import { engineStatuses } from '../../../../main/training/engines/open.ts';

const strange = (behavior: string, limit = 30_000) =>
  checkEngine('webgpu', {
    entry: join(import.meta.dirname, 'strange-process.ts'),
    environment: { ...process.env, BEHAVIOUR: behavior },
    limit,
  });
const failed = (note: string) => ({ name: 'webgpu', state: 'failed', note, speed: null });

test.each(engineStatuses())(
  '$name, checked in a process of its own: passes where it is available',
  async ({ name, available }) => {
    const check = await checkEngine(name);
    if (available === true) expect(check).toMatchObject({ name, state: 'passed', speed: expect.any(Number) });
    else expect(check.state).not.toBe('failed');
    if (check.state === 'passed') expect(check.speed).toBeGreaterThan(0);
    expect(check.note).not.toBe('');
  },
);

test('an engine that crashes its process has failed, with the last line that it wrote', async () => {
  expect(await strange('crash')).toEqual(failed('its process was ended by SIGSEGV: vkCreateDevice: out of luck'));
  expect(await strange('leave')).toEqual(failed('its process ended with code 3'));
  expect((await strange('late crash')).state).toBe('passed');
});

test('an engine that hangs has failed, and so has one that sends an invalid answer', async () => {
  expect(await strange('hang', 300)).toEqual(failed('its process did not answer within 0.3 s'));
  expect((await strange('nonsense')).note).toMatch(/^sent an invalid answer/);
});

test('a check can be stopped', async () => {
  const abort = new AbortController();
  const check = checkEngine('wasm', { signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(check).rejects.toThrow('enough');
  await expect(checkEngine('wasm', { signal: abort.signal })).rejects.toThrow('enough');
});
