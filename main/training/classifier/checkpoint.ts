import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { type Snapshot, snapshotSchema } from '../../contract/run.ts';
import type { TrainerState } from './trainer.ts';
import type { LandingState } from './target-stop.ts';
import { decodeTensorFile, encodeTensorFile, type NamedArray } from '../weights/tensor-file.ts';
import { checkedMeta, parameterArrays, parametersOf } from '../weights/weights.ts';

const kind = 'classifier-checkpoint/1';
const parametersPrefix = 'parameters/';
const optimiserPrefix = 'optimiser/';
const marginsName = 'margins';

/** A classifier's run as it was after a look: all that going on from there takes. */
export interface ClassifierCheckpoint {
  step: number;
  training: TrainerState;
  landing: LandingState;
  /** Margins of the test images as last seen, float32 [N]. */
  margins: Float32Array;
  snapshots: readonly Snapshot[];
  /** Milliseconds spent so far; no result depends on them. */
  times: { trainMs: number; lookMs: number };
}

const tailSchema = z.strictObject({ seen: z.number(), errors: z.number() });
const countSchema = z.strictObject({
  errors: z.int().nullable(),
  estimate: z.number(),
  seen: z.int(),
  tail: tailSchema,
});
const sidesSchema = z.array(z.enum(['above', 'below']));
const landingSchema = z.strictObject({
  pending: z.array(z.int().min(0)),
  sides: sidesSchema,
  lastLook: z.int(),
  nextLook: z.int(),
  closer: z.strictObject({ crossed: z.array(z.int().min(0)), until: z.int(), count: countSchema }).nullable(),
  nearest: z.array(z.int().nullable()),
  tail: tailSchema,
  tally: z.strictObject({ looks: z.int(), fullLooks: z.int(), imagesLooked: z.int() }),
});
const metaSchema = z.strictObject({
  step: z.int().min(1),
  landing: landingSchema,
  snapshots: z.array(snapshotSchema),
  times: z.strictObject({ trainMs: z.number(), lookMs: z.number() }),
});

/** All in one blob, a tensor file. */
export function encodeClassifierCheckpoint(checkpoint: ClassifierCheckpoint): Buffer {
  const { step, landing, snapshots, times, training, margins } = checkpoint;
  const slots = Object.entries(training.optimiser).map(
    ([name, data]): NamedArray => ({ name: optimiserPrefix + name, shape: [data.length], data }),
  );
  const arrays = [
    ...parameterArrays(training.parameters, parametersPrefix),
    ...slots,
    { name: marginsName, shape: [margins.length], data: margins },
  ];
  return encodeTensorFile({ kind, meta: { step, landing, snapshots, times }, arrays });
}

/** @throws UserError `tensor-file.*`, `weights.damaged`, `checkpoint.mismatch` */
export function decodeClassifierCheckpoint(bytes: Uint8Array, testCount: number, where: string): ClassifierCheckpoint {
  const { meta, arrays } = decodeTensorFile(bytes, kind, where);
  const checked = checkedMeta(metaSchema, meta, where);
  const margins = arrays.find(({ name }) => name === marginsName)?.data;
  if (!(margins instanceof Float32Array) || margins.length !== testCount) {
    throw new UserError({
      code: 'checkpoint.mismatch',
      what: 'The checkpoint belongs to another data set',
      where,
      remedy: 'Start the run again without the checkpoint.',
    });
  }
  const optimiser = Object.entries(parametersOf(arrays, optimiserPrefix)).map(([name, { values }]) => [name, values]);
  const training = { parameters: parametersOf(arrays, parametersPrefix), optimiser: Object.fromEntries(optimiser) };
  return { ...checked, training, margins };
}
