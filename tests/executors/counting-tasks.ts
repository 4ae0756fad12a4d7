import { taskSchema } from '../../main/contract/runs/run.ts';
import type { EngineName, Task } from '../../main/contract/runs/run.ts';
import { runKey } from '../../main/domain/plans/identity.ts';

export type TrainTask = Extract<Task, { kind: 'classifier' | 'generator' }>;

/** Seeds for which the counting worker misbehaves. */
export const misbehavior = { dies: 900, diesLate: 901, hangs: 902, blocks: 903, babbles: 904, fails: 905, grows: 906 };

const dataSet = { dataSet: { source: 'mnist' }, dataSetHash: 'd'.repeat(64) };

/** A classifier that counts to `steps` (even) with snapshots at 97.5 and 98. */
export function classifierTask(seed: number, steps = 60): Task {
  const recipe = { architecture: { kind: 'mlp' }, targets: [97.5, 98], maxEpochs: steps };
  return taskSchema.parse({ kind: 'classifier', ...dataSet, recipe, seed });
}

/** A generator that counts to `steps` with a sample grid every 20. */
export function generatorTask(seed: number, steps = 60): Task {
  return taskSchema.parse({ kind: 'generator', ...dataSet, recipe: { kind: 'dcgan28', steps, sampleEvery: 20 }, seed });
}

/** Predictions, which the counting worker makes up at once. */
export function predictionsTask(model: number): Task {
  const snapshot = model.toString(16).padStart(64, '0');
  return taskSchema.parse({ kind: 'predictions', snapshot, stimuli: 'e'.repeat(64) });
}

export function trainTask(task: Task): TrainTask {
  if (task.kind === 'classifier' || task.kind === 'generator') return task;
  throw new Error(`the counting worker does not do ${task.kind}`);
}

export function stepsOf(task: TrainTask): number {
  return task.kind === 'classifier' ? task.recipe.maxEpochs : task.recipe.steps;
}

/** What `runs.ensure` takes. */
export function newRun(task: Task, options: { priority?: number; engine?: EngineName | null } = {}) {
  const { priority = 0, engine = null } = options;
  const seed = 'seed' in task ? task.seed : null;
  return {
    key: runKey(task, engine),
    kind: task.kind,
    label: `${task.kind}, seed ${seed}`,
    task,
    seed,
    priority,
    engine,
  };
}

export const environment = {
  product: { version: '0.0.0', commit: null },
  machine: { host: 'here', platform: 'test', architecture: 'x64', cpu: 'any', cores: 1, memory: 1, node: '24' },
  threads: 1,
};
