import { availableParallelism } from 'node:os';
import { randomStream } from '../../../main/domain/random/random.ts';
import type { BenchContext, Section } from '../bench-types.ts';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { blockLength } from '../sides/interleave.ts';
import type { ModelName } from '../options.ts';
import type { Side } from '../sides/side.ts';
import { ownProgram, withSides } from '../sides/sides.ts';
import { pairedRatio, type Ratio } from '../paired-ratio.ts';
import { markdownTable } from '../table.ts';
import { titles, trainingTask } from './training.ts';

const needed = 1.8;

/** Milliseconds of each round: a block by one worker alone, and one by each of two at the same time. */
interface Scaling {
  engine: EngineName;
  model: ModelName;
  alone: number[];
  together: number[];
  speedUp: Ratio;
}

/** Throughput of two workers relative to one: two processes, as the executor starts them. */
export async function benchWorkers({ options, log }: BenchContext): Promise<Section[]> {
  const data: Scaling[] = [];
  if (availableParallelism() < 2) {
    log('Workers: skipped, because this process may use only one core');
    return [];
  }
  for (const engine of options.engines) {
    for (const model of options.models) {
      log(`Workers: ${titles[model]} on ${engine}`);
      const program = ownProgram(engine, trainingTask(model), options.isa);
      const times = await withSides([program, program], (sides) => measure(sides, options.seconds, options.rounds));
      const twice = times.alone.map((time) => 2 * time);
      const random = randomStream(1, 'bootstrap', 'workers', engine, model);
      data.push({ engine, model, ...times, speedUp: pairedRatio(twice, times.together, random) });
    }
  }
  return [{ name: 'workers', table: workersTable(data), data }];
}

async function measure(sides: Side[], seconds: number, rounds: number): Promise<Pick<Scaling, 'alone' | 'together'>> {
  const probe = { command: { do: 'train', count: 3 } as const, units: 3 };
  const block = { do: 'train', count: await blockLength(sides, probe, seconds, 400) } as const;
  const times = { alone: [] as number[], together: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.alone.push((await sides[round % 2]!.do(block)).wall);
    const start = performance.now();
    await Promise.all(sides.map((side) => side.do(block)));
    times.together.push(performance.now() - start);
  }
  return times;
}

function workersTable(data: readonly Scaling[]): string {
  const rows = data.map(({ engine, model, speedUp: { ratio, low, high } }) => [
    `${titles[model]} step`,
    engine,
    `${ratio.toFixed(2)}x`,
    `${low.toFixed(2)}-${high.toFixed(2)}`,
    `${needed.toFixed(2)}x ${ratio >= needed ? 'met' : 'MISSED'}`,
  ]);
  return markdownTable(['', 'engine', 'two workers / one', '95 % interval', 'required'], rows);
}
