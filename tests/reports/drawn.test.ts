import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawn, drawnData } from './drawn.ts';

/** One of each kind of figure. */
const kinds = ['entropy', 'figure-2', 'figure-4', 'softmax-by-type'];

/** A figure that is to look otherwise from now on: look at it, then `vitest run -u tests/reports/drawn.test.ts`. */
describe('figures of a report as SVG', () => {
  it.each(drawn(drawnData(), kinds))('%s is drawn as it was', async (name, svg) => {
    expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    await expect(svg).toMatchFileSnapshot(join(import.meta.dirname, 'drawn', `${name}.svg`));
  });

  it('are the same each time', () => {
    expect(drawn(drawnData(), kinds)).toEqual(drawn(drawnData(), kinds));
  });
});
