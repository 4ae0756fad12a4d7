import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';

/** Limits in milliseconds: 99th percentile of the event loop's delay, and a warm start. */
const allowed = { late: 50, start: 2000 };

const latencySchema = z.looseObject({
  seconds: z.number(),
  p50: z.number(),
  p99: z.number(),
  p999: z.number(),
  max: z.number(),
  cpuShare: z.number(),
  page: z.string(),
});

/** Delay of the host's event loop while two workers train and a page shows them. */
export async function benchLatency({ options, log }: BenchContext): Promise<Section[]> {
  log(`Latency of the host: ${options.minutes} min`);
  const data = await scriptResult('latency.ts', ['--minutes', String(options.minutes)], latencySchema);
  const { seconds, p50, p99, p999, max, cpuShare, page } = data;
  const row = [
    `${Math.round(seconds)} s, ${page}`,
    ...[p50, p99, p999, max].map((late) => late.toFixed(1)),
    `${Math.round(100 * cpuShare)} %`,
    `p99 ${allowed.late} ${p99 <= allowed.late ? 'met' : 'MISSED'}`,
  ];
  const table = markdownTable(['', 'median delay in ms', 'p99', 'p99.9', 'maximum', 'of one core', 'limit'], [row]);
  return [{ name: 'latency', table, data }];
}

const start = z.looseObject({ host: z.number(), usable: z.number() });
const startsSchema = z.looseObject({ first: start, starts: z.array(start) });

/** From the start of the host's process to a usable page. */
export async function benchWindowStart({ options, log }: BenchContext): Promise<Section[]> {
  log('Start of the window');
  const data = await scriptResult('window-start.ts', ['--repeats', String(options.rounds)], startsSchema);
  const { first, starts } = data;
  const times = (of: 'host' | 'usable'): number[] => starts.map((each) => each[of]);
  const cell = (values: readonly number[]): string =>
    `${Math.round(Math.min(...values))} / ${Math.round(median(values))}`;
  const late = median(times('usable'));
  const rows = [
    [
      'warm',
      cell(times('host')),
      cell(times('usable')),
      `${allowed.start} ${late <= allowed.start ? 'met' : 'MISSED'}`,
    ],
    ['first start', String(Math.round(first.host)), String(Math.round(first.usable)), ''],
  ];
  const table = markdownTable(['', 'ms until the address', 'ms until the studies', 'limit'], rows);
  return [{ name: 'window-start', table, data }];
}
