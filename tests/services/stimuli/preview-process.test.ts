import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { PreviewRequest } from '../../../main/contract/runs/preview.ts';
import { drawLatents } from '../../../main/domain/anchors/latents.ts';
import { PreviewProcess, type PreviewProcessOptions } from '../../../main/services/stimuli/preview-process.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { toFloats, toShorts, toBase64 } from '../../../main/services/stimuli/sources.ts';
import { ClassifierPredictor, toPredictions } from '../../../main/training/predictions/predictor.ts';
import { GeneratorRenderer } from '../../../main/training/generator/renderer.ts';
import { engine, latent, tinyNetworks } from './tiny-networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'boundary-preview-'));
const { blobs, generator, models } = await tinyNetworks(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The real process on wasm. */
function open(change: Partial<PreviewProcessOptions> = {}): PreviewProcess {
  const previews = new PreviewProcess({
    launcher: new ForkLauncher(),
    blobs: folder,
    engine: () => 'wasm',
    ...change,
  });
  onTestFinished(() => previews.close());
  return previews;
}

const points = drawLatents(1, 30, { z: latent, classes: 0 });
const latentsRequest = (count = 30, asked = models): PreviewRequest => ({
  images: { from: 'latents', generator, z: toBase64(points.subarray(0, count * latent)) },
  models: asked,
});

test('images and votes equal those of renderer and predictor in this process', async () => {
  const previews = open();
  const seen = await previews.preview(latentsRequest());
  const beat = (): Promise<void> => Promise.resolve();
  const pixels = await new GeneratorRenderer(engine, blobs.get(generator), 'here').render(points, beat);
  expect(seen).toMatchObject({ width: 28, height: 28, count: 30, pixels: toBase64(pixels) });
  for (const [index, model] of models.entries()) {
    const predictor = new ClassifierPredictor(engine, blobs.get(model), 'here');
    const { softmax, labels } = toPredictions(await predictor.logits(pixels, beat), 3);
    const votes = seen.votes[index];
    expect(votes).toMatchObject({ model, classes: 3 });
    expect(toFloats(votes?.softmax ?? '')).toEqual(softmax);
    expect(toShorts(votes?.labels ?? '')).toEqual(labels);
  }
  const again = await previews.preview({
    images: { from: 'pixels', width: 28, height: 28, channels: 1, pixels: seen.pixels },
    models,
  });
  expect(again.votes).toEqual(seen.votes);
  const size = { width: 28, height: 28, channels: 3 as const };
  const color = { from: 'pixels' as const, ...size, pixels: toBase64(new Uint8Array(28 * 28 * 3 * 2)) };
  expect(await previews.preview({ images: color, models: [] })).toMatchObject({ ...size, count: 2, votes: [] });
  await expect(previews.preview({ images: color, models })).rejects.toMatchObject({
    code: 'predictions.other-channels',
  });
});

test('one process answers many requests; after a kill the next request starts another', async () => {
  const previews = open();
  const [first] = await Promise.all([previews.preview(latentsRequest(1)), previews.preview(latentsRequest(2))]);
  const { pid } = previews;
  await previews.preview(latentsRequest(3));
  expect(previews.pid).toBe(pid);
  process.kill(pid ?? 0, 'SIGKILL');
  // It was asked while the process died: it is asked once more.
  expect(await previews.preview(latentsRequest(1))).toEqual(first);
  expect(previews.pid).not.toBe(pid);
});

test('a process that always dies is reported after two tries', async () => {
  const previews = open({ entry: join(import.meta.dirname, 'dying-process.ts') });
  await expect(previews.preview(latentsRequest(1))).rejects.toMatchObject({
    code: 'inspector.died',
    message: expect.stringContaining('out of everything'),
  });
});

test('a cancelled request is not answered, and the next one is', async () => {
  const previews = open();
  await previews.preview(latentsRequest(1));
  const abort = new AbortController();
  const long = previews.preview(latentsRequest(30), abort.signal);
  const superseded = previews.preview(latentsRequest(29), abort.signal);
  abort.abort(new Error('the page shows something else'));
  await expect(long).rejects.toThrow('the page shows something else');
  await expect(superseded).rejects.toThrow('the page shows something else');
  expect((await previews.preview(latentsRequest(2))).count).toBe(2);
  await expect(previews.preview(latentsRequest(1), abort.signal)).rejects.toThrow('the page shows something else');
});

test('without requests the process ends, and the next request starts it again', async () => {
  const previews = open({ idleFor: 200 });
  await previews.preview(latentsRequest(1));
  for (let tries = 0; tries < 600 && previews.pid !== undefined; tries++) await wait(50);
  expect(previews.pid).toBeUndefined();
  expect((await previews.preview(latentsRequest(1))).count).toBe(1);
});

test.each([
  ['a wrong number of latent values', { ...latentsRequest(1).images, z: toBase64(points.subarray(0, 5)) }],
  ['too many images', { ...latentsRequest(1).images, z: toBase64(drawLatents(1, 1002, { z: latent, classes: 0 })) }],
  ['missing weights', { ...latentsRequest(1).images, generator: 'a'.repeat(64) }],
  ['weights of something else', { ...latentsRequest(1).images, generator: models[0] ?? '' }],
])('%s are refused with what to do', async (_, images) => {
  const previews = open();
  const request = { images, models: [] } as PreviewRequest;
  await expect(previews.preview(request)).rejects.toMatchObject({
    name: 'UserError',
    remedy: expect.stringMatching(/\w/),
  });
  expect((await previews.preview(latentsRequest(1))).count).toBe(1);
});
