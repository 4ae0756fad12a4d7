import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';
import { withoutGenerator, titles } from './training.ts';

const startUp = z.looseObject({ engine: z.number(), step: z.number(), cpu: z.number().nullable() });
const resultSchema = z.looseObject({
  results: z.array(
    z.looseObject({ engine: z.string(), architecture: z.string(), first: startUp, starts: z.array(startUp) }),
  ),
});
type Result = z.infer<typeof resultSchema>['results'][number];

/** Limits of the time to the first step, in milliseconds. */
const allowed: Readonly<Record<string, number>> = { tensorflow: 3000, wasm: 1000 };

/** From the start of a worker process to its first training step. */
export async function benchStartup({ options, log }: BenchContext): Promise<Section[]> {
  const data: Result[] = [];
  for (const model of withoutGenerator(options.models)) {
    log(`Start-up: ${titles[model]}`);
    const args = ['--engine', options.engines.join(','), '--architecture', model, '--repeats', String(options.rounds)];
    data.push(...(await scriptResult('startup.ts', args, resultSchema)).results);
  }
  const rows = data.map(({ engine, architecture, starts }) => {
    const steps = starts.map(({ step }) => step);
    const limit = allowed[engine];
    return [
      titles[architecture as keyof typeof titles],
      engine,
      `${Math.round(Math.min(...steps))} / ${Math.round(median(steps))}`,
      limit === undefined ? '' : `${limit} ${median(steps) <= limit ? 'met' : 'MISSED'}`,
    ];
  });
  const table = markdownTable(['', 'engine', 'ms to the first step', 'limit'], rows);
  return [{ name: 'startup', table, data }];
}
