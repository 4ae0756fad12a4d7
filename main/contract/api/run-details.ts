import { z } from 'zod';
import { snapshotEvaluationSchema } from '../evaluation.ts';
import { runEnvironmentSchema } from '../provenance.ts';
import { engineDescriptionSchema, engineNames, taskSchema } from '../run.ts';
import { idSchema, studyName } from './base.ts';
import { runRowSchema } from './run-table.ts';

/** One taking of a run by a worker. Times in milliseconds since 1970. */
export const attemptSchema = z.strictObject({
  attempt: z.int(),
  engine: z.enum(engineNames),
  environment: runEnvironmentSchema,
  /** The step that it went on from; null: it has not begun. */
  resumedAt: z.int().nullable(),
  claimedAt: z.int(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
  pid: z.int().nullable(),
  description: engineDescriptionSchema.nullable(),
  outcome: z.string().nullable(),
  note: z.string().nullable(),
});

export const snapshotViewSchema = z.strictObject({
  target: z.number(),
  step: z.int(),
  errors: z.int(),
  testCount: z.int(),
  accuracy: z.number(),
  weights: z.string(),
  /** Bytes of the weights; null: the file is not there. */
  bytes: z.int().nullable(),
});

/** Everything about one run. */
export const runDetailsSchema = z.strictObject({
  row: runRowSchema,
  task: taskSchema,
  /** Its identity. */
  key: z.string(),
  /** The engine that it must run on, or null: any. */
  pinned: z.enum(engineNames).nullable(),
  attempts: z.array(attemptSchema),
  snapshots: z.array(snapshotViewSchema),
  missed: z.array(z.strictObject({ target: z.number(), nearestAccuracy: z.number().nullable(), why: z.string() })),
  /** What training took and what looking at the accuracy did; null until a classifier is done. */
  cost: z
    .strictObject({
      steps: z.int(),
      looks: z.int(),
      fullLooks: z.int(),
      imagesLooked: z.int(),
      trainMs: z.number(),
      lookMs: z.number(),
    })
    .nullable(),
  checkpoints: z.array(z.strictObject({ step: z.int(), hash: z.string(), bytes: z.int().nullable() })),
  /** Names of its metric series. */
  series: z.array(z.string()),
  log: z.array(z.strictObject({ level: z.enum(['info', 'warn']), message: z.string(), at: z.int() })),
  /** The end of what its workers wrote on stdout and stderr. */
  output: z.string(),
  failure: z.strictObject({ message: z.string(), detail: z.string() }).nullable(),
  /** Places that it fills now, in this study and others. */
  places: z.array(z.strictObject({ study: z.string(), role: z.string() })),
});
export type RunDetails = z.infer<typeof runDetailsSchema>;

export const maxCompared = 20;

export const curvesInputSchema = z.strictObject({
  ids: z.array(idSchema).min(1).max(maxCompared),
  series: z.array(z.string().min(1).max(100)).min(1).max(12),
  /** Points of a series at most. */
  points: z.int().min(10).max(1000).default(1000),
});

export const curveSchema = z.strictObject({
  run: idSchema,
  series: z.string(),
  /** Points that are stored; more than given where the curve was drawn with fewer. */
  count: z.int().min(0),
  steps: z.array(z.number()),
  values: z.array(z.number()),
});
export type RunCurve = z.infer<typeof curveSchema>;

export const compareInputSchema = z.strictObject({
  study: studyName,
  ids: z.array(idSchema).min(1).max(maxCompared),
  /** The snapshots that are compared; null: the highest target that most of the runs landed at. */
  target: z.number().gt(0).lte(100).nullable().default(null),
});

export const comparisonSchema = z.strictObject({
  rows: z.array(runRowSchema),
  /** Keys of the recipes that differ, and their values as JSON in the order of `rows`; null: not there. */
  differences: z.array(z.strictObject({ key: z.string(), values: z.array(z.string().nullable()) })),
  /** Keys that are the same everywhere. */
  sameKeys: z.int().min(0),
  /** Targets that at least one of them landed at. */
  targets: z.array(z.number()),
  target: z.number().nullable(),
  /** What the snapshots say about the study's stimuli; null while there are no stimuli. */
  stimuli: z
    .strictObject({
      count: z.int().min(1),
      classes: z.array(z.string()),
      width: z.int(),
      height: z.int(),
      /** In the order of `rows`: whether the snapshot at the target has predictions. */
      predicted: z.array(z.boolean()),
      /** Images that two runs label differently, [row][row]; null where one of them has no predictions. */
      disagreements: z.array(z.array(z.int().nullable())),
      /** Images on which not all agree, and the first of them, those with the most different labels first. */
      differing: z.int().min(0),
      images: z.array(
        z.strictObject({
          image: z.int(),
          pair: z.tuple([z.int(), z.int()]),
          alpha: z.number(),
          /** In the order of `rows`; null: no prediction. */
          labels: z.array(z.int().nullable()),
          /** Base64 of uint8 [height, width]. */
          pixels: z.string(),
        }),
      ),
    })
    .nullable(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const evaluateInputSchema = z.strictObject({ id: idSchema, target: z.number().gt(0).lte(100) });

export const evaluateSchema = z.strictObject({
  target: z.number(),
  evaluation: snapshotEvaluationSchema,
  /** Errors that the training counted at this snapshot; another engine may count one or two others. */
  errorsInTraining: z.int(),
});
