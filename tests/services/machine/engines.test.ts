import { expect, test } from 'vitest';
import { findGraphics } from '../../../main/services/tools/engines.ts';
import { installReport, shareDone } from '../../../main/services/machine/engines.ts';
import type { TaskEvent } from '../../../main/services/machine/tasks.ts';

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

test('no graphics driver is no error', async () => {
  expect(await findGraphics('no-such-program-here')).toEqual({
    seen: [],
    why: 'No NVIDIA driver is installed (nvidia-smi was not found)',
  });
});
