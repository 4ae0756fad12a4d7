import { z } from 'zod';
import { checkOutcomeSchema, memoryOutcomeSchema, provenEngineSchema } from '../../contract/proof.ts';
import { commandSchema, doneSchema, readySchema, sideTaskSchema } from './protocol.ts';

/** Names a piece of work that was prepared. */
const work = z.string();
/** Small models (conformance/small-models.ts); unknown ones are passed over. */
const models = z.array(z.string());

/** `groups`: checks of these alone; null: all. `repeated`: models that are trained several times. */
export const conformancePlanSchema = z.strictObject({
  models,
  repeated: models,
  groups: z.array(z.string()).nullable(),
});
export type ConformancePlan = z.infer<typeof conformancePlanSchema>;

/** What the process of one engine answers. It opens the engine at the first question, and dies with it. */
export const proofCalls = {
  describe: { input: z.undefined(), output: provenEngineSchema },
  /** Null: passed. */
  selfCheck: { input: z.undefined(), output: z.string().nullable() },
  /** An event before each check, and its outcome after it. */
  conformance: {
    input: conformancePlanSchema,
    output: z.undefined(),
    event: z.union([z.strictObject({ begins: z.string() }), checkOutcomeSchema]),
  },
  memory: {
    input: z.strictObject({ models, steps: z.int().min(4) }),
    output: z.undefined(),
    event: memoryOutcomeSchema,
  },
  prepare: { input: z.strictObject({ work, task: sideTaskSchema }), output: readySchema },
  perform: { input: z.strictObject({ work, command: commandSchema }), output: doneSchema },
  release: { input: z.strictObject({ work }), output: z.undefined() },
};
