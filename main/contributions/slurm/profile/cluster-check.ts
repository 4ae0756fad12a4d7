import { z } from 'zod';
import { machineSchema, runEnvironmentSchema } from '../../../contract/runs/index.ts';
import { nameSchema } from '../../../contract/studies/index.ts';

/** What a check of a cluster looks at, in this order. */
export const clusterSubjects = [
  'commands',
  'settings',
  'partition',
  'nodes',
  'folder',
  'job',
  'prepare',
  'product',
  'node',
  'engine',
  'memory',
  'gpu',
  'training',
  'requeue',
  'bytes',
] as const;

export const clusterFindingSchema = z.strictObject({
  about: z.enum(clusterSubjects),
  /** `fault`: no run could work there. `warning`: runs work, but not as well as they could. */
  state: z.enum(['ok', 'warning', 'fault']),
  what: z.string(),
  /** What to do; null where nothing has to be done. */
  remedy: z.string().nullable(),
  /** Slurm's own words, or what the job wrote; null: nothing. */
  detail: z.string().nullable(),
});
export type ClusterFinding = z.infer<typeof clusterFindingSchema>;

/** The outcome of a check of a cluster. */
export const clusterCheckSchema = z.strictObject({
  cluster: nameSchema,
  at: z.iso.datetime(),
  seconds: z.number(),
  /** The worst of the findings. */
  state: z.enum(['ok', 'warning', 'fault']),
  findings: z.array(clusterFindingSchema),
  /** The compute node that the job ran on, as Slurm calls it, and what it is; null: it did not get that far. */
  node: z.strictObject({ name: z.string(), machine: machineSchema }).nullable(),
});
export type ClusterCheck = z.infer<typeof clusterCheckSchema>;

/** What a check finds on a compute node: a file that the job writes. */
export const clusterProbeSchema = z.strictObject({
  /** Milliseconds since 1970 by the node's clock. */
  at: z.number(),
  environment: runEnvironmentSchema,
  /** Whether its numbers are right; `note`: what it is, or what is wrong. */
  engine: z.strictObject({ works: z.boolean(), note: z.string() }),
  /** Bytes that the job may use; null: no limit is known to Node. */
  memoryLimit: z.number().nullable(),
  /** Bytes that Node and the engine have taken at most. */
  memoryUsed: z.number(),
});
export type ClusterProbe = z.infer<typeof clusterProbeSchema>;
