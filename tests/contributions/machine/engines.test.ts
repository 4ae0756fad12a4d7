import { expect, test } from 'vitest';
import { findGraphics } from '../../../main/contributions/machine/graphics.ts';
import type { MachineEngine } from '../../../main/contributions/machine/contract.ts';
import { installReport, shareDone, tensorflowBuilds, whyEngine } from '../../../main/contributions/machine/engines.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import type { TaskEvent } from '../../../main/services/tasks/task-events.ts';

test('the share of a download is read from its text', () => {
  expect(shareDone('120 of 274 MB')).toBeCloseTo(0.438, 3);
  expect(shareDone('120 MB of 274 MB')).toBeCloseTo(0.438, 3);
  expect(shareDone('300 of 274 MB')).toBe(1);
  expect(shareDone('120 MB')).toBeNull();
});

test('finished steps become lines, progress becomes progress events', () => {
  const events: TaskEvent[] = [];
  const report = installReport((event) => events.push(event));
  report({ type: 'begin', step: 'Unpacking' });
  report({ type: 'end', step: 'Unpacking', text: 'done', seconds: 1.23 });
  report({ type: 'note', text: 'Another is at work.' });
  expect(events).toEqual([
    { type: 'progress', share: null, note: 'Unpacking' },
    { type: 'line', text: 'Unpacking: done (1.2 s)' },
    { type: 'line', text: 'Another is at work.' },
  ]);
});

test('which engine is used is said with the reason, and agrees with the choice', () => {
  const engine = (name: MachineEngine['name'], speed: number | null, chosen: boolean): MachineEngine => ({
    name,
    chosen,
    note: '',
    speedOverWasm: speed,
    state: speed === null ? 'absent' : 'passed',
  });
  const engines = (chosen: MachineEngine['name']): MachineEngine[] => [
    engine('tensorflow', 3.1, chosen === 'tensorflow'),
    engine('webgpu', null, false),
    engine('wasm', 1, chosen === 'wasm'),
  ];
  expect(whyEngine(engines('tensorflow'), { wanted: 'auto', named: null })).toBe(
    'New models train on TensorFlow, the fastest engine that passed its check.',
  );
  expect(whyEngine(engines('wasm'), { wanted: 'wasm', named: null })).toBe(
    'New models train on WebAssembly, because it is chosen under Training below. TensorFlow passed its check too and is 3.1 times as fast.',
  );
  expect(whyEngine(engines('wasm'), { wanted: 'auto', named: 'wasm' })).toContain('because BOUNDARY_ENGINE names it');
});

test('CUDA is not offered without a card', async () => {
  const none = { seen: [], why: 'No NVIDIA driver is installed (nvidia-smi was not found)' };
  const builds = await tensorflowBuilds({ BOUNDARY_CACHE: temporaryFolder(), PATH: '' }, () => Promise.resolve(none));
  expect(builds.find(({ variant }) => variant === 'cuda')).toMatchObject({
    installed: false,
    obstacle: expect.stringMatching(/^Of no use here: No NVIDIA driver|not published|no build/i),
  });
});

test('no graphics driver is no error', async () => {
  expect(await findGraphics('no-such-program-here')).toEqual({
    seen: [],
    why: 'No NVIDIA driver is installed (nvidia-smi was not found)',
  });
});
