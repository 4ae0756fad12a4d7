import { z } from 'zod';
import { idSchema, nothing, oc, ofStudy } from '../wire/base.ts';
import {
  attemptSchema,
  contributedKinds,
  engineNames,
  failureSchema,
  missedSchema,
  placedStates,
  snapshotSchema,
  taskSchema,
  trendSchema,
} from '../runs/run.ts';
import { architectureKinds, classifierRecipeSchema, targetSchema } from '../recipes/recipes.ts';
import { modelsSchema } from '../studies/study.ts';
import { placedSchema, placeSchema } from './clusters.ts';
import { timeRangeSchema } from './jobs.ts';
import {
  additionPlanSchema,
  additionSchema,
  deletionSchema,
  remainingSchema,
  matrixSchema,
  suggestedSchema,
  usualModelSchema,
} from './models.ts';
import { costSchema } from './studies.ts';

/**
 * A run's state as tables show it. `queued`: a job will run or resume it. `interrupted`, `unstarted`: it has begun, or
 * not, and no job works on it. `held`: it would be queued, were it or all training not paused. `missed`: it ended and met no target.
 */
export const shownStates = [
  'running',
  'queued',
  'held',
  'interrupted',
  'unstarted',
  'failed',
  'cancelled',
  'missed',
  'done',
] as const;
export type ShownRunState = (typeof shownStates)[number];

export const runKinds = [
  'classifier',
  'generator',
  'candidates',
  'stimuli',
  ...contributedKinds,
  'predictions',
] as const;

const tagSchema = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');

