import { storedChannels, type Target } from '../../contract/recipes/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import type { WeightFormat } from './formats.ts';
import { parameterCount } from '../../domain/networks/index.ts';
import { safeFileName } from '../../domain/data/index.ts';
import { classifierExport } from './network/networks.ts';
import { decodeClassifierWeights } from '../../training/weights/index.ts';
import { snapshotName } from '../../services/declaration/index.ts';
import { findRun, type Workbench } from '../../services/workbench/index.ts';
import { jsonFile, networkFile, type WeightsFile, zipOf } from './network-file.ts';
import { compareTargets, targetTitle } from '../../domain/numbers/index.ts';

/**
 * A snapshot's weights in a format, with a description of how they were made and what an input has to be
 * (README.md, "Weights of a run"). The same snapshot gives the same bytes.
 * @param target percent; null: the highest that the run has a snapshot at
 * @throws UserError `run.not-found`, `weights.*`
 */
export async function exportWeights(
  workbench: Workbench,
  { id, target, format }: { id: number; target: Target | null; format: WeightFormat },
): Promise<WeightsFile> {
  const { storage } = workbench;
  const run = findRun(workbench, id);
  const { task } = run;
  const snapshots = storage.runHistory.snapshots(id).toSorted((a, b) => compareTargets(b.target, a.target));
  const snapshot = target === null ? snapshots[0] : snapshots.find((each) => each.target === target);
  if (task.kind !== 'classifier' || !snapshot) throw noSnapshot(run.label, target);
  const { weights, ...counted } = snapshot;
  if (!storage.blobs.has(weights)) throw missing(run.label, snapshot.target);
  const name = safeFileName(snapshotName(run.label, snapshot.target));
  const file = `${name}.weights`;
  const dataSet = storage.dataSets.get(task.dataSetHash);
  const attempt = storage.runHistory.attempts(id).at(-1);
  const storedFormat = 'classifier-weights/1';
  const description = {
    schema: 'boundary-workbench/model/1',
    name,
    weights: { file, sha256: weights, format: storedFormat },
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
      name: dataSet?.name ?? null,
      hash: task.dataSetHash,
      classes: dataSet?.classes ?? null,
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
  const bytes = storage.blobs.get(weights);
  if (format === 'stored') return zipOf(name, { [file]: bytes, 'model.json': jsonFile(description) });
  const network = classifierExport(decodeClassifierWeights(bytes, storage.blobs.path(weights)));
  return networkFile(workbench, format, network, {
    ...description,
    weights: { sha256: weights, format: storedFormat },
  });
}

const noSnapshot = (label: string, target: Target | null): UserError =>
  new UserError(
    'weights.no-snapshot',
    target === null ? 'This run has no snapshot' : `This run has no snapshot at ${targetTitle(target)}`,
    label,
    'Wait until the run reaches a target, or choose one that it reached.',
  );

const missing = (label: string, target: Target): UserError =>
  new UserError(
    'weights.not-here',
    'The weights of this snapshot are not in this data folder',
    `${label} at ${targetTitle(target)}`,
    'The archive that it came from may have left them out. Train the model here to get its weights.',
  );
