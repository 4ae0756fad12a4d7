import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { claimedValue } from '../../../main/analysis/claims/claims.ts';
import { GroupJackknife } from '../../../main/analysis/claims/jackknife.ts';
import type { LabelMatrix } from '../../../main/analysis/labels/labels.ts';
import { type ClassifierRecipe, classifierRecipeSchema, hashSchema } from '../../../main/contract/recipes/recipes.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { paperPairs } from '../../../main/domain/anchors/pair-design.ts';
import type { BlobStore } from '../../../main/files/blobs.ts';
import { ClassifierTrainer } from '../../../main/training/classifier/trainer.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import { type DrawSource, type StimulusDrawer, stimulusDrawer } from '../../../main/contributions/draws/drawer.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { ClassifierPredictor, toPredictions } from '../../../main/training/predictions/predictor.ts';
import { type Measured, measured } from './truth.ts';
import { classes, freshImages, images } from './world.ts';

/** One group of networks: how many, and how they are trained. */
interface GroupRecipe {
  readonly count: number;
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  readonly steps: number;
}

export interface RealSettings {
  readonly networks: GroupRecipe;
  /** Smaller, worse networks that answer in the place of people. */
  readonly people: GroupRecipe;
  /** Samples of the shipped generator among which anchors are sought, with the first network as the reference. */
  readonly samples: number;
  readonly rule: Exclude<DrawSource['rule'], 'best'>;
}

export const realSettings: RealSettings = {
  networks: { count: 10, hidden: [500, 500], steps: 700 },
  people: { count: 10, hidden: [32], steps: 150 },
  samples: 4000,
  rule: 'clear',
};

/** Shows that everything runs; says nothing about intervals. */
export const quickSettings: RealSettings = {
  networks: { count: 2, hidden: [32], steps: 200 },
  people: { count: 2, hidden: [16], steps: 50 },
  samples: 250,
  rule: 'candidate',
};

const searchSeed = 20_211_213;

export const stimulusDesigns = ['shared', 'fresh'] as const;
export type StimulusDesign = (typeof stimulusDesigns)[number];
const imagesOf = { shared: images, fresh: freshImages } as const;

export const realSetsSchema = z.strictObject({
  /** What was trained and drawn. */
  settings: z.string(),
  /** Weights of all networks, as blobs, in order: networks, people. */
  weights: z.array(hashSchema),
  /** Of each set, the labels of all of them, a byte each: base64 of `[rater][image]`. */
  sets: z.record(z.enum(stimulusDesigns), z.array(z.base64())),
});
export type RealSets = z.infer<typeof realSetsSchema>;

export const noRealSets = (settings: RealSettings): RealSets => ({
  settings: JSON.stringify(settings),
  weights: [],
  sets: { shared: [], fresh: [] },
});

const generatorFile = fileURLToPath(new URL('../../../resources/generators/mnist-dcgan64.weights', import.meta.url));
const noPause = async (): Promise<void> => undefined;

/** What draws real sets, and where the weights are. */
export interface RealBench {
  readonly engine: Engine;
  readonly blobs: BlobStore;
  readonly settings: RealSettings;
}

/** Trains the next network that is missing. @returns whether one was */
export async function trainNext({ engine, blobs, settings }: RealBench, found: RealSets): Promise<boolean> {
  const { networks, people } = settings;
  const raters = [networks, people].flatMap(({ count, hidden, steps }, group) =>
    Array.from({ length: count }, (_, n) => ({ hidden, steps, seed: 1000 * group + n })),
  );
  const next = raters[found.weights.length];
  if (!next) return false;
  const recipe: ClassifierRecipe = classifierRecipeSchema.parse({
    architecture: { kind: 'mlp', hidden: [...next.hidden] },
    targets: [97.5],
  });
  const trainer = new ClassifierTrainer(engine, recipe, next.seed, mnist());
  for (let step = 1; step <= next.steps; step++) await trainer.train(step);
  found.weights.push(blobs.put(trainer.encodeWeights((await trainer.readState()).parameters)));
  trainer.dispose();
  return true;
}

let loaded: DataSet | null = null;
const mnist = (): DataSet => (loaded ??= loadDataSet({ source: 'mnist' }, '.'));

/** Draws sets by a rule of the product, and has all networks answer them. */
export class SetDrawer {
  readonly #drawer: StimulusDrawer;
  readonly #predictors: ClassifierPredictor[];

