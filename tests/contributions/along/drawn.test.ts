import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawn, drawnData } from '../../reports/drawn.ts';
import { withAlong } from './with-along.ts';

test.each(drawn(withAlong(drawnData()), ['along-alpha']))('%s is drawn as it was', async (name, svg) => {
  expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  await expect(svg).toMatchFileSnapshot(join(import.meta.dirname, 'drawn', `${name}.svg`));
});
