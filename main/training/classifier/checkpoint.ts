import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';
import { type Snapshot, snapshotSchema } from '../../contract/runs/run.ts';
import { decodeTensorFile, encodeTensorFile } from '../weights/tensor-file.ts';
import { checkedMeta, parameterArrays, readParameters, readSlots, slotArrays } from '../weights/weights.ts';
import type { ErrorCount } from './evaluation.ts';
import type { CountedStep } from './trend-stop.ts';
import type { StopState } from './target-stop.ts';
import type { TrainerState } from './trainer.ts';

const kind = 'classifier-checkpoint/1';
const parametersPrefix = 'parameters/';
const optimizerPrefix = 'optimiser/';
const marginsName = 'margins';

/** State of a classifier's run after an evaluation: all that it needs to continue from there. */
export interface ClassifierCheckpoint {
  step: number;
  training: TrainerState;
  stop: StopState;
  /** Margins of the test images when last evaluated, float32 [N]. */
  margins: Float32Array;
  snapshots: readonly Snapshot[];
  /** Complete evaluations so far, of a run that lands on its trend. */
  counted?: readonly CountedStep[] | undefined;
  /** Losses of the newest steps, of a run with a target loss. */
  losses?: readonly number[] | undefined;
  /** Milliseconds spent so far; no result depends on them. */
  times: { trainMs: number; evaluateMs: number };
}

// Names in the file are older than those in the code: `landing` is the state of stopping at targets, a look is an
// evaluation, `closer` a replay, `tail` the sample of skipped images.
const tailSchema = z.strictObject({ seen: z.number(), errors: z.number() });
const countSchema = z.strictObject({
  errors: z.int().nullable(),
  estimate: z.number(),
  seen: z.int(),
  tail: tailSchema,
});
const landingSchema = z.strictObject({
  pending: z.array(z.int().min(0)),
  sides: z.array(z.enum(['above', 'below'])),
  // Not in checkpoints of earlier versions.
  passed: z.array(z.int().min(1).nullable()).optional(),
  crossings: z.array(z.strictObject({ before: z.number(), after: z.number() }).nullable()).optional(),
  lastEstimate: z.number().nullable().optional(),
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
  counted: z.array(z.strictObject({ step: z.int(), errors: z.int() })).optional(),
  losses: z.array(z.number()).optional(),
  times: z.strictObject({ trainMs: z.number(), lookMs: z.number() }),
});

function toStored({ totals, replay, skipped, lastEvaluation, nextEvaluation, ...state }: StopState) {
  const toTail = ({ evaluated, errors }: StopState['skipped']) => ({ seen: evaluated, errors });
  const toCount = ({ evaluated, skipped, ...count }: ErrorCount) => ({
    ...count,
    seen: evaluated,
    tail: toTail(skipped),
  });
  return {
    ...state,
    lastLook: lastEvaluation,
    nextLook: nextEvaluation,
    closer: replay && { ...replay, count: toCount(replay.count) },
    tail: toTail(skipped),
    tally: {
      looks: totals.evaluations,
      fullLooks: totals.fullEvaluations,
      imagesLooked: totals.imagesEvaluated,
    },
  };
}

function fromStored(landing: z.infer<typeof landingSchema>): StopState {
  const { pending, sides, nearest, lastLook, nextLook, closer, tail, tally } = landing;
  const passed = landing.passed ?? sides.map(() => null);
  const fromTail = ({ seen, errors }: typeof tail): StopState['skipped'] => ({ evaluated: seen, errors });
  const fromCount = ({ seen, tail, ...count }: z.infer<typeof countSchema>): ErrorCount => ({
    ...count,
    evaluated: seen,
    skipped: fromTail(tail),
  });
  return {
    pending,
    sides,
    passed,
    crossings: landing.crossings ?? sides.map(() => null),
    lastEstimate: landing.lastEstimate ?? null,
    nearest,
    lastEvaluation: lastLook,
    nextEvaluation: nextLook,
    replay: closer && { ...closer, count: fromCount(closer.count) },
    skipped: fromTail(tail),
    totals: {
      evaluations: tally.looks,
      fullEvaluations: tally.fullLooks,
      imagesEvaluated: tally.imagesLooked,
    },
  };
}

/** All in one blob, a tensor file. */
export function encodeClassifierCheckpoint(checkpoint: ClassifierCheckpoint): Buffer {
  const { step, stop, snapshots, training, margins } = checkpoint;
  const times = { trainMs: checkpoint.times.trainMs, lookMs: checkpoint.times.evaluateMs };
  const arrays = [
    ...parameterArrays(training.parameters, parametersPrefix),
    ...slotArrays(training.optimiser, optimizerPrefix),
    { name: marginsName, shape: [margins.length], data: margins },
  ];
  const meta = {
    step,
    landing: toStored(stop),
    snapshots,
    times,
    ...(checkpoint.counted && { counted: checkpoint.counted }),
    ...(checkpoint.losses && { losses: checkpoint.losses }),
  };
  return encodeTensorFile({ kind, meta, arrays });
}

/** @throws UserError `tensor-file.*`, `weights.damaged`, `checkpoint.mismatch` */
export function decodeClassifierCheckpoint(bytes: Uint8Array, testCount: number, where: string): ClassifierCheckpoint {
  const { meta, arrays } = decodeTensorFile(bytes, kind, where);
  const { step, landing, snapshots, times, counted, losses } = checkedMeta(metaSchema, meta, where);
  const margins = arrays.find(({ name }) => name === marginsName)?.data;
  if (!(margins instanceof Float32Array) || margins.length !== testCount) {
    throw new UserError(
      'checkpoint.mismatch',
      'The checkpoint belongs to a different data set',
      where,
      'Start the run again without the checkpoint.',
    );
  }
  const optimiser = readSlots(arrays, optimizerPrefix);
  const training = { parameters: readParameters(arrays, parametersPrefix), optimiser };
  return {
    step,
    training,
    stop: fromStored(landing),
    margins,
    snapshots,
    ...(counted && { counted }),
    ...(losses && { losses }),
    times: { trainMs: times.trainMs, evaluateMs: times.lookMs },
  };
}