/** Empty lists ask for everything. */
export const runFilterSchema = z.strictObject({
  /** Words that all have to be in a run's name, architecture, engine, state, tags, note or failure. */
  text: z.string().max(200).default(''),
  states: z.array(z.enum(shownStates)).max(shownStates.length).default([]),
  kinds: z.array(z.enum(runKinds)).max(runKinds.length).default(['classifier']),
  architectures: z.array(z.enum(architectureKinds)).max(architectureKinds.length).default([]),
  /** Runs that are to reach one of these, in percent. */
  targets: z.array(targetSchema).max(32).default([]),
  tags: z.array(tagSchema).max(100).default([]),
  /** Only runs of this run's recipe: they differ in the seed alone. */
  like: idSchema.nullable().default(null),
  /** Whether runs that a person archived are included. */
  archived: z.boolean().default(false),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

const sortKeys = [
  'name',
  'state',
  'architecture',
  'seed',
  'accuracy',
  'trend',
  'progress',
  'engine',
  'steps',
  'time',
  'speed',
  'queued',
  'ended',
] as const;

/** A hyperparameter by its path in the task, e.g. `recipe.optimiser.stepSize`. */
export type HyperparameterSort = `recipe.${string}`;
export type SortKey = (typeof sortKeys)[number] | HyperparameterSort;

const hyperparameterSchema = z.custom<HyperparameterSort>(
  (value) => typeof value === 'string' && /^recipe\.[A-Za-z0-9]{1,40}(\.[A-Za-z0-9]{1,40})?$/.test(value),
);
export const runSortSchema = z.strictObject({
  by: z.union([z.enum(sortKeys), hyperparameterSchema]),
  descending: z.boolean(),
});
const runGroups = ['none', 'state', 'architecture', 'recipe', 'tag', 'group'] as const;
/** What runs are grouped by: `group` is their place in the study, `recipe.PATH` a hyperparameter. */
export type RunGroup = (typeof runGroups)[number] | HyperparameterSort;
const runGroupSchema = z.union([z.enum(runGroups), hyperparameterSchema]);

/** Numbers of which a group has means. */
export const groupMeasures = ['accuracy', 'trend', 'steps', 'time', 'speed'] as const;
export type GroupMeasure = (typeof groupMeasures)[number];

/** Groups of more runs that are done have no means of trends: each would read its evaluations. */
export const mostTrends = 1000;

/** A mean over the runs of a group that are done and have the number; units are those of the rows. */
const groupMeanSchema = z.strictObject({
  of: z.enum(groupMeasures),
  /** Of snapshots at this target; null: of the run. */
  target: targetSchema.nullable(),
  n: z.int().min(1),
  mean: z.number(),
  /** Sample standard deviation; null for one run. */
  sd: z.number().nullable(),
  /** 95 % interval of the mean by Student's t; null for fewer than three runs. */
  lo: z.number().nullable(),
  hi: z.number().nullable(),
});
export type GroupMean = z.infer<typeof groupMeanSchema>;

const runGroupRowSchema = z.strictObject({
  key: z.string(),
  title: z.string(),
  count: z.int().min(1),
  /** Runs of it that are done: means are over these. */
  done: z.int().min(0),
  means: z.array(groupMeanSchema),
});
export type RunGroupRow = z.infer<typeof runGroupRowSchema>;

const tableInputSchema = ofStudy.extend({
  filter: runFilterSchema.prefault({}),
  sort: runSortSchema.default({ by: 'name', descending: false }),
  group: runGroupSchema.default('none'),
});
export type TableInput = z.infer<typeof tableInputSchema>;

/** State of one target of a run, in percent. */
const targetStandingSchema = z.strictObject({
  target: targetSchema,
  /** `unused`: the run reached it, then failed or was cancelled, so no result uses its snapshot. */
  state: z.enum(['reached', 'unused', 'missed', 'pending']),
  /**
   * Percent: reached or unused: of the snapshot's own evaluation, on `testCount` test images; missed: the nearest, on the images
   * that decide (`landing`); null before.
   */
  accuracy: z.number().nullable(),
  errors: z.int().nullable(),
  testCount: z.int().nullable(),
  /** Trend at a reached target. */
  trend: trendSchema.nullable(),
  /** Percent of the half of the test images that did not decide; null unless the run lands on the other half. */
  otherHalf: z.number().nullable(),
  /** Percent of the validation images at the snapshot, which decided; null unless the run stops on them. */
  validation: z.number().nullable(),
});

/** A run as a row of a table. Times are milliseconds since 1970, durations milliseconds. */
export const runRowSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  kind: z.enum(runKinds),
  state: z.enum(shownStates),
  /** Whether this run was paused by itself. */
  held: z.boolean(),
  /** Someone cancelled it, and its worker was asked to stop. */
  cancelling: z.boolean(),
  architecture: z.enum(architectureKinds).nullable(),
  /** What is special about its recipe, e.g. `500-500, Adam 0.0005, batch 128`. */
  recipe: z.string(),
  /** Values of its recipe by path (`hyperparameters`); empty unless it trains a classifier. */
  hyperparameters: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Number of the network's parameters, with the statistics of batch norm; null while the data set is unknown. */
  parameters: z.int().nullable(),
  seed: z.int().nullable(),
  group: z.enum(['diverse', 'seeds']).nullable(),
  repeat: z.int().nullable(),
  /** What decides that a target is met; null: test images at the first step within the tolerance (the paper's rule). */
  landing: classifierRecipeSchema.shape.landing.unwrap().nullable(),
  targets: z.array(targetStandingSchema),
  /** Its accuracy on all test images counts images that it was taught. */
  testedOnTaught: z.boolean(),
  /**
   * Accuracy at the last evaluation in percent, of the images that decide, and whether a part of them served as an
   * estimate.
   */
  latest: z.strictObject({ accuracy: z.number(), estimated: z.boolean(), step: z.int() }).nullable(),
  progress: z.strictObject({ done: z.int(), total: z.int(), note: z.string() }).nullable(),
  /** Estimate in seconds; null while nothing is known. */
  timeLeft: timeRangeSchema.nullable(),
  /** What workers have spent on it. */
  activeTime: z.number(),
  /** Training steps so far; null: it has none. */
  steps: z.int().nullable(),
  /** Training steps a second of worker time, evaluations included; null without steps. */
  stepsPerSecond: z.number().nullable(),
  engine: z.enum(engineNames).nullable(),
  /** The cluster that it goes to, is on or was last on; null: this computer. */
  cluster: z.string().nullable(),
  /** Where on that cluster: the node, or the last one that it was on; null: none yet, or this computer. */
  node: z.string().nullable(),
  /**
   * Its task of a job there, while it has one. `reason`: the cluster's word. `waits`: why it does not run, and the cluster's
   * word with what to do, which may be empty; null: it runs, or nothing here knows. `endsAt`: when the time limit ends it.
   */
  there: z
    .strictObject({
      job: z.string().nullable(),
      task: z.int(),
      state: z.enum(placedStates),
      reason: z.string().nullable(),
      waits: z.strictObject({ what: z.string(), more: z.string() }).nullable(),
      restarts: z.int(),
      endsAt: z.number().nullable(),
    })
    .nullable(),
  attempts: z.int(),
  rank: z.int().min(-1).max(1),
  queuedAt: z.int(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
  failure: z.string().nullable(),
  tags: z.array(z.string()),
  note: z.string(),
  /** A person hid it from the table; it is analyzed as before. */
  archived: z.boolean(),
});
export type RunRow = z.infer<typeof runRowSchema>;

const facet = <Value extends z.ZodType>(value: Value) => z.array(z.strictObject({ value, count: z.int().min(1) }));

/** The order of all rows, and the first rows, as many as a screen shows. */
const tableSchema = z.strictObject({
  /** Runs that pass the filter, in order; those of a group are together. */
  ids: z.array(idSchema),
  /** In the order of `ids`; empty if not grouped. */
  groups: z.array(runGroupRowSchema),
  rows: z.array(runRowSchema),
  /** Keys of the hyperparameters that differ among `ids`. */
  differing: z.array(z.string()),
  /** The most decimals that numbers of these have, by key; none: left out. */
  decimals: z.record(z.string(), z.int().min(1)),
  /** Runs of the study without the filter, and the values to filter by. */
  total: z.int().min(0),
  /** Archived ones among `total`. */
  archived: z.int().min(0),
  facets: z.strictObject({
    states: facet(z.enum(shownStates)),
    kinds: facet(z.enum(runKinds)),
    architectures: facet(z.enum(architectureKinds)),
    targets: facet(targetSchema),
    tags: facet(z.string()),
  }),
  /** The study has networks whose accuracy on all test images counts images that they were taught. */
  testedOnTaught: z.boolean(),
  /** Models that the study asks for and that are not queued yet: they are at its next start. */
  planned: z.int().min(0),
  /** Runs that wait for a start: nothing works on the study now. */
  waiting: z.int().min(0),
  /** Whether workers are at the study now. */
  working: z.boolean(),
  /** Whether trainings of the study go to a cluster, are on one or were. */
  onClusters: z.boolean(),
});
export type RunTable = z.infer<typeof tableSchema>;

export const viewSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  filter: runFilterSchema,
  sort: runSortSchema,
  group: runGroupSchema,
  /** Columns shown; `-KEY` hides the column of a hyperparameter, which shows by itself where runs differ in it. */
  columns: z.array(z.string().max(100)).max(100),
});
export type RunView = z.infer<typeof viewSchema>;

