import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedGeneratorNames } from '../../../main/contract/recipes/recipes.ts';
import { describeQuality } from '../../../main/contributions/quality/commands.ts';
import { readShipped } from '../../../main/services/generators/shipped.ts';

const root = join(import.meta.dirname, '../../..');
const resources = join(root, 'resources');
const page = readFileSync(join(root, 'docs/generator.md'), 'utf8');

test('docs/generator.md shows their figures and samples', () => {
  const blocks = page.matchAll(
    /<!-- figures: boundary generator check (\S+) --by \S+ -->\n```\n(.*?)```\n<!-- end of figures -->/gs,
  );
  const figures = new Map([...blocks].map(([, name = '', text = '']) => [name, text]));
  expect([...figures.keys()]).toEqual([...shippedGeneratorNames]);
  for (const name of shippedGeneratorNames) {
    expect(figures.get(name)).toBe(describeQuality(name, readShipped(resources, name).provenance.quality));
  }
  for (const [, image = ''] of page.matchAll(/!\[.*?\]\((.*?)\)/g)) {
    const path = join(root, 'docs', image);
    expect(existsSync(path), path).toBe(true);
    expect(statSync(path).size).toBeLessThan(300_000);
  }
});
