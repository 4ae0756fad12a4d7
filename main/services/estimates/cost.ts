import {
  type ArchitectureKind,
  architectureSchema,
  type ClassifierRecipe,
  type GeneratorKind,
  type GeneratorRecipe,
  type Target,
} from '../../contract/recipes/recipes.ts';
import type { EngineName, TaskKind } from '../../contract/runs/run.ts';
import { type NetworkShape, parameterCount, productCount } from '../../domain/networks/architectures.ts';
import { availableEngines, engineOfEnvironment, knownEngines } from '../tools/engines.ts';
import type { Settings } from '../workbench/settings.ts';
import { stopAt } from '../../domain/numbers/targets.ts';

/** Of the CNN, and of the others that were measured. */
type Measured<T> = Partial<Record<ArchitectureKind, T>> & { cnn: T };

/**
 * Estimated cost of work. All measured figures stand here: milliseconds for a step of 128 images
 * with the default architecture, one worker (tests/bench/results/performance.md, steps; the DCGAN: 32 images), and epochs of
 * 60,000 images until a target is met, as the presets took them; those of the Mixer are means of three seeds. What was not
 * measured counts as a CNN with as many multiplications.
 */
const stepMs: Record<'tensorflow' | 'wasm', Measured<number> & { dcgan64: number }> = {
  tensorflow: { mlp: 3.2, cnn: 112, vit: 138, resnet: 64, lenet: 6.8, mixer: 57, dcgan64: 558 },
  wasm: { mlp: 8.5, cnn: 231, vit: 301, resnet: 225, lenet: 29, mixer: 209, dcgan64: 995 },
};
/** Factor for the time that evaluations take on top, as measured on complete quick studies. */
const evaluationFactor = { tensorflow: 1, wasm: 1.4 };
const dcganBatch = 32;
/** Cost of one image of each generator, relative to the paper's, and its parameters with 64 features. */
const generators: Record<GeneratorKind, { cost: number; parameters: number }> = {
  dcgan64: { cost: 1, parameters: 3.6e6 },
  dcgan32: { cost: 0.2, parameters: 1.1e6 },
  dcgan28: { cost: 0.09, parameters: 0.8e6 },
};

type Epochs = readonly (readonly [target: number, epochs: number])[];
const epochsTo: Measured<Epochs> = {
  mlp: [
    [95, 1.2],
    [97.5, 4.2],
    [98, 7],
    [98.5, 20],
  ],
  cnn: [
    [95, 0.3],
    [97.5, 0.8],
    [98, 1],
    [98.5, 1.5],
    [99, 5],
  ],
  vit: [
    [95, 1.2],
    [97.5, 3.3],
    [98, 6],
    [98.5, 12],
  ],
  resnet: [
    [90, 0.21],
    [95, 0.43],
    [97.5, 0.68],
  ],
  lenet: [
    [95, 1],
    [97.5, 2.2],
    [98, 3.3],
    [98.5, 5],
  ],
  mixer: [
    [95, 0.91],
    [97, 2.5],
    [97.5, 4.2],
  ],
};
const stepsPerEpoch = 469;
const imagesPerEpoch = 60_000;

/** Seconds from taking a run to its first step, besides the time of its steps: the worker starts and reads its files. */
const startSeconds = 1;

/**
 * Landing on the trend goes on after the target and then repeats the training up to it: share of the steps to the
 * target, where the trend is met later than the first lucky evaluation. Its complete evaluations count as images.
 */
const trendSteps = 1.15 * (1.25 + 1);
const trendEvaluations = 45;
/** An evaluation of an image costs this share of a training step's. */
const evaluationShare = 0.33;

const bytesOfRun = 60_000;

/** A size of a data set; without it, MNIST's. */
export type DataSetSize = NetworkShape & { trainCount: number; testCount: number };

/** Expected seconds of one worker, and bytes. */
export interface Expected {
  seconds: number;
  bytes: number;
}

export function classifierCost(
  { architecture, targets, maxEpochs, landing }: ClassifierRecipe,
  pace: Pace,
  shape: DataSetSize = mnist,
): Expected {
  const { kind } = architecture;
  const epochs = Math.min(
    (maxEpochs * shape.trainCount) / imagesPerEpoch,
    Math.max(...targets.map((target) => epochsUntil(kind, target))),
  );
  const evaluated = (trendEvaluations * evaluationShare * shape.testCount) / imagesPerEpoch;
  const trained = landing === 'trend' ? epochs * trendSteps + evaluated : epochs;
  const figures = measuredEngine(pace.engine);
  const own = stepMs[figures][kind];
  const [like, step] = own === undefined ? (['cnn', stepMs[figures].cnn] as const) : ([kind, own] as const);
  const work = productCount(architecture, shape) / productCount(architectureSchema.parse({ kind: like }), mnist);
  const ms = step * evaluationFactor[figures] * work * stepsPerEpoch * trained;
  return {
    seconds: startSeconds + ms / 1000 / pace.factor,
    bytes: bytesOfRun + 4 * parameterCount(architecture, shape) * targets.length,
  };
}

