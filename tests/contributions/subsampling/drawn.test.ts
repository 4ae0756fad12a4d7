import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawn, drawnData } from '../../reports/drawn.ts';
import { withSubsampling } from './with-subsampling.ts';

test.each(drawn(withSubsampling(drawnData()), ['fewer-networks-figure', 'fewer-people-figure']))(
  '%s is drawn as it was',
  async (name, svg) => {
    expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    await expect(svg).toMatchFileSnapshot(join(import.meta.dirname, 'drawn', `${name}.svg`));
  },
);
