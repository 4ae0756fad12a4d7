import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { TrainingBatches } from '../../../main/training/classifier/images.ts';
import { ClassifierTrainer, type Trainer, type TrainerState } from '../../../main/training/classifier/trainer.ts';
import type { TaughtDataSet } from '../../../main/training/classifier/soft-labels.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import type { ConformanceCheck } from './check.ts';
import { expectClose, expectSame, named } from './compare.ts';

type Numbers = ArrayLike<number>;

export interface PytorchCheck extends ConformanceCheck {
  /** Two networks in one step. */
  several: boolean;
  /** One way to train each of several networks, or one of the ways to train one small MLP. */
  isNetwork: boolean;
}

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
      data: 'softLabels' in recipe ? taught(data, problem.soft) : data,
      losses,
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
        recipe,
        losses,
        margins,
        start,
        data: dataOf(size, problem, pixels, labels),
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

/**
 * Steps from the same weights, against PyTorch: a network alone, and two in one step. Each also repeats its last step from
 * the state before it, to the same bytes.
 */
export function pytorchChecks(): PytorchCheck[] {
  return [...stepCases(), ...architectureCases()].flatMap(([title, given]) => {
    const recipe = classifierRecipeSchema.parse({ ...given.recipe, batch: given.data.train.count, targets: [90] });
    const isNetwork = given.margins !== undefined;
    const check = (name: string, several: boolean, run: PytorchCheck['run']): PytorchCheck => ({
      group: 'training as in PyTorch',
      name: `${title}: ${name}`,
      several,
      isNetwork,
      run,
    });
    const { mixes } = given;
    return [
      check('three steps, and one repeated from its state', false, async (engine) => {
        const trainer = new ClassifierTrainer(engine, recipe, 1, given.data);
        await begin(trainer, given);
        await expectSteps(trainer, given);
        trainer.dispose();
      }),
      check('two seeds in one step', true, async (engine) => {
        const stacks = new StackedTrainers(engine);
        const trainers = await Promise.all([1, mixes ? 1 : 2].map((seed) => stacks.join(recipe, seed, given.data, 2)));
        for (const trainer of trainers) await begin(trainer, given);
        await Promise.all(trainers.map((trainer) => expectSteps(trainer, given)));
        for (const trainer of trainers) trainer.dispose();
      }),
      ...(mixes ? [check('the images that are mixed', false, async () => expectMixes(recipe, given.data, mixes))] : []),
    ];
  });
}

async function begin(trainer: Trainer, { start }: Case): Promise<void> {
  const { parameters, optimiser } = await trainer.readState();
  const given = Object.entries(parameters).map(([name, { shape }], index) => {
    return [name, { shape, values: start(name, index, shape) }] as const;
  });
  await trainer.restore({ parameters: Object.fromEntries(given), optimiser });
}

async function expectSteps(trainer: Trainer, { data, losses, margins, ...written }: Case): Promise<void> {
  const found: number[] = [];
  let before: TrainerState | null = null;
  for (const step of losses.keys()) {
    before = await trainer.readState();
    found.push((await trainer.train(step + 1)).loss);
  }
  await named('losses', () => expectClose(found, losses, 1e-5));
  const after = await trainer.readState();
  for (const [index, [name, { values }]] of Object.entries(after.parameters).entries()) {
    await named(name, () => expectClose(written.chosen(values), written.expected(name, index), 1e-5));
  }
  if (margins) {
    const images = Uint32Array.from(data.test.labels, (_, k) => k);
    const own = await trainer.testMargins(images);
    await named('margins', () => expectClose(own, margins, 1e-5, 1));
  }
  if (before) await trainer.restore(before);
  await trainer.train(losses.length);
  expectSame(arraysOf(await trainer.readState()), arraysOf(after));
}

const arraysOf = ({ parameters, optimiser }: TrainerState): Record<string, Float32Array> => ({
  ...Object.fromEntries(Object.entries(parameters).map(([name, { values }]) => [name, values])),
  ...optimiser,
});

function expectMixes(recipe: ClassifierRecipe, data: TaughtDataSet, mixes: readonly Mixed[]): void {
  const batches = new TrainingBatches(recipe, 1, data);
  for (const [index, { order, partner, share }] of mixes.entries()) {
    const { indices, mix } = batches.batch(index + 1);
    const same = String([...indices]) === String(order) && String([...(mix?.partner ?? [])]) === String(partner);
    if (!same || mix?.share !== share) throw new Error(`step ${index + 1} mixes other images`);
  }
}