export function generatorCost({ kind, steps, batch, features, sampleEvery }: GeneratorRecipe, pace: Pace): Expected {
  const { cost, parameters } = generators[kind];
  const work = (batch / dcganBatch) * (features / 64) ** 2 * cost;
  const weights = parameters * 4 * (features / 64) ** 2;
  return {
    seconds: startSeconds + (stepMs[measuredEngine(pace.engine)].dcgan64 * work * steps) / 1000 / pace.factor,
    bytes: Math.ceil(steps / sampleEvery + 1) * (weights + 60_000),
  };
}

/**
 * Epochs until a target: interpolated between measured accuracies; twice the last one beyond them. A cross-entropy of L
 * counts as the accuracy exp(-L), for want of measurements.
 */
function epochsUntil(kind: ArchitectureKind, target: Target): number {
  const { by, value } = stopAt(target);
  if (by === 'epochs') return value;
  return epochsToAccuracy(kind, by === 'loss' ? 100 * Math.exp(-value) : value);
}

function epochsToAccuracy(kind: ArchitectureKind, target: number): number {
  const known = epochsTo[kind] ?? epochsTo.cnn;
  const above = known.findIndex(([at]) => at >= target);
  if (above < 0) return 2 * (known.at(-1)?.[1] ?? 1);
  const [high, epochsHigh] = known[above] ?? [100, 1];
  const below = known[above - 1];
  if (!below) return epochsHigh;
  const [low, epochsLow] = below;
  return epochsLow + ((target - low) / (high - low)) * (epochsHigh - epochsLow);
}

const mnist: DataSetSize = { width: 28, height: 28, channels: 1, classes: 10, trainCount: 60_000, testCount: 10_000 };

/** Steps a second of the engine trial on the machine where the figures were measured. */
const measuredSpeed = { tensorflow: 95, wasm: 40 };

/** The engine that this machine would use, its speed relative to the measured one, and the number of workers. */
export interface Pace {
  engine: EngineName;
  /** 2: twice as fast as where the figures were measured. */
  factor: number;
  workers: number;
}

/** Reading the state of the engines takes some tens of milliseconds, so it is kept for a minute. */
const knownFor = 60_000;
let engines: { at: number; fastest: EngineName; speeds: ReadonlyMap<EngineName, number | null> } | undefined;

/** Kinds of runs that are no training. */
export type BriefKind = Exclude<TaskKind, 'classifier' | 'generator'>;

/** Expected seconds of a run. */
export function runSeconds(kind: BriefKind): number {
  switch (kind) {
    case 'candidates':
      return 14;
    case 'stimuli':
      return 5;
    case 'predictions':
      return 1.5;
    default:
      return 30;
  }
}

export function estimatePace(workers: number, wanted: EngineName | 'auto' = 'auto'): Pace {
  const { fastest, speeds } = enginesHere();
  const engine = (wanted === 'auto' ? engineOfEnvironment() : wanted) ?? fastest;
  const speed = speeds.get(engine) ?? null;
  return { engine, workers, factor: speed === null ? 1 : speed / measuredSpeed[measuredEngine(engine)] };
}

function enginesHere(): NonNullable<typeof engines> {
  const now = performance.now();
  if (engines && now - engines.at < knownFor) return engines;
  const checks = knownEngines()?.checks ?? [];
  const fastest = availableEngines().names[0] ?? 'wasm';
  engines = { at: now, fastest, speeds: new Map(checks.map(({ name, speed }) => [name, speed])) };
  return engines;
}

/** The pace with the engine and the number of workers of the settings. */
export function currentPace({ settings }: { settings: Pick<Settings, 'get'> }): Pace {
  const { workers, engine } = settings.get();
  return estimatePace(workers, engine);
}

/** GPUs have not been measured yet: they count as TensorFlow on a processor, scaled by the trial's speed. */
const measuredEngine = (engine: EngineName): 'tensorflow' | 'wasm' => (engine === 'wasm' ? 'wasm' : 'tensorflow');
