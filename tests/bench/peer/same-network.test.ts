import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ArchitectureKind,
  classifierRecipeSchema,
  generatorRecipeSchema,
} from '../../../main/contract/recipes/recipes.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { ClassifierPredictor } from '../../../main/training/predictions/predictor.ts';
import { ClassifierTrainer } from '../../../main/training/classifier/trainer.ts';
import { normalizeImages } from '../../../main/training/data/batches.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import { fromUnitRange } from '../../../main/training/generator/images.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { GanTrainer } from '../../../main/training/generator/trainer.ts';
import { GeneratorRenderer } from '../../../main/training/generator/renderer.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { missingTorch, pythonForTests } from './python-for-tests.ts';

const python = pythonForTests();
const program = fileURLToPath(new URL('./same_network.py', import.meta.url));
const noPause = async (): Promise<void> => undefined;

/** What PyTorch's network gives by our weights. */
function inPyTorch(weights: Uint8Array, input: Float32Array): Float32Array {
  const folder = temporaryFolder();
  const paths = ['weights', 'input'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(paths[0], weights);
  writeFileSync(paths[1], input);
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const answer = execFileSync(python!, [program, ...paths], { encoding: 'utf8', maxBuffer: 1 << 26, env });
  return Float32Array.from(JSON.parse(answer) as number[]);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, k) => Math.max(largest, Math.abs(value - b[k]!)), 0);
}

describe.skipIf(!python)(`PyTorch's networks are ours${missingTorch}`, () => {
  let engine: Engine;
  let data: DataSet;
  beforeAll(async () => {
    engine = await openEngine('wasm');
    data = loadDataSet({ source: 'mnist' }, '.');
  });

  test.each<ArchitectureKind>(['mlp', 'cnn', 'vit'])('%s: the same logits after two steps', async (kind) => {
    const recipe = classifierRecipeSchema.parse({ architecture: { kind }, targets: [97.5] });
    const trainer = new ClassifierTrainer(engine, recipe, 1, data);
    for (const step of [1, 2]) await trainer.train(step);
    const weights = trainer.encodeWeights((await trainer.readState()).parameters);
    trainer.dispose();
    const pixels = data.test.images.subarray(0, 20 * data.height * data.width);
    const predictor = new ClassifierPredictor(engine, weights, 'test');
    const own = await predictor.logits(pixels, noPause);
    predictor.dispose();
    const peer = inPyTorch(weights, normalizeImages(pixels, data));
    expect(Math.max(...own)).toBeGreaterThan(0.05);
    expect(largestDifference(own, peer)).toBeLessThan(1e-4);
  });

  test('the generator: the same images', async () => {
    const recipe = generatorRecipeSchema.parse({ kind: 'dcgan64', features: 8, batch: 8, steps: 2 });
    const trainer = new GanTrainer(engine, recipe, 1, data);
    for (const step of [1, 2]) await trainer.train(step);
    // Larger last weights, for images with some contrast after so few steps.
    const state = await trainer.readState();
    const last = state.generator['generator.5.weight']!;
    last.values = last.values.map((value) => 2000 * value);
    await trainer.restore(state);
    const weights = await trainer.encodeWeights();
    trainer.dispose();
    const random = randomStream(1, 'points');
    const points = Float32Array.from({ length: 3 * recipe.latent }, () => random.normal());
    const renderer = new GeneratorRenderer(engine, weights, 'test');
    const own = await renderer.render(points, noPause);
    renderer.dispose();
    const peer = fromUnitRange(inPyTorch(weights, points));
    expect(new Set(own).size).toBeGreaterThan(20);
    // Quantised to 8 bits: a value at the edge may fall to either side.
    expect(largestDifference(Float32Array.from(own), Float32Array.from(peer))).toBeLessThanOrEqual(1);
  });
});
