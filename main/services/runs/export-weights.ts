import { storedChannels } from '../../contract/images.ts';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { UserError } from '../../contract/errors.ts';
import { parameterCount } from '../../domain/declaration.ts';
import { safeFileName } from '../../domain/file-names.ts';
import { ZipWriter } from '../../files/zip/writer.ts';
import { snapshotName } from '../declaration/plan.ts';
import { findRun } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';

/**
 * A zip of a snapshot's weights and of `model.json`, which says how they were made and what an input has to be
 * (docs/data-formats.md, "Weights of a run"). The same snapshot gives the same bytes.
 * @throws UserError `run.not-found`, `weights.*`
 */
export async function exportWeights(
  workbench: Workbench,
  { id, target }: { id: number; target: number },
): Promise<{ name: string; bytes: Uint8Array }> {
  const { storage } = workbench;
  const run = findRun(workbench, id);
  const { task } = run;
  const snapshot = storage.runHistory.snapshots(id).find((each) => each.target === target);
  if (task.kind !== 'classifier' || !snapshot) throw noSnapshot(run.label, target);
  if (!storage.blobs.has(snapshot.weights)) throw missing(run.label, target);
  const { weights, ...counted } = snapshot;
  const name = safeFileName(snapshotName(run.label, target));
  const file = `${name}.weights`;
  const dataSet = storage.dataSets.get(task.dataSetHash);
  const attempt = storage.runHistory.attempts(id).at(-1);
  const description = {
    schema: 'boundary-workbench/model/1',
    name,
    weights: { file, sha256: weights, format: 'classifier-weights/1' },
    recipe: task.recipe,
    seed: task.seed,
    snapshot: {
      ...counted,
      decidedBy: task.recipe.landing ?? 'test images',
      trendAccuracy: storage.runHistory.trend(id, snapshot.step).accuracy,
      otherHalfAccuracy: storage.runHistory.otherHalf(id, snapshot.step),
      validationAccuracy: storage.runHistory.validation(id, snapshot.step),
    },
    parameters: dataSet
      ? parameterCount(task.recipe.architecture, { ...dataSet, classes: dataSet.classes.length })
      : null,
    dataSet: {
      ...{ name: dataSet?.name ?? null, hash: task.dataSetHash, classes: dataSet?.classes ?? null },
      input: dataSet && {
        shape: [dataSet.height, dataSet.width, dataSet.channels],
        mean: storedChannels(dataSet.mean),
        std: storedChannels(dataSet.std),
        normalisation: '(pixel / 255 - mean) / std',
      },
    },
    engine: attempt?.description ?? null,
    product: attempt?.environment.product ?? null,
  };
  const output = new PassThrough();
  const bytes = buffer(output);
  const zip = new ZipWriter(output);
  await zip.add(file, storage.blobs.get(weights));
  await zip.add('model.json', Buffer.from(`${JSON.stringify(description, null, 2)}\n`));
  await zip.end();
  return { name: `${name}.zip`, bytes: await bytes };
}

const noSnapshot = (label: string, target: number): UserError =>
  new UserError({
    code: 'weights.no-snapshot',
    what: `This run has no snapshot at ${target} %`,
    where: label,
    remedy: 'Wait until the run reaches this target, or choose one that it reached.',
  });

const missing = (label: string, target: number): UserError =>
  new UserError({
    code: 'weights.not-here',
    what: 'The weights of this snapshot are not in this data folder',
    where: `${label} at ${target} %`,
    remedy: 'The archive that it came from may have left them out. Train the model here to get its weights.',
  });
