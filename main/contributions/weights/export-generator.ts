import type { Attempt, GeneratorProvenance } from '../../contract/runs/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import type { NetworkFormat } from './formats.ts';
import { sha256 } from '../../files/index.ts';
import { stepsPerEpoch } from '../../training/data/index.ts';
import { generatorExport } from './network/networks.ts';
import { decodeGeneratorWeights } from '../../training/weights/index.ts';
import { findStudy, type Workbench } from '../../services/workbench/index.ts';
import { networkFile, type WeightsFile } from './network-file.ts';
import {
  generatorBytes,
  isShipped,
  shippedProvenance,
  trainedStage,
  type TrainedStage,
} from '../../services/generators/index.ts';

interface NetworkRequest {
  /** Name of a study, or of a shipped generator. */
  name: string;
  step: number | null;
  format: NetworkFormat;
}

/**
 * A generator as a file for other programs, with its provenance (README.md, "Networks for other programs"). The
 * same stage gives the same bytes.
 * @throws UserError `study.not-found`, `generator.*`
 */
export async function exportGeneratorNetwork(
  workbench: Workbench,
  { name, step, format }: NetworkRequest,
): Promise<WeightsFile> {
  const { bytes, where } = generatorBytes(workbench, name, step);
  const weights = { sha256: sha256(bytes), format: 'generator-weights/1' };
  const network = generatorExport(decodeGeneratorWeights(bytes, where));
  const shipped = isShipped(name) ? name : findStudy(workbench, name).spec.generator?.shipped;
  if (shipped !== undefined) {
    return networkFile(workbench, format, network, { ...shippedProvenance(workbench.resources, shipped), weights });
  }
  const stage = trainedStage(workbench, findStudy(workbench, name), step);
  const file = `${exportName(workbench, stage)}-step-${stage.step}`;
  return networkFile(workbench, format, network, { name: file, ...trainingProvenance(workbench, stage), weights });
}

export function exportName({ storage }: Workbench, { task }: TrainedStage): string {
  const dataSet = storage.dataSets.get(task.dataSetHash)?.name ?? 'generator';
  return `${dataSet.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${task.recipe.kind}`.replace(/^-/, '');
}

export function trainingProvenance(
  { storage }: Workbench,
  { run, task, step, at }: TrainedStage,
): Pick<
  GeneratorProvenance,
  ('recipe' | 'seed' | 'step' | 'epochs' | 'dataSet') | ('engine' | 'product' | 'machine' | 'startedAt' | 'trainedAt')
> {
  const { recipe, seed } = task;
  const dataSet = storage.dataSets.get(task.dataSetHash);
  const attempt = attemptAt(storage.runHistory.attempts(run.id), step);
  if (!dataSet || !attempt?.description || run.startedAt === null) throw notTraced(run.label);
  const { name, hash, classes, trainCount } = dataSet;
  const { host: _, ...machine } = attempt.environment.machine;
  return {
    recipe,
    seed,
    step,
    epochs: Number((step / stepsPerEpoch(trainCount, recipe.batch)).toFixed(2)),
    dataSet: { name, hash, classes, trainCount },
    engine: attempt.description,
    product: attempt.environment.product,
    machine,
    startedAt: new Date(run.startedAt).toISOString(),
    trainedAt: new Date(at).toISOString(),
  };
}

/** The attempt that reached the step: the last one that began before it. */
const attemptAt = (attempts: readonly Attempt[], step: number): Attempt | undefined =>
  attempts.findLast(({ resumedAt, description }) => description !== null && (resumedAt ?? 0) < step);

const notTraced = (label: string): UserError =>
  new UserError(
    'generator.not-traced',
    'The training of these weights is not recorded',
    label,
    'Run the study again. It trains the generator if needed, and records its provenance.',
  );
