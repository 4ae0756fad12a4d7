import type { GeneratorQuality } from '../../contract/runs/index.ts';
import { askedClass, drawLatents } from '../../domain/anchors/index.ts';
import { type ImageSize, resizeImages } from '../../domain/data/index.ts';
import { clearConfidence } from '../../domain/stimuli/index.ts';
import type { DataSet } from '../../training/data/index.ts';
import type { Engine } from '../../training/engines/index.ts';
import { frechetFigures, GeneratorRenderer, type NamedBytes, relativeVariety } from '../../training/generator/index.ts';
import { ClassifierPredictor, type Predictions, toPredictions } from '../../training/predictions/index.ts';

interface QualityInput {
  generator: NamedBytes;
  /** Weights of the classifier that judges the samples. */
  judge: NamedBytes;
  /** The training data of both. */
  data: DataSet;
  samples: number;
  seed: number;
}

/** A generator's samples, classified. */
export interface JudgedSamples {
  size: ImageSize;
  /** uint8 [samples, height, width, channels]. */
  pixels: Uint8Array;
  /** Class of each sample, and its softmax. */
  labels: Uint16Array;
  confidence: Float32Array;
  figures: Omit<GeneratorQuality, 'judge' | 'seed'>;
}

/** Judges samples, drawn as for a study's anchors, and the real test images with a classifier. */
export async function judgeSamples(
  engine: Engine,
  { generator, judge, data, samples, seed }: QualityInput,
): Promise<JudgedSamples> {
  const pause = (): Promise<void> => Promise.resolve();
  const renderer = new GeneratorRenderer(engine, generator.bytes, generator.where);
  const predictor = new ClassifierPredictor(engine, judge.bytes, judge.where, true);
  try {
    const { space, size } = renderer;
    const pixels = await renderer.render(drawLatents(seed, samples, space), pause);
    const { form, classes } = predictor.meta;
    const modelPixels = resizeImages(pixels, size, form);
    const generated = classify(await predictor.logits(modelPixels, pause), classes.length);
    const real = classify(await predictor.logits(data.test.images, pause), classes.length);
    const { labels, confidence } = generated;
    const figures = {
      samples,
      threshold: clearConfidence,
      clear: countClear(confidence),
      realClear: countClear(real.confidence),
      classes: classes.map((name, k) => ({
        name,
        samples: labels.filter((label) => label === k).length,
        clear: countClear(confidence.filter((_, n) => labels[n] === k)),
        ...(space.classes > 0 && { asked: askedFigures(generated, k, classes.length) }),
      })),
      variety: relativeVariety(pixels, size, data),
    };
    const frechet = await frechetFigures(predictor, modelPixels, data, pause);
    return { size, pixels, labels, confidence, figures: { ...figures, ...(frechet && { frechet }) } };
  } finally {
    renderer.dispose();
    predictor.dispose();
  }
}

interface Classified extends Predictions {
  /** Softmax of the label. */
  confidence: Float32Array;
}

function classify(logits: Float32Array, classes: number): Classified {
  const { softmax, labels } = toPredictions(logits, classes);
  return { softmax, labels, confidence: Float32Array.from(labels, (label, n) => softmax[n * classes + label] ?? 0) };
}

/** Samples that a conditional generator was asked for of class k, and the clear ones of it. */
function askedFigures({ softmax, labels }: Classified, k: number, classes: number): { samples: number; clear: number } {
  const asked = [...labels.keys()].filter((sample) => askedClass(sample, classes) === k);
  return { samples: asked.length, clear: countClear(asked.map((sample) => softmax[sample * classes + k] ?? 0)) };
}

const countClear = (confidence: ArrayLike<number>): number =>
  Array.from(confidence).filter((value) => value > clearConfidence).length;
