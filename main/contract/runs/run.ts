import { z } from 'zod';
import { channelsSchema } from '../recipes/images.ts';
import {
  classifierRecipeSchema,
  generatorRecipeSchema,
  hashSchema,
  seedSchema,
  targetSchema,
} from '../recipes/recipes.ts';
import { blendingSchema } from '../stimuli/stimuli.ts';
import { dataSetSchema } from '../studies/study.ts';

/** The machine that a run ran on. Memory in bytes. */
export const machineSchema = z.strictObject({
  host: z.string(),
  platform: z.string(),
  architecture: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memory: z.number(),
  node: z.string(),
});
export type Machine = z.infer<typeof machineSchema>;

/** What a run's attempt ran under, beside its engine (which the worker describes itself). */
export const runEnvironmentSchema = z.strictObject({
  product: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  machine: machineSchema,
  threads: z.int().min(1),
  /** The cluster that it ran on, by the name of its profile, and Slurm's numbers; absent: the host's own computer. */
  cluster: z.strictObject({ name: z.string(), job: z.string().nullable(), task: z.int().nullable() }).optional(),
});
export type RunEnvironment = z.infer<typeof runEnvironmentSchema>;

/** `interrupted` runs resume by themselves; `failed` ones are retried on request. */
export const runStates = ['queued', 'running', 'interrupted', 'done', 'failed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];

/** Place of a compared model in its study. Generators, references and other runs that are not compared have none. */
export const modelRoleSchema = z.strictObject({
  modelName: z.string().min(1).max(100),
  group: z.enum(['diverse', 'seeds']),
  /** Repeat of a seed group, from 0; 0 in the diverse group. */
  repeat: z.int().min(0),
  seed: seedSchema,
});
export type ModelRole = z.infer<typeof modelRoleSchema>;

/**
 * States of a run's task on a cluster. `packed`: its job is not submitted yet. `held`: it begins once a person releases it
 * there. `lost`: the cluster ended it or does not know it any more, though the run is not over as far as is known here.
 */
export const placedStates = ['packed', 'pending', 'held', 'running', 'lost'] as const;
export type PlacedState = (typeof placedStates)[number];

export const engineNames = ['tensorflow', 'webgpu', 'wasm'] as const;
export type EngineName = (typeof engineNames)[number];
export const engineTitles: Readonly<Record<EngineName, string>> = {
  tensorflow: 'TensorFlow',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};

/**
 * Kinds of runs that contributions do. A kind has the name of its contribution, whose module `run.ts` does it in a worker
 * (`RunContributed`). The table of runs lists them too, so another one needs a migration.
 */
export const contributedKinds = ['draws'] as const;
type ContributedKind = (typeof contributedKinds)[number];

/** The work of such a run. Its contribution alone knows what else it has. */
export interface ContributedTask {
  readonly kind: ContributedKind;
}
/** Names that other tasks have too mean the same: archives and clusters take along the files that they name. */
const contributedTaskSchema: z.ZodType<ContributedTask> = z.looseObject({
  kind: z.enum(contributedKinds),
  generator: hashSchema.optional(),
  seed: seedSchema.optional(),
  real: z.strictObject({ dataSet: dataSetSchema, dataSetHash: hashSchema }).nullable().optional(),
  ...Object.fromEntries(['dataSet', 'dataSetHash', 'latents', 'recipe'].map((name) => [name, z.never().optional()])),
});

/**
 * Complete work for a worker process: everything that decides its result, blobs by hash. Its canonical JSON is the
 * run's identity.
 */
const discriminatedTaskSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('classifier'),
    dataSet: dataSetSchema,
    dataSetHash: hashSchema,
    recipe: classifierRecipeSchema,
    seed: seedSchema,
  }),
  z.strictObject({
    kind: z.literal('generator'),
    dataSet: dataSetSchema,
    dataSetHash: hashSchema,
    recipe: generatorRecipeSchema,
    seed: seedSchema,
  }),
  /**
   * Draws z and keeps candidates of each class that the reference is sure of, and that are diverse and like real
   * images.
   */
  z.strictObject({
    kind: z.literal('candidates'),
    generator: hashSchema,
    reference: hashSchema,
    samples: z.int().min(1),
    perClass: z.int().min(1),
    seed: seedSchema,
    /** Real images that candidates should be like; null: none. */
    real: z.strictObject({ dataSet: dataSetSchema, dataSetHash: hashSchema }).nullable().default(null),
    /** Whether the result also lists all clear samples. */
    clear: z.literal(true).optional(),
  }),
  /** Renders latent points with a generator. `latents`: blob of float32 [count, latent], little-endian. */
  z.strictObject({
    kind: z.literal('stimuli'),
    generator: hashSchema,
    latents: hashSchema,
    count: z.int().min(1),
    /** Width and height that the models take; the generator's own size is kept beside it. */
    modelWidth: z.int().min(1),
    modelHeight: z.int().min(1),
  }),
  /** Softmax of one snapshot on one frozen stimulus set (a blob of pixels). `channels`: absent for gray images. */
  z.strictObject({
    kind: z.literal('predictions'),
    snapshot: hashSchema,
    stimuli: hashSchema,
    channels: z.literal(3).optional(),
  }),
]);

