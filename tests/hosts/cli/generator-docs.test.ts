import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedGeneratorNames } from '../../../main/contract/recipes.ts';
import { ownGenerator } from '../../../main/domain/declaration.ts';
import { describeQuality } from '../../../main/hosts/cli/commands/generator.ts';
import { readShipped } from '../../../main/services/generators/shipped.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';

const root = join(import.meta.dirname, '../../..');
const resources = join(root, 'resources');
const page = readFileSync(join(root, 'docs/generator.md'), 'utf8');

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

test('the preset "generator" trains the shipped one, as its provenance says', () => {
  const { provenance } = readShipped(resources, 'mnist-dcgan64');
  const { study } = loadStudy('generator', resources);
  expect(ownGenerator(study)).toMatchObject({ recipe: provenance.recipe, seed: provenance.seed });
  expect(provenance.step % provenance.recipe.sampleEvery === 0 || provenance.step === provenance.recipe.steps).toBe(
    true,
  );
  expect(provenance.reproduce).toEqual([
    'npm run -s boundary -- study run generator',
    `npm run -s boundary -- generator export generator --step ${provenance.step} --to resources/generators`,
  ]);
});

test('docs/generator.md shows its figures and its samples', () => {
  const { quality } = readShipped(resources, 'mnist-dcgan64').provenance;
  const [, figures] = /<!-- figures: .* -->\n```\n(.*?)```\n<!-- end of figures -->/s.exec(page) ?? [];
  expect(figures).toBe(describeQuality('mnist-dcgan64', quality));
  for (const [, image = ''] of page.matchAll(/!\[.*?\]\((.*?)\)/g)) {
    const path = join(root, 'docs', image);
    expect(existsSync(path), path).toBe(true);
    expect(statSync(path).size).toBeLessThan(300_000);
  }
});
