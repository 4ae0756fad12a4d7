import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';

const times = z.strictObject({ free: z.array(z.number()), busy: z.array(z.number()) });
const resultSchema = z.strictObject({
  rounds: z.int(),
  cores: z.int(),
  loadBefore: z.number(),
  loadAfter: z.number(),
  results: z.array(z.strictObject({ what: z.string(), start: times, end: times, ratio: z.number() })),
});

/** Limits: seconds until short work starts, and its time relative to a free machine. */
const allowed = { start: 2, ratio: 1.5 };

const spread = (all: readonly number[]): string => `${median(all).toFixed(2)} / ${Math.max(...all).toFixed(2)}`;

/** Short work beside two trainings. */
export async function benchShortRuns({ options, log }: BenchContext): Promise<Section[]> {
  log('Short work beside two trainings');
  const data = await scriptResult('short-runs.ts', [options.quick ? '2' : '7'], resultSchema);
  const rows = data.results.map(({ what, start, end, ratio }) => {
    const needsWorker = Math.max(...start.busy) > 0;
    const isMet = ratio <= allowed.ratio && median(start.busy) <= allowed.start;
    return [
      what,
      needsWorker ? spread(start.busy) : '',
      ...[spread(end.free), spread(end.busy), `${ratio.toFixed(2)}x`, isMet ? 'met' : 'MISSED'],
    ];
  });
  const head = ['', 's until a worker works', 's, free machine', 's, two trainings', 'ratio', 'limits 2 s, 1.5x'];
  return [{ name: 'short-runs', table: markdownTable(head, rows), data }];
}
