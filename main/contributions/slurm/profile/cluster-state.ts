import { z } from 'zod';
import { clusterCheckSchema } from './cluster-check.ts';
import { clusterSchema, clusterTroubleSchema } from './cluster.ts';

const count = z.int().min(0);

export const clusterStateSchema = z.strictObject({
  profile: clusterSchema,
  /** Runs that wait there, and that run there. */
  pending: count,
  running: count,
  /** Studies whose trainings go there. */
  studies: z.array(z.string()),
  /** Empty: nothing is known to be wrong. */
  troubles: z.array(clusterTroubleSchema),
  /** The last check with this profile; null: there was none. */
  check: clusterCheckSchema.nullable(),
});
export type ClusterState = z.infer<typeof clusterStateSchema>;

/** A file of a cluster that cannot be used, and why. `text`: what is in it; null: it cannot be read. */
export const damagedProfileSchema = z.strictObject({
  file: z.string(),
  why: z.string(),
  text: z.string().nullable(),
});
export type DamagedProfile = z.infer<typeof damagedProfileSchema>;
