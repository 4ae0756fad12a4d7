import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { percentile } from '../statistics.ts';
import { markdownTable } from '../table.ts';

/** Limit of the 95th percentile from key to image, in milliseconds. */
const allowed = 50;

const resultSchema = z.strictObject({
  results: z.array(z.strictObject({ stimuli: z.int(), times: z.array(z.number()).min(20), training: z.int() })),
});

/** From a key in a labeling session to the next image, while two workers train. */
export async function benchDesk({ log }: BenchContext): Promise<Section[]> {
  log('Labeling session: from key to next image');
  const data = await scriptResult('desk.ts', [], resultSchema);
  const rows = data.results.map(({ stimuli, times }) => {
    const [half, most, longest] = [50, 95, 100].map((share) => percentile(times, share));
    return [
      `${stimuli.toLocaleString('en')} stimuli, ${times.length} keys`,
      ...[half, most, longest].map((ms) => (ms ?? Number.NaN).toFixed(1)),
      `p95 ${allowed} ${(most ?? 0) <= allowed ? 'met' : 'MISSED'}`,
    ];
  });
  return [{ name: 'desk', table: markdownTable(['', 'median ms', 'p95', 'maximum', 'limit'], rows), data }];
}
