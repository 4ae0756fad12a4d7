import type { z } from 'zod';
import type { AskOptions } from '../../processes/index.ts';
import type { SnapshotEvaluation } from '../../contract/results/index.ts';
import type { snapshotOfRunSchema } from '../../contract/api/index.ts';
import type { Evaluated, EvaluationCounts } from './contract.ts';
import { UserError } from '../../contract/wire/index.ts';
import { availableEngines, follow, type Followed } from '../../services/tools/index.ts';
import { findRun, type Workbench } from '../../services/workbench/index.ts';
import { takenDataSet } from '../../services/declaration/index.ts';
import type { EvaluationProcess } from './evaluation-process.ts';
import type { Target } from '../../contract/recipes/index.ts';
import type { RunRecord } from '../../storage/runs/index.ts';
import { targetTitle } from '../../domain/numbers/index.ts';

export interface EvaluationTools {
  readonly workbench: Workbench;
  readonly evaluation: EvaluationProcess;
}

/**
 * Evaluates a snapshot of a run beside the workers, and stores what it finds.
 * @throws UserError `examination.*`; the signal's reason
 */
export async function evaluateAndStore(
  { workbench: { storage, now }, evaluation }: EvaluationTools,
  { run, target, weights }: { run: RunRecord; target: Target; weights: string },
  asking: AskOptions<EvaluationCounts>,
): Promise<SnapshotEvaluation> {
  if (run.task.kind !== 'classifier') throw noSnapshot(run.label, target);
  if (!storage.blobs.has(weights)) throw noWeights(run.label, target);
  const { dataSet, dataSetHash } = run.task;
  const { names } = availableEngines();
  // The engine that it was trained on counts the same, to the last image.
  const engine = run.ranOn !== null && names.includes(run.ranOn) ? run.ranOn : (names[0] ?? 'wasm');
  const found = await evaluation.evaluate({ snapshot: weights, dataSet, dataSetHash }, engine, asking);
  storage.evaluations.put(weights, dataSetHash, found, now());
  return found;
}

/**
 * Computed once, beside the workers, and stored. Gives what is known at once, then the counts so far, and at last all.
 * @throws UserError `run.not-found`, `examination.*`; the signal's reason
 */
export async function* evaluateRun(
  tools: EvaluationTools,
  { id, target }: z.infer<typeof snapshotOfRunSchema>,
  signal?: AbortSignal,
): AsyncGenerator<Evaluated> {
  const { workbench } = tools;
  const { storage } = workbench;
  const run = findRun(workbench, id);
  const snapshot = storage.runHistory.snapshots(id).find((each) => each.target === target);
  if (run.task.kind !== 'classifier' || !snapshot) throw noSnapshot(run.label, target);
  const { dataSetHash } = run.task;
  const { weights } = snapshot;
  const errorsIn = (testCount: number): number => {
    const otherHalf = storage.runHistory.otherHalf(id, snapshot.step);
    if (otherHalf === null) return snapshot.errors;
    return snapshot.errors + Math.round(((100 - otherHalf) / 100) * (testCount - snapshot.testCount));
  };
  const dataSetRecord = takenDataSet(workbench, run.task);
  const complete = ({ answers: _, ...counted }: SnapshotEvaluation): Evaluated => {
    const { testCount } = counted;
    // Whoever counts knows the images alone, and may have numbered the classes.
    const evaluation = { ...counted, classes: dataSetRecord?.classes ?? counted.classes };
    return { target, evaluated: testCount, evaluation, errorsInTraining: errorsIn(testCount) };
  };
  const known = storage.evaluations.get(weights, dataSetHash);
  if (known) {
    yield complete(known);
    return;
  }
  if (!storage.blobs.has(weights)) throw noWeights(run.label, target);
  const soFar = ({ evaluated, ...counts }: EvaluationCounts): Evaluated[] => {
    if (!dataSetRecord) return [];
    const { classes, testCount, width, height, channels } = dataSetRecord;
    const evaluation = { classes, testCount, width, height, channels, ...counts, mistakes: [] };
    return [{ target, evaluated, evaluation, errorsInTraining: errorsIn(testCount) }];
  };
  yield* soFar({ evaluated: 0, errors: 0, confusion: [] });
  const work = ({ report, signal: followed }: Followed<EvaluationCounts>) =>
    evaluateAndStore(tools, { run, target, weights }, { signal: followed, onEvent: report });
  for await (const part of follow(work, signal)) {
    if ('event' in part) yield* soFar(part.event);
    else yield complete(part.outcome);
  }
}

const noSnapshot = (label: string, target: Target): UserError =>
  new UserError(
    'examination.no-snapshot',
    `This run has no snapshot at ${targetTitle(target)}`,
    label,
    'Wait until the run reaches this target, or choose one that it reached.',
  );

const noWeights = (label: string, target: Target): UserError =>
  new UserError(
    'examination.no-weights',
    'The weights of this snapshot are not in this data folder',
    `${label} at ${targetTitle(target)}`,
    'The archive that it came from may have left them out. Train the model here to see its mistakes.',
  );
