import { imagesAtOnce } from '../../contract/runs/preview.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { type Channels, imageLength } from '../../domain/data/images.ts';
import { buildClassifier } from '../architectures/classifiers.ts';
import { classifierFeatures, classifierInfer, fedImages } from '../architectures/classifier-steps.ts';
import type { Classifier } from '../architectures/model.ts';
import { loadParameters } from '../architectures/parameters.ts';
import { normalizeImages } from '../data/batches.ts';
import type { Engine, Program } from '../engines/engine.ts';
import { type ClassifierMeta, decodeClassifierWeights } from '../weights/weights.ts';

/** Images per batch. All batches have this size: the last one is filled up with black images. */
const batch = imagesAtOnce.predicted;

/** A trained classifier, ready to predict. */
export class ClassifierPredictor {
  readonly meta: ClassifierMeta;
  readonly #engine: Engine;
  readonly #classifier: Classifier;
  readonly #program: Program;

  /**
   * @param withFeatures also prepares `features`, which takes time
   * @throws UserError unless the bytes are complete weights of a classifier
   */
  constructor(engine: Engine, bytes: Uint8Array, where: string, withFeatures = false) {
    const { meta, parameters } = decodeClassifierWeights(bytes, where);
    const { height, width, channels } = meta.form;
    const shape = { height, width, channels, classes: meta.classes.length };
    this.meta = meta;
    this.#engine = engine;
    this.#classifier = buildClassifier(engine, meta.architecture, shape, null);
    loadParameters(engine, this.#classifier, parameters);
    const infer = classifierInfer(this.#classifier, batch, fedImages(shape));
    const features = withFeatures && { features: classifierFeatures(this.#classifier, batch, fedImages(shape)) };
    this.#program = engine.compile<string>({ infer, ...features });
  }

  /** Logits, float32 [count, classes], of uint8 images [count, height, width, channels]. @param pause awaited between batches */
  logits(pixels: Uint8Array, pause: () => Promise<void>): Promise<Float32Array> {
    return this.#infer('infer', 'logits', pixels, pause);
  }

  /** Penultimate activations, float32 [count, width of the last layer], of images as `logits` takes them. */
  features(pixels: Uint8Array, pause: () => Promise<void>): Promise<Float32Array> {
    return this.#infer('features', 'features', pixels, pause);
  }

  async #infer(
    entry: 'infer' | 'features',
    result: 'logits' | 'features',
    pixels: Uint8Array,
    pause: () => Promise<void>,
  ): Promise<Float32Array> {
    const { height, width, channels } = this.meta.form;
    const size = imageLength(this.meta.form);
    const count = pixels.length / size;
    let all = new Float32Array(0);
    for (let start = 0; start < count; start += batch) {
      const pixelsOfBatch = new Uint8Array(batch * size);
      pixelsOfBatch.set(pixels.subarray(start * size, (start + batch) * size));
      const images = this.#engine.tf.tensor4d(normalizeImages(pixelsOfBatch, this.meta.form), [
        batch,
        height,
        width,
        channels,
      ]);
      const values = (await this.#program.run[entry]?.({ images }))?.[result];
      images.dispose();
      if (!values) throw new Error(`the inference step gave no ${result}`);
      const each = values.length / batch;
      if (start === 0) all = new Float32Array(count * each);
      all.set(values.subarray(0, (Math.min(count, start + batch) - start) * each), start * each);
      await pause();
    }
    return all;
  }

  /** @param where names the images in the error @throws UserError `predictions.other-channels` */
  checkChannels(channels: Channels, where: string): void {
    const own = this.meta.form.channels;
    if (channels === own) return;
    throw new UserError(
      'predictions.other-channels',
      `These are ${kinds[channels]} images, but this model was trained on ${kinds[own]} images`,
      where,
      "Generate or import images with the channels of the models' data set.",
    );
  }

  dispose(): void {
    this.#program.dispose();
    this.#classifier.dispose();
  }
}

const kinds: Record<Channels, string> = { 1: 'gray', 3: 'color' };

/** Predictions of a classifier: softmax float32 [n, classes], and the lowest class with the largest logit, [n]. */
export interface Predictions {
  softmax: Float32Array;
  labels: Uint16Array;
}

/** In float64, rounded once: rows sum to 1 within 1e-6, and equal logits give equal bytes on every engine. */
export function toPredictions(logits: Float32Array, classes: number): Predictions {
  const count = logits.length / classes;
  const softmax = new Float32Array(logits.length);
  const labels = new Uint16Array(count);
  for (let n = 0; n < count; n++) {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const largest = row.reduce((best, value) => Math.max(best, value), -Infinity);
    const powers = Float64Array.from(row, (value) => Math.exp(value - largest));
    const sum = powers.reduce((total, value) => total + value, 0);
    softmax.set(
      powers.map((value) => value / sum),
      n * classes,
    );
    labels[n] = row.indexOf(largest);
  }
  return { softmax, labels };
}
