import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { type GeneratorProvenance, generatorProvenanceSchema } from '../../contract/generator.ts';
import type { EngineName } from '../../contract/run.ts';
import type { NetworkFormat } from '../../contract/weights.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { sha256 } from '../../files/blobs.ts';
import type { Attempt } from '../../storage/index.ts';
import { stepsPerEpoch } from '../../training/data/batches.ts';
import { generatorExport } from '../../training/export/networks.ts';
import { decodeGeneratorWeights, encodeCompactGeneratorWeights } from '../../training/weights/weights.ts';
import { findStudy } from '../tools/find.ts';
import { presetNames } from '../declaration/study-file.ts';
import { networkFile, type WeightsFile } from '../tools/network-file.ts';
import type { Workbench } from '../tools/workbench.ts';
import { judgeGenerator } from './check.ts';
import { provenanceText, shippedProvenance } from './shipped.ts';
import { findJudge, generatorBytes, isShipped, type TrainedStage, trainedStage } from './source.ts';

const checked = { samples: 2000, seed: 1 };

interface ExportRequest {
  study: string;
  step: number | null;
  folder: string;
  engine: EngineName | null;
}

/**
 * Writes a generator's weights as float16, and beside them their provenance and quality, which is measured with the
 * float16 weights. The same stage gives the same bytes on the same engine, whenever it is exported.
 * @returns the paths of the two files.
 * @throws UserError `generator.*`, `float16.out-of-range`, `file.*`
 */
export async function exportGenerator(workbench: Workbench, request: ExportRequest): Promise<string[]> {
  const { storage } = workbench;
  const study = findStudy(workbench, request.study);
  const stage = trainedStage(workbench, study, request.step);
  const judge = findJudge(workbench, study.name);
  const full = storage.blobs.get(stage.weights);
  const bytes = encodeCompactGeneratorWeights(decodeGeneratorWeights(full, storage.blobs.path(stage.weights)));
  const name = exportName(workbench, stage);
  const file = `${name}.weights`;
  const generator = { bytes, where: file };
  const { quality } = await judgeGenerator(workbench, { generator, judge, engine: request.engine, ...checked });
  const provenance = generatorProvenanceSchema.parse({
    ...trainingProvenance(workbench, stage),
    schema: 'boundary-workbench/generator/1',
    name,
    reproduce: [
      `npm run -s boundary -- study run ${presetNames(workbench.resources).includes(study.name) ? study.name : `${study.name}.json`}`,
      `npm run -s boundary -- generator export ${study.name} --step ${stage.step} --to resources/generators`,
    ],
    weights: { file, bytes: bytes.length, sha256: sha256(bytes), float32Sha256: stage.weights },
    quality,
  });
  const paths = [join(request.folder, file), join(request.folder, `${name}.json`)] as const;
  writeFileAtomic(paths[0], bytes);
  writeFileAtomic(paths[1], provenanceText(provenance));
  return [...paths];
}

interface NetworkRequest {
  /** Of a study, or of a shipped generator. */
  name: string;
  step: number | null;
  format: NetworkFormat;
}

/**
 * A generator as a file for other programs, with its provenance (docs/data-formats.md, "Networks for other programs"). The
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

function exportName({ storage }: Workbench, { task }: TrainedStage): string {
  const dataSet = storage.dataSets.get(task.dataSetHash)?.name ?? 'generator';
  return `${dataSet.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${task.recipe.kind}`.replace(/^-/, '');
}

function trainingProvenance(
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
  new UserError({
    code: 'generator.not-traced',
    what: 'The training of these weights is not recorded',
    where: label,
    remedy: 'Run the study again. It trains the generator if needed, and records its provenance.',
  });
