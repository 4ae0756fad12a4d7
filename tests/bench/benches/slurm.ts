import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { median } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';

/** Limits: seconds to submit, and milliseconds of the event loop's delay (99th percentile) and until the table is drawn. */
const allowed = { seconds: 120, late: 50, table: 300 };

const lateness = { p99: z.number(), max: z.number() };
const resultSchema = z.strictObject({
  runs: z.int(),
  working: z.int(),
  calls: z.int(),
  submitted: z.strictObject({ seconds: z.number(), processor: z.number(), ...lateness }),
  reading: z.strictObject({ running: z.int(), ...lateness }),
  table: z.array(z.number()).min(1),
});

const verdict = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');

/** Thousands of runs on a cluster. */
export async function benchSlurm({ options, log }: BenchContext): Promise<Section[]> {
  log('Thousands of runs on a cluster');
  const repeats = String(Math.min(7, options.rounds));
  const data = await scriptResult('slurm.ts', ['--repeats', repeats], resultSchema);
  const { runs, submitted, reading, table, calls } = data;
  const late = ({ p99, max }: { p99: number; max: number }): string => `${p99.toFixed(1)} / ${max.toFixed(0)} ms`;
  const rows = [
    [
      `${runs.toLocaleString('en')} runs are submitted`,
      `${submitted.seconds.toFixed(1)} s, ${submitted.processor.toFixed(1)} s of processor time`,
      `${allowed.seconds} s ${verdict(submitted.seconds <= allowed.seconds)}`,
    ],
    [
      'delay of the host meanwhile: p99 / longest',
      late(submitted),
      `p99 ${allowed.late} ms ${verdict(submitted.p99 <= allowed.late)}`,
    ],
    [
      `delay while ${reading.running} of them work and are read`,
      late(reading),
      `p99 ${allowed.late} ms ${verdict(reading.p99 <= allowed.late)}`,
    ],
    [
      'the table opens meanwhile',
      `${Math.round(median(table))} ms`,
      `${allowed.table} ms ${verdict(median(table) <= allowed.table)}`,
    ],
    ['calls of the scheduler', String(calls), '-'],
  ];
  return [{ name: 'slurm', table: markdownTable(['', 'measured', 'limit'], rows), data }];
}
