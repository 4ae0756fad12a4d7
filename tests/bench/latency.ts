/**
 * How late the event loop of a host is while two workers train and a page watches them: the real browser host is this
 * process, its workers are processes of their own, and the page is Chromium's, on the screen of the models.
 *
 *   npm run bench -- latency [--minutes 5] [--json FILE]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startWorkbench } from '../../main/hosts/browser/start.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { trainingStudy as study } from './training-study.ts';

/** Sampling interval of the event loop in milliseconds; the monitor includes it in each delay. */
const resolution = 5;
/** Milliseconds that everything has to start, which is not measured. */
const startUp = 20_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' }, json: { type: 'string' } } });

/** How many runs are at work, as another process sees it. */
function runningRuns(): number {
  const { storage } = openWorkbench({ root, resources: join(root, 'resources'), dataFolder, readOnly: true });
  try {
    const id = storage.studies.byName(study.name)?.id ?? 0;
    return storage.studyRuns.list(id).filter(({ state }) => state === 'running').length;
  } finally {
    storage.close();
  }
}

await ensurePage(root, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'latency-'));
const dataFolder = join(folder, 'data');
const bench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder });
bench.storage.studies.put(study.name, study, Date.now());
bench.storage.close();

const host = await startWorkbench({ root, dataFolder, port: 0 });
const page = fork(new URL('latency-page.ts', import.meta.url), [host.newAddress(), study.name], { stdio: 'inherit' });
try {
  const [ready] = await once(page, 'message');
  process.stderr.write(`[bench] ${ready}\n`);
  await wait(startUp);
  const monitor = monitorEventLoopDelay({ resolution });
  const cpu = process.cpuUsage();
  const began = performance.now();
  monitor.enable();
  await wait(Number(values.minutes) * 60_000);
  monitor.disable();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const training = runningRuns();
  if (training < 2) throw new Error(`Only ${training} of two runs were at work at the end: nothing was measured.`);
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
  const result = {
    seconds,
    looks: monitor.count,
    p50: late(monitor.percentile(50)),
    p99: late(monitor.percentile(99)),
    p999: late(monitor.percentile(99.9)),
    max: late(monitor.max),
    /** Of one core. */
    cpuShare: (user + system) / 1e6 / seconds,
    page: String(ready),
  };
  console.log(JSON.stringify(result));
  if (values.json) writeFileSync(values.json, JSON.stringify(result));
} finally {
  page.kill('SIGTERM');
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}
