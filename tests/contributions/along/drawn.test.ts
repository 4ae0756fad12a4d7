import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawn, drawnOptions } from '../../reports/drawn.ts';
import { sampleWithAlong } from './with-along.ts';

test.each(drawn(sampleWithAlong(drawnOptions), ['along-alpha']))('%s is drawn as it was', async (name, svg) => {
  expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  await expect(svg).toMatchFileSnapshot(join(import.meta.dirname, 'drawn', `${name}.svg`));
});
