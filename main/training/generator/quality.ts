import type { GeneratorQuality } from '../../contract/generator.ts';
import { clearConfidence } from '../../domain/candidates.ts';
import { drawLatents } from '../../domain/latents.ts';
import { resizeImages } from '../../domain/images.ts';
import { ClassifierPredictor, predictionsOf } from '../predictions/predictor.ts';
import type { DataSet } from '../data/data-set.ts';
import { createUnitRangeGather, variety } from './images.ts';
import type { Engine } from '../engines/engine.ts';
import { GeneratorRenderer } from './renderer.ts';

/** Real images that the variety of samples is compared with. */
const realCompared = 1000;

/** A file's bytes, and what an error calls it. */
export interface NamedBytes {
  bytes: Uint8Array;
  where: string;
}

export interface QualityInput {
  generator: NamedBytes;
  /** Weights of the classifier that judges. */
  judge: NamedBytes;
  /** What both were trained on. */
  data: DataSet;
  samples: number;
  seed: number;
}

/** What a classifier sees in a generator's samples. */
export interface JudgedSamples {
  size: number;
  /** uint8 [samples, size, size]. */
  pixels: Uint8Array;
  /** Class of each sample, and its softmax. */
  labels: Uint16Array;
  confidence: Float32Array;
  figures: Omit<GeneratorQuality, 'judge' | 'seed'>;
}

/**
 * Draws samples as a study of the same seed does in search of anchors, and has a classifier judge them and, to compare
 * with, the real test images. In the classifier's size, as in a study.
 * @throws UserError those of reading the two networks
 */
export async function judgeSamples(
  engine: Engine,
  { generator, judge, data, samples, seed }: QualityInput,
): Promise<JudgedSamples> {
  const beat = (): Promise<void> => Promise.resolve();
  const renderer = new GeneratorRenderer(engine, generator.bytes, generator.where);
  const predictor = new ClassifierPredictor(engine, judge.bytes, judge.where);
  try {
    const { latent, size } = renderer;
    const pixels = await renderer.render(drawLatents(seed, samples, latent), beat);
    const { form, classes } = predictor.meta;
    const seen = async (images: Uint8Array): Promise<{ labels: Uint16Array; confidence: Float32Array }> => {
      const { softmax, labels } = predictionsOf(await predictor.logits(images, beat), classes.length);
      return { labels, confidence: Float32Array.from(labels, (label, n) => softmax[n * classes.length + label] ?? 0) };
    };
    const { labels, confidence } = await seen(resizeImages(pixels, { width: size, height: size }, form));
    const real = await seen(data.test.images);
    const figures = {
      samples,
      threshold: clearConfidence,
      clear: clearOnes(confidence),
      realClear: clearOnes(real.confidence),
      classes: classes.map((name, k) => ({
        name,
        samples: labels.filter((label) => label === k).length,
        clear: clearOnes(confidence.filter((_, n) => labels[n] === k)),
      })),
      variety: shareOfVariety(pixels, size, data),
    };
    return { size, pixels, labels, confidence, figures };
  } finally {
    renderer.dispose();
    predictor.dispose();
  }
}

const clearOnes = (confidence: Float32Array): number => confidence.filter((value) => value > clearConfidence).length;

/** To four digits: the last ones differ from engine to engine and mean nothing. */
function shareOfVariety(pixels: Uint8Array, size: number, data: DataSet): number {
  const compared = Uint32Array.from({ length: Math.min(realCompared, data.train.count) }, (_, index) => index);
  const real = createUnitRangeGather(data, size)(data.train, compared).map((value) => (value + 1) * 127.5);
  return Number((variety(pixels, size) / variety(real, size)).toFixed(4));
}
