import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedGeneratorNames } from '../../../main/contract/recipes/recipes.ts';
import { ownGenerator } from '../../../main/domain/plans/declaration.ts';
import { readShipped } from '../../../main/services/generators/shipped.ts';
import { drawLatents } from '../../../main/domain/anchors/latents.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { GeneratorRenderer } from '../../../main/training/generator/renderer.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';

const root = join(import.meta.dirname, '../../..');
const resources = join(root, 'resources');

test.each(shippedGeneratorNames)('%s is whole, clear, of all classes, and small', (name) => {
  const { provenance, bytes } = readShipped(resources, name);
  const { quality, weights } = provenance;
  expect(weights.bytes).toBe(bytes.length);
  expect(bytes.length).toBeLessThanOrEqual(8_000_000);
  const rarest = Math.min(...quality.classes.map(({ samples }) => samples));
  expect(rarest).toBeGreaterThan(0);
  expect(quality.classes.reduce((sum, { samples }) => sum + samples, 0)).toBe(quality.samples);
  expect(quality.classes.reduce((sum, { clear }) => sum + clear, 0)).toBe(quality.clear);
});

test.each([
  ['generator', 'mnist-dcgan64'],
  ['generator28', 'mnist-dcgan28'],
] as const)('the preset "%s" trains %s, as its provenance says', (preset, name) => {
  const { provenance } = readShipped(resources, name);
  const { study } = loadStudy(preset, resources, []);
  expect(ownGenerator(study)).toMatchObject({ recipe: provenance.recipe, seed: provenance.seed });
  expect(provenance.step % provenance.recipe.sampleEvery === 0 || provenance.step === provenance.recipe.steps).toBe(
    true,
  );
  expect(provenance.reproduce).toEqual([
    `npm run -s boundary -- study run ${preset}`,
    `npm run -s boundary -- generator export ${preset} --step ${provenance.step} --to resources/generators`,
  ]);
});

test('the best generator is clear, and of all classes alike', () => {
  const { quality, recipe } = readShipped(resources, 'mnist-dcgan28').provenance;
  expect(recipe.conditional).toBe(true);
  expect(quality.clear / quality.samples).toBeGreaterThan(0.85);
  for (const { samples } of quality.classes) {
    expect(samples / quality.samples).toBeGreaterThan(0.08);
    expect(samples / quality.samples).toBeLessThan(0.12);
  }
});

test('the best generator has a black background', async () => {
  const { bytes } = readShipped(resources, 'mnist-dcgan28');
  const renderer = new GeneratorRenderer(await openEngine('wasm'), bytes, 'mnist-dcgan28');
  const pixels = await renderer.render(drawLatents(1, 50, renderer.space), () => Promise.resolve());
  expect(renderer.size).toEqual({ width: 28, height: 28, channels: 1 });
  const isFrame = (k: number): boolean => [k % 28, Math.floor(k / 28) % 28].some((at) => at < 2 || at > 25);
  const frame = pixels.filter((_, k) => isFrame(k));
  expect(frame.reduce((sum, value) => sum + value, 0) / frame.length).toBeLessThan(3);
  renderer.dispose();
});