/**
 * Finds candidates among the test images of a data set, and counts which classes the reference confuses. Null: no
 * reference, and then no confusion.
 */
const testImagesTaskSchema = z.strictObject({
  kind: z.literal('candidates'),
  dataSet: dataSetSchema,
  dataSetHash: hashSchema,
  reference: hashSchema.nullable(),
  perClass: z.int().min(1),
  /** Whether the result also lists how sure the reference is of each image. */
  confidence: z.literal(true).optional(),
});
export type TestImagesTask = z.infer<typeof testImagesTaskSchema>;

/** Blends test images of a data set: `alphas` images on each way between two positions. */
const blendTaskSchema = z.strictObject({
  kind: z.literal('stimuli'),
  dataSet: dataSetSchema,
  dataSetHash: hashSchema,
  ways: z
    .array(z.tuple([z.int().min(0), z.int().min(0)]))
    .min(1)
    .max(100_000),
  alphas: z.int().min(2).max(1001),
  interpolation: blendingSchema,
});
export type BlendTask = z.infer<typeof blendTaskSchema>;

/** Takes test images of a data set as they are. `positions`: blob of uint32 [count], little-endian. */
const testImageStimuliTaskSchema = z.strictObject({
  kind: z.literal('stimuli'),
  dataSet: dataSetSchema,
  dataSetHash: hashSchema,
  positions: hashSchema,
  count: z.int().min(1),
});
export type TestImageStimuliTask = z.infer<typeof testImageStimuliTaskSchema>;

/** Kinds are those of results: two tasks of one kind differ in what the results are made from. */
export const taskSchema = z.union([
  discriminatedTaskSchema,
  testImagesTaskSchema,
  blendTaskSchema,
  testImageStimuliTaskSchema,
  contributedTaskSchema,
]);
export type Task = z.infer<typeof taskSchema>;
export type TaskKind = Task['kind'];
/** Tasks whose images a generator makes. */
export type CandidatesTask = Extract<Task, { kind: 'candidates'; generator: string }>;
export type RenderTask = Extract<Task, { kind: 'stimuli'; generator: string }>;

/** Kinds of runs that take seconds while a person waits. They never wait behind trainings. */
export const shortKinds: readonly TaskKind[] = ['candidates', 'stimuli', 'predictions'];

/** With more, a step gains nothing on any processor. */
export const maxSeedsPerStep = 64;

/** Commands to a worker. `stop`: checkpoint, report `stopped`; without a run all stop, and the worker exits. */
export const workerCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run'),
    run: z.int(),
    task: taskSchema,
    engine: z.enum(engineNames),
    threads: z.int().min(1),
    blobs: z.string(),
    /** Checkpoint to resume from; null: start. */
    checkpoint: hashSchema.nullable(),
    /**
     * Trains a classifier in shared steps with at most this number of classifiers of its recipe. Without it, runs
     * follow each other.
     */
    seedsPerStep: z.int().min(2).max(maxSeedsPerStep).optional(),
  }),
  z.strictObject({ type: z.literal('stop'), run: z.int().optional() }),
]);
type WorkerCommand = z.infer<typeof workerCommandSchema>;
export type RunCommand = Extract<WorkerCommand, { type: 'run' }>;

export const engineDescriptionSchema = z.strictObject({
  name: z.enum(engineNames),
  versions: z.record(z.string(), z.string()),
  device: z.string(),
});
export type EngineDescription = z.infer<typeof engineDescriptionSchema>;

