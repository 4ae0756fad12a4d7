import { imagesAtOnce } from '../../contract/runs/preview.ts';
import { imageLength, type ImageSize } from '../../domain/data/images.ts';
import { type LatentSpace, pointLength } from '../../domain/anchors/latents.ts';
import { buildGenerator, generatorInfer } from '../architectures/dcgan.ts';
import type { GeneratorNet } from '../architectures/model.ts';
import { loadParameters } from '../architectures/parameters.ts';
import { fromUnitRange } from './images.ts';
import type { CompiledStep, Engine, Entry, Program } from '../engines/engine.ts';
import { decodeGeneratorWeights } from '../weights/weights.ts';

/** Images per batch. All batches have this size: the last one is filled up with z = 0. */
const batch = imagesAtOnce.rendered;

/** The entry that an `imageRenderer` runs. */
export const renderEntry = (net: GeneratorNet): Entry => generatorInfer(net, batch);

/**
 * Renders latent points with a generator's running statistics, so that no image depends on the others.
 * @param infer the compiled `renderEntry(net)`; the caller owns both, and may continue to train the net
 */
export function imageRenderer({ tf }: Engine, { size, space }: GeneratorNet, infer: CompiledStep) {
  const length = pointLength(space);
  const image = imageLength(size);
  /**
   * uint8 [count, height, width, channels] of latent points, float32 [count, pointLength].
   * @param pause awaited between batches
   */
  return async (points: Float32Array, pause: () => Promise<void>): Promise<Uint8Array> => {
    const count = points.length / length;
    const pixels = new Uint8Array(count * image);
    for (let start = 0; start < count; start += batch) {
      const latents = new Float32Array(batch * length);
      latents.set(points.subarray(start * length, (start + batch) * length));
      const z = tf.tensor2d(latents, [batch, length]);
      const { images } = await infer({ z });
      z.dispose();
      if (!images) throw new Error('the inference step gave no images');
      const wanted = Math.min(count, start + batch) - start;
      pixels.set(fromUnitRange(images.subarray(0, wanted * image)), start * image);
      await pause();
    }
    return pixels;
  };
}

/** A trained generator, read from its weights. */
export class GeneratorRenderer {
  /** Numbers of a latent point. */
  readonly latent: number;
  readonly space: LatentSpace;
  /** Size of its images. */
  readonly size: ImageSize;
  readonly #net: GeneratorNet;
  readonly #program: Program<'infer'>;
  /** See `imageRenderer`. */
  readonly render: ReturnType<typeof imageRenderer>;

  /** @throws UserError unless the bytes are complete weights of a generator */
  constructor(engine: Engine, bytes: Uint8Array, where: string) {
    const { meta, parameters } = decodeGeneratorWeights(bytes, where);
    this.#net = buildGenerator(engine, meta, null);
    loadParameters(engine, this.#net, parameters);
    this.#program = engine.compile({ infer: renderEntry(this.#net) });
    this.render = imageRenderer(engine, this.#net, this.#program.run.infer);
    this.space = this.#net.space;
    this.latent = pointLength(this.space);
    this.size = this.#net.size;
  }

  dispose(): void {
    this.#program.dispose();
    this.#net.dispose();
  }
}
