import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';
import { growth, isFlat, type MemorySample } from '../memory-growth.ts';
import { withoutGenerator, titles } from './training.ts';

const steps = 2000;

const resultSchema = z.strictObject({
  samples: z.array(z.strictObject({ step: z.int(), resident: z.number() })),
  peak: z.number(),
});

/** Resident memory of a real worker over many steps. */
export async function benchMemory({ options, log }: BenchContext): Promise<Section[]> {
  const data: { engine: string; model: string; samples: MemorySample[]; peak: number }[] = [];
  for (const engine of options.engines) {
    for (const model of withoutGenerator(options.models)) {
      log(`Memory: ${titles[model]} on ${engine}`);
      const args = ['--engine', engine, '--architecture', model, '--steps', String(steps)];
      data.push({ engine, model, ...(await scriptResult('memory.ts', args, resultSchema)) });
    }
  }
  const mebibytes = (bytes: number): string => Math.round(bytes / 2 ** 20).toLocaleString('en');
  const rows = data.map(({ engine, model, samples, peak }) => [
    titles[model as keyof typeof titles],
    engine,
    mebibytes(peak),
    mebibytes(growth(samples)),
    isFlat(samples) ? 'yes' : 'NO',
  ]);
  const header = ['', 'engine', 'peak MiB', `MiB growth, step 800 to ${steps}`, 'flat'];
  return [{ name: 'memory', table: markdownTable(header, rows), data }];
}
