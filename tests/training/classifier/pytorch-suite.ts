import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifierRecipeSchema } from '../../../main/contract/recipes.ts';
import type { EngineName } from '../../../main/contract/run.ts';
import { at } from '../../../main/domain/arrays.ts';
import { TrainingBatches } from '../../../main/training/classifier/images.ts';
import { ClassifierTrainer, type Trainer, type TrainerState } from '../../../main/training/classifier/trainer.ts';
import type { TaughtDataSet } from '../../../main/training/classifier/soft-labels.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import { thorough } from '../../thorough.ts';
import { expectClose } from '../engines/compare.ts';

type Numbers = ArrayLike<number>;

/** The order of images in a batch, and how they are mixed. */
interface Mixed {
  order: number[];
  partner: number[];
  share: number;
}

/** A training, and what PyTorch made of it. */
interface Case {
  recipe: { architecture: object };
  data: TaughtDataSet;
  /** Before the first step. */
  start(name: string, index: number, shape: readonly number[]): Float32Array;
  losses: number[];
  /** After the last step, of a parameter's values. */
  expected(name: string, index: number): Numbers;
  /** Which of a parameter's values were written down. */
  chosen(values: Float32Array): Numbers;
  /** Of all test images after the last step. */
  margins?: number[];
  /** What PyTorch mixed, of seed 1. */
  mixes?: Mixed[];
}

/** Written by pytorch-steps.py, which says how: ways to train one small MLP. */
interface Steps {
  problem: {
    height: number;
    width: number;
    mean: number;
    std: number;
    hidden: number;
    classes: number;
    pixels: number[];
    labels: number[];
    weights: Record<string, number[]>;
    /** Targets of the last images, where they have distributions as labels. */
    soft: number[][];
  };
  /** Of steps 1 to 3 with mixup and seed 1. */
  mixes: Mixed[];
  cases: Record<string, { recipe: object; losses: number[]; weights: Record<string, number[]> }>;
}

