import { LRUCache } from 'lru-cache';
import { UserError } from '../../contract/wire/errors.ts';
import { maxPreviewImages, type Preview, type PreviewRequest } from '../../contract/runs/preview.ts';
import { bytesOf, kept } from '../../domain/numbers/arrays.ts';
import { imageLength, type ImageSize, resizeImages, sizeOf } from '../../domain/data/images.ts';
import { blendImages } from '../../domain/anchors/real-images.ts';
import { BlobStore } from '../../files/blobs.ts';
import type { CallContext } from '../../processes/protocol.ts';
import { serve } from '../../processes/serve.ts';
import { loadTaskDataSet } from '../data/load/task-data.ts';
import type { Engine } from '../engines/engine.ts';
import { openNamed } from '../engines/open.ts';
import { GeneratorRenderer } from '../generator/renderer.ts';
import { ClassifierPredictor, toPredictions } from '../predictions/predictor.ts';

/** Networks that stay loaded: a study's generator and one to compare with, and all models that a screen shows. */
const keptGenerators = 2;
const keptClassifiers = 64;

const handlersOf = (previews: Previews) => ({
  preview: (request: PreviewRequest, { signal }: CallContext) => previews.preview(request, signal),
});
export type PreviewHandlers = ReturnType<typeof handlersOf>;

/** Draws previews in this process, which has one engine and keeps networks loaded between requests. */
export function servePreviews(engineName: string, blobFolder: string): void {
  const opening = openNamed(engineName, { threads: 1 });
  // The first request reports what is wrong with the engine.
  opening.catch(() => undefined);
  const previews = new Previews(opening, new BlobStore(blobFolder));
  serve(handlersOf(previews));
}

const disposeNetwork = (network: { dispose(): void }): void => network.dispose();

class Previews {
  readonly #opening: Promise<Engine>;
  readonly #blobs: BlobStore;
  readonly #generators = new LRUCache<string, GeneratorRenderer>({ max: keptGenerators, dispose: disposeNetwork });
  readonly #classifiers = new LRUCache<string, ClassifierPredictor>({ max: keptClassifiers, dispose: disposeNetwork });

  constructor(opening: Promise<Engine>, blobs: BlobStore) {
    this.#opening = opening;
    this.#blobs = blobs;
  }

  /**
   * @throws UserError `inspector.*`, `predictions.other-channels`, and those of reading networks; the signal's reason
   *   between two batches
   */
  async preview({ images, models }: PreviewRequest, signal: AbortSignal): Promise<Preview> {
    const pause = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    };
    const engine = await this.#opening;
    const { size, count, pixels } = await this.#images(engine, images, pause);
    const votes: Preview['votes'] = [];
    for (const model of models) {
      const network = kept(this.#classifiers, model, () => this.#load(ClassifierPredictor, engine, model));
      network.checkChannels(size.channels, 'images');
      const { form, classes } = network.meta;
      const logits = await network.logits(resizeImages(pixels, size, form), pause);
      const { softmax, labels } = toPredictions(logits, classes.length);
      votes.push({ model, classes: classes.length, softmax: base64(softmax), labels: base64(labels) });
    }
    return { ...size, count, pixels: base64(pixels), votes };
  }

  async #images(
    engine: Engine,
    images: PreviewRequest['images'],
    pause: () => Promise<void>,
  ): Promise<{ size: ImageSize; count: number; pixels: Uint8Array }> {
    if (images.from === 'pixels') {
      const { width, height, channels } = images;
      const size = { width, height, channels };
      const pixels = Uint8Array.from(Buffer.from(images.pixels, 'base64'));
      return { size, count: checkedCount(pixels.length, imageLength(size), 'pixels'), pixels };
    }
    if (images.from === 'test-images') return blends(images, this.#blobs);
    const { generator, z } = images;
    const network = kept(this.#generators, generator, () => this.#load(GeneratorRenderer, engine, generator));
    const bytes = Uint8Array.from(Buffer.from(z, 'base64'));
    const count = checkedCount(bytes.length, network.latent * 4, 'z');
    const pixels = await network.render(new Float32Array(bytes.buffer), pause);
    return { size: network.size, count, pixels };
  }

  #load<Network>(
    kind: new (engine: Engine, weights: Buffer, where: string) => Network,
    engine: Engine,
    hash: string,
  ): Network {
    return new kind(engine, this.#blobs.get(hash), this.#blobs.path(hash));
  }
}

function blends(
  { blends: wanted, interpolation, ...task }: Extract<PreviewRequest['images'], { from: 'test-images' }>,
  store: BlobStore,
) {
  const data = loadTaskDataSet(task, store);
  const size = sizeOf(data);
  const pixels = wanted.map(([from, to, alpha]) =>
    blendImages(data.test.images, imageLength(size), [[from, to]], [alpha], interpolation),
  );
  return { size, count: wanted.length, pixels: Uint8Array.from(Buffer.concat(pixels)) };
}

/** @throws UserError `inspector.does-not-fit`, `inspector.too-many` */
function checkedCount(length: number, bytesEach: number, what: string): number {
  const count = length / bytesEach;
  if (!Number.isInteger(count) || count < 1) {
    throw new UserError(
      'inspector.does-not-fit',
      `${length} bytes of ${what} are not a number of complete images of ${bytesEach} bytes`,
      what,
      'Give as many numbers as the generator’s latent space, or the image, has.',
    );
  }
  if (count <= maxPreviewImages) return count;
  throw new UserError(
    'inspector.too-many',
    `A preview cannot have ${count} images`,
    what,
    `Ask for at most ${maxPreviewImages}.`,
  );
}

const base64 = (values: ArrayBufferView): string => Buffer.from(bytesOf(values)).toString('base64');
