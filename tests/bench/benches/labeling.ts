import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const resultSchema = z.strictObject({
  people: z.int(),
  stimuli: z.int(),
  results: z.array(z.strictObject({ what: z.string(), ms: z.number() })),
});

/** Milliseconds that the board, and the tables of current labels, may take. */
const allowed: Readonly<Record<string, number>> = { board: 2000, 'export humans': 2000, 'export counts': 2000 };

/** Labeling sessions at their largest: 300 people who labelled 5,000 images each. */
export async function benchLabeling({ options, say }: BenchContext): Promise<Section[]> {
  const size = options.quick ? ['30', '500'] : ['300', '5000'];
  say(`Labeling: ${size.join(' x ')}`);
  const data = await scriptResult('labeling-scale.ts', size, resultSchema);
  const rows = data.results.map(({ what, ms }) => {
    const limit = allowed[what];
    return [
      what,
      ms.toFixed(ms < 100 ? 1 : 0),
      limit === undefined ? '' : `${limit} ${ms <= limit ? 'met' : 'MISSED'}`,
    ];
  });
  const title = `${data.people} sessions of ${data.stimuli.toLocaleString('en')} images`;
  return [{ name: 'labeling', table: markdownTable([title, 'ms', 'allowed'], rows), data }];
}
