import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const resultSchema = z.strictObject({
  people: z.int(),
  stimuli: z.int(),
  results: z.array(z.strictObject({ what: z.string(), ms: z.number(), cpuMs: z.number().nullable() })),
});

/** Limit of the board, its screen and each table, in milliseconds. */
const allowed = 2000;

/** Labeling sessions at their largest: 300 people who labeled 5,000 images each. */
export async function benchLabeling({ options, log }: BenchContext): Promise<Section[]> {
  const size = options.quick ? ['30', '500'] : ['300', '5000'];
  log(`Labeling: ${size.join(' x ')}`);
  const data = await scriptResult('labeling-scale.ts', size, resultSchema);
  const written = (ms: number): string => ms.toFixed(ms < 100 ? 1 : 0);
  const rows = data.results.map(({ what, ms, cpuMs }) => {
    const limit = /^(board|export)/.test(what) ? `${allowed} ${ms <= allowed ? 'met' : 'MISSED'}` : '';
    return [what, written(ms), cpuMs === null ? '' : written(cpuMs), limit];
  });
  const title = `${data.people} sessions of ${data.stimuli.toLocaleString('en')} images`;
  return [{ name: 'labeling', table: markdownTable([title, 'ms', 'CPU ms', 'limit'], rows), data }];
}
