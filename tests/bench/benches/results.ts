import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';

/** Limit until a chart is drawn, in milliseconds: with a request to the host, and without. */
const allowed = 200;
const verdict = (values: readonly number[]): string => (median(values) <= allowed ? 'met' : 'MISSED');

const times = z.array(z.number()).min(1);
const resultSchema = z.looseObject({
  study: z.string(),
  views: z.array(z.looseObject({ view: z.string(), asked: times, kept: times })).min(1),
});

/** The results' screens, with the sample study. */
export async function benchResults({ options, log }: BenchContext): Promise<Section[]> {
  log('The charts of the results');
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
  const within = `limit ${allowed}`;
  const head = ['view', 'ms with a request', within, 'ms from the cache', within];
  return [{ name: 'results', table: markdownTable(head, rows), data }];
}
