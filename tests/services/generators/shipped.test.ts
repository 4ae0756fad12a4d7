import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { GeneratorProvenance } from '../../../main/contract/runs/generator.ts';
import { generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { sha256 } from '../../../main/files/blobs.ts';
import { provenanceText, readShipped } from '../../../main/services/generators/shipped.ts';
import { describeDataSet } from '../../../main/services/declaration/describe-data-set.ts';
import { registerStudy } from '../../../main/services/study/register.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { encodeCompactGeneratorWeights } from '../../../main/training/weights/weights.ts';
import { shippedSample } from '../../reports/sample.ts';
import { hash, stimulusSet } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeSmallStudy } from '../study/small-study.ts';

const root = join(import.meta.dirname, '../../..');
const name = 'mnist-dcgan64';
const bytes = encodeCompactGeneratorWeights({
  meta: { kind: 'dcgan28', latent: 4, features: 4 },
  parameters: { w: { shape: [3], values: Float32Array.of(1, 2, 3) } },
});

/** A resources folder with one shipped generator; `change` is made before its provenance is sealed. */
function ship(change: Partial<GeneratorProvenance> = {}, weights: Uint8Array = bytes) {
  const resources = temporaryFolder();
  const folder = join(resources, 'generators');
  const paths = { json: join(folder, `${name}.json`), weights: join(folder, `${name}.weights`) };
  const provenance: GeneratorProvenance = {
    ...shippedSample,
    recipe: generatorRecipeSchema.parse({ kind: 'dcgan28', latent: 4, features: 4, steps: 9 }),
    weights: { ...shippedSample.weights, bytes: bytes.length, sha256: sha256(bytes) },
    ...change,
  };
  mkdirSync(folder);
  writeFileSync(paths.json, provenanceText(provenance));
  writeFileSync(paths.weights, weights);
  return { resources, paths, provenance };
}

const refusal = (code: string, what: RegExp) =>
  expect.objectContaining({ name: 'UserError', code, message: expect.stringMatching(what) });

test('a shipped generator is read with its provenance', () => {
  const { resources, provenance } = ship();
  expect(readShipped(resources, name)).toEqual({ provenance, bytes });
});

test('weights with a single changed bit are refused', () => {
  for (const at of [0, 20, bytes.length - 1]) {
    const other = Buffer.from(bytes);
    other[at] = (other[at] ?? 0) ^ 1;
    const { resources } = ship({}, other);
    expect(() => readShipped(resources, name)).toThrow(refusal('generator.shipped-damaged', /weights .* are others/));
  }
});

test('a provenance that somebody edited is refused, whatever was edited', () => {
  const { resources, paths } = ship();
  const text = readFileSync(paths.json, 'utf8');
  for (const [was, is] of [
    ['"step": 4685', '"step": 9370'],
    ['"clear": 1500', '"clear": 1990'],
    ['EPYC', 'EPYD'],
    ['"seal": "', '"seal": "0'],
  ] as const) {
    expect(text).toContain(was);
    writeFileSync(paths.json, text.replace(was, is));
    expect(() => readShipped(resources, name)).toThrow(refusal('generator.shipped-damaged', /changed after/));
  }
});

test.each(['', '{', 'null', '[]', '{"seal": "0"}'])('a provenance that is %j is refused', (text) => {
  const { resources, paths } = ship();
  writeFileSync(paths.json, text);
  expect(() => readShipped(resources, name)).toThrow(expect.objectContaining({ code: 'generator.shipped-damaged' }));
});

test('a study drops its images when the product ships another generator under the same name', () => {
  const folder = temporaryFolder();
  const workbench = openWorkbench({ root, resources: '', dataFolder: join(folder, 'data') });
  onTestFinished(() => workbench.storage.close());
  const file = loadStudy(writeSmallStudy(folder, { generator: { shipped: name } }), join(root, 'resources'), []);
  const dataSet = describeDataSet(file.study.dataSet, file.folder);
  const register = (resources: string): number => registerStudy({ ...workbench, resources }, file, dataSet).id;
  const { resources, provenance } = ship();
  const { studies, stimulusSets } = workbench.storage;
  const id = register(resources);
  const made = { candidates: hash(1), anchors: [0, 0, 0], interpolation: 'linear', run: 1, shipped: provenance };
  stimulusSets.put({ ...stimulusSet(10), provenance: { ...made, generator: provenance.weights.sha256 } }, 1);
  studies.useStimuli(id, hash(10), 1);
  register(resources);
  expect(studies.stimuli(id)).toBe(hash(10));

  const newer = Buffer.concat([bytes.subarray(0, -1), Buffer.of(1)]);
  register(ship({ weights: { ...provenance.weights, sha256: sha256(newer) } }, newer).resources);
  expect(studies.stimuli(id)).toBeUndefined();
});

test('missing files are named', () => {
  for (const part of ['json', 'weights'] as const) {
    const { resources, paths } = ship();
    rmSync(paths[part]);
    expect(() => readShipped(resources, name)).toThrow(
      expect.objectContaining({ code: 'generator.not-shipped', where: paths[part] }),
    );
  }
});

test('weights of another generator than the provenance says are refused', () => {
  const recipe = generatorRecipeSchema.parse({ kind: 'dcgan28', latent: 5, features: 4, steps: 9 });
  for (const change of [{ recipe }, { name: 'another' }]) {
    const { resources } = ship(change);
    expect(() => readShipped(resources, name)).toThrow(refusal('generator.shipped-damaged', /another generator/));
  }
});
