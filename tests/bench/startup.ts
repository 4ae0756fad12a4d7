/**
 * How long a worker takes from being started to its first training step: starts real workers, one after another, has
 * each train until its first step is done, and prints wall and CPU time of the fastest.
 *
 *   npm run bench -- startup [--engine tensorflow,wasm] [--architecture mlp] [--repeats 5] [--json FILE]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { classifierRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import { type EngineName, type RunCommand, workerMessageSchema } from '../../main/contract/runs/run.ts';
import { loadDataSet } from '../../main/training/data/load/load-data-set.ts';
import { engineStatuses } from '../../main/training/engines/open.ts';

const here = engineStatuses().flatMap(({ name, available }) => (available ? [name] : []));
const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: here.join(',') },
    architecture: { type: 'string', default: 'mlp' },
    repeats: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const { hash } = loadDataSet({ source: 'mnist' }, '.');
const blobs = mkdtempSync(join(tmpdir(), 'startup-'));

/** Milliseconds since the worker was started, and of processor time. */
interface StartUp {
  /** Until the engine is open. */
  engine: number;
  /** Until the first step has given its loss. */
  step: number;
  /** User and system time of the worker until then; null where the system does not tell. */
  cpu: number | null;
}

interface Result {
  engine: EngineName;
  architecture: string;
  first: StartUp;
  best: StartUp;
  starts: StartUp[];
}

function command(engine: EngineName): RunCommand {
  const recipe = classifierRecipeSchema.parse({ architecture: { kind: values.architecture }, targets: [97.5] });
  const task = { kind: 'classifier', dataSet: { source: 'mnist' }, dataSetHash: hash, recipe, seed: 1 } as const;
  return { type: 'run', run: 1, task, engine, threads: 1, blobs, checkpoint: null };
}

/** A worker that must stop from the start answers right after its first step. */
async function startWorker(engine: EngineName): Promise<StartUp> {
  const began = performance.now();
  const worker = fork(new URL('../../main/training/worker/worker.ts', import.meta.url).pathname, [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const times: StartUp = { engine: 0, step: 0, cpu: null };
  worker.on('message', (message) => {
    const { event } = workerMessageSchema.parse(message);
    if (event.type === 'started') times.engine = performance.now() - began;
    if (event.type === 'failed') throw new Error(event.message);
    if (event.type !== 'stopped') return;
    times.step = performance.now() - began;
    times.cpu = cpuTime(worker.pid ?? 0);
  });
  worker.send(command(engine));
  worker.send({ type: 'stop' });
  await once(worker, 'exit');
  return times;
}

/** Linux: clock ticks are 10 ms. */
function cpuTime(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return null;
  }
}

try {
  const results: Result[] = [];
  for (const engine of values.engine.split(',') as EngineName[]) {
    // The first one fills the caches, of the system and of compiled code.
    const first = await startWorker(engine);
    const starts: StartUp[] = [];
    for (let k = 0; k < Number(values.repeats); k++) starts.push(await startWorker(engine));
    const best = starts.reduce((a, b) => (b.step < a.step ? b : a));
    results.push({ engine, architecture: values.architecture, first, best, starts });
    const cpu = best.cpu === null ? '' : `, ${best.cpu} ms of CPU`;
    console.log(
      `${engine}, ${values.architecture}: first step after ${Math.round(best.step)} ms (engine open after ` +
        `${Math.round(best.engine)} ms${cpu}); the very first start ${Math.round(first.step)} ms`,
    );
  }
  if (values.json) {
    const machine = { cpu: cpus()[0]?.model ?? '', node: process.version, date: new Date().toISOString() };
    writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 1)}\n`);
  }
} finally {
  rmSync(blobs, { recursive: true, force: true });
}
