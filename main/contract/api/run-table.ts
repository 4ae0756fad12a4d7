import { z } from 'zod';
import { engineNames } from '../run.ts';
import { idSchema, studyName } from './base.ts';

/** A run's state as tables show it: `held` is one that would wait for a worker, were it not on hold. */
export const shownStates = ['running', 'queued', 'held', 'interrupted', 'failed', 'cancelled', 'done'] as const;
export type ShownState = (typeof shownStates)[number];

export const runKinds = ['classifier', 'generator', 'candidates', 'stimuli', 'predictions'] as const;
export const architectureKinds = ['mlp', 'cnn', 'vit'] as const;

export const tagSchema = z
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
  targets: z.array(z.number().gt(0).lte(100)).max(32).default([]),
  tags: z.array(tagSchema).max(100).default([]),
  /** Only runs of this run's recipe: they differ in the seed alone. */
  like: idSchema.nullable().default(null),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

export const sortKeys = [
  'name',
  'state',
  'architecture',
  'seed',
  'accuracy',
  'progress',
  'engine',
  'time',
  'queued',
  'ended',
] as const;
export type SortKey = (typeof sortKeys)[number];

export const runSortSchema = z.strictObject({ by: z.enum(sortKeys), descending: z.boolean() });
export const runGroups = ['none', 'state', 'architecture', 'recipe', 'tag', 'group'] as const;
export type RunGroup = (typeof runGroups)[number];

export const tableInputSchema = z.strictObject({
  study: studyName,
  filter: runFilterSchema.prefault({}),
  sort: runSortSchema.default({ by: 'name', descending: false }),
  group: z.enum(runGroups).default('none'),
});
export type TableInput = z.infer<typeof tableInputSchema>;

/** How one target of a run stands. */
export const targetStandingSchema = z.strictObject({
  /** Percent. */
  target: z.number(),
  state: z.enum(['landed', 'missed', 'pending']),
  /** Percent of the test images: where it landed, or came nearest; null while there is none. */
  accuracy: z.number().nullable(),
  errors: z.int().nullable(),
  testCount: z.int().nullable(),
});

/** A run as a row of a table. Times are milliseconds since 1970, durations milliseconds. */
export const runRowSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  kind: z.enum(runKinds),
  state: z.enum(shownStates),
  /** Somebody wants it to be cancelled, and its worker has been told. */
  cancelling: z.boolean(),
  architecture: z.enum(architectureKinds).nullable(),
  /** What is special about its recipe, e.g. `500-500, adam 0.0005, batch 128`. */
  recipe: z.string(),
  seed: z.int().nullable(),
  group: z.enum(['diverse', 'seeds']).nullable(),
  repeat: z.int().nullable(),
  targets: z.array(targetStandingSchema),
  /** Test accuracy at the last look, in percent, and whether it was estimated from a part of the images. */
  latest: z.strictObject({ accuracy: z.number(), estimated: z.boolean(), step: z.int() }).nullable(),
  progress: z.strictObject({ done: z.int(), total: z.int(), note: z.string() }).nullable(),
  /** Estimate; null while there is nothing to judge by. */
  timeLeft: z.number().nullable(),
  /** What workers have spent on it. */
  activeTime: z.number(),
  engine: z.enum(engineNames).nullable(),
  attempts: z.int(),
  rank: z.int().min(-1).max(1),
  queuedAt: z.int(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
  failure: z.string().nullable(),
  tags: z.array(z.string()),
  note: z.string(),
});
export type RunRow = z.infer<typeof runRowSchema>;

const facet = <Value extends z.ZodType>(value: Value) => z.array(z.strictObject({ value, count: z.int().min(1) }));

/** The whole table in its order, and as many rows of it as a screen shows first. */
export const tableSchema = z.strictObject({
  /** Runs that pass the filter, in order; those of a group are together. */
  ids: z.array(idSchema),
  /** In the order of `ids`; empty if not grouped. */
  groups: z.array(z.strictObject({ key: z.string(), title: z.string(), count: z.int().min(1) })),
  rows: z.array(runRowSchema),
  /** Runs of the study without the filter, and what there is to filter by. */
  total: z.int().min(0),
  facets: z.strictObject({
    states: facet(z.enum(shownStates)),
    kinds: facet(z.enum(runKinds)),
    architectures: facet(z.enum(architectureKinds)),
    targets: facet(z.number()),
    tags: facet(z.string()),
  }),
  /** Models that the study asks for and that are not queued yet: they are at its next start. */
  planned: z.int().min(0),
  /** Runs that wait for a start: nothing works on the study now. */
  waiting: z.int().min(0),
  /** Whether workers are at the study now. */
  working: z.boolean(),
});
export type RunTable = z.infer<typeof tableSchema>;

/** What a saved view keeps. */
export const viewSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  filter: runFilterSchema,
  sort: runSortSchema,
  group: z.enum(runGroups),
  /** Names of the columns that show. */
  columns: z.array(z.string().max(40)).max(40),
});
export type RunView = z.infer<typeof viewSchema>;
