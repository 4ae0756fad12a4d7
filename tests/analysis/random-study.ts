import { createHash } from 'node:crypto';
import type { AnalysisInput } from '../../main/analysis/outcomes/input.ts';
import { randomStream, type RandomStream } from '../../main/domain/random/random.ts';
import { labeling, labelMatrix } from './people.ts';

/** Of numbers rounded to 1e-9, so that the last bits of another processor do not matter. */
/** Without what other tests check: `unvaried` units.test.ts, `sizes` claims.test.ts. */
export const hash = (value: unknown): string => {
  const rounded = (key: string, one: unknown): unknown =>
    ['unvaried', 'sizes', 'replicates'].includes(key)
      ? undefined
      : typeof one === 'number'
        ? Math.round(one * 1e9) / 1e9 + 0
        : one;
  return createHash('sha256').update(JSON.stringify(value, rounded)).digest('hex').slice(0, 12);
};

export interface Shape {
  classes: number;
  pairs: number;
  alphas: number;
  people: number;
  /** Share of labels that are missing. */
  missing: number;
  models: number;
  /** Groups of this number of repeats as well. */
  repeats: number;
}

/** People and models that mostly say i below the middle of a pair and j above, images in no order. */
export function randomStudy(
  seed: number,
  { classes, pairs, alphas, people, missing, models, repeats }: Shape,
): AnalysisInput {
  const random = randomStream(seed, 'kept-study');
  const places = Array.from({ length: pairs }, (_, pair) => ({
    pairI: pair % (classes - 1),
    pairJ:
      (pair % (classes - 1)) +
      1 +
      (Math.floor(pair / (classes - 1)) % Math.max(1, classes - 1 - (pair % (classes - 1)))),
  }));
  const points = places.flatMap((place) =>
    Array.from({ length: alphas }, (_, k) => ({ ...place, alpha: k / (alphas - 1) })),
  );
  const ids = random.shuffle(points.map((_, k) => 3 * k + 1));
  const images = points.map((point, k) => ({ ...point, id: ids[k] ?? 0 }));
  const label = (shift: number, { pairI, pairJ, alpha }: (typeof images)[number], rng: RandomStream): number => {
    if (rng.float() < 0.08) return rng.int(classes);
    return rng.float() < 1 / (1 + Math.exp(-(alpha - 0.5 - shift) * 12)) ? pairJ : pairI;
  };
  const rater = (name: string, shift: number) =>
    images.map((image) => label(shift, image, randomStream(seed, name, image.id)));
  const labelers = Array.from({ length: people }, (_, k) => `P${(k * 7) % 11}-${k}`);
  const all = Array.from({ length: models + 4 * repeats }, (_, k) => {
    const own = k < models;
    return {
      name: `${own ? 'M' : 'S'}${(k * 5) % 13}-${k}`,
      architecture: ['CNN', 'ViT'][k % 2] ?? '',
      target: own ? ([97.5, 98, 9][k % 3 === 2 && models < 6 ? 0 : k % 3] ?? 98) : 98,
      repeat: own ? null : 1 + Math.floor((k - models) / 4),
      seed: own ? null : k,
    };
  });
  const modelLabels = all.map(({ name }) => rater(name, 0.05));
  const softmax = modelLabels.flatMap((labels) =>
    labels.flatMap((of) => {
      const values = Array.from({ length: classes }, (_, k) => random.float() * (k === of ? 3 : 0.4));
      const sum = values.reduce((total, value) => total + value, 0);
      return values.map((value) => value / sum);
    }),
  );
  return {
    classes,
    images,
    people: labeling(
      labelers,
      labelMatrix(
        labelers.map((name) => rater(name, -0.05).map((one) => (random.float() < missing ? -1 : one))),
        classes,
        images.length,
      ),
    ),
    models: all,
    modelLabels: Int16Array.from(modelLabels.flat()),
    softmax: Float64Array.from(softmax),
  };
}

export const usual: Shape = { classes: 4, pairs: 6, alphas: 7, people: 5, missing: 0.15, models: 6, repeats: 0 };
