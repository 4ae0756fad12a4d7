import { type Architecture, classifierRecipeSchema } from '../../contract/recipes/recipes.ts';
import { randomStream } from '../../domain/random/random.ts';
import { ClassifierTrainer } from '../classifier/trainer.ts';
import type { DataSet } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';

/** The paper's networks, with batches small enough for several steps on a slow engine. */
const trainings = [
  { kind: 'mlp', batch: 128 },
  { kind: 'cnn', batch: 32 },
] as const;
const milliseconds = 300;
const minSteps = 3;

/** Steps per second of one worker: geometric mean over the trainings of their fastest steps. Takes about a second. */
export async function measureSpeed(engine: Engine): Promise<number> {
  const data = noiseDataSet();
  let product = 1;
  for (const { kind, batch } of trainings) product *= 1000 / (await fastestStep(engine, kind, batch, data));
  return product ** (1 / trainings.length);
}

async function fastestStep(engine: Engine, kind: Architecture['kind'], batch: number, data: DataSet): Promise<number> {
  const recipe = classifierRecipeSchema.parse({ architecture: { kind }, batch, targets: [99] });
  const trainer = new ClassifierTrainer(engine, recipe, 1, data);
  try {
    // The first step includes compilation.
    await trainer.train(1);
    const end = performance.now() + milliseconds;
    let fastest = Number.POSITIVE_INFINITY;
    for (let step = 2; step < 2 + minSteps || performance.now() < end; step++) {
      const start = performance.now();
      await trainer.train(step);
      fastest = Math.min(fastest, performance.now() - start);
    }
    return fastest;
  } finally {
    trainer.dispose();
  }
}

/** 128 images of noise in the size of MNIST's. */
function noiseDataSet(): DataSet {
  const [count, side] = [128, 28];
  const stream = randomStream(1, 'speed');
  const part = {
    count,
    images: Uint8Array.from({ length: count * side * side }, () => stream.int(256)),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  };
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  const form = { height: side, width: side, channels: 1, mean: [0.5], std: [0.29] } as const;
  return { name: 'noise', classes, ...form, train: part, test: part, hash: '0'.repeat(64) };
}
