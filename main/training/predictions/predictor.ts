import { imagesAtOnce } from '../../contract/preview.ts';
import { imageLength } from '../../domain/images.ts';
import { buildClassifier } from '../architectures/classifiers.ts';
import { classifierInfer, fedImages } from '../architectures/classifier-steps.ts';
import type { Classifier } from '../architectures/model.ts';
import { loadParameters } from '../architectures/parameters.ts';
import { normaliseImages } from '../data/batches.ts';
import type { Engine, Program } from '../engines/engine.ts';
import { type ClassifierMeta, decodeClassifierWeights } from '../weights/weights.ts';

/** Images per batch. All batches have this size: the last one is filled up with black images. */
const batch = imagesAtOnce.predicted;

/** A trained classifier, ready to predict. */
export class ClassifierPredictor {
  readonly meta: ClassifierMeta;
  readonly #engine: Engine;
  readonly #classifier: Classifier;
  readonly #program: Program<'infer'>;

  /** @throws UserError unless the bytes are complete weights of a classifier */
  constructor(engine: Engine, bytes: Uint8Array, where: string) {
    const { meta, parameters } = decodeClassifierWeights(bytes, where);
    const { height, width, channels } = meta.form;
    const shape = { height, width, channels, classes: meta.classes.length };
    this.meta = meta;
    this.#engine = engine;
    this.#classifier = buildClassifier(engine, meta.architecture, shape, 0);
    loadParameters(engine, this.#classifier, parameters);
    this.#program = engine.compile({ infer: classifierInfer(this.#classifier, batch, fedImages(shape)) });
  }

  /** Logits, float32 [count, classes], of uint8 images [count, height, width, channels]. @param pause awaited between batches */
  async logits(pixels: Uint8Array, pause: () => Promise<void>): Promise<Float32Array> {
    const { height, width, channels } = this.meta.form;
    const size = imageLength(this.meta.form);
    const count = pixels.length / size;
    const classes = this.meta.classes.length;
    const all = new Float32Array(count * classes);
    for (let start = 0; start < count; start += batch) {
      const pixelsOfBatch = new Uint8Array(batch * size);
      pixelsOfBatch.set(pixels.subarray(start * size, (start + batch) * size));
      const images = this.#engine.tf.tensor4d(normaliseImages(pixelsOfBatch, this.meta.form), [
        batch,
        height,
        width,
        channels,
      ]);
      const { logits } = await this.#program.run.infer({ images });
      images.dispose();
      if (!logits) throw new Error('the inference step gave no logits');
      all.set(logits.subarray(0, (Math.min(count, start + batch) - start) * classes), start * classes);
      await pause();
    }
    return all;
  }

  dispose(): void {
    this.#program.dispose();
    this.#classifier.dispose();
  }
}

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
