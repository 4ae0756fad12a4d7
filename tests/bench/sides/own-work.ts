import type { ClassifierRecipe } from '../../../main/contract/recipes/recipes.ts';
import type { TaughtDataSet } from '../../../main/training/classifier/soft-labels.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { ClassifierTrainer, type Trainer, type TrainerState } from '../../../main/training/classifier/trainer.ts';
import { StackedTrainers } from '../../../main/training/stacked/trainers.ts';
import { GanTrainer } from '../../../main/training/generator/trainer.ts';
import { evaluationSettings } from '../../../main/training/architectures/classifiers.ts';
import type { EvaluationChunks } from '../../../main/training/architectures/model.ts';
import { chunkLength } from '../../../main/training/classifier/evaluation.ts';
import { stimuliWork } from './own-stimuli.ts';
import type { Command, SideTask } from './protocol.ts';
import { numbersIn, type Work } from './work.ts';

type ClassifierTask = Extract<SideTask, { task: 'classifier' }>;

/** The work of a task, on the product's own classes. */
export function createWork(engine: Engine, task: SideTask, data: DataSet): Promise<Work> {
  switch (task.task) {
    case 'classifier':
      if (task.seeds !== undefined) return stackedWork(engine, task, task.seeds, data);
      return classifierWork(
        new ClassifierTrainer(engine, task.recipe, task.seed, softOf(task.recipe, data)),
        evaluationSettings(task.recipe.architecture.kind).chunks,
      );
    case 'generator':
      return generatorWork(new GanTrainer(engine, task.recipe, task.seed, data));
    case 'stimuli':
      return stimuliWork(engine, task, data);
  }
}

/** With soft labels in a recipe, the last of the training images have distributions as labels. */
function softOf({ softLabels }: ClassifierRecipe, data: DataSet): TaughtDataSet {
  if (!softLabels) return data;
  const { train, classes } = data;
  const count = Math.floor(train.count / 12);
  const targets = new Float32Array(count * classes.length).fill(1 / classes.length);
  return { ...data, soft: { first: train.count - count, targets } };
}

async function classifierWork(trainer: ClassifierTrainer, chunks: EvaluationChunks): Promise<Work> {
  const { parameters } = await trainer.readState();
  let step = 0;
  const train = async (count: number): Promise<number> => {
    let loss = Number.NaN;
    for (let k = 0; k < count; k++) loss = (await trainer.train(++step)).loss;
    return loss;
  };
  /** The part of a full evaluation that begins at position `from`. */
  const evaluate = async (from: number, count: number): Promise<number> => {
    let errors = 0;
    for (let at = from, length = 0; at < from + count; at += length) {
      length = Math.min(chunkLength(chunks, at), from + count - at);
      const margins = await trainer.testMargins(Uint32Array.from({ length }, (_, k) => at + k));
      errors += margins.reduce((sum, margin) => sum + (margin > 0 ? 0 : 1), 0);
    }
    return errors;
  };
  return {
    parameters: numbersIn(parameters),
    perform: (command) => {
      if (command.do === 'train') return train(command.count);
      if (command.do === 'evaluate') return evaluate(command.from, command.count);
      throw unknown(command);
    },
    dispose: () => trainer.dispose(),
  };
}

/** Networks of several seeds in one step. The last loss is that of the first one. */
async function stackedWork(
  engine: Engine,
  { recipe, seed }: ClassifierTask,
  seeds: number,
  data: DataSet,
): Promise<Work> {
  const stack = new StackedTrainers(engine);
  const trainers: Trainer[] = [];
  const dispose = (): void => {
    for (const trainer of trainers) trainer.dispose();
  };
  const start = async (): Promise<TrainerState> => {
    for (let k = 0; k < seeds; k++) trainers.push(await stack.join(recipe, seed + k, softOf(recipe, data), seeds));
    return trainers[0]!.readState();
  };
  const parameters = await start().catch((error: unknown) => {
    dispose();
    throw error;
  });
  let step = 0;
  return {
    parameters: seeds * numbersIn(parameters.parameters),
    perform: async (command) => {
      if (command.do !== 'train') throw unknown(command);
      let loss = Number.NaN;
      for (let k = 0; k < command.count; k++) {
        step++;
        loss = (await Promise.all(trainers.map((trainer) => trainer.train(step))))[0]!.loss;
      }
      return loss;
    },
    dispose,
  };
}

async function generatorWork(trainer: GanTrainer): Promise<Work> {
  const { generator, discriminator } = await trainer.readState();
  let step = 0;
  return {
    parameters: numbersIn(generator) + numbersIn(discriminator),
    perform: async (command) => {
      if (command.do !== 'train') throw unknown(command);
      let loss = Number.NaN;
      for (let k = 0; k < command.count; k++) loss = (await trainer.train(++step)).lossG;
      return loss;
    },
    dispose: () => trainer.dispose(),
  };
}

const unknown = (command: Command): Error => new Error(`this side cannot ${command.do}`);
