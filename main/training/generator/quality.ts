import type { GeneratorQuality } from '../../contract/generator.ts';
import { clearConfidence } from '../../domain/candidates.ts';
import { drawLatents } from '../../domain/latents.ts';
import { resizeImages } from '../../domain/images.ts';
import { ClassifierPredictor, toPredictions } from '../predictions/predictor.ts';
import type { DataSet } from '../data/data-set.ts';
import { createUnitRangeGather, variety } from './images.ts';
import type { Engine } from '../engines/engine.ts';
import { GeneratorRenderer } from './renderer.ts';

/** The variety of samples is compared with that of this many real images. */
const realCompared = 1000;

/** A file's bytes, and its name in errors. */
export interface NamedBytes {
  bytes: Uint8Array;
  where: string;
}

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
  size: number;
  /** uint8 [samples, size, size]. */
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
  const predictor = new ClassifierPredictor(engine, judge.bytes, judge.where);
  try {
    const { latent, size } = renderer;
    const pixels = await renderer.render(drawLatents(seed, samples, latent), pause);
    const { form, classes } = predictor.meta;
    const classify = async (images: Uint8Array): Promise<{ labels: Uint16Array; confidence: Float32Array }> => {
      const { softmax, labels } = toPredictions(await predictor.logits(images, pause), classes.length);
      return { labels, confidence: Float32Array.from(labels, (label, n) => softmax[n * classes.length + label] ?? 0) };
    };
    const { labels, confidence } = await classify(
      resizeImages(pixels, { width: size, height: size, channels: 1 }, form),
    );
    const real = await classify(data.test.images);
    const figures = {
      samples,
      threshold: clearConfidence,
      clear: countClear(confidence),
      realClear: countClear(real.confidence),
      classes: classes.map((name, k) => ({
        name,
        samples: labels.filter((label) => label === k).length,
        clear: countClear(confidence.filter((_, n) => labels[n] === k)),
      })),
      variety: relativeVariety(pixels, size, data),
    };
    return { size, pixels, labels, confidence, figures };
  } finally {
    renderer.dispose();
    predictor.dispose();
  }
}

const countClear = (confidence: Float32Array): number => confidence.filter((value) => value > clearConfidence).length;

/** Rounded to four digits: the others differ between engines. */
function relativeVariety(pixels: Uint8Array, size: number, data: DataSet): number {
  const compared = Uint32Array.from({ length: Math.min(realCompared, data.train.count) }, (_, index) => index);
  const real = createUnitRangeGather(data, size)(data.train, compared).map((value) => (value + 1) * 127.5);
  return Number((variety(pixels, size) / variety(real, size)).toFixed(4));
}
