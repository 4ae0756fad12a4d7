import type { GeneratorQuality } from '../../contract/runs/generator.ts';
import { frechetDistance } from '../../domain/numbers/frechet.ts';
import { imageLength, type ImageSize } from '../../domain/data/images.ts';
import { randomStream } from '../../domain/random/random.ts';
import type { ClassifierPredictor } from '../predictions/predictor.ts';
import type { DataSet, LabeledImages } from '../data/data-set.ts';
import { createUnitRangeGather, variety } from './images.ts';

/** The variety of samples is compared with that of this many real images. */
const realCompared = 1000;

/** The time of a Frechet distance grows with the third power of the width of the judge's last layer. */
const mostFeatures = 1024;

/** A file's bytes, and its name in errors. */
export interface NamedBytes {
  bytes: Uint8Array;
  where: string;
}

/**
 * `generated`: in the classifier's size. Both sets of real images are drawn without replacement.
 * @returns null where there is no distance: of fewer than two images, of more features than can be compared while a worker
 * is silent, or of features that are no numbers
 */
export async function frechetFigures(
  predictor: Pick<ClassifierPredictor, 'features'>,
  generated: Uint8Array,
  { train, test, ...form }: DataSet,
  pause: () => Promise<void>,
): Promise<NonNullable<GeneratorQuality['frechet']> | null> {
  const area = imageLength(form);
  const images = Math.min(generated.length / area, train.count, test.count);
  const drawn = (set: LabeledImages, name: string): Uint8Array => {
    const order = randomStream(0, 'frechet', name).shuffle(Uint32Array.from({ length: set.count }, (_, k) => k));
    return Buffer.concat([...order.subarray(0, images)].map((k) => set.images.subarray(k * area, (k + 1) * area)));
  };
  const features = (pixels: Uint8Array): Promise<Float32Array> => predictor.features(pixels, pause);
  if (images < 2) return null;
  const real = await features(drawn(train, 'train'));
  const width = real.length / images;
  const isKnown = (values: Float32Array): boolean => values.every(Number.isFinite);
  if (width > mostFeatures || !isKnown(real)) return null;
  const distance = async (pixels: Uint8Array): Promise<number | null> => {
    const own = await features(pixels);
    await pause();
    return isKnown(own) ? roundedFigure(frechetDistance(own, real, width)) : null;
  };
  const samples = await distance(generated.subarray(0, images * area));
  const heldOut = await distance(drawn(test, 'test'));
  return samples === null || heldOut === null ? null : { images, samples, heldOut };
}

/** The first training images; where images are stored class by class, evenly spaced ones. */
function comparedImages({ count, labels }: LabeledImages): Uint32Array<ArrayBuffer> {
  const length = Math.min(realCompared, count);
  const classes = new Set(labels).size;
  const changes = labels.reduce((sum, label, k) => sum + Number(k > 0 && label !== labels[k - 1]), 0);
  const isMixed = changes >= classes && new Set(labels.subarray(0, length)).size === classes;
  return Uint32Array.from({ length }, (_, k) => (isMixed ? k : Math.floor((k * count) / length)));
}

/** Variety of samples as a share of that of real images; see docs/generator.md. */
export function relativeVariety(pixels: Uint8Array, size: ImageSize, data: DataSet): number {
  const compared = comparedImages(data.train);
  const real = createUnitRangeGather(data, size)(data.train, compared).map((value) => (value + 1) * 127.5);
  return Number((variety(pixels, size) / variety(real, size)).toFixed(4));
}

/** To four digits: the others differ between engines. */
const roundedFigure = (value: number): number => Number(value.toPrecision(4));
