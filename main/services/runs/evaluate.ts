import type { z } from 'zod';
import type { examineInputSchema, examineSchema } from '../../contract/api/run-details.ts';
import { UserError } from '../../contract/errors.ts';
import { availableEngines } from '../tools/engines.ts';
import type { Lab } from '../lab/lab.ts';
import { findRun } from '../tools/find-run.ts';

/**
 * What a run's snapshot makes of its test images. Computed beside the workers once, and kept.
 * @throws UserError `run.not-found`, `examination.no-snapshot`, `examination.no-weights`, `examination.failed`
 */
export async function examineRun(
  { bench, examiner }: Lab,
  { id, target }: z.infer<typeof examineInputSchema>,
): Promise<z.infer<typeof examineSchema>> {
  const { storage, now } = bench;
  const run = findRun(bench, id);
  const snapshot = storage.runHistory.snapshots(id).find((each) => each.target === target);
  if (run.task.kind !== 'classifier' || !snapshot) throw noSnapshot(run.label, target);
  const { dataSet, dataSetHash } = run.task;
  const known = storage.examinations.get(snapshot.weights, dataSetHash);
  if (known) return { target, examination: known, errorsInTraining: snapshot.errors };
  if (!storage.blobs.has(snapshot.weights)) throw noWeights(run.label, target);
  const { names } = availableEngines();
  // What it was trained on counts the same, to the last image.
  const engine = run.ranOn !== null && names.includes(run.ranOn) ? run.ranOn : (names[0] ?? 'wasm');
  const examination = await examiner.examine({ snapshot: snapshot.weights, dataSet, dataSetHash }, engine);
  storage.examinations.put(snapshot.weights, dataSetHash, examination, now());
  return { target, examination, errorsInTraining: snapshot.errors };
}

function noSnapshot(label: string, target: number): UserError {
  return new UserError({
    code: 'examination.no-snapshot',
    what: `This run has no snapshot at ${target} %`,
    where: label,
    remedy: 'Wait until it lands there, or choose a target that it reached.',
  });
}

function noWeights(label: string, target: number): UserError {
  return new UserError({
    code: 'examination.no-weights',
    what: 'The weights of this snapshot are not in this data folder',
    where: `${label} at ${target} %`,
    remedy:
      'They may have been left out of the archive that it came from; train the model here to look at its test images.',
  });
}
