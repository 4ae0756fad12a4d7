/**
 * Thousands of runs on a cluster: how long the host takes to submit them, how late it is meanwhile and while it reads a
 * hundred that work, and how soon the table of runs opens then. The cluster has commands of Slurm's names and no nodes.
 *
 *   npm run bench -- slurm [--runs 2000] [--repeats 7] [--json FILE]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePage } from '../../scripts/setup/page.mjs';
import type { WorkerEvent } from '../../main/contract/runs/run.ts';
import { PackFolder } from '../../main/contributions/slurm/tasks/pack-folder.ts';
import { openStorage } from '../../main/storage/open.ts';
import { letIn } from '../hosts/browser/let-in.ts';
import { environment } from '../storage/records.ts';
import { started } from '../storage/run-helper.ts';
import { benchStudy, fillDatabase } from './window/database.ts';
import { openChromium, timeTo } from './window/fresh-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    repeats: { type: 'string', default: '7' },
    json: { type: 'string' },
  },
});
const count = Number(values.runs);
const working = 100;
const models = `#/studies/${benchStudy}/models`;
const screen = { hash: models, selector: '[data-row]' };

/** A study whose runs all go to a cluster with the pretended commands. */
function prepare(folder: string): void {
  fillDatabase(join(folder, 'data'), { runs: count, points: 300_000, done: 0, varied: true });
  const storage = openStorage(join(folder, 'data'));
  for (const { id } of storage.studies.list()) storage.placements.placeStudy(id, 'lab');
  storage.close();
  for (const name of ['data/clusters', 'shared', 'slurm']) mkdirSync(join(folder, name), { recursive: true });
  const commands = fileURLToPath(new URL('window/slurm-commands.ts', import.meta.url));
  const profile = {
    schema: 'boundary-workbench/cluster/1',
    name: 'lab',
    folder: { here: join(folder, 'shared') },
    reach: [process.execPath, commands, join(folder, 'slurm')],
    product: root,
    engine: 'wasm',
  };
  writeFileSync(join(folder, 'data/clusters/lab.json'), JSON.stringify(profile));
}

/** Has the first tasks of a pack report what they do, once a second each; gives what ends that. */
function work(folder: string): () => void {
  const [host = ''] = readdirSync(join(folder, 'shared'));
  const packs = join(folder, 'shared', host, 'packs');
  const pack = readdirSync(packs)
    .map((name) => new PackFolder(join(packs, name)))
    .find(({ path }) => readFileSync(join(path, 'job.sh'), 'utf8').includes('--array=0-999'));
  if (!pack) throw new Error('no pack has a thousand tasks');
  const files = Array.from({ length: working }, (_, task) => {
    const run = pack.readTask(task).runs[0]?.run ?? 0;
    const file = pack.beginAttempt(run);
    const attempt = { environment, engine: 'wasm' as const, job: '1', restart: 0, checkpoint: null };
    file.add({ at: Date.now(), attempt });
    file.add({ at: Date.now(), event: started });
    return file;
  });
  let step = 0;
  const timer = setInterval(() => {
    step += 10;
    const events: WorkerEvent[] = [
      { type: 'metrics', points: [{ series: 'accuracy', step, value: 90 + Math.sin(step / 50) }] },
      { type: 'progress', done: step, total: 10_000, note: 'on the way' },
      { type: 'heartbeat' },
    ];
    for (const file of files) for (const event of events) file.add({ at: Date.now(), event });
  }, 1000);
  return () => {
    clearInterval(timer);
    for (const file of files) file.close();
  };
}

await ensurePage(root, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'slurm-bench-'));
const browser = await openChromium();
try {
  prepare(folder);
  const host = fork(fileURLToPath(new URL('window/slurm-host.ts', import.meta.url)), [join(folder, 'data')]);
  const answer = async <T>(message: string): Promise<T> => {
    host.send(message);
    return ((await once(host, 'message')) as [T])[0];
  };
  const [{ address }] = (await once(host, 'message')) as [{ address: string }];
  const keys = await letIn(address);
  const submitted = await answer<{ seconds: number; processor: number; p99: number; max: number }>('submit');
  process.stderr.write(`${count} runs submitted: ${JSON.stringify(submitted)}\n`);
  const endWork = work(folder);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await answer('lateness');
  await new Promise((resolve) => setTimeout(resolve, 30_000));
  const reading = await answer<{ p99: number; max: number; running: number }>('lateness');
  process.stderr.write(`Read: ${JSON.stringify(reading)}\n`);
  const table: number[] = [];
  for (let repeat = 0; repeat < Number(values.repeats); repeat++)
    table.push(await timeTo(browser, keys, screen, { ...screen, count: 10 }));
  endWork();
  const calls = readFileSync(join(folder, 'slurm/calls.txt'), 'utf8').trim().split('\n').length;
  const found = { runs: count, working, calls, submitted, reading, table };
  console.log(JSON.stringify(found));
  if (values.json) writeFileSync(values.json, JSON.stringify(found));
  host.send('end');
  await once(host, 'exit');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
