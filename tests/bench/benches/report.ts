import { z } from 'zod';
import type { BenchContext, Section } from '../bench-types.ts';
import { scriptResult } from '../run-script.ts';
import { markdownTable } from '../table.ts';

const resultSchema = z.looseObject({
  images: z.int(),
  labelers: z.int(),
  networks: z.int(),
  seconds: z.number(),
  peakBytes: z.number(),
  archiveBytes: z.number(),
  pageBytes: z.number(),
});

/** Images, labelers and networks: the paper's size, and a very large one. */
const sizes = [
  [160, 10, 300],
  [20_000, 50, 300],
] as const;

/** Time and memory of `boundary report --archive` for studies of two sizes. */
export async function benchReport({ log }: BenchContext): Promise<Section[]> {
  const data: z.infer<typeof resultSchema>[] = [];
  for (const size of sizes) {
    log(`The report of ${size.join(' x ')}`);
    data.push(await scriptResult('report-scale.ts', size.map(String), resultSchema));
  }
  const rows = data.map(({ images, labelers, networks, seconds, peakBytes, archiveBytes, pageBytes }) => [
    `${images.toLocaleString('en')} images, ${labelers} labelers, ${networks} networks`,
    ...[seconds.toFixed(1), (peakBytes / 2 ** 30).toFixed(2)],
    ...[archiveBytes, pageBytes].map((bytes) => (bytes / 1e6).toFixed(1)),
  ]);
  const head = ['', 'seconds', 'peak GiB', 'MB of the archive', 'MB of the page'];
  return [{ name: 'report', table: markdownTable(head, rows), data }];
}
