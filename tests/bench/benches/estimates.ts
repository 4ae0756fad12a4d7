import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';

/** Share of runs that have to end within the range shown at their start. */
const required = 0.8;

const resultSchema = z.object({
  engine: z.string(),
  timed: z
    .array(
      z.object({
        what: z.string(),
        place: z.number(),
        low: z.number(),
        seconds: z.number(),
        high: z.number(),
        took: z.number(),
      }),
    )
    .min(1),
});
type Timed = z.infer<typeof resultSchema>['timed'][number];

/** Whether work takes as long as the product says before it starts. */
export async function benchEstimates({ options, log }: BenchContext): Promise<Section[]> {
  const engine = options.engines.includes('wasm') ? 'wasm' : (options.engines[0] ?? 'wasm');
  log(`Ranges of time on ${engine}`);
  const args = ['--repeats', options.quick ? '2' : '6', '--engine', engine];
  const data = await scriptResult('estimates.ts', args, resultSchema);
  const kinds = [...Map.groupBy(data.timed, ({ what }) => what)].sort(([a], [b]) => a.localeCompare(b));
  const rows = [
    ...kinds.map(([what, timed]) => row(what, timed)),
    row('first of their sort', firsts(data.timed)),
    row('all', data.timed, true),
  ];
  const header = ['', 'runs', 'seconds', 'shown before, median', 'high / low', 'ended within', 'required'];
  return [{ name: 'estimates', table: markdownTable(header, rows), data }];
}

/** Runs before which nothing of their sort had ended on the machine. */
const firsts = (timed: readonly Timed[]): Timed[] =>
  timed.filter(({ what, place }) => !timed.some((other) => other.what === what && other.place < place));

function row(what: string, timed: readonly Timed[], counts = false): string[] {
  const of = (value: (one: Timed) => number): number => median(timed.map(value));
  const within = timed.filter(({ took, low, high }) => took >= low && took <= high).length;
  const share = within / timed.length;
  return [
    what,
    String(timed.length),
    of(({ took }) => took).toFixed(1),
    `${of(({ low }) => low).toFixed(1)} to ${of(({ high }) => high).toFixed(1)}`,
    of(({ low, high }) => high / low).toFixed(1),
    `${within} (${Math.round(100 * share)} %)`,
    counts ? `${100 * required} % ${share >= required ? 'met' : 'MISSED'}` : '',
  ];
}
