import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../statistics.ts';
import { markdownTable } from '../table.ts';

/** Milliseconds that the host's event loop may be late at the 99th percentile, and a warm start may take. */
const allowed = { late: 50, start: 2000 };

const latencySchema = z.looseObject({
  ...{ seconds: z.number(), p50: z.number(), p99: z.number(), p999: z.number(), max: z.number() },
  ...{ cpuShare: z.number(), page: z.string() },
});

/** How late the host's event loop is while two workers train and a page watches. */
export async function benchLatency({ options, say }: BenchContext): Promise<Section[]> {
  say(`Latency of the host: ${options.minutes} min`);
  const data = await scriptResult('latency.ts', ['--minutes', String(options.minutes)], latencySchema);
  const { seconds, p50, p99, p999, max, cpuShare, page } = data;
  const row = [
    `${Math.round(seconds)} s, ${page}`,
    ...[p50, p99, p999, max].map((late) => late.toFixed(1)),
    `${Math.round(100 * cpuShare)} %`,
    `p99 ${allowed.late} ${p99 <= allowed.late ? 'met' : 'MISSED'}`,
  ];
  const table = markdownTable(['', 'ms late: median', 'p99', 'p99.9', 'most', 'of one core', 'allowed'], [row]);
  return [{ name: 'latency', table, data }];
}

const start = z.looseObject({ host: z.number(), usable: z.number() });
const startsSchema = z.looseObject({ first: start, starts: z.array(start) });

/** From the start of the host's process to a page that can be used. */
export async function benchWindowStart({ options, say }: BenchContext): Promise<Section[]> {
  say('Start of the window');
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
    ['the first start', String(Math.round(first.host)), String(Math.round(first.usable)), ''],
  ];
  const table = markdownTable(['', 'ms to the address', 'ms to the studies', 'allowed'], rows);
  return [{ name: 'window-start', table, data }];
}
