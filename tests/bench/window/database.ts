import { join } from 'node:path';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { ClassifierRecipe } from '../../../main/contract/recipes/recipes.ts';
import { taskSchema } from '../../../main/contract/runs/run.ts';
import type { WorkerEvent } from '../../../main/contract/runs/run.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import { openStorage } from '../../../main/storage/open.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { identities } from '../../../main/services/declaration/plan.ts';
import { isAccuracy } from '../../../main/domain/numbers/targets.ts';

export interface DatabaseSize {
  runs: number;
  /** Metric points of all runs together. */
  points: number;
  /** Share of the runs that are over; default: most of them. */
  done?: number;
  /** Ten runs a recipe, or of 1,000 recipes, which differ in more than twenty hyperparameters; else six recipes. */
  varied?: boolean;
}

/** Points of the run with the longest curve. */
export const longestCurve = 200_000;

export const benchStudy = 'bench';

/** As many as a study may declare. */
const mostModels = 1000;

const dataSetHash = 'd'.repeat(64);
const engine = { name: 'wasm' as const, versions: { tfjs: '4.22.0' }, device: 'cpu' };
const environment = {
  product: { version: '0.1.0', commit: null },
  machine: { host: 'bench', platform: 'linux', architecture: 'x64', cpu: 'any', cores: 2, memory: 1, node: '24' },
  threads: 1,
};
const testCount = 10_000;

const sixRecipes = (['mlp', 'cnn', 'vit'] as const).flatMap((kind) =>
  [128, 256].map((batch) => classifierRecipeSchema.parse({ architecture: { kind }, batch, targets: [97.5, 98] })),
);

const pick = <Value>(values: readonly Value[], index: number): Value => at(values, index % values.length);

/** The nth of many recipes; every hyperparameter takes two values or more. */
function variedRecipe(n: number): ClassifierRecipe {
  const sizes = {
    mlp: { hidden: pick([[500, 500], [200], [100, 100, 100]], n) },
    cnn: {
      hidden: pick(
        [
          [512, 512],
          [64, 64],
        ],
        n,
      ),
      channels: pick(
        [
          [32, 32, 64, 64],
          [8, 8, 16, 16],
        ],
        n >> 1,
      ),
    },
    vit: {
      blocks: 2 + (n % 5),
      heads: pick([4, 8], n >> 1),
      width: pick([32, 64], n >> 2),
      patch: pick([4, 7], n >> 3),
    },
  };
  const kind = pick(['mlp', 'cnn', 'vit'] as const, Math.floor(n / 7));
  const more = kind === 'cnn' ? { dropout: pick([0.2, 0.4], n) } : {};
  const wide = kind === 'vit' ? { headWidth: pick([32, 64], n), mlp: pick([64, 128], n >> 1) } : {};
  return classifierRecipeSchema.parse({
    architecture: { kind, ...sizes[kind], ...more, ...wide },
    optimiser: {
      kind: pick(['adam', 'adamw'], n),
      stepSize: pick([1e-4, 2e-4, 5e-4, 1e-3], n),
      beta1: pick([0.9, 0.8], n >> 1),
      weightDecay: pick([0, 1e-5, 1e-4], n),
      beta2: pick([0.999, 0.99], n >> 2),
      epsilon: pick([1e-8, 1e-7], n >> 3),
    },
    batch: pick([32, 64, 128, 256], n >> 1),
    augmentation: pick([null, { shift: 1 + (n % 3), rotate: 5 * (n % 4), scale: 0.1 }], n >> 2),
    targets: pick([[97.5, 98], [98]], n >> 1),
    tolerance: pick([0.05, 0.1], n >> 3),
    maxEpochs: pick([20, 40, 60], n),
  });
}

