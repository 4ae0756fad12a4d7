import { z } from 'zod';
import {
  architectureSchema,
  classifierRecipeSchema,
  generatorRecipeSchema,
} from '../../../main/contract/recipes/recipes.ts';
import { engineNames } from '../../../main/contract/runs/run.ts';

/** What a side prepares: a network in training, or a generator and models that predict. */
export const sideTaskSchema = z.discriminatedUnion('task', [
  z.strictObject({
    task: z.literal('classifier'),
    recipe: classifierRecipeSchema,
    seed: z.int(),
    /** Networks of this many seeds, from `seed` on, in one step; absent: one network by itself. */
    seeds: z.int().min(1).optional(),
  }),
  z.strictObject({ task: z.literal('generator'), recipe: generatorRecipeSchema, seed: z.int() }),
  z.strictObject({
    task: z.literal('stimuli'),
    generator: generatorRecipeSchema,
    models: z.array(architectureSchema),
    seed: z.int(),
  }),
]);
export type SideTask = z.infer<typeof sideTaskSchema>;

/** The argument of our own side's program (the peer's is like it, see `sides.ts`). */
export const ownConfigSchema = z.strictObject({ engine: z.enum(engineNames), task: sideTaskSchema });

/**
 * Work for a side, one JSON line each: training steps; test images to evaluate, from a position on; stimuli to render
 * and to predict.
 */
export const commandSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('train'), count: z.int().min(1) }),
  z.strictObject({ do: z.literal('evaluate'), from: z.int().min(0), count: z.int().min(1) }),
  z.strictObject({ do: z.literal('stimuli'), count: z.int().min(1) }),
]);
export type Command = z.infer<typeof commandSchema>;

/** The first message of a side, when it waits for commands. `parameters`: weights and statistics of its networks. */
export const readySchema = z.strictObject({
  parameters: z.int(),
  versions: z.record(z.string(), z.string()),
  notes: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Ready = z.infer<typeof readySchema>;

/**
 * A side's answer to a command: milliseconds of wall clock and of processor time that it took, the last loss or the
 * number of errors or disagreements, and the most memory that the process has held so far, in bytes.
 */
export const doneSchema = z.strictObject({
  wall: z.number(),
  cpu: z.number(),
  value: z.number(),
  memory: z.number(),
});
export type Done = z.infer<typeof doneSchema>;

/** What can be measured beside others. */
export interface Measurable {
  readonly name: string;
  do(command: Command): Promise<Done>;
}
