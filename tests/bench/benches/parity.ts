import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { hashSchema } from '../../../main/contract/recipes/recipes.ts';
import { canonicalJson } from '../../../main/domain/plans/identity.ts';
import { writeFileAtomic } from '../../../main/files/atomic.ts';
import { cacheFolder } from '../../../main/files/places.ts';
import type { BenchContext, Section } from '../bench-types.ts';
import { differenceOfMeans } from '../statistics.ts';
import { Side, type SideProgram } from '../sides/side.ts';
import { peerName, peerProgram } from '../peer/peer.ts';
import { environment, ownProgram } from '../sides/sides.ts';
import { markdownTable } from '../table.ts';
import { withoutGenerator, titles, trainingTask } from './training.ts';

const seeds = [1, 2, 3];
const testCount = 10_000;
/** Batches of 128 in MNIST's training images. */
const stepsPerEpoch = 468;

const trialSchema = z.strictObject({
  side: z.string(),
  model: z.string(),
  seed: z.int(),
  /** Hash of recipe and seed. */
  task: hashSchema,
  /** Percent of the test images, after one epoch. */
  accuracy: z.number(),
  date: z.string(),
  versions: z.record(z.string(), z.string()),
});
type Trial = z.infer<typeof trialSchema>;

/** Trials take long, so they are stored and resumed at the next call. */
const keptFile = (): string => join(cacheFolder(), 'bench', 'parity.json');

/**
 * Accuracy after one epoch by the default recipe, for three seeds a side. Initial weights and batch order differ between
 * sides, as their random numbers do; so means are compared.
 */
export async function benchParity(context: BenchContext): Promise<Section[]> {
  const trials = context.options.fresh ? [] : readTrials();
  const waiting = wanted(context).filter((trial) => !trials.some((known) => sameTrial(known, trial)));
  // Nothing is timed, so all cores work at the same time.
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      context.log(`Accuracy after one epoch: ${next.program.name}, ${next.model}, seed ${next.seed}`);
      trials.push(await tryOut(next));
      writeFileAtomic(keptFile(), JSON.stringify(trials, null, 1));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const data = wanted(context).map((trial) => trials.find((known) => sameTrial(known, trial))!);
  return [{ name: 'parity', table: parityTable(data), data }];
}

interface WantedTrial extends Pick<Trial, 'side' | 'model' | 'seed' | 'task'> {
  program: SideProgram;
}

const sameTrial = (a: Pick<Trial, 'side' | 'task'>, b: typeof a): boolean => a.side === b.side && a.task === b.task;

function wanted({ options, python }: BenchContext): WantedTrial[] {
  const settings = { tuned: false, choose: false, environment: environment(options.isa) };
  return withoutGenerator(options.models).flatMap((model) =>
    seeds.flatMap((seed) => {
      const task = trainingTask(model, seed);
      const programs = options.engines.map((engine) => ownProgram(engine, task, options.isa));
      if (python) programs.push(peerProgram(python, task, settings));
      const hash = createHash('sha256').update(canonicalJson(task)).digest('hex');
      return programs.map((program) => ({ side: program.name, model, seed, task: hash, program }));
    }),
  );
}

async function tryOut({ program, ...trial }: WantedTrial): Promise<Trial> {
  const side = await Side.start(program);
  try {
    await side.do({ do: 'train', count: stepsPerEpoch });
    const { value: errors } = await side.do({ do: 'evaluate', from: 0, count: testCount });
    const accuracy = (100 * (testCount - errors)) / testCount;
    return { ...trial, accuracy, date: new Date().toISOString(), versions: side.ready.versions };
  } finally {
    await side.close();
  }
}

function readTrials(): Trial[] {
  return existsSync(keptFile()) ? z.array(trialSchema).parse(JSON.parse(readFileSync(keptFile(), 'utf8'))) : [];
}

/** A row for each model and side: each seed's accuracy, and how the mean differs from PyTorch's. */
export function parityTable(trials: readonly Trial[]): string {
  const accuracies = (side: string, model: string): number[] =>
    trials.filter((trial) => trial.side === side && trial.model === model).map(({ accuracy }) => accuracy);
  const pairs = new Map(trials.map(({ side, model }) => [`${model} ${side}`, { side, model }]));
  const rows = [...pairs.values()].map(({ side, model }) => {
    const [own, peer] = [accuracies(side, model), accuracies(peerName, model)];
    const row = [titles[model as keyof typeof titles], side, own.map((value) => value.toFixed(2)).join(', ')];
    if (side === peerName || peer.length < 2) return row;
    const { difference, margin } = differenceOfMeans(own, peer);
    const within = Math.abs(difference) <= margin ? 'within noise' : 'BEYOND NOISE';
    return [...row, `${difference >= 0 ? '+' : ''}${difference.toFixed(2)} +- ${margin.toFixed(2)}`, within];
  });
  return markdownTable(['', 'side', 'accuracy in %, seeds 1, 2, 3', 'minus PyTorch, 95 %', ''], rows);
}
