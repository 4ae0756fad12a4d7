import { expect, onTestFinished, test, vi } from 'vitest';
import { outsideModelSchema } from '../../../main/contributions/outside/contract/outside.ts';
import type { Launcher, ProcessListeners } from '../../../main/processes/launcher.ts';
import { LiveModels } from '../../../main/contributions/outside/live-models.ts';
import { nameTaken } from '../../../main/contributions/answers/models/name-taken.ts';
import type { OutsideModelRecord } from '../../../main/contributions/answers/models/outside-models.ts';
import { newBench } from '../archives/archive-helper.ts';

/** Processes that say nothing, and end when they are told to. */
class SilentProcesses implements Launcher {
  readonly open: ProcessListeners[] = [];
  launched = 0;

  launch(_: unknown, listeners: ProcessListeners) {
    this.launched += 1;
    this.open.push(listeners);
    const end = (): void => {
      const at = this.open.indexOf(listeners);
      if (at >= 0) this.open.splice(at, 1)[0]?.exit({ code: 1, signal: null });
    };
    return { pid: 1, send: () => undefined, kill: end };
  }

  endFirst(): void {
    this.open.shift()?.exit({ code: 1, signal: null });
  }
}

const mapping = {
  kind: 'onnx' as const,
  input: {
    input: 'image',
    layout: 'nchw',
    channels: 'gray',
    width: 2,
    height: 2,
    resize: 'fit',
    transposed: false,
    invert: false,
    range: [0, 1],
    mean: [0],
    std: [1],
    element: 'float32',
    batch: null,
  },
  output: { output: 'logits', values: 'logits', size: 2, classes: [[0], [1]] },
};

test('two models predict at once: another one waits for its turn, which a failed one gives on', async () => {
  const workbench = newBench();
  const record = (n: number): OutsideModelRecord => {
    const hash = workbench.storage.blobs.put(Buffer.from(`model ${n}`));
    const file = { name: 'm.onnx', bytes: 7, hash };
    return {
      id: n,
      modelId: n,
      name: `m${n}`,
      identity: String(n).repeat(64),
      kind: 'onnx',
      title: 'ONNX',
      canPredict: true,
      tested: null,
      linkedAt: 1,
      prediction: null,
      spec: outsideModelSchema.parse({ ...mapping, file: hash }),
      found: {
        format: 'onnx',
        hash,
        files: [file],
        opset: 17,
        irVersion: 8,
        producer: '',
        metadata: [],
        parameters: 0,
        ops: [],
        inputs: [],
        outputs: [],
      },
    };
  };
  const launcher = new SilentProcesses();
  const live = new LiveModels({ workbench, launcher });
  onTestFinished(() => live.close());
  const images = { count: 1, pixels: Buffer.alloc(4).toString('base64'), width: 2, height: 2, channels: 1 } as const;
  const failed: string[] = [];
  const votes = [1, 2, 3, 4, 5].map((n) =>
    live.vote(record(n), images).catch((error: Error) => void failed.push(`m${n}: ${error.message}`)),
  );
  await vi.waitFor(() => expect(launcher.launched).toBe(2));
  // Nothing else begins, however long these two take: all that could has had its turn.
  for (let n = 0; n < 20; n++) await new Promise(setImmediate);
  expect([launcher.launched, failed]).toEqual([2, []]);
  for (const begun of [3, 4, 5]) {
    launcher.endFirst();
    await vi.waitFor(() => expect([launcher.launched, failed.length]).toEqual([begun, begun - 2]));
    for (let n = 0; n < 20; n++) await new Promise(setImmediate);
    expect([launcher.launched, launcher.open.length]).toEqual([begun, 2]);
  }
  launcher.endFirst();
  launcher.endFirst();
  await Promise.all(votes);
  expect(failed.map((line) => line.slice(0, 2)).sort()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
  // Both turns are free again.
  const more = [6, 7, 8].map((n) => live.vote(record(n), images).catch(() => undefined));
  await vi.waitFor(() => expect(launcher.open).toHaveLength(2));
  for (let n = 0; n < 20; n++) await new Promise(setImmediate);
  expect(launcher.launched).toBe(7);
  for (let n = 0; n < 3; n++) {
    await vi.waitFor(() => expect(launcher.open.length).toBeGreaterThan(0));
    launcher.endFirst();
  }
  await Promise.all(more);
});

test('names that a study has are listed; where another start added one meanwhile, it is not known which', () => {
  expect(nameTaken([], 'pets').message).toBe('The study has got a model of the same name since');
  expect(nameTaken(['resnet'], 'pets').message).toBe('The study has other models of these names: resnet');
  expect(nameTaken(['resnet', 'vgg'], 'pets')).toMatchObject({
    message: 'The study has other models of these names: resnet, vgg',
    code: 'outside.name-taken',
    where: 'study pets',
    remedy: 'Remove these first, or give the new models other names.',
  });
});
