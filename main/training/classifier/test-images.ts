import type { ArchitectureKind } from '../../contract/recipes.ts';
import type { Classifier } from '../architectures/model.ts';
import { classifierInfer } from '../architectures/steps.ts';
import { margins } from './evaluation.ts';
import { gatherLabels } from '../data/batches.ts';
import type { DataSet } from '../data/data-set.ts';
import type { CompiledStep, Engine, Entry } from '../engines/engine.ts';
import { type ImageSource, imageSource } from './image-source.ts';
import { partLengths, partPlans } from './evaluation-chunks.ts';

/** Inference on so many images. */
export type InferName = `infer${number}`;

/** A data set's test images as one classifier looks at them, by entries of its program. */
export class TestImages {
  /** For each length that parts of a look have. They are recorded together, which costs some 10 ms each. */
  readonly entries: Readonly<Record<InferName, Entry>>;
  readonly #data: DataSet;
  readonly #source: ImageSource;
  readonly #lengths: readonly number[];

  constructor(engine: Engine, classifier: Classifier, kind: ArchitectureKind, data: DataSet) {
    const source = imageSource(engine, data, 'test');
    this.#data = data;
    this.#source = source;
    this.#lengths = partLengths(partPlans[kind], data.test.count);
    this.entries = Object.fromEntries(
      this.#lengths.map((length) => [`infer${length}`, classifierInfer(classifier, length, source)]),
    );
  }

  /** Margins of these images, at most as many as the longest part of a look, by the compiled entries. */
  async margins(run: Readonly<Record<InferName, CompiledStep>>, indices: Uint32Array): Promise<Float32Array> {
    const length = this.#lengths.find((length) => length >= indices.length);
    const infer = length && run[`infer${length}`];
    if (!infer) throw new Error(`no part of a look has ${indices.length} images`);
    // A shorter part is filled up with whatever `give` fills up with.
    const images = this.#source.give([{ indices }], length);
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