  constructor({ engine, blobs, settings }: RealBench, { weights }: RealSets) {
    this.#drawer = stimulusDrawer(engine, blobs, {
      generator: blobs.put(readFileSync(generatorFile)),
      reference: at(weights, 0),
      rule: settings.rule,
      samples: settings.samples,
      perClass: 3,
      searchSeed,
      real: null,
    });
    this.#predictors = weights.map((hash) => new ClassifierPredictor(engine, blobs.get(hash), blobs.path(hash)));
  }

  /** Labels of one set of stimuli, base64. */
  async drawSet(design: StimulusDesign, set: number): Promise<string> {
    const { pixels } = await this.#drawer.draw(
      {
        pairs: paperPairs,
        alphas: alphas(11),
        interpolation: 'linear',
        anchorDesign: { kind: design === 'shared' ? 'one' : 'fresh' },
      },
      set,
      noPause,
    );
    const labels: Uint8Array[] = [];
    for (const predictor of this.#predictors) {
      labels.push(Uint8Array.from(toPredictions(await predictor.logits(pixels, noPause), classes).labels));
    }
    return Buffer.concat(labels).toString('base64');
  }

  dispose(): void {
    this.#drawer.dispose();
    for (const predictor of this.#predictors) predictor.dispose();
  }
}

/** Of one set: the answers of both groups. */
function jackknifeOf({ networks: { count }, people }: RealSettings, design: StimulusDesign, set: string) {
  const values = Int16Array.from(Buffer.from(set, 'base64'));
  const matrix = (from: number, n: number): LabelMatrix => ({
    raters: n,
    images: images.length,
    classes,
    values: values.subarray(from * images.length, (from + n) * images.length),
  });
  return new GroupJackknife({
    images: imagesOf[design],
    networks: matrix(0, count),
    people: matrix(count, people.count),
    blocks: Array.from({ length: count }, (_, network) => String(network)),
    readSoftmax: null,
  });
}

export interface RealCoverage {
  sets: number;
  /** The mean over all sets, and their standard deviation. */
  mean: number;
  sd: number;
  /** Of the values of pairs that share an anchor, over the sets; null: none share. */
  correlation: number | null;
  /** Sets whose interval of the claim `anchors` holds the mean, lies above it, below it; undefined. */
  held: number;
  above: number;
  below: number;
  undefined: number;
}

/** Of each value: how often the interval of a set holds the mean over all sets. */
export function realCoverage(
  settings: RealSettings,
  found: RealSets,
  design: StimulusDesign,
): Record<Measured, RealCoverage> {
  const tables = found.sets[design].map((set) => jackknifeOf(settings, design, set));
  const of = (value: Measured): RealCoverage => {
    const values = tables.map((jackknife) => claimedValue(value, [{ jackknife, sample: true }]));
    const known = values.flatMap(({ estimate, claims }) =>
      estimate === null ? [] : [{ estimate, ...claims.anchors }],
    );
    const mean = known.reduce((sum, { estimate }) => sum + estimate, 0) / known.length;
    const sd = Math.sqrt(known.reduce((sum, { estimate }) => sum + (estimate - mean) ** 2, 0) / (known.length - 1));
    const count = {
      sets: values.length,
      mean,
      sd,
      correlation: pairCorrelation(tables, value),
      held: 0,
      above: 0,
      below: 0,
      undefined: values.length - known.length,
    };
    for (const { lo, hi } of known) {
      if (lo === null || hi === null) count.undefined++;
      else if (mean < lo) count.above++;
      else if (mean > hi) count.below++;
      else count.held++;
    }
    return count;
  };
  return Object.fromEntries(measured.map((value) => [value, of(value)])) as Record<Measured, RealCoverage>;
}

/** The mean over pairs of classes that share an anchor. */
function pairCorrelation(tables: readonly GroupJackknife[], value: Measured): number | null {
  const [first] = tables;
  if (!first || first.units.units === 'pairs') return null;
  const { sharing, pairs } = first.units;
  // Pseudo-values of the pairs, less their mean over the sets, divided by their spread.
  const sets = tables.map((jackknife) => {
    const table = jackknife.all(value);
    const mean = table.subarray(0, -1).reduce((sum, x) => sum + x, 0) / pairs.length;
    return table.subarray(0, -1).map((x) => at(table, pairs.length) + (pairs.length - 1) * (mean - x));
  });
  const standard = pairs.map((_, pair) => {
    const mean = sets.reduce((sum, set) => sum + set[pair]!, 0) / sets.length;
    const sd = Math.sqrt(sets.reduce((sum, set) => sum + (set[pair]! - mean) ** 2, 0) / sets.length);
    return sets.map((set) => (sd === 0 ? Number.NaN : (set[pair]! - mean) / sd));
  });
  const found = sharing.flatMap((list, p) =>
    list.map((q) => at(standard, p).reduce((sum, x, set) => sum + x * at(standard, q)[set]!, 0) / sets.length),
  );
  const known = found.filter((x) => !Number.isNaN(x));
  return known.length === 0 ? null : known.reduce((sum, x) => sum + x, 0) / known.length;
}
