/**
 * Memory of a real worker over many steps: trains one classifier that cannot reach its target and prints its resident
 * memory as it goes.
 *
 *   node tests/bench/memory.ts --architecture cnn --steps 1000 [--engine tensorflow|wasm] [--every 100] [--json FILE]
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { classifierRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import { type EngineName, type RunCommand, workerMessageSchema } from '../../main/contract/runs/run.ts';
import { residentMemory } from '../../main/executors/worker-handle.ts';
import { loadDataSet } from '../../main/training/data/load/load-data-set.ts';
import { preferredEngine } from '../../main/training/engines/open.ts';
import type { MemorySample } from './memory-growth.ts';

const { values } = parseArgs({
  options: {
    architecture: { type: 'string', default: 'cnn' },
    steps: { type: 'string', default: '1000' },
    every: { type: 'string', default: '100' },
    engine: { type: 'string', default: preferredEngine() },
    json: { type: 'string' },
  },
});
const [steps, every] = [Number(values.steps), Number(values.every)];
const { hash, train } = loadDataSet({ source: 'mnist' }, '.');
const recipe = classifierRecipeSchema.parse({
  architecture: { kind: values.architecture },
  targets: [100],
  tolerance: 0.001,
  maxEpochs: steps / Math.floor(train.count / 128),
});
const blobs = mkdtempSync(join(tmpdir(), 'memory-'));
const command: RunCommand = {
  type: 'run',
  run: 1,
  task: { kind: 'classifier', dataSet: { source: 'mnist' }, dataSetHash: hash, recipe, seed: 1 },
  engine: values.engine as EngineName,
  threads: 1,
  blobs,
  checkpoint: null,
};

const worker = fork(new URL('../../main/training/worker/worker.ts', import.meta.url).pathname, [], {
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
});
const samples: MemorySample[] = [];
let next = 0;
let peak = 0;
const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
/** Also between events: an evaluation needs more memory than a step. */
const sampler = setInterval(() => {
  peak = Math.max(peak, residentMemory(worker.pid ?? 0) ?? 0);
}, 100);

worker.on('message', (message) => {
  const { event } = workerMessageSchema.parse(message);
  const resident = residentMemory(worker.pid ?? 0) ?? 0;
  if (event.type === 'progress') samples.push({ step: event.done, resident });
  if (event.type === 'progress' && event.done >= next) {
    console.log(`step ${event.done}: ${mebibytes(resident)} resident, peak ${mebibytes(peak)}`);
    next = event.done + every;
  }
  if (event.type === 'done' || event.type === 'failed') {
    console.log(event.type === 'done' ? `done; peak ${mebibytes(peak)}` : event.message);
    process.exitCode = event.type === 'done' ? 0 : 1;
    if (values.json) writeFileSync(values.json, JSON.stringify({ samples, peak }));
    worker.disconnect();
  }
});
worker.on('exit', () => {
  clearInterval(sampler);
  rmSync(blobs, { recursive: true, force: true });
});
worker.send(command);
