import { z } from 'zod';
import { engineNames, machineSchema } from '../../../main/contract/runs/run.ts';

/** What `npm run bench -- prove` found on one machine (docs/proofs). */

/** `left out`: it was not tried, and a message says why. */
export const partStateSchema = z.enum(['passed', 'failed', 'left out']);
export type PartState = z.infer<typeof partStateSchema>;

/** Characters of a text of a proof. */
export const longestText = 4000;
const text = z.string().max(longestText);
const part = { state: partStateSchema, message: text.nullable() };
const seconds = z.number().nonnegative();

export const checkOutcomeSchema = z.strictObject({
  /** Of what, e.g. `ops` or a small model. */
  group: text,
  name: text,
  /** Null: passed. */
  failure: text.nullable(),
  seconds,
});
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;

/** What an engine held during a small training, after 3 steps and at its end. */
export const memoryOutcomeSchema = z.strictObject({
  model: text,
  tensors: z.tuple([z.int(), z.int()]),
  /** Of the tensors. */
  bytes: z.tuple([z.number(), z.number()]),
  /** Of the process. */
  resident: z.tuple([z.number(), z.number()]),
});
export type MemoryOutcome = z.infer<typeof memoryOutcomeSchema>;

const ratio = z.strictObject({ ratio: z.number(), low: z.number(), high: z.number() });

/** One piece of work, measured on several sides in turn; the message also says which sides are missing, and why. */
const measuredSchema = z.strictObject({
  ...part,
  model: text,
  work: z.enum(['step', 'evaluation']),
  sides: z.array(
    z.strictObject({
      side: text,
      /** Milliseconds of a step, or of 10,000 test images, one for each block; the k-th blocks of all sides are a pair. */
      blocks: z.array(z.number()),
      /** How many times as fast the proven engine is, with its 95 % interval; null for itself. */
      slower: ratio.nullable(),
    }),
  ),
});
export type Measured = z.infer<typeof measuredSchema>;

const seedsSchema = z.strictObject({
  ...part,
  model: text,
  seeds: z.int().min(1),
  /** Milliseconds of a step of one network, and of one step of all. */
  alone: z.array(z.number()),
  together: z.array(z.number()),
  /** A step of all in steps of one; null: not measured. */
  cost: ratio.nullable(),
});
export type MeasuredSeeds = z.infer<typeof seedsSchema>;

/** An adapter as WebGPU describes it. */
export const adapterSchema = z.strictObject({ vendor: text, architecture: text, device: text, description: text });

/** What computes: a graphics card; a processor; or a graphics driver that computes on the processor. */
export const hardwareSchema = z.enum(['gpu', 'processor', 'software']);

export const provenEngineSchema = z.strictObject({
  name: z.enum(engineNames),
  hardware: hardwareSchema,
  /** Card or processor. */
  device: text,
  adapter: adapterSchema.nullable(),
  versions: z.record(z.string(), text),
});
export type ProvenEngine = z.infer<typeof provenEngineSchema>;

export const proofSchema = z.strictObject({
  schema: z.literal('boundary-workbench/proof/1'),
  /** When it began. */
  at: z.iso.datetime(),
  seconds,
  /** Fewer models, steps and seeds. */
  quick: z.boolean(),
  product: z.strictObject({ version: text, commit: text.nullable() }),
  machine: machineSchema.omit({ host: true }),
  /** Programs that waited to run, on average over the last minute, 5 and 15 minutes; null where nobody counts them. */
  load: z.strictObject({ before: z.array(z.number()).nullable(), after: z.array(z.number()).nullable() }),
  /** NVIDIA's cards, with memory and driver, as its own program names them. */
  graphics: z.array(text),
  /** The engine that was asked for. */
  asked: z.enum(engineNames),
  /** Null: it does not open, and the self-check says why. */
  engine: provenEngineSchema.nullable(),
  selfCheck: z.strictObject(part),
  conformance: z.strictObject({ ...part, checks: z.array(checkOutcomeSchema) }),
  memory: z.strictObject({ ...part, steps: z.int(), models: z.array(memoryOutcomeSchema) }),
  speed: z.strictObject({ ...part, works: z.array(measuredSchema) }),
  seeds: z.strictObject({ ...part, works: z.array(seedsSchema) }),
  /** PyTorch, if this machine has it. */
  peer: z.strictObject({ ...part, versions: z.record(z.string(), text) }),
});
export type Proof = z.infer<typeof proofSchema>;

/** Whether the engine computes what it should on that machine. Speed and memory decide nothing. */
export const isProven = ({ selfCheck, conformance }: Pick<Proof, 'selfCheck' | 'conformance'>): boolean =>
  selfCheck.state === 'passed' && conformance.state === 'passed';
