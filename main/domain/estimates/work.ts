import {
  type ArchitectureKind,
  architectureSchema,
  type ClassifierRecipe,
  type GeneratorKind,
  type GeneratorRecipe,
  type Target,
} from '../../contract/recipes/recipes.ts';
import type { EngineName, TaskKind } from '../../contract/runs/run.ts';
import { type NetworkShape, parameterCount, productCount } from '../networks/architectures.ts';
import { stopAt } from '../numbers/targets.ts';

/**
 * How much work a run is before anything was measured on this machine: its steps, and what a step takes where the figures
 * below were measured (tests/bench/results/performance.md, steps). Paces and trainings of this machine correct both
 * (`expect.ts`). Pure functions.
 */

/** Of the CNN, and of the others that were measured. */
type Measured<T> = Partial<Record<ArchitectureKind, T>> & { cnn: T };

/** Milliseconds for a step of 128 images with the default architecture, one worker; the DCGAN: 32 images. */
const stepMs: Record<'tensorflow' | 'wasm', Measured<number> & { dcgan64: number }> = {
  tensorflow: { mlp: 3.2, cnn: 112, vit: 138, resnet: 64, lenet: 6.8, mixer: 57, dcgan64: 558 },
  wasm: { mlp: 8.5, cnn: 231, vit: 301, resnet: 225, lenet: 29, mixer: 209, dcgan64: 995 },
};
/** How many times as long complete quick studies took as their steps alone. */
const studyFactor = { tensorflow: 1, wasm: 1.4 };
const usualBatch = 128;
const dcganBatch = 32;

/** A step of a smaller network costs more than its share of multiplications: it moves numbers and starts operations, too. */
const smallerStep = 0.8;
const smaller = (share: number): number => (share < 1 ? share ** smallerStep : share);

/**
 * Convolutions also move each image through their layers, however narrow these are: a step of as many images takes at least
 * this share of the usual architecture's. Measured at a half down to an eighth of its width.
 */
const narrowest: Record<'tensorflow' | 'wasm', Partial<Record<ArchitectureKind, number>>> = {
  tensorflow: { cnn: 0.33, resnet: 0.85 },
  wasm: { cnn: 0.15, resnet: 0.2 },
};

/** Cost of one image of each generator, relative to the paper's, and its parameters with 64 features. */
const generators: Record<GeneratorKind, { cost: number; parameters: number }> = {
  dcgan64: { cost: 1, parameters: 3.6e6 },
  dcgan32: { cost: 0.2, parameters: 1.1e6 },
  dcgan28: { cost: 0.09, parameters: 0.8e6 },
};

/** Epochs of 60,000 digits until 97.5 % of test images are right, with the default architecture. */
const digitEpochs: Measured<number> = { mlp: 2.6, cnn: 0.2, vit: 2.6, resnet: 0.9, lenet: 2, mixer: 3.8 };
const digitImages = 60_000;
const digitError = 2.5;
/** Epochs grow as a power of the errors that are left: faster where few are. And they fall with the number of parameters. */
const powers = { easier: -1.5, harder: -2.3, parameters: -0.4 } as const;

/** Targets of other images are what a brief training reached, which is as many steps, or epochs of few images. */
const otherSteps = 400;
const otherEpochs = 20;

/** Landing on the trend goes on after the target and then repeats the training up to it: share of the steps to the target. */
const trendSteps = 1.15 * (1.25 + 1);
/** Complete evaluations of the test images in a training, by how it lands. */
const evaluations = { first: 2.5, trend: 45 } as const;
/** An evaluation of an image costs this share of what its products in a training step do. */
const evaluationShare = 0.35;

/** Seconds from taking a run to its first step, besides the time of its steps: the worker starts and reads its files. */
export const startSeconds = 1;

const bytesOfRun = 60_000;

/** A size of a data set; without it, MNIST's. */
export type DataSetSize = NetworkShape & { trainCount: number; testCount: number; isDigits: boolean };

const mnist: DataSetSize = {
  width: 28,
  height: 28,
  channels: 1,
  classes: 10,
  trainCount: digitImages,
  testCount: 10_000,
  isDigits: true,
};

export interface Work {
  steps: number;
  /** Whether the recipe says how many steps there are, and not an accuracy or a loss. */
  isFixed: boolean;
  /** Milliseconds of a step where the figures were measured. */
  stepMs: number;
  /** Milliseconds there of all evaluations: about as many, however many steps there are. */
  evaluationMs: number;
  /** On disk, once it is done. */
  bytes: number;
}

