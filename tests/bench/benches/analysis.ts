import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const resultSchema = z.strictObject({
  images: z.int(),
  labelers: z.int(),
  models: z.int(),
  classes: z.int(),
  seconds: z.number(),
  peak: z.number(),
});

/** Images, labelers, models, classes: the quick study's, and the largest study foreseen. */
const sizes = [
  [165, 10, 9, 10],
  [20_000, 300, 100, 10],
] as const;

/** The analysis of a study that is complete. */
export async function benchAnalysis({ say }: BenchContext): Promise<Section[]> {
  const data: z.infer<typeof resultSchema>[] = [];
  for (const size of sizes) {
    say(`Analysis: ${size.join(' x ')}`);
    data.push(await scriptResult('analysis-scale.ts', size.map(String), resultSchema));
  }
  const rows = data.map(({ images, labelers, models, classes, seconds, peak }) => [
    `${images.toLocaleString('en')} images, ${labelers} labelers, ${models} models, ${classes} classes`,
    seconds.toFixed(2),
    (peak / 2 ** 30).toFixed(2),
  ]);
  return [{ name: 'analysis', table: markdownTable(['', 'seconds', 'GiB at most'], rows), data }];
}
