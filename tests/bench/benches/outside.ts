import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const timesSchema = z.strictObject({ seconds: z.number(), analysis: z.number(), host: z.number() });
const resultSchema = z.looseObject({
  views: z
    .array(z.strictObject({ view: z.string(), first: timesSchema, again: timesSchema, next: timesSchema }))
    .min(1),
});
type Times = z.infer<typeof timesSchema>;

/** Seconds in which a view has to open after the first time, in a new process, too. */
const limit = 1;

const designs = [
  { name: 'test images, counts', args: [] },
  { name: 'pairs, labels', args: ['--stimuli', 'pairs', '--people', 'labels'] },
];

/** The results of 10,000 images, 51 labels of each and 100 models that others trained. */
export async function benchOutside({ log }: BenchContext): Promise<Section[]> {
  const data: (z.infer<typeof resultSchema> & { name: string })[] = [];
  for (const { name, args } of designs) {
    log(`Results of models that others trained: ${name}`);
    data.push({ name, ...(await scriptResult('outside-scale.ts', args, resultSchema)) });
  }
  const cell = ({ seconds, analysis, host }: Times): string =>
    `${seconds.toFixed(2)} / ${(analysis + host).toFixed(2)}`;
  const rows = data.flatMap(({ name, views }) =>
    views.map(({ view, first, again, next }) => [
      ...[`${name}: ${view}`, cell(first), cell(again), cell(next)],
      Math.max(again.seconds, next.seconds) <= limit ? 'met' : 'MISSED',
    ]),
  );
  const head = ['', 'first time', 'again', 'in a new process', `limit ${limit} s`];
  return [{ name: 'outside', table: markdownTable(head, rows), data }];
}
