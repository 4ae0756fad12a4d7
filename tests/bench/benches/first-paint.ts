import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';

/** Limit in milliseconds until a screen shows its parts. */
const allowed = 300;

const openingSchema = z.looseObject({
  first: z.number(),
  content: z.number(),
  complete: z.number(),
  shift: z.number(),
});
const resultSchema = z.looseObject({
  screens: z.array(z.looseObject({ screen: z.string(), openings: z.array(openingSchema).min(1) })).min(1),
});

/** Screens that wait for work of seconds: when they show their parts, the first content and all of it. */
export async function benchFirstPaint({ options, log }: BenchContext): Promise<Section[]> {
  log('First paint of the screens that wait for work');
  const repeats = String(Math.min(5, options.rounds));
  const data = await scriptResult('first-paint.ts', ['--repeats', repeats], resultSchema);
  const cell = (values: readonly number[]): string =>
    `${Math.round(Math.min(...values))} / ${Math.round(median(values))}`;
  const rows = data.screens.map(({ screen, openings }) => {
    const of = (key: 'first' | 'content' | 'complete'): number[] => openings.map((opening) => opening[key]);
    return [
      screen,
      ...[cell(of('first')), median(of('first')) <= allowed ? 'met' : 'MISSED'],
      ...[cell(of('content')), cell(of('complete'))],
      Math.max(...openings.map(({ shift }) => shift)).toFixed(3),
    ];
  });
  const head = ['screen', 'ms to its parts', `limit ${allowed}`, 'to the first content', 'to all', 'layout shift'];
  return [{ name: 'first-paint', table: markdownTable(head, rows), data }];
}
