import { join } from 'node:path';
import { type EngineName, generatorProvenanceSchema } from '../../contract/runs/index.ts';
import { sha256, writeFileAtomic } from '../../files/index.ts';
import { decodeGeneratorWeights, encodeCompactGeneratorWeights } from '../../training/weights/index.ts';
import { presetNames } from '../../services/declaration/index.ts';
import { findStudy, type Workbench } from '../../services/workbench/index.ts';
import { findJudge, provenanceText, trainedStage } from '../../services/generators/index.ts';
import { judgeGenerator } from '../quality/check.ts';
import { exportName, trainingProvenance } from './export-generator.ts';

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
