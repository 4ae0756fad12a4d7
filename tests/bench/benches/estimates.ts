import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

/** How many times as long as estimated, or as short, counts as right; and the share of studies that has to be. */
const within = 1.5;
const required = { first: 0.8, half: 0.95 } as const;

const shownSchema = z.object({ at: z.number(), low: z.number(), seconds: z.number(), high: z.number() });
const resultSchema = z.object({
  engine: z.string(),
  timed: z
    .array(
      z.object({
        what: z.string(),
        place: z.number(),
        first: shownSchema,
        /** Null: too short for one. */
        half: shownSchema.nullable(),
        took: z.number(),
        processor: z.number(),
      }),
    )
    .min(1),
});
type Timed = z.infer<typeof resultSchema>['timed'][number];
type Shown = Timed['first'];

/** Whether work takes as long as the product says, before it starts and when half of the time is over. */
export async function benchEstimates({ options, log }: BenchContext): Promise<Section[]> {
  const [engine = 'wasm'] = options.engines;
  log(`Estimates of twenty studies on ${engine}`);
  const args = ['--engine', engine, ...(options.quick ? ['--only', 'MLP,LeNet'] : [])];
  const data = await scriptResult('estimates.ts', args, resultSchema);
  const rows = [...data.timed].sort((a, b) => a.place - b.place).map(row);
  const share = (of: 'first' | 'half'): string => shareText(data.timed, of);
  const last = ['within 1.5x', '', '', share('first'), '', share('half'), ''];
  const header = [
    'in this order',
    'seconds',
    'of processors',
    'first estimate',
    'took / first',
    'estimate at half',
    'took / half',
  ];
  return [{ name: 'estimates', table: markdownTable(header, [...rows, last]), data }];
}

const row = ({ what, took, processor, first, half }: Timed): string[] => {
  const seconds = (shown: Shown | null): string => shown?.seconds.toFixed(1) ?? '';
  const times = (shown: Shown | null): string => (shown === null ? '' : (took / shown.seconds).toFixed(2));
  return [what, took.toFixed(1), processor.toFixed(1), seconds(first), times(first), seconds(half), times(half)];
};

function shareText(timed: readonly Timed[], of: 'first' | 'half'): string {
  const shown = timed.flatMap((each) => (each[of] === null ? [] : [each.took / each[of].seconds]));
  const right = shown.filter((times) => times <= within && times >= 1 / within).length;
  const share = right / Math.max(1, shown.length);
  const verdict = share >= required[of] ? 'met' : 'MISSED';
  return `${right} of ${shown.length} (${100 * required[of]} % ${verdict})`;
}
