import {
  type Architecture,
  architectureSchema,
  classifierRecipeSchema,
  generatorRecipeSchema,
} from '../../contract/recipes/recipes.ts';
import { randomStream } from '../../domain/random/random.ts';
import { ClassifierTrainer } from '../classifier/trainer.ts';
import type { DataSet } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';
import { ganSeries, GanTrainer } from '../generator/trainer.ts';
import { euclidean, type Finding, momentFindings } from '../engines/choice/findings.ts';

const side = 8;
const images = 4;
const seed = 3;

/** Architectures that are tried: together they use all operations of the others. */
export const triedKinds = ['mlp', 'cnn', 'vit', 'mixer'] as const satisfies readonly Architecture['kind'][];
export type TriedKind = (typeof triedKinds)[number];

/** One small network of each kind, without dropout, as each engine draws its own random numbers. */
export const smallArchitectures: Readonly<Record<TriedKind, Architecture>> = {
  mlp: architectureSchema.parse({ kind: 'mlp', hidden: [6, 5] }),
  cnn: architectureSchema.parse({ kind: 'cnn', channels: [3, 2, 3, 2], hidden: [6, 5], dropout: 0 }),
  vit: architectureSchema.parse({ kind: 'vit', patch: 4, width: 8, blocks: 1, heads: 2, headWidth: 3, mlp: 8 }),
  mixer: architectureSchema.parse({ kind: 'mixer', patch: 4, width: 8, blocks: 1, tokenMlp: 3, mlp: 8 }),
};

/** One batch of training images, so that every step uses all of them, and as many test images. */
export function smallDataSet(): DataSet {
  const labeled = (part: string): DataSet['train'] => {
    const stream = randomStream(seed, 'self-check', part);
    const pixels = Uint8Array.from({ length: images * side * side }, () => stream.int(256));
    return { count: images, images: pixels, labels: Uint8Array.from({ length: images }, (_, index) => index % 3) };
  };
  const form = { height: side, width: side, channels: 1, mean: [0.5], std: [0.25] } as const;
  const parts = { train: labeled('train'), test: labeled('test') };
  return { name: 'self-check', classes: ['a', 'b', 'c'], ...form, ...parts, hash: '0'.repeat(64) };
}

export const smallStepSize = 0.01;
export const smallSteps = 3;
/** When test images are evaluated: a CNN before training, as its reference has only the initial running statistics. */
export const evaluationStep: Readonly<Record<TriedKind, number>> = {
  mlp: smallSteps,
  cnn: 0,
  vit: smallSteps,
  mixer: smallSteps,
};

export function smallTrainer(engine: Engine, kind: TriedKind): ClassifierTrainer {
  const recipe = classifierRecipeSchema.parse({
    architecture: smallArchitectures[kind],
    optimiser: { stepSize: smallStepSize },
    batch: images,
    targets: [99],
  });
  return new ClassifierTrainer(engine, recipe, seed, smallDataSet());
}

/** Three compiled steps of each small network: all losses, gradients of the first step, margins of test images. */
export async function classifierFindings(engine: Engine): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const kind of triedKinds) findings.push(...(await trainingFindings(engine, kind)));
  return findings;
}

async function trainingFindings(engine: Engine, kind: TriedKind): Promise<Finding[]> {
  const trainer = smallTrainer(engine, kind);
  try {
    const findings: Finding[] = [];
    const losses: number[] = [];
    for (let step = 0; step <= smallSteps; step++) {
      if (step > 0) losses.push((await trainer.train(step)).loss);
      if (step === 1) findings.push(...momentFindings(kind, (await trainer.readState()).optimiser, 0.9));
      if (step === evaluationStep[kind]) findings.push(await marginFinding(kind, trainer));
    }
    return [...findings, { name: `${kind}, losses`, values: losses, scale: 1 }];
  } finally {
    trainer.dispose();
  }
}

async function marginFinding(kind: string, trainer: ClassifierTrainer): Promise<Finding> {
  const margins = await trainer.testMargins(Uint32Array.from({ length: images }, (_, index) => index));
  return { name: `${kind}, margins`, values: [...margins], scale: Math.max(1, euclidean(margins)) };
}

export const smallGenerator = generatorRecipeSchema.parse({
  kind: 'dcgan28',
  latent: 2,
  features: 4,
  batch: 2,
  steps: 1,
});
export const generatorSeed = 5;

export function smallGanTrainer(engine: Engine): GanTrainer {
  return new GanTrainer(engine, smallGenerator, generatorSeed, smallDataSet());
}

/** One compiled step of a small DCGAN: its losses and mean probabilities, and the gradients of both networks. */
export async function generatorFindings(engine: Engine): Promise<Finding[]> {
  const trainer = smallGanTrainer(engine);
  try {
    const losses = await trainer.train(1);
    const { optimisers } = await trainer.readState();
    const values = ganSeries.map((series) => losses[series]);
    return [
      ...momentFindings('dcgan', optimisers, smallGenerator.beta1),
      { name: 'dcgan, losses and beliefs', values, scale: 1 },
    ];
  } finally {
    trainer.dispose();
  }
}
