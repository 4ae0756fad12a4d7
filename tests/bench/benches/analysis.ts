import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const resultSchema = z.strictObject({
  images: z.int(),
  labelers: z.int(),
  models: z.int(),
  classes: z.int(),
  resampling: z.boolean(),
  seconds: z.number(),
  /** CPU seconds, which depend less on other work on the machine. */
  cpu: z.number(),
  /** Seconds of a second analysis, with the caches of the first. */
  again: z.number(),
  peak: z.number(),
});

/** Images, labelers, models, classes: the paper's with intervals and tests, and the largest expected study without. */
const sizes = [
  ['165', '10', '927', '10', '--resampling', '--paper'],
  ['20000', '300', '1000', '10'],
  ['20000', '300', '1000', '10', '--one-group'],
];

/** The analysis of a complete study. */
export async function benchAnalysis({ log }: BenchContext): Promise<Section[]> {
  const data: z.infer<typeof resultSchema>[] = [];
  for (const size of sizes) {
    log(`Analysis: ${size.join(' x ')}`);
    data.push(await scriptResult('analysis-scale.ts', size, resultSchema));
  }
  const rows = data.map(({ images, labelers, models, classes, resampling, seconds, cpu, again, peak }, at) => [
    `${images.toLocaleString('en')} images, ${labelers} labelers, ${models.toLocaleString('en')} models, ${classes} classes` +
      `${resampling ? ', with the bootstrap and tests of metrics.md 8' : ''}${sizes[at]?.includes('--one-group') ? ', all one group' : ''}`,
    seconds.toFixed(2),
    cpu.toFixed(2),
    again.toFixed(2),
    (peak / 2 ** 30).toFixed(2),
  ]);
  const heading = ['', 'seconds', 'CPU seconds', 'second call', 'peak GiB'];
  return [{ name: 'analysis', table: markdownTable(heading, rows), data }];
}
