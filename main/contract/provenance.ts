import { z } from 'zod';

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
});
export type RunEnvironment = z.infer<typeof runEnvironmentSchema>;
