import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../statistics.ts';
import { markdownTable } from '../table.ts';

/** Milliseconds until a chart is there: with the question to the host, and without. */
const allowed = 200;
const verdict = (values: readonly number[]): string => (median(values) <= allowed ? 'met' : 'MISSED');

const times = z.array(z.number()).min(1);
const resultSchema = z.looseObject({
  study: z.string(),
  views: z.array(z.looseObject({ view: z.string(), asked: times, kept: times })).min(1),
});

/** The results' screens, with the sample study. */
export async function benchResults({ options, say }: BenchContext): Promise<Section[]> {
  say('The charts of the results');
  const data = await scriptResult(
    'results-screens.ts',
    ['--repeats', String(Math.min(7, options.rounds))],
    resultSchema,
  );
  const cell = (values: readonly number[]): string =>
    `${Math.round(Math.min(...values))} / ${Math.round(median(values))} / ${Math.round(Math.max(...values))}`;
  const rows = data.views.map(({ view, asked, kept }) => [
    view,
    ...[cell(asked), verdict(asked)],
    ...[cell(kept), verdict(kept)],
  ]);
  const within = `${allowed} allowed`;
  const head = ['view', 'ms, the host is asked', within, 'ms, answers are kept', within];
  return [{ name: 'results', table: markdownTable(head, rows), data }];
}