export function classifierWork(recipe: ClassifierRecipe, engine: EngineName, shape = mnist): Work {
  const { architecture, targets, maxEpochs, landing, batch } = recipe;
  const { trainCount, testCount } = shape;
  const stepsPerEpoch = Math.max(1, Math.floor(trainCount / batch));
  const last = Math.max(1, maxEpochs * stepsPerEpoch);
  const until = targets.map((target) => stepsUntil(target, recipe, shape, stepsPerEpoch));
  const isFixed = targets.every((target) => stopAt(target).by === 'epochs');
  const first = Math.max(1, Math.min(last, Math.max(...until)));
  const steps = landing === 'trend' ? first * trendSteps : first;
  const evaluated = isFixed
    ? Math.ceil(first / stepsPerEpoch)
    : landing === 'trend'
      ? evaluations.trend
      : evaluations.first;
  const { products, atLeast } = stepTimes(recipe, engine, shape);
  return {
    steps,
    isFixed,
    stepMs: Math.max(products, atLeast),
    evaluationMs: (products * evaluated * testCount * evaluationShare) / batch,
    bytes: bytesOfRun + 4 * parameterCount(architecture, shape) * targets.length,
  };
}

/** Milliseconds of a step by its products, and the least that moving its images takes. */
function stepTimes({ architecture, batch }: ClassifierRecipe, engine: EngineName, shape: DataSetSize) {
  const measured = measuredEngine(engine);
  const figures = stepMs[measured];
  const like = figures[architecture.kind] === undefined ? 'cnn' : architecture.kind;
  const usual = productCount(architectureSchema.parse({ kind: like }), mnist) * usualBatch;
  const share = (productCount(architecture, shape) * batch) / usual;
  const usualMs = studyFactor[measured] * (figures[like] ?? figures.cnn);
  const images = (batch * shape.width * shape.height) / (usualBatch * mnist.width * mnist.height);
  return { products: usualMs * smaller(share), atLeast: usualMs * (narrowest[measured][like] ?? 0) * images };
}

export function generatorWork(
  { kind, steps, batch, features, sampleEvery }: GeneratorRecipe,
  engine: EngineName,
): Work {
  const { cost, parameters } = generators[kind];
  const share = (batch / dcganBatch) * (features / 64) ** (features < 64 ? 1 : 2);
  const weights = parameters * 4 * (features / 64) ** 2;
  return {
    steps,
    isFixed: true,
    stepMs: stepMs[measuredEngine(engine)].dcgan64 * cost * smaller(share),
    evaluationMs: 0,
    bytes: Math.ceil(steps / sampleEvery + 1) * (weights + 60_000),
  };
}

/** A cross-entropy of L counts as the accuracy exp(-L), for want of measurements. */
function stepsUntil(target: Target, recipe: ClassifierRecipe, shape: DataSetSize, stepsPerEpoch: number): number {
  const { by, value } = stopAt(target);
  if (by === 'epochs') return value * stepsPerEpoch;
  if (!shape.isDigits) return Math.min(otherSteps, otherEpochs * stepsPerEpoch);
  const { architecture, batch } = recipe;
  const errors = Math.max(0.05, 100 - (by === 'loss' ? 100 * Math.exp(-value) : value)) / digitError;
  const usual = architectureSchema.parse({ kind: architecture.kind });
  const size = parameterCount(architecture, mnist) / parameterCount(usual, mnist);
  const epochs = digitEpochs[architecture.kind] ?? digitEpochs.cnn;
  const power = errors < 1 ? powers.harder : powers.easier;
  return (epochs * errors ** power * size ** powers.parameters * digitImages) / batch;
}

/** Milliseconds of a step with its share of evaluations, in a training of so many steps, where the figures were measured. */
export const stepWithEvaluations = ({ stepMs: ms, evaluationMs }: Work, steps: number): number =>
  ms + evaluationMs / steps;

/** Steps a second of the engine trial on the machine where the figures were measured. */
const measuredSpeed = { tensorflow: 95, wasm: 40 };

/** How many times as fast as there an engine's trial was. */
export const speedFactor = (engine: EngineName, trial: number): number => trial / measuredSpeed[measuredEngine(engine)];

/** GPUs have not been measured yet: they count as TensorFlow on a processor, scaled by the trial's speed. */
const measuredEngine = (engine: EngineName): 'tensorflow' | 'wasm' => (engine === 'wasm' ? 'wasm' : 'tensorflow');

/** Kinds of runs that are no training. */
export type BriefKind = Exclude<TaskKind, 'classifier' | 'generator'>;

/** Seconds of a run that is no training: of the paper's images, with the shipped generator. */
const briefTimes: Record<'tensorflow' | 'wasm', Partial<Record<BriefKind, number>>> = {
  tensorflow: { candidates: 5, stimuli: 0.5, predictions: 0.1 },
  wasm: { candidates: 14, stimuli: 5, predictions: 1.5 },
};

/** Expected seconds of a run. */
export const briefSeconds = (kind: BriefKind, engine: EngineName): number =>
  briefTimes[measuredEngine(engine)][kind] ?? 30;