/** Fills a data folder with a study of many runs, most of them done, through the product's own storage. */
export function fillDatabase(folder: string, { runs, points, done = 0.94, varied = false }: DatabaseSize): void {
  const count = Math.min(mostModels, Math.ceil(runs / 10));
  const recipes = varied ? Array.from({ length: count }, (_, n) => variedRecipe(n)) : sixRecipes;
  const seeds = Math.ceil(runs / recipes.length);
  const storage = openStorage(join(folder));
  try {
    const spec = studySchema.parse({
      schema: 'boundary-workbench/study/1',
      name: benchStudy,
      title: 'Thousands of runs',
      dataSet: { source: 'mnist' },
      generator: null,
      reference: null,
      stimuli: { source: 'imported', path: '/nowhere/set.zip' },
      models: recipes.map((recipe, index) => ({
        name: `M${index + 1}`,
        group: 'diverse',
        recipe,
        seed: varied ? 1 + seeds * index : 1,
        seeds: Math.floor(runs / recipes.length) + (index < runs % recipes.length ? 1 : 0),
      })),
    });
    const studyId = storage.studies.put(benchStudy, spec, 1);
    const queue = spec.models.flatMap((entry) => identities(entry).map((model) => ({ model, recipe: entry.recipe })));
    const each = Math.floor((points - longestCurve) / (runs - 1));
    for (let first = 0; first < queue.length; first += 100) {
      storage.transaction(() => {
        queue.slice(first, first + 100).forEach(({ model, recipe }, offset) => {
          const index = first + offset;
          const id = addRun(storage, studyId, model, recipe);
          // The last ones wait; of the others one in 50 failed.
          if (index < queue.length * done)
            finish(storage, studyId, id, recipe, index, index === 0 ? longestCurve : each);
        });
      });
    }
  } finally {
    storage.close();
  }
}

type Model = ReturnType<typeof identities>[number];

function addRun(storage: Storage, studyId: number, model: Model, recipe: ClassifierRecipe): number {
  const { seed, name } = model;
  const task = taskSchema.parse({ kind: 'classifier', dataSet: { source: 'mnist' }, dataSetHash, recipe, seed });
  const key = runKey(task, null);
  const run = storage.runs.ensure({ key, kind: 'classifier', label: name, task, seed, priority: 0, engine: null }, 1);
  storage.studyRuns.link(studyId, `models/${name}`, run.id, { modelName: name, group: 'diverse', repeat: 0, seed }, 1);
  return run.id;
}

function finish(
  storage: Storage,
  studyId: number,
  id: number,
  { targets }: ClassifierRecipe,
  index: number,
  points: number,
): void {
  const at = 1_700_000_000_000 + index * 60_000;
  const claimed = storage.runs.claimNext(['wasm'], environment, at, studyId);
  if (claimed?.id !== id) throw new Error(`claimed ${claimed?.id} instead of ${id}`);
  const snapshots = targets.filter(isAccuracy).map((target) => {
    const errors = Math.round((100 - target) * 100) + (index % 9) - 4;
    const weights = (index * 10 + target).toString(16).replace('.', 'a').padStart(64, '0');
    return { target, step: points, errors, testCount, accuracy: 100 - errors / 100, weights };
  });
  const events: WorkerEvent[] = [
    { type: 'started', engine, pid: 1, resumedAt: 0 },
    { type: 'metrics', points: curve(index, points) },
    { type: 'progress', done: points, total: points, note: 'all targets met' },
    ...snapshots.map((snapshot) => ({ type: 'snapshot' as const, snapshot })),
    index % 50 === 7
      ? { type: 'failed', message: 'The loss is not finite any more', detail: 'at step 17' }
      : {
          type: 'done',
          result: {
            kind: 'classifier',
            snapshots,
            missed: [],
            steps: points,
            looks: 40,
            fullLooks: 3,
            imagesLooked: 65_000,
            trainMs: 40_000,
            lookMs: 6_000,
          },
        },
  ];
  storage.runs.applyEvents(id, events, at + 45_000);
}

/** Loss and accuracy with noise, half of the points each. */
function curve(seed: number, count: number): { series: string; step: number; value: number }[] {
  const noise = randomStream(seed, 'curve');
  return Array.from({ length: Math.floor(count / 2) }, (_, index) => {
    const t = (index + 1) / (count / 2);
    return [
      { series: 'loss', step: index + 1, value: 2.3 * Math.exp(-5 * t) + 0.1 * noise.float() },
      { series: 'accuracy', step: index + 1, value: 98 - 80 * Math.exp(-6 * t) + noise.float() },
    ];
  }).flat();
}