/** Written by pytorch-architectures.py, which says how: one way to train each of several networks. */
interface Architectures {
  problem: { mean: number; std: number; images: number; classes: number };
  cases: Record<
    string,
    {
      recipe: { architecture: object };
      channels: 1 | 3;
      height: number;
      width: number;
      losses: number[];
      weights: number[][];
      margins: number[];
    }
  >;
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

function dataOf(
  size: Pick<DataSet, 'height' | 'width' | 'channels'>,
  { mean, std }: { mean: number; std: number },
  pixels: readonly number[],
  labels: readonly number[],
): DataSet {
  const set = { count: labels.length, images: Uint8Array.from(pixels), labels: Uint8Array.from(labels) };
  const statistics = { mean: Array(size.channels).fill(mean), std: Array(size.channels).fill(std) };
  return { name: 'PyTorch', hash: '', ...size, ...statistics, classes: ['0', '1', '2'], train: set, test: set };
}

function stepCases(): [string, Case][] {
  const { problem, mixes, cases } = read('pytorch-steps.json') as Steps;
  const data = dataOf({ ...problem, channels: 1 }, problem, problem.pixels, problem.labels);
  return Object.entries(cases).map(([title, { recipe, losses, weights }]) => [
    title,
    {
      recipe: { architecture: { kind: 'mlp', hidden: [problem.hidden] }, ...recipe },
      ...{ data: 'softLabels' in recipe ? taught(data, problem.soft) : data, losses },
      ...('mixup' in recipe && { mixes }),
      start: (name) => Float32Array.from(problem.weights[name] ?? []),
      expected: (name) => weights[name] ?? [],
      chosen: (values) => values,
    },
  ]);
}

const taught = (data: DataSet, rows: number[][]): TaughtDataSet => ({
  ...data,
  soft: { first: data.train.count - rows.length, targets: Float32Array.from(rows.flat()) },
});

function architectureCases(): [string, Case][] {
  const { problem, cases } = read('pytorch-architectures.json') as Architectures;
  return Object.entries(cases).map(([title, { recipe, losses, weights, margins, ...size }]) => {
    const count = problem.images * size.height * size.width * size.channels;
    const pixels = Array.from({ length: count }, (_, k) => (k * 37 + ((k * k) % 1009) * 11) % 256);
    const labels = Array.from({ length: problem.images }, (_, k) => k % problem.classes);
    return [
      title,
      {
        ...{ recipe, losses, margins, start, data: dataOf(size, problem, pixels, labels) },
        expected: (_name, index) => at(weights, index),
        chosen: (values) => values.filter((_, k) => k % Math.ceil(values.length / 300) === 0),
      },
    ];
  });
}

/** The formula of pytorch-architectures.py. */
function start(name: string, index: number, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (/\.(mean|variance)$/.test(name)) return new Float32Array(size).fill(name.endsWith('.mean') ? 0 : 1);
  const number = (k: number): number => (((k * k * 31 + k * 7919 + index * 104729) % 2001) - 1000) / 1000;
  if (name.endsWith('.gamma')) return Float32Array.from({ length: size }, (_, k) => 1 + number(k) / 4);
  const scale = shape.length > 1 ? Math.sqrt(size / (shape.at(-1) ?? 1)) : 4;
  return Float32Array.from({ length: size }, (_, k) => number(k) / scale);
}

/** Steps from the same weights, against PyTorch: a network alone, and two in one step. `slow`: two only of small networks. */
export function testAgainstPytorch(name: EngineName, { slow = false } = {}): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name);
  });

  const all = [...stepCases(), ...architectureCases()];
  describe.each(all)(`%s on ${name}`, (_title, { recipe: part, data, losses, margins, mixes, ...written }) => {
    const recipe = classifierRecipeSchema.parse({ ...part, batch: data.train.count, targets: [90] });

    it('trains as in PyTorch, and repeats a step from its state', async () => {
      const trainer = new ClassifierTrainer(engine, recipe, 1, data);
      await begin(trainer);
      await expectSteps(trainer);
      trainer.dispose();
    });

    it.skipIf(slow && margins && !thorough)('trains two seeds in one step as in PyTorch', async () => {
      const stacks = new StackedTrainers(engine);
      const trainers = await Promise.all([1, mixes ? 1 : 2].map((seed) => stacks.join(recipe, seed, data, 2)));
      for (const trainer of trainers) await begin(trainer);
      await Promise.all(trainers.map(expectSteps));
      for (const trainer of trainers) trainer.dispose();
    });

    it.runIf(mixes)('mixes what PyTorch mixed', () => {
      const batches = new TrainingBatches(recipe, 1, data);
      const found = mixes?.map((_, index) => {
        const { indices, mix } = batches.batch(index + 1);
        return { order: [...indices], partner: [...(mix?.partner ?? [])], share: mix?.share };
      });
      expect(found).toEqual(mixes);
    });

    async function begin(trainer: Trainer): Promise<void> {
      const { parameters, optimiser } = await trainer.readState();
      const given = Object.entries(parameters).map(([name, { shape }], index) => {
        return [name, { shape, values: written.start(name, index, shape) }] as const;
      });
      await trainer.restore({ parameters: Object.fromEntries(given), optimiser });
    }

    async function expectSteps(trainer: Trainer): Promise<void> {
      const found: number[] = [];
      let before: TrainerState | null = null;
      for (const step of losses.keys()) {
        before = await trainer.readState();
        found.push((await trainer.train(step + 1)).loss);
      }
      expectClose(found, losses, 1e-5);
      const after = await trainer.readState();
      Object.entries(after.parameters).forEach(([name, { values }], index) => {
        expectClose(written.chosen(values), written.expected(name, index), 1e-5);
      });
      if (margins) {
        expectClose(await trainer.testMargins(Uint32Array.from(data.test.labels, (_, k) => k)), margins, 1e-5, 1);
      }
      if (before) await trainer.restore(before);
      await trainer.train(losses.length);
      expect(await trainer.readState()).toEqual(after);
    }
  });
}
