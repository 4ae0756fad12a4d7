import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifierRecipeSchema } from '../../../main/contract/recipes.ts';
import type { EngineName } from '../../../main/contract/run.ts';
import { TrainingBatches } from '../../../main/training/classifier/images.ts';
import { ClassifierTrainer, type Trainer, type TrainerState } from '../../../main/training/classifier/trainer.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import { expectClose } from '../engines/compare.ts';

/** Weights by parameter, and what PyTorch made of them: written by pytorch-steps.py, which says how. */
interface Expectations {
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
  };
  /** Of steps 1 to 3 with mixup and seed 1. */
  mixes: { order: number[]; partner: number[]; share: number }[];
  cases: Record<string, { recipe: object; losses: number[]; weights: Record<string, number[]> }>;
}

const { problem, mixes, cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'pytorch-steps.json'), 'utf8'),
) as Expectations;
const count = problem.labels.length;
const set = { count, images: Uint8Array.from(problem.pixels), labels: Uint8Array.from(problem.labels) };
const data: DataSet = {
  ...{ name: 'PyTorch', hash: '', height: problem.height, width: problem.width, channels: 1 },
  ...{ mean: [problem.mean], std: [problem.std], classes: ['0', '1', '2'], train: set, test: set },
};

/** Three steps from the same weights, against PyTorch: a network alone, and two in one step. */
export function testAgainstPytorch(name: EngineName): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name);
  });

  describe.each(Object.entries(cases))(`%s on ${name}`, (_title, { recipe: part, losses, weights }) => {
    const architecture = { kind: 'mlp', hidden: [problem.hidden] };
    const recipe = classifierRecipeSchema.parse({ architecture, ...part, batch: count, targets: [90] });

    it('trains as in PyTorch, and repeats a step from its state', async () => {
      const trainer = new ClassifierTrainer(engine, recipe, 1, data);
      await start(trainer);
      await expectSteps(trainer);
      trainer.dispose();
    });

    it('trains two seeds in one step as in PyTorch', async () => {
      const stacks = new StackedTrainers(engine);
      const seeds = recipe.mixup === undefined ? [1, 2] : [1, 1];
      const trainers = await Promise.all(seeds.map((seed) => stacks.join(recipe, seed, data, 2)));
      for (const trainer of trainers) await start(trainer);
      await Promise.all(trainers.map(expectSteps));
      for (const trainer of trainers) trainer.dispose();
    });

    it.runIf(recipe.mixup !== undefined)('mixes what PyTorch mixed', () => {
      const batches = new TrainingBatches(recipe, 1, data);
      const drawn = mixes.map((_, at) => batches.batch(at + 1));
      const found = drawn.map(({ indices, mix }) => ({
        order: [...indices],
        partner: [...mix!.partner],
        share: mix!.share,
      }));
      expect(found).toEqual(mixes);
    });

    async function start(trainer: Trainer): Promise<void> {
      const { parameters, optimiser } = await trainer.readState();
      const given = Object.entries(parameters).map(([name, { shape }]) => {
        return [name, { shape, values: Float32Array.from(problem.weights[name] ?? []) }] as const;
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
      for (const [name, { values }] of Object.entries(after.parameters)) {
        expectClose(values, weights[name] ?? [], 1e-5);
      }
      if (before) await trainer.restore(before);
      await trainer.train(losses.length);
      expect(await trainer.readState()).toEqual(after);
    }
  });
}
