import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';

/** Limits in milliseconds (`zoom`: the mean of a frame), and the share of one core for the page. */
const allowed = { table: 300, curve: 200, compare: 500, frame: 50, zoom: 1000 / 30, page: 0.2 };

const times = z.array(z.number()).min(1);
const resultSchema = z.looseObject({
  runs: z.number(),
  points: z.number(),
  columns: z.array(z.string()),
  table: times,
  curve: times,
  longestCurve: times,
  compare: times,
  frames: times,
  zoom: times,
  load: z.looseObject({ page: z.number(), browser: z.number(), events: z.number() }),
});

/** Limits in milliseconds of processor time, of 100,000 runs. */
const allowedProcessor = { open: 300, regroup: 100 };

const groupsSchema = z.looseObject({
  runs: z.number(),
  first: z.number(),
  firstGroups: z.number(),
  again: times,
  changed: times,
  regrouped: times,
});

const rate = (times: readonly number[]): number =>
  Math.round((1000 * times.length) / times.reduce((sum, time) => sum + time, 0));

/** The screen of models with thousands of runs stored. */
export async function benchRunTable({ options, log }: BenchContext): Promise<Section[]> {
  log('The run table');
  const size = options.quick ? ['--runs', '500', '--points', '500000'] : [];
  const repeats = ['--repeats', String(Math.min(7, options.rounds))];
  const data = await scriptResult('run-table.ts', [...size, ...repeats], resultSchema);
  const groups = await scriptResult('run-groups.ts', options.quick ? ['--runs', '5000'] : [], groupsSchema);
  const { table, curve, longestCurve, compare, frames, zoom, load } = data;
  const cell = (values: readonly number[]): string =>
    `${Math.round(Math.min(...values))} / ${Math.round(median(values))} / ${Math.round(Math.max(...values))} ms`;
  const row = (what: string, values: readonly number[], limit: number): string[] => [
    what,
    cell(values),
    `${limit} ms ${median(values) <= limit ? 'met' : 'MISSED'}`,
  ];
  const worst = Math.max(...frames);
  const share = (of: number): string => `${Math.round(100 * of)} %`;
  const rows = [
    row(
      `table of ${data.runs.toLocaleString('en')} runs and ${data.columns.length} columns opens`,
      table,
      allowed.table,
    ),
    row('curves of a run of 1,000 points', curve, allowed.curve),
    row('curves of a run of 200,000 points', longestCurve, allowed.curve),
    row('20 runs compared', compare, allowed.compare),
    [
      `${frames.length} frames of scrolling`,
      cell(frames),
      `${allowed.frame} ms each ${worst <= allowed.frame ? 'met' : 'MISSED'}`,
    ],
    [
      `100 overlaid curves zoomed and moved: ${rate(zoom)} frames a second`,
      cell(zoom),
      `30 a second ${1000 / rate(zoom) <= allowed.zoom ? 'met' : 'MISSED'}`,
    ],
    [
      `page under ${Math.round(load.events)} events a second`,
      `${share(load.page)} of one core`,
      `${share(allowed.page)} ${load.page <= allowed.page ? 'met' : 'MISSED'}`,
    ],
  ];
  const many = `${groups.runs.toLocaleString('en')} runs`;
  rows.push(
    row(`processor time: table of ${many}, first opening in a process`, [groups.first], allowedProcessor.open),
    row('the same opened again', groups.again, allowedProcessor.open),
    row('the same after a run changed', groups.changed, allowedProcessor.open),
    ['the same grouped for the first time', cell([groups.firstGroups]), ''],
    row('the same grouped by something else', groups.regrouped, allowedProcessor.regroup),
  );
  return [
    {
      name: 'run-table',
      table: markdownTable(['', 'minimum / median / maximum', 'limit'], rows),
      data: { ...data, groups },
    },
  ];
}
