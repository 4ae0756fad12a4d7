import { expect, test } from 'vitest';
import { AskedLauncher } from '../../../main/services/machine/asked-launcher.ts';
import { graphicsHere } from '../../../main/services/machine/graphics.ts';
import { installReport, shareOf } from '../../../main/services/machine/install-report.ts';
import type { MachineMessage } from '../../../main/services/machine/tasks.ts';

test('how far a download is can be read from its words', () => {
  expect(shareOf('120 of 274 MB')).toBeCloseTo(0.438, 3);
  expect(shareOf('120 MB of 274 MB')).toBeCloseTo(0.438, 3);
  expect(shareOf('300 of 274 MB')).toBe(1);
  expect(shareOf('120 MB')).toBeNull();
});

test('steps are lines to keep, their progress passes by', () => {
  const said: MachineMessage[] = [];
  const report = installReport((message) => said.push(message));
  report({ type: 'begin', step: 'Unpacking' });
  report({ type: 'end', step: 'Unpacking', text: 'done', seconds: 1.23 });
  report({ type: 'note', text: 'Another is at work.' });
  expect(said).toEqual([
    { type: 'progress', share: null, note: 'Unpacking' },
    { type: 'line', text: 'Unpacking: done (1.2 s)' },
    { type: 'line', text: 'Another is at work.' },
  ]);
});

test('a process that is asked for is heard through the parent that started it', () => {
  const said: MachineMessage[] = [];
  let hear: (message: unknown) => void = () => undefined;
  const launcher = new AskedLauncher({
    send: (message) => said.push(message),
    onMessage: (listener) => {
      hear = listener;
    },
    onClose: () => undefined,
    leave: () => undefined,
  });
  const heard: unknown[] = [];
  const listeners = {
    message: () => undefined,
    output: (text: string) => heard.push(text),
    exit: (exit: object) => heard.push(exit),
  };
  const child = launcher.launch(
    { entry: '/smoke.ts', args: ['a'], environment: { A: '1', B: undefined }, heapLimit: null },
    listeners,
  );
  child.kill();
  hear({ type: 'output', id: 1, text: 'it runs' });
  hear({ type: 'output', id: 9, text: 'of nobody' });
  hear('nonsense');
  hear({ type: 'exit', id: 1, code: 0, signal: null });
  hear({ type: 'output', id: 1, text: 'after its end' });
  expect(said).toEqual([
    { type: 'launch', id: 1, entry: '/smoke.ts', args: ['a'], environment: { A: '1' } },
    { type: 'kill', id: 1 },
  ]);
  expect(heard).toEqual(['it runs', { code: 0, signal: null }]);
});

test('no graphics driver is no error', async () => {
  expect(await graphicsHere('no-such-program-here')).toEqual({
    seen: [],
    why: 'No NVIDIA driver here (nvidia-smi was not found)',
  });
});
