import type { z } from 'zod';
import type { evaluateInputSchema, evaluateSchema } from '../../contract/api/runs.ts';
import type { SnapshotEvaluation } from '../../contract/evaluation.ts';
import { UserError } from '../../contract/errors.ts';
import { availableEngines } from '../tools/engines.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { EvaluationProcess } from './evaluation-process.ts';
import { findRun } from '../tools/find.ts';

/** Computed once, beside the workers, and stored. @throws UserError `run.not-found`, `examination.*` */
export async function evaluateRun(
  { workbench, evaluation: process }: { readonly workbench: Workbench; readonly evaluation: EvaluationProcess },
  { id, target }: z.infer<typeof evaluateInputSchema>,
): Promise<z.infer<typeof evaluateSchema>> {
  const { storage, now } = workbench;
  const run = findRun(workbench, id);
  const snapshot = storage.runHistory.snapshots(id).find((each) => each.target === target);
  if (run.task.kind !== 'classifier' || !snapshot) throw noSnapshot(run.label, target);
  const { dataSet, dataSetHash } = run.task;
  const known = storage.evaluations.get(snapshot.weights, dataSetHash);
  const errorsInTraining = ({ testCount }: SnapshotEvaluation): number => {
    const otherHalf = storage.runHistory.otherHalf(id, snapshot.step);
    if (otherHalf === null) return snapshot.errors;
    return snapshot.errors + Math.round(((100 - otherHalf) / 100) * (testCount - snapshot.testCount));
  };
  if (known) return { target, evaluation: known, errorsInTraining: errorsInTraining(known) };
  if (!storage.blobs.has(snapshot.weights)) throw noWeights(run.label, target);
  const { names } = availableEngines();
  // The engine that it was trained on counts the same, to the last image.
  const engine = run.ranOn !== null && names.includes(run.ranOn) ? run.ranOn : (names[0] ?? 'wasm');
  const evaluation = await process.evaluate({ snapshot: snapshot.weights, dataSet, dataSetHash }, engine);
  storage.evaluations.put(snapshot.weights, dataSetHash, evaluation, now());
  return { target, evaluation, errorsInTraining: errorsInTraining(evaluation) };
}

const noSnapshot = (label: string, target: number): UserError =>
  new UserError({
    code: 'examination.no-snapshot',
    what: `This run has no snapshot at ${target} %`,
    where: label,
    remedy: 'Wait until the run reaches this target, or choose one that it reached.',
  });

const noWeights = (label: string, target: number): UserError =>
  new UserError({
    code: 'examination.no-weights',
    what: 'The weights of this snapshot are not in this data folder',
    where: `${label} at ${target} %`,
    remedy: 'The archive that it came from may have left them out. Train the model here to see its mistakes.',
  });