/** `bytes`: of the weights; null: the file is missing. */
const snapshotViewSchema = snapshotSchema.extend({ bytes: z.int().nullable() });

const runDetailsSchema = z.strictObject({
  row: runRowSchema,
  task: taskSchema,
  key: z.string(),
  /** The engine that it must run on, or null: any. */
  pinned: z.enum(engineNames).nullable(),
  attempts: z.array(attemptSchema.omit({ checkpoint: true })),
  snapshots: z.array(snapshotViewSchema),
  missed: z.array(missedSchema),
  /** Cost of training and evaluating; null until a classifier is done. */
  cost: z
    .strictObject({
      steps: z.int(),
      trainMs: z.number(),
      evaluations: z.int(),
      imagesEvaluated: z.int(),
      evaluationMs: z.number(),
    })
    .nullable(),
  checkpoints: z.array(z.strictObject({ step: z.int(), hash: z.string(), bytes: z.int().nullable() })),
  series: z.array(z.string()),
  log: z.array(z.strictObject({ level: z.enum(['info', 'warn']), message: z.string(), at: z.int() })),
  /** The end of what its workers wrote on stdout and stderr. */
  output: z.string(),
  /** What trying it again costs; null: it cannot be tried again, or nothing is known. */
  retryCost: costSchema.nullable(),
  failure: failureSchema.nullable(),
  /** Places that it fills now, in this study and others. */
  places: z.array(z.strictObject({ study: z.string(), role: z.string() })),
});
export type RunDetails = z.infer<typeof runDetailsSchema>;

/** Runs whose curves are asked for at once. */
export const maxCompared = 100;

const curvesInputSchema = z.strictObject({
  ids: z.array(idSchema).min(1).max(maxCompared),
  series: z.array(z.string().min(1).max(100)).min(1).max(12),
  /** Points of a series at most. */
  points: z.int().min(10).max(1000).default(1000),
});

const curveSchema = z.strictObject({
  run: idSchema,
  series: z.string(),
  /** Points that are stored; more than given where the curve was drawn with fewer. */
  count: z.int().min(0),
  steps: z.array(z.number()),
  values: z.array(z.number()),
});
export type RunCurve = z.infer<typeof curveSchema>;

