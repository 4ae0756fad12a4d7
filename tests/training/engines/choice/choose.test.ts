import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { EngineName } from '../../../../main/contract/runs/run.ts';
import {
  choicePath,
  type EngineCheck,
  passedEngines,
  readChoice,
  speedOverWasm,
} from '../../../../main/training/engines/choice/choice.ts';
import { type ChooseOptions, chooseEngine, knownChoice } from '../../../../main/training/engines/choice/choose.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

/** TensorFlow is absent in an empty cache folder; the others do as `speeds` says. */
function machine(cache = temporaryFolder(), speeds: Partial<Record<EngineName, number>> = { webgpu: 30, wasm: 10 }) {
  const environment = { BOUNDARY_CACHE: cache };
  const check = vi.fn(async (name: EngineName): Promise<EngineCheck> => {
    const speed = speeds[name] ?? null;
    return { name, state: speed ? 'passed' : 'failed', note: 'tried', speed };
  });
  const choose = (options: ChooseOptions = {}) => chooseEngine({ environment, check, ...options });
  return { environment, check, choose, path: choicePath(environment) };
}
const names = (checks: EngineCheck[]): EngineName[] => checks.map(({ name }) => name);

test('the fastest engine that passed comes first, without failed or absent ones', async () => {
  const fast = await machine().choose();
  expect(names(passedEngines(fast))).toEqual(['webgpu', 'wasm']);
  expect(passedEngines(fast).map((check) => speedOverWasm(fast, check))).toEqual([3, 1]);
  expect(fast.checks.find(({ name }) => name === 'tensorflow')).toMatchObject({
    state: 'absent',
    note: 'not installed',
  });
  expect(names(passedEngines(await machine(undefined, { webgpu: 5, wasm: 10 }).choose()))).toEqual(['wasm', 'webgpu']);
  expect(names(passedEngines(await machine(undefined, { wasm: 10 }).choose()))).toEqual(['wasm']);
});

test('engines are checked once, and again on request', async () => {
  const { check, choose, environment } = machine();
  const onCheck = vi.fn();
  expect(knownChoice(environment)).toBeNull();
  const first = await choose({ onCheck });
  expect(await choose({ onCheck })).toEqual(first);
  expect(knownChoice(environment)).toEqual(first);
  expect([check.mock.calls.length, onCheck.mock.calls.length]).toEqual([2, 1]);
  await choose({ again: true });
  expect(check).toHaveBeenCalledTimes(4);
});

test('they are checked again when their key changes, but not when an engine is requested', async () => {
  const { environment, choose, check } = machine();
  await choose();
  await choose({ environment: { ...environment, BOUNDARY_ENGINE: 'wasm' } });
  expect(check).toHaveBeenCalledTimes(2);
  await choose({ environment: { ...environment, VK_DRIVER_FILES: '/another.json' } });
  expect(check).toHaveBeenCalledTimes(4);
});

test('an invalid file is replaced by a new choice', async () => {
  const { choose, path } = machine();
  const good = await choose();
  const text = readFileSync(path, 'utf8');
  const changed = (change: object): string => JSON.stringify({ ...good, ...change });
  const damaged = [
    '',
    'null',
    text.slice(0, -20),
    changed({ schema: 'boundary-workbench/engine-choice/2' }),
    changed({ key: '0'.repeat(64) }),
    changed({ checks: [{ name: 'abacus', state: 'passed', note: '', speed: 1e9 }] }),
    changed({ checks: [{ ...good.checks[0], speed: -1 }] }),
    changed({ more: 'than there should be' }),
    text + ' '.repeat(100_000),
  ];
  for (const each of damaged) {
    writeFileSync(path, each);
    const again = await choose();
    expect(again.checks).toEqual(good.checks);
    expect(readChoice(path)).toEqual(again);
  }
  fc.assert(
    fc.property(fc.string(), (anything) => {
      writeFileSync(path, anything);
      expect(readChoice(path)).toBeNull();
    }),
  );
});

test('of several at the same time one tries, and all have its outcome; no other file is left', async () => {
  const { choose, check, path } = machine();
  const choices = await Promise.all([choose(), choose(), choose()]);
  expect(check).toHaveBeenCalledTimes(2);
  expect(new Set(choices.map(({ at }) => at)).size).toBe(1);
  expect(readdirSync(dirname(path))).toHaveLength(1);
});

test('a folder that cannot be written costs a trial each time, and no more', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const { choose, check } = machine(join(file, 'cache'));
  expect(names(passedEngines(await choose()))).toEqual(['webgpu', 'wasm']);
  await choose();
  expect(check).toHaveBeenCalledTimes(4);
});

test('waiting for the check of another process can be aborted', async () => {
  const { choose, path } = machine();
  const slow = Promise.withResolvers<EngineCheck>();
  const first = choose({ check: () => slow.promise });
  const abort = new AbortController();
  const second = choose({ signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  slow.resolve({ name: 'wasm', state: 'passed', note: '', speed: 1 });
  expect((await first).checks).toHaveLength(3);
  expect(readChoice(path)).not.toBeNull();
});

test('a folder in place of the file is no choice', async () => {
  const { path, choose } = machine();
  mkdirSync(path, { recursive: true });
  expect(readChoice(path)).toBeNull();
  expect(names(passedEngines(await choose()))).toEqual(['webgpu', 'wasm']);
});
