import { z } from 'zod';
import { modelsSchema } from '../study.ts';
import { idSchema, nothing, oc, studyName } from './base.ts';
import { additionPlanSchema, additionSchema, leftSchema, matrixSchema, presetSchema } from './models.ts';
import {
  compareInputSchema,
  comparisonSchema,
  curveSchema,
  curvesInputSchema,
  evaluateInputSchema,
  evaluateSchema,
  runDetailsSchema,
} from './run-details.ts';
import { runRowSchema, tableInputSchema, tableSchema, tagSchema, viewSchema } from './run-table.ts';

/** Rows that are asked for at a time. */
export const maxRows = 200;

/** What can be done to runs that are chosen, many at a time. */
export const runActions = ['start', 'hold', 'release', 'cancel', 'retry', 'first', 'last'] as const;
export type RunAction = (typeof runActions)[number];

const ids = z.array(idSchema).min(1).max(10_000);
const viewName = viewSchema.shape.name;

export const runsContract = {
  /** The order of a study's runs under a filter, and its first rows. */
  table: oc.input(tableInputSchema).output(tableSchema),
  /** Some rows, those that are still there, in the order asked for. */
  rows: oc
    .input(z.strictObject({ study: studyName, ids: z.array(idSchema).max(maxRows) }))
    .output(z.array(runRowSchema)),
  get: oc.input(z.strictObject({ id: idSchema })).output(runDetailsSchema),
  curves: oc.input(curvesInputSchema).output(z.array(curveSchema)),
  compare: oc.input(compareInputSchema).output(comparisonSchema),
  /** Confusion matrix and most confident mistakes of a snapshot; computed once, which takes seconds, and kept. */
  evaluate: oc.input(evaluateInputSchema).output(evaluateSchema),
  /**
   * `start`: takes them first, again if they failed or were cancelled, and sets the study to work. `hold`: they
   * checkpoint and wait until `release`. Gives how many changed, and why others could not.
   */
  act: oc
    .input(z.strictObject({ study: studyName, ids, action: z.enum(runActions) }))
    .output(z.strictObject({ changed: z.int(), left: z.int(), why: z.string() })),
  tag: oc
    .input(z.strictObject({ ids, add: z.array(tagSchema).max(20), remove: z.array(tagSchema).max(20) }))
    .output(nothing),
  note: oc.input(z.strictObject({ id: idSchema, note: z.string().max(10_000) })).output(nothing),
  /** Saved views, and how the table of this study was last looked at. */
  views: oc
    .input(z.strictObject({ study: studyName }))
    .output(z.strictObject({ saved: z.array(viewSchema), last: viewSchema.nullable() })),
  /** Keeps a view under its name, for every study. */
  saveView: oc.input(viewSchema).output(nothing),
  removeView: oc.input(z.strictObject({ name: viewName })).output(nothing),
  rememberView: oc.input(z.strictObject({ study: studyName, view: viewSchema })).output(nothing),
  /** Trainings that wait or are planned: how many, and what they take. */
  left: oc.input(z.strictObject({ study: studyName })).output(leftSchema),
  presets: oc.input(nothing).output(z.array(presetSchema)),
  /** What `addModels` would add, and what that takes. */
  planModels: oc.input(additionSchema).output(additionPlanSchema),
  addModels: oc.input(additionSchema).output(additionPlanSchema),
  /** Takes entries out of the study; their runs stay, and are found again when the entries come back. */
  removeModels: oc
    .input(z.strictObject({ study: studyName, ids }))
    .output(z.strictObject({ removed: z.array(modelsSchema), runs: z.int() })),
  matrix: oc.input(z.strictObject({ study: studyName })).output(matrixSchema),
};
