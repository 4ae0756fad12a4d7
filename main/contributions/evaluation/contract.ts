import { z } from 'zod';
import { snapshotEvaluationSchema } from '../../contract/results/index.ts';
import { targetSchema } from '../../contract/recipes/index.ts';
import type { DataSetSource } from '../../contract/studies/index.ts';

/** What an evaluation has counted before it is complete. */
export const evaluationCountsSchema = z.strictObject({
  /** Test images that were classified so far, the first ones of the data set. */
  evaluated: z.int().min(0),
  ...snapshotEvaluationSchema.pick({ errors: true, confusion: true }).shape,
});
export type EvaluationCounts = z.infer<typeof evaluationCountsSchema>;

/** A snapshot, by the hash of its weights, and the data set whose test images it classifies. */
export interface EvaluationTask {
  snapshot: string;
  dataSet: DataSetSource;
  dataSetHash: string;
}

/** An evaluation so far: of a part of the test images and without mistakes, until `evaluated` is `testCount`. */
export const evaluatedSchema = z.strictObject({
  target: targetSchema,
  evaluated: z.int().min(0),
  evaluation: snapshotEvaluationSchema.omit({ answers: true }),
  /** Errors that the training counted at this snapshot; another engine may count one or two others. */
  errorsInTraining: z.int(),
});
export type Evaluated = z.infer<typeof evaluatedSchema>;

/** Networks at equal accuracy without answers to the test images. */
export const testAnswersPlanSchema = z.strictObject({
  /** In the study's groups of one accuracy. */
  networks: z.int().min(0),
  /** Networks without answers: those to evaluate, and those that cannot be evaluated, because their weights are not here. */
  open: z.int().min(0),
  withoutWeights: z.int().min(0),
  /** About how long they take, from the pace of evaluations in their trainings; null: none is known. */
  seconds: z.number().min(0).nullable(),
});
export type TestAnswersPlan = z.infer<typeof testAnswersPlanSchema>;
