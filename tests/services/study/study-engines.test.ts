import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { availableEngines } from '../../../main/services/tools/engines.ts';
import type { StudyEvent } from '../../../main/services/study/events.ts';
import { enginesForStudy } from '../../../main/services/study/study-engines.ts';
import type { EngineCheck } from '../../../main/training/engines/choice/choice.ts';
import { chooseEngine } from '../../../main/training/engines/choice/choose.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallStudy } from './small-study.ts';

beforeEach(() => {
  vi.stubEnv('BOUNDARY_CACHE', temporaryFolder());
  vi.stubEnv('BOUNDARY_ENGINE', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

/** Keeps an outcome of trying the engines: steps a second, or what failed. TensorFlow is not there. */
async function tried(outcomes: Partial<Record<EngineName, number | string>>): Promise<void> {
  const check = async (name: EngineName): Promise<EngineCheck> => {
    const outcome = outcomes[name] ?? 'crashed';
    return typeof outcome === 'number'
      ? { name, state: 'passed', note: 'a card', speed: outcome }
      : { name, state: 'failed', note: outcome, speed: null };
  };
  await chooseEngine({ check });
}

function wordsOf(event: StudyEvent): string {
  if (event.type === 'predicted') return event.model;
  if (event.type === 'reading') return event.note;
  return 'detail' in event ? event.detail : event.message;
}

async function ask(engine: EngineName | null, pinned = 'auto', signal = new AbortController().signal) {
  const events: StudyEvent[] = [];
  const study = studySchema.parse({ ...smallStudy(), engine: pinned });
  const names = await enginesForStudy({ study, engine, signal, listener: (event) => events.push(event) });
  return { names, said: events.map(wordsOf) };
}

test('a study without an engine takes the fastest one, and says which', async () => {
  await tried({ webgpu: 24, wasm: 10 });
  expect(await ask(null)).toEqual({ names: ['webgpu', 'wasm'], said: ['webgpu (2.4x wasm)'] });
  expect(availableEngines().names).toEqual(['webgpu', 'wasm']);
});

test('an engine that failed its self-check is not used, and the study says why', async () => {
  await tried({ webgpu: 'tanh is off by 3 %', wasm: 10 });
  expect(await ask(null)).toEqual({
    names: ['wasm'],
    said: ['The engine webgpu failed its self-check and is not used: tanh is off by 3 %', 'wasm'],
  });
  await expect(ask('webgpu')).rejects.toMatchObject({
    code: 'engine.failed-self-check',
    where: '--engine',
    message: expect.stringContaining('tanh is off by 3 %'),
    remedy: expect.stringContaining('boundary engine check'),
  });
  await expect(ask(null, 'webgpu')).rejects.toMatchObject({
    code: 'engine.failed-self-check',
    where: 'the study file, engine',
  });
  expect(availableEngines().missing.webgpu).toContain('tanh is off by 3 %');
});

test('a chosen engine is the only one, even if it is slower', async () => {
  await tried({ webgpu: 5, wasm: 10 });
  expect(await ask('webgpu')).toEqual({ names: ['webgpu'], said: ['webgpu (0.5x wasm), as asked for'] });
  expect((await ask(null, 'webgpu')).names).toEqual(['webgpu']);
  await expect(ask('wasm', 'webgpu')).rejects.toMatchObject({ code: 'engine.other-in-study' });
  await expect(ask('tensorflow')).rejects.toMatchObject({
    code: 'engine.not-available',
    remedy: 'Install it with `boundary engine install`, or use --engine auto.',
  });
});

test('wasm is taken without a check if it is chosen; without any engine there is no study', async () => {
  expect(await ask('wasm')).toEqual({ names: ['wasm'], said: ['wasm, as asked for'] });
  await tried({ wasm: 'no SIMD' });
  await expect(ask('wasm')).rejects.toMatchObject({ code: 'engine.not-available' });
  await expect(ask(null)).rejects.toMatchObject({ code: 'engine.none', message: expect.stringContaining('no SIMD') });
});

test('stopping while engines are checked takes effect at once', async () => {
  const said = await ask(null, 'auto', AbortSignal.abort());
  expect(said.names).toEqual(['wasm']);
});
