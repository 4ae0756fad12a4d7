import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import {
  type Inspection,
  type InspectorCommand,
  inspectorCommandSchema,
  maxInspected,
} from '../../contract/preview.ts';
import type { InspectorMessage, Question } from '../../contract/preview.ts';
import type { EngineName } from '../../contract/run.ts';
import { type ImageSize, resizeImages } from '../../domain/images.ts';
import { BlobStore } from '../../files/blobs.ts';
import { ClassifierPredictor, toPredictions } from '../predictions/predictor.ts';
import type { Engine } from '../engines/engine.ts';
import { openEngine } from '../engines/open.ts';
import { GeneratorRenderer } from '../generator/renderer.ts';
import { NetCache } from './net-cache.ts';
import type { WorkerPort } from './port.ts';

type Ask = Extract<InspectorCommand, { type: 'ask' }>;

/** Thrown between two parts of an answer that nobody waits for any more. */
class Forgotten extends Error {
  override readonly name = 'Forgotten';
}

/** Networks that stay loaded: a study's generator and one to compare with, and all models that a screen shows. */
const keptGenerators = 2;
const keptClassifiers = 64;

/**
 * Answers what a page wants to see at once: images of latent points, and what models say to them. Networks stay loaded
 * between questions. One question at a time, the oldest first; a forgotten one costs no more than the part it is at.
 */
export class InspectorLoop {
  readonly #port: WorkerPort<InspectorMessage>;
  readonly #generators = new NetCache<GeneratorRenderer>(keptGenerators);
  readonly #classifiers = new NetCache<ClassifierPredictor>(keptClassifiers);
  readonly #forgotten = new Set<number>();
  #waiting: Ask[] = [];
  #busy = false;
  #opening: { name: EngineName; engine: Promise<Engine> } | undefined;

  constructor(port: WorkerPort<InspectorMessage>) {
    this.#port = port;
  }

  start(): void {
    this.#port.onMessage((message) => this.#receive(message));
  }

  #receive(message: unknown): void {
    const parsed = inspectorCommandSchema.safeParse(message);
    if (!parsed.success)
      return this.#send({ type: 'failed', id: idOf(message), detail: z.prettifyError(parsed.error) });
    if (parsed.data.type === 'ask') {
      this.#waiting.push(parsed.data);
      void this.#work();
      return;
    }
    const { id } = parsed.data;
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((ask) => ask.id !== id);
    if (this.#waiting.length === before) this.#forgotten.add(id);
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let ask = this.#waiting.shift(); ask; ask = this.#waiting.shift()) await this.#answer(ask);
    this.#busy = false;
    this.#forgotten.clear();
  }

  async #answer(ask: Ask): Promise<void> {
    const { id } = ask;
    try {
      this.#send({ type: 'answer', id, inspection: await this.#inspect(ask) });
    } catch (error) {
      if (error instanceof Forgotten) return;
      if (error instanceof UserError) {
        const { code, message: what, where, remedy } = error;
        this.#send({ type: 'refused', id, code, what, where, remedy });
      } else {
        this.#send({
          type: 'failed',
          id,
          detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    }
  }

  async #inspect({ id, engine: name, blobs: folder, question }: Ask): Promise<Inspection> {
    const beat = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#forgotten.has(id)) throw new Forgotten('forgotten');
    };
    const engine = await this.#engine(name);
    const blobs = new BlobStore(folder);
    const { size, count, pixels } = await this.#images(engine, blobs, question.images, beat);
    const votes: Inspection['votes'] = [];
    for (const model of question.models) {
      const net = this.#classifiers.get(
        model,
        () => new ClassifierPredictor(engine, blobs.get(model), blobs.path(model)),
      );
      const { form, classes } = net.meta;
      const seen = await net.logits(resizeImages(pixels, size, form), beat);
      const { softmax, labels } = toPredictions(seen, classes.length);
      votes.push({ model, classes: classes.length, softmax: base64(softmax), labels: base64(labels) });
    }
    return { ...size, count, pixels: base64(pixels), votes };
  }

  async #images(
    engine: Engine,
    blobs: BlobStore,
    images: Question['images'],
    beat: () => Promise<void>,
  ): Promise<{ size: ImageSize; count: number; pixels: Uint8Array }> {
    if (images.from === 'pixels') {
      const { width, height } = images;
      const pixels = Uint8Array.from(Buffer.from(images.pixels, 'base64'));
      return { size: { width, height }, count: checkedCount(pixels.length, width * height, 'pixels'), pixels };
    }
    const hash = images.generator;
    const net = this.#generators.get(hash, () => new GeneratorRenderer(engine, blobs.get(hash), blobs.path(hash)));
    const bytes = Uint8Array.from(Buffer.from(images.z, 'base64'));
    const count = checkedCount(bytes.length, net.latent * 4, 'z');
    const pixels = await net.render(new Float32Array(bytes.buffer), beat);
    return { size: { width: net.size, height: net.size }, count, pixels };
  }

  /** tfjs has one backend a process, so the first question decides. */
  async #engine(name: EngineName): Promise<Engine> {
    this.#opening ??= { name, engine: openEngine(name, { threads: 1 }) };
    if (this.#opening.name !== name) throw new Error(`the inspector has ${this.#opening.name} open, not ${name}`);
    return this.#opening.engine;
  }

  #send(message: InspectorMessage): void {
    this.#port.send(message);
  }
}

/** @throws UserError `inspector.does-not-fit`, `inspector.too-many` */
function checkedCount(length: number, each: number, what: string): number {
  const count = length / each;
  if (!Number.isInteger(count) || count < 1) {
    throw new UserError({
      code: 'inspector.does-not-fit',
      what: `${length} bytes of ${what} are no whole number of images of ${each} bytes`,
      where: what,
      remedy: 'Give as many numbers as the generator’s latent space, or the image, has.',
    });
  }
  if (count <= maxInspected) return count;
  throw new UserError({
    code: 'inspector.too-many',
    what: `${count} images are more than are looked at at once`,
    where: what,
    remedy: `Ask for ${maxInspected} at most.`,
  });
}

function idOf(message: unknown): number | null {
  const id = typeof message === 'object' && message !== null && 'id' in message ? message.id : null;
  return typeof id === 'number' && Number.isInteger(id) ? id : null;
}

const base64 = (values: Uint8Array | Uint16Array | Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