const axisSchema = z.strictObject({
  run: idSchema,
  /** Null: its data set is not known. */
  stepsPerEpoch: z.int().min(1).nullable(),
  /** Steps, and what workers had spent on the run by then in milliseconds; both rise. Between them it is interpolated. */
  clock: z.array(z.tuple([z.number(), z.number()])),
});
export type RunAxis = z.infer<typeof axisSchema>;

/** A run, and which of its snapshots. */
export const snapshotOfRunSchema = z.strictObject({ id: idSchema, target: targetSchema });

/** Rows in one request. */
const maxRows = 200;

export const runActions = ['start', 'hold', 'release', 'cancel', 'retry', 'first', 'last'] as const;
export type RunAction = (typeof runActions)[number];

const ids = z.array(idSchema).min(1).max(10_000);
const viewName = viewSchema.shape.name;

export const runsContract = {
  table: oc.input(tableInputSchema).output(tableSchema),
  /** Some rows in the order of `ids`; runs that no longer exist are left out. */
  rows: oc.input(ofStudy.extend({ ids: z.array(idSchema).max(maxRows) })).output(z.array(runRowSchema)),
  get: oc.input(z.strictObject({ id: idSchema })).output(runDetailsSchema),
  curves: oc.input(curvesInputSchema).output(z.array(curveSchema)),
  /** What turns the steps of runs into epochs and time. */
  axes: oc.input(z.strictObject({ ids: curvesInputSchema.shape.ids })).output(z.array(axisSchema)),
  /**
   * `start`: puts them first in the queue, also failed and cancelled ones, and starts the study. `hold`: they
   * checkpoint and wait until `release`. Returns how many changed, and why others could not.
   */
  act: oc
    .input(ofStudy.extend({ ids, action: z.enum(runActions) }))
    .output(z.strictObject({ changed: z.int(), skipped: z.int(), why: z.string() })),
  /** The actions that would change one of these runs at least. */
  possible: oc.input(ofStudy.extend({ ids })).output(z.array(z.enum(runActions))),
  /** Says where these trainings go: to a cluster, or to this computer (null). Those at work elsewhere stay there. */
  place: oc.input(ofStudy.extend({ ids, place: placeSchema })).output(placedSchema),
  tag: oc
    .input(z.strictObject({ ids, add: z.array(tagSchema).max(20), remove: z.array(tagSchema).max(20) }))
    .output(nothing),
  /** Hides runs from the table, or shows them again. Nothing else changes: they are trained and analyzed as before. */
  archive: oc.input(z.strictObject({ ids, archived: z.boolean() })).output(nothing),
  /** What `delete` would do. */
  planDeletion: oc.input(ofStudy.extend({ ids })).output(deletionSchema),
  /** Deletes trainings of models for good. */
  delete: oc.input(ofStudy.extend({ ids })).output(deletionSchema),
  note: oc.input(z.strictObject({ id: idSchema, note: z.string().max(10_000) })).output(nothing),
  /** Saved views, and the last view of this study. */
  views: oc.input(ofStudy).output(z.strictObject({ saved: z.array(viewSchema), last: viewSchema.nullable() })),
  /** Keeps a view under its name, for every study. */
  saveView: oc.input(viewSchema).output(nothing),
  removeView: oc.input(z.strictObject({ name: viewName })).output(nothing),
  rememberView: oc.input(ofStudy.extend({ view: viewSchema })).output(nothing),
  /** Trainings that wait or are planned: their number, and the time they take. */
  remaining: oc.input(ofStudy).output(remainingSchema),
  /** Models to add as they are. */
  suggested: oc.input(ofStudy).output(suggestedSchema),
  /** What further models of the study usually are: forms begin with it. */
  usualModel: oc.input(ofStudy).output(usualModelSchema),
  /** What `addModels` would add, and what that takes. */
  planModels: oc.input(additionSchema).output(additionPlanSchema),
  addModels: oc.input(additionSchema).output(additionPlanSchema),
  /** Takes entries out of the study; their runs stay, and are found again when the entries come back. */
  removeModels: oc
    .input(ofStudy.extend({ ids }))
    .output(z.strictObject({ removed: z.array(modelsSchema), runs: z.int() })),
  matrix: oc.input(ofStudy).output(matrixSchema),
};
