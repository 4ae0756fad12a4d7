/**
 * The report of a very large study: 20,000 images x 50 labelers x 300 networks, generated in a data folder of its own.
 * Writes an archive as `boundary report --archive` does, in a process of its own, and prints its duration, its peak
 * memory and the sizes.
 *
 *   node tests/bench/report-scale.ts [images labelers networks] [--formats latex,csv,json,svg] [--data FOLDER] [--json FILE]
 *
 * `--data`: the folder to create and keep, or to use again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { addLargeStudy, largeName } from './large-study.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    formats: { type: 'string', default: 'latex,csv,json,svg' },
    data: { type: 'string' },
    json: { type: 'string' },
  },
});
const [images = 20_000, labelers = 50, networks = 300] = positionals.map(Number);
const root = fileURLToPath(new URL('../..', import.meta.url));
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function makeData(folder: string): Promise<string> {
  if (existsSync(join(folder, 'data'))) return join(folder, 'data');
  const began = performance.now();
  const data = await sampleFolder(folder);
  const bench = openSample(data);
  addLargeStudy(bench, { images, labelers, networks });
  bench.storage.close();
  console.log(`generated in ${seconds(began)}`);
  return data;
}

/** Writes the archive; returns the peak memory of the process in bytes. Linux only. */
async function writeArchive(data: string, archive: string): Promise<number> {
  const words = [join(root, 'main/hosts/cli/index.ts'), 'report', largeName, '--archive', archive];
  const child = spawn(process.execPath, [...words, '--formats', values.formats, '--data', data], { stdio: 'inherit' });
  let peak = 0;
  const poll = setInterval(() => {
    const [, held] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    peak = Math.max(peak, 1024 * Number(held ?? 0));
  }, 200);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(poll);
  if (code !== 0) throw new Error(`the report ended with ${code}; peak memory ${(peak / 2 ** 30).toFixed(2)} GiB`);
  return peak;
}

/** Bytes of index.html by the manifest. */
function manifestPageBytes(archive: string): number {
  const { 'manifest.json': bytes = new Uint8Array() } = unzipSync(readFileSync(archive), {
    filter: ({ name }) => name === 'manifest.json',
  });
  const { files } = manifestSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  return files.find(({ name }) => name === 'index.html')?.bytes ?? 0;
}

const manifestSchema = z.looseObject({ files: z.array(z.looseObject({ name: z.string(), bytes: z.number() })) });

const folder = values.data ?? mkdtempSync(join(tmpdir(), 'report-scale-'));
try {
  const data = await makeData(folder);
  const archive = join(folder, 'report.zip');
  const began = performance.now();
  const peak = await writeArchive(data, archive);
  const figures = {
    images,
    labelers,
    networks,
    seconds: (performance.now() - began) / 1000,
    peakBytes: peak,
    archiveBytes: statSync(archive).size,
    pageBytes: manifestPageBytes(archive),
  };
  console.log(figures);
  if (values.json) writeFileSync(values.json, JSON.stringify(figures));
} finally {
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}
