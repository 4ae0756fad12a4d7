import type { Classifier } from './architectures/model.ts';
import { classifierInfer } from './architectures/steps.ts';
import { margins } from './counting.ts';
import { gatherLabels } from './data/batches.ts';
import type { DataSet } from './data/data-set.ts';
import type { CompiledStep, Engine, Entry } from './engines/engine.ts';
import { type ImageSource, imageSource } from './image-source.ts';

/** Test images evaluated at a time. Small enough that a stop is heard soon, large enough to keep an engine busy. */
export const evaluationBatch = 100;

/** A data set's test images as one classifier looks at them, by an entry of its program. */
export class TestImages {
  readonly entry: Entry;
  readonly #data: DataSet;
  readonly #source: ImageSource;

  constructor(engine: Engine, classifier: Classifier, data: DataSet) {
    const source = imageSource(engine, data, 'test');
    this.#data = data;
    this.#source = source;
    this.entry = classifierInfer(classifier, evaluationBatch, source);
  }

  /** Margins of these images, at most `evaluationBatch` of them, by the compiled entry. */
  async margins(infer: CompiledStep, indices: Uint32Array): Promise<Float32Array> {
    // A shorter part is filled up with whatever `give` fills up with.
    const images = this.#source.give([{ indices }], evaluationBatch);
    const { logits } = await infer({ images });
    images.dispose();
    if (!logits) throw new Error('the inference step gave no logits');
    const { test, classes } = this.#data;
    return margins(logits, gatherLabels(test, indices), classes.length);
  }

  dispose(): void {
    this.#source.dispose();
  }
}
