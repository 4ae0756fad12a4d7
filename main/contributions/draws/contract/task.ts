import { z } from 'zod';
import { hashSchema, seedSchema, targetSchema } from '../../../contract/recipes/index.ts';
import { anchorDesignSchema } from '../../../contract/stimuli/index.ts';
import { dataSetSchema } from '../../../contract/studies/index.ts';

/** Networks that are compared as one group, by the hash of their weights. */
const drawnGroupSchema = z.strictObject({
  /** Target accuracy in percent of a diverse group, or of one seed group. */
  target: targetSchema,
  /** Null: a diverse group. */
  seeds: z.strictObject({ architecture: z.string(), repeat: z.int() }).nullable(),
  snapshots: z.array(hashSchema).min(1).max(10_000),
});
export type DrawnGroup = z.infer<typeof drawnGroupSchema>;

/** The rules of which each draw gives other anchors. */
export const drawnRules = ['best', 'clear', 'candidate'] as const;

/**
 * Draws anchors many times from one generator by one rule, and has networks label the images of each draw. Draw d, from
 * 0, is the stimulus set of a study with the seed `seed + d`: of its rule, or, as the best candidates are not random, of
 * its search.
 */
export const drawsTaskSchema = z.strictObject({
  kind: z.literal('draws'),
  generator: hashSchema,
  reference: hashSchema,
  /** The search for candidates, as in a task of the kind `candidates`. */
  samples: z.int().min(1),
  perClass: z.int().min(1),
  searchSeed: seedSchema,
  real: z.strictObject({ dataSet: dataSetSchema, dataSetHash: hashSchema }).nullable(),
  rule: z.enum(drawnRules),
  anchorDesign: anchorDesignSchema,
  pairs: z
    .array(z.tuple([z.int().min(0), z.int().min(0)]))
    .min(1)
    .max(100_000),
  alphas: z.int().min(2).max(1001),
  interpolation: z.enum(['linear', 'spherical']),
  seed: seedSchema,
  draws: z.int().min(1).max(10_000),
  groups: z.array(drawnGroupSchema).min(1).max(10_000),
});
export type DrawsTask = z.infer<typeof drawsTaskSchema>;

/** Measures of one group of networks on the images of one draw of anchors, in percent. They need no labels of people. */
const measuresSchema = z.strictObject({
  /** Two networks differ: mean over pairs of networks (metrics.md 2.3). Null with one network. */
  pairwise_disagreement_pct: z.number().nullable(),
  /** Images on which not all networks agree (metrics.md 2.2). Null with one network. */
  any_differ_pct: z.number().nullable(),
  /** Images on which a network differs from the reference classifier: mean over networks. */
  reference_differs_pct: z.number(),
});
export type DrawMeasures = z.infer<typeof measuresSchema>;

export const drawRecordSchema = z.strictObject({
  seed: seedSchema,
  /** Number of the sample of each anchor, class by class. */
  anchors: z.array(z.array(z.int().min(0))),
  /** One entry a group of the task. */
  groups: z.array(measuresSchema),
});
export type DrawRecord = z.infer<typeof drawRecordSchema>;

/** The JSON of all draws. */
export const drawsSchema = z.strictObject({
  schema: z.literal('boundary-workbench/draws/1'),
  draws: z.array(drawRecordSchema).min(1),
});
export type Draws = z.infer<typeof drawsSchema>;

/**
 * What a run of the kind `draws` results in. `draws`: JSON (`drawsSchema`). `labels`: uint16 [draws, 1 + snapshots, images],
 * little-endian: first the reference, then each snapshot of the groups, in their order, once.
 */
export const drawsResultFiles = z.strictObject({ kind: z.literal('draws'), draws: hashSchema, labels: hashSchema });
