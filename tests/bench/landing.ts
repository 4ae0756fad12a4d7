/**
 * Trains real seeds to their target accuracies in real worker processes, two at a time, and prints where they stopped and
 * what the evaluations cost:
 *
 *   node tests/bench/landing.ts --runs 30 --architecture mlp --targets 97.5,98 [--seed 1] [--workers 2] [--json F]
 *
 * Options: --engine tensorflow|wasm, --max-epochs 40, --recipe '{"batch":256}' (merged into the recipe).
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import {
  type ClassifierResult,
  type EngineName,
  type RunCommand,
  workerMessageSchema,
} from '../../main/contract/runs/run.ts';
import { rewindSeries } from '../../main/training/classifier/run.ts';
import { loadDataSet } from '../../main/training/data/load/load-data-set.ts';
import { preferredEngine } from '../../main/training/engines/open.ts';
import { cpuSeconds } from './machine.ts';
import { isAccuracy } from '../../main/domain/numbers/targets.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '30' },
    architecture: { type: 'string', default: 'mlp' },
    targets: { type: 'string', default: '97.5,98' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    engine: { type: 'string', default: preferredEngine() },
    'max-epochs': { type: 'string', default: '40' },
    recipe: { type: 'string', default: '{}' },
    json: { type: 'string' },
  },
});

interface Run {
  seed: number;
  seconds: number;
  /** CPU time, which other work on the machine changes little; null where the system does not report it. */
  cpuSeconds: number | null;
  result: ClassifierResult;
  /** Stretches trained again because they stepped over a target: [first step, last step]. */
  replays: [number, number][];
}

const recipe = classifierRecipeSchema.parse({
  architecture: { kind: values.architecture },
  targets: values.targets.split(',').map(Number),
  maxEpochs: Number(values['max-epochs']),
  ...JSON.parse(values.recipe),
});
const seeds = Array.from({ length: Number(values.runs) }, (_, index) => Number(values.seed) + index);
const dataSetHash = loadDataSet({ source: 'mnist' }, '.').hash;
const blobs = mkdtempSync(join(tmpdir(), 'landing-'));
const worker = new URL('../../main/training/worker/worker.ts', import.meta.url).pathname;

function command(seed: number): RunCommand {
  return {
    type: 'run',
    run: seed,
    task: { kind: 'classifier', dataSet: { source: 'mnist' }, dataSetHash, recipe, seed },
    engine: values.engine as EngineName,
    threads: 1,
    blobs,
    checkpoint: null,
  };
}

/** One worker, which takes seeds from the common list until it is empty. */
function work(waiting: number[], finished: (run: Run) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let seed = 0;
    let start = 0;
    let cpuStart: number | null = 0;
    let replays: Run['replays'] = [];
    const next = (): void => {
      const following = waiting.shift();
      if (following === undefined) return void child.disconnect();
      seed = following;
      start = performance.now();
      cpuStart = cpuSeconds(child.pid);
      replays = [];
      child.send(command(seed));
    };
    child.on('message', (message) => {
      const { event } = workerMessageSchema.parse(message);
      if (event.type === 'failed') reject(new Error(`seed ${seed}: ${event.detail}`));
      if (event.type === 'metrics') {
        for (const { series, step, value } of event.points) {
          if (series === rewindSeries) replays.push([step + 1, step + value]);
        }
      }
      if (event.type !== 'done' || event.result.kind !== 'classifier') return;
      const cpu = cpuSeconds(child.pid);
      finished({
        seed,
        seconds: (performance.now() - start) / 1000,
        cpuSeconds: cpu === null || cpuStart === null ? null : cpu - cpuStart,
        result: event.result,
        replays,
      });
      next();
    });
    child.on('exit', () => resolve());
    next();
  });
}

/** Number of targets met in a replay; without it they would have been stepped over. */
const metInReplay = ({ result, replays }: Run): number =>
  result.snapshots.filter(({ step }) => replays.some(([first, last]) => step >= first && step < last)).length;

function line(run: Run): string {
  const { seed, seconds, cpuSeconds, result, replays } = run;
  const met = result.snapshots.map(({ target, step, errors }) => `${target} % at ${step} (${errors})`);
  const missed = result.missed.map(({ target, nearestAccuracy }) => `${target} % MISSED, nearest ${nearestAccuracy}`);
  const { looks, fullLooks, imagesLooked, trainMs, lookMs, steps } = result;
  const rewinds = `${replays.length} replays, in which ${metInReplay(run)} targets were met`;
  const cost = `${rewinds}; ${looks} evaluations, ${fullLooks} full, ${imagesLooked} images; training ${(trainMs / 1000).toFixed(1)} s`;
  return `seed ${seed}: ${[...met, ...missed].join(', ')}; ${steps} steps; ${cost}, evaluation ${(lookMs / 1000).toFixed(1)} s, total ${seconds.toFixed(1)} s (CPU ${cpuSeconds?.toFixed(1) ?? '?'} s)`;
}

function summarize(runs: readonly Run[], targets: readonly number[]): Record<string, unknown> {
  const mean = (value: (run: Run) => number): number =>
    Math.round((10 * runs.reduce((sum, run) => sum + value(run), 0)) / runs.length) / 10;
  return {
    runs: runs.length,
    met: Object.fromEntries(
      targets.map((target) => [
        target,
        runs.filter(({ result }) => result.snapshots.some((snapshot) => snapshot.target === target)).length,
      ]),
    ),
    replays: runs.reduce((sum, { replays }) => sum + replays.length, 0),
    replayedSteps: runs.flatMap(({ replays }) => replays).reduce((sum, [first, last]) => sum + last - first + 1, 0),
    metInReplays: runs.reduce((sum, run) => sum + metInReplay(run), 0),
    meanSteps: mean(({ result }) => result.steps),
    meanEvaluations: mean(({ result }) => result.looks),
    meanFullEvaluations: mean(({ result }) => result.fullLooks),
    meanImagesEvaluated: mean(({ result }) => result.imagesLooked),
    meanTrainSeconds: mean(({ result }) => result.trainMs / 1000),
    meanEvaluationSeconds: mean(({ result }) => result.lookMs / 1000),
    meanSeconds: mean(({ seconds }) => seconds),
    meanCpuSeconds: mean(({ cpuSeconds }) => cpuSeconds ?? Number.NaN),
  };
}

const report = (recipe: ClassifierRecipe, runs: readonly Run[]): string =>
  JSON.stringify(
    { engine: values.engine, recipe, summary: summarize(runs, recipe.targets.filter(isAccuracy)), runs },
    null,
    2,
  );

const runs: Run[] = [];
try {
  const waiting = [...seeds];
  await Promise.all(
    Array.from({ length: Number(values.workers) }, () =>
      work(waiting, (run) => {
        runs.push(run);
        console.log(line(run));
      }),
    ),
  );
  runs.sort((a, b) => a.seed - b.seed);
  console.log(JSON.stringify(summarize(runs, recipe.targets.filter(isAccuracy)), null, 2));
  if (values.json) writeFileSync(values.json, report(recipe, runs));
} finally {
  rmSync(blobs, { recursive: true, force: true });
}
