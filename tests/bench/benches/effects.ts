import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const resultSchema = z.looseObject({
  questions: z
    .array(z.strictObject({ name: z.string(), seconds: z.number(), cpu: z.number(), peak: z.number().nullable() }))
    .min(1),
});

/** Seconds of the first question, of a question whose outcome was asked for before, and MiB of the process. */
const limits = { first: 20, again: 2, memory: 2048 };

/** Effects of 60 recipes x 20 seeds x 5 targets on 5,000 images. */
export async function benchEffects({ log }: BenchContext): Promise<Section[]> {
  log('Effects of 6,000 networks on 5,000 images');
  const data = await scriptResult('effects-scale.ts', [], resultSchema);
  const rows = data.questions.map(({ name, seconds, cpu, peak }, place) => {
    const limit = place > 0 && name.includes('another factor') ? limits.again : limits.first;
    const isMet = seconds <= limit && (peak === null || peak <= limits.memory);
    return [
      name,
      seconds.toFixed(2),
      cpu.toFixed(2),
      peak === null ? '–' : String(peak),
      `${limit} s: ${isMet ? 'met' : 'MISSED'}`,
    ];
  });
  const head = ['question', 'seconds', 'of processor', 'most memory, MiB', 'limit'];
  return [{ name: 'effects', table: markdownTable(head, rows), data }];
}