/** Weights that met a target: `errors` of `testCount` test images missed, at `step`. */
export const snapshotSchema = z.strictObject({
  target: targetSchema,
  step: z.int(),
  errors: z.int(),
  testCount: z.int(),
  accuracy: z.number(),
  weights: hashSchema,
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Accuracy that a training had around a snapshot (docs/training.md), from evaluations before and after it. */
export const trendSchema = z.strictObject({
  /** Percent; null: see `undefined`. */
  accuracy: z.number().nullable(),
  /** Its standard error in points, from the scatter of the evaluations around their line; null without one. */
  error: z.number().nullable(),
  before: z.int(),
  after: z.int(),
  /** Evaluations among `before` and `after` that stopped early and estimated the accuracy. */
  estimates: z.int(),
  /** Why there is no trend, or null. */
  undefined: z.string().nullable(),
});
export type Trend = z.infer<typeof trendSchema>;

/** A target of a run that no snapshot met. */
export const missedSchema = z.strictObject({
  target: targetSchema,
  /** Percent, of the full evaluation that came nearest; null: there was none, or the target is no accuracy. */
  nearestAccuracy: z.number().nullable(),
  why: z.string(),
  /** Whether the accuracy passed the target; absent where the target is none, and in results of earlier versions. */
  passed: z.boolean().optional(),
});
export type Missed = z.infer<typeof missedSchema>;

/** `looks`, `fullLooks`, `lookMs`: number of evaluations, those of all test images, and their time. */
const classifierResultSchema = z.strictObject({
  kind: z.literal('classifier'),
  snapshots: z.array(snapshotSchema),
  missed: z.array(missedSchema),
  steps: z.int(),
  looks: z.int(),
  fullLooks: z.int(),
  imagesLooked: z.int(),
  trainMs: z.number(),
  lookMs: z.number(),
});
export type ClassifierResult = z.infer<typeof classifierResultSchema>;

/** Absent channels, as in all results of earlier versions: 1. */
const renderedSchema = z.strictObject({
  width: z.int(),
  height: z.int(),
  channels: channelsSchema.optional(),
  pixels: hashSchema,
});

export const resultSchema = z.discriminatedUnion('kind', [
  classifierResultSchema,
  z.strictObject({ kind: z.literal('generator'), weights: hashSchema, steps: z.int() }),
  /** `candidates` is a JSON blob, of generated or of real images: see main/contract/runs/generator.ts. */
  z.strictObject({ kind: z.literal('candidates'), candidates: hashSchema }),
  /** `pixels`: one blob per size, uint8, images in id order: `size` as the generator made it, and the models' size. */
  z.strictObject({ kind: z.literal('stimuli'), original: renderedSchema, model: renderedSchema }),
  /** Of a contribution: hashes of its files, by names of its own. */
  z.object({ kind: z.enum(contributedKinds) }).catchall(hashSchema),
  /** `softmax`: float32 [count, classes]; `labels`: uint16 [count], lowest index of the maximum. Little-endian. */
  z.strictObject({
    kind: z.literal('predictions'),
    softmax: hashSchema,
    labels: hashSchema,
    count: z.int(),
    classes: z.int(),
  }),
]);
export type RunResult = z.infer<typeof resultSchema>;
type ContributedResult = Extract<RunResult, { kind: ContributedKind }>;

/** Files of the result of a contribution's run. */
export const contributedFiles = ({ kind: _, ...files }: ContributedResult): string[] => Object.values(files);

/** Why a run failed or its worker died: a sentence, and what else is known. */
export const failureSchema = z.strictObject({ message: z.string(), detail: z.string() });
export type Failure = z.infer<typeof failureSchema>;

/** Events of a run, in order. Applying one twice changes nothing more. */
export const workerEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('started'), engine: engineDescriptionSchema, pid: z.int(), resumedAt: z.int() }),
  z.strictObject({ type: z.literal('heartbeat') }),
  /**
   * `done` of `total` steps (an estimate for classifiers); `note`: current work. `workedMs`: time that this attempt has
   * worked on steps; `processorMs`: processor time meanwhile. Workers of earlier versions say neither, and those with a GPU no
   * processor time.
   */
  z.strictObject({
    type: z.literal('progress'),
    done: z.int(),
    total: z.int(),
    note: z.string(),
    workedMs: z.number().min(0).optional(),
    processorMs: z.number().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('metrics'),
    points: z.array(z.strictObject({ series: z.string(), step: z.int(), value: z.number() })),
  }),
  z.strictObject({ type: z.literal('checkpoint'), step: z.int(), hash: hashSchema }),
  z.strictObject({ type: z.literal('snapshot'), snapshot: snapshotSchema }),
  /** A grid of samples (PNG blob) from the fixed z, and the generator's weights at that step. */
  z.strictObject({ type: z.literal('samples'), step: z.int(), grid: hashSchema, weights: hashSchema }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['info', 'warn']), message: z.string() }),
  z.strictObject({ type: z.literal('done'), result: resultSchema }),
  z.strictObject({ type: z.literal('stopped'), step: z.int() }),
  z.strictObject({ type: z.literal('failed'), ...failureSchema.shape }),
]);
export type WorkerEvent = z.infer<typeof workerEventSchema>;

/** A worker's message to its parent: an event and its run; null for a command that was not valid. */
export const workerMessageSchema = z.strictObject({ run: z.int().nullable(), event: workerEventSchema });
export type WorkerMessage = z.infer<typeof workerMessageSchema>;

/** A run to do now, on `engine`, from `checkpoint` or from its start. */
export interface ClaimedRun {
  id: number;
  task: Task;
  label: string;
  engine: EngineName;
  checkpoint: string | null;
}

/** Milliseconds since 1970. */
export const timeSchema = z.number().min(0).max(8.64e15);

/** One attempt of a worker at a run: its provenance. Times in milliseconds since 1970. */
export const attemptSchema = z.strictObject({
  attempt: z.int().min(1),
  engine: z.enum(engineNames),
  environment: runEnvironmentSchema,
  /** The checkpoint from which it resumed, and its step; null and 0 for a run from its start. */
  checkpoint: hashSchema.nullable(),
  resumedAt: z.int().min(0).nullable(),
  claimedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
  pid: z.int().nullable(),
  /** The engine as the worker described it; null if the worker crashed before. */
  description: engineDescriptionSchema.nullable(),
  outcome: z.enum(['done', 'failed', 'stopped', 'crashed', 'cancelled', 'lost']).nullable(),
  note: z.string().max(1_000_000).nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;
