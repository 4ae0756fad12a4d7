import { isPlaced } from '../../../main/domain/stimuli/stimulus-set.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import type { RunResult } from '../../../main/contract/runs/run.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import { type PlannedRun, planTraining, snapshotName } from '../../../main/services/declaration/plan.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import type { StimulusRecord } from '../../../main/storage/stimulus-sets.ts';
import { environment } from '../../storage/records.ts';
import { started } from '../../storage/run-helper.ts';
import type { Target } from '../../../main/contract/recipes/recipes.ts';
import { isAccuracy } from '../../../main/domain/numbers/targets.ts';

export interface SeedDesign {
  name: string;
  targets: readonly Target[];
  repeats: number;
  seeds: number;
}

/** Three targets, three repeats of four seeds. */
export const seedDesign: SeedDesign = { name: 'seeds', targets: [97.5, 98, 98.5], repeats: 3, seeds: 4 };

/** Runs that do not end as planned, by model name. */
export const astray = {
  missed: 'CNN-r02-s1',
  waiting: 'MLP-r03-s3',
  failed: 'CNN-r03-s0',
  /** Its snapshot at the last target has no predictions. */
  silent: 'MLP1',
} as const;

const kinds = ['mlp', 'cnn', 'vit'] as const;

function declare(workbench: Workbench, { name, targets, repeats, seeds }: SeedDesign) {
  const { spec } = findStudy(workbench, 'sample');
  const recipe = (kind: string): object => ({ architecture: { kind }, targets: [...targets], maxEpochs: 8 });
  return studySchema.parse({
    ...spec,
    name,
    title: 'Seed groups at several targets',
    models: kinds.flatMap((kind, at) => [
      ...[1, 2, 3].map((n) => ({
        name: `${kind === 'vit' ? 'ViT' : kind.toUpperCase()}${n}`,
        group: 'diverse',
        recipe: recipe(kind),
        seed: 10 * (at + 1) + n,
      })),
      {
        name: kind === 'vit' ? 'ViT' : kind.toUpperCase(),
        group: 'seeds',
        repeats,
        seeds,
        recipe: recipe(kind),
        seed: 1000 * (at + 1),
      },
    ]),
  });
}

/**
 * Adds a study with diverse networks and seed groups of three architectures at several targets to a data folder that
 * has the sample study: its stimuli and simulated labelers, and answers of made-up networks, noisier at lower targets.
 * Runs go through the store as those of workers do; some end astray.
 */
export function addSeedStudy(workbench: Workbench, design: SeedDesign = seedDesign): void {
  workbench.storage.transaction(() => fill(workbench, design));
}

function fill(workbench: Workbench, design: SeedDesign): void {
  const { storage } = workbench;
  const sample = findStudy(workbench, 'sample');
  const setHash = storage.studies.stimuli(sample.id);
  const images = setHash === undefined ? [] : storage.stimulusSets.images(setHash);
  const dataSet = storage.runs.list({ kinds: ['classifier'] }).map(({ id }) => storage.runs.get(id)?.task)[0];
  if (setHash === undefined || dataSet?.kind !== 'classifier') throw new Error('the sample is not there');
  const study = declare(workbench, design);
  const id = storage.studies.put(study.name, study, 1);
  storage.studies.useStimuli(id, setHash, 1);
  const labelers = storage.labelers.ofStudy(sample.id).map((labeler) => labeler.id);
  storage.studies.useLabelers(id, labelers, 1);
  const last = design.targets.at(-1) ?? 0;
  for (const planned of planTraining(study, dataSet.dataSetHash, [])) {
    const { model } = planned;
    if (!model) continue;
    const runId = queue(workbench, id, planned);
    if (model.name === astray.waiting) continue;
    storage.runs.claimNext(['wasm'], environment, 2, id, [planned.role]);
    storage.runs.applyEvent(runId, started, 2);
    if (model.name === astray.failed) {
      storage.runs.applyEvent(runId, { type: 'failed', message: 'The loss is not a number', detail: '' }, 3);
      continue;
    }
    storage.runs.applyEvent(runId, { type: 'metrics', points: evaluations(model.name) }, 2);
    const result = landed(workbench, model.name, design.targets);
    storage.runs.applyEvent(runId, { type: 'done', result }, 3);
    for (const { target, weights } of result.snapshots) {
      if (model.name === astray.silent && target === last) continue;
      const answers = answersOf(model.name, target, model.group === 'diverse', images);
      keepAnswers(workbench, weights, setHash, answers);
    }
  }
}

/** Predictions of a network of 10 classes, one image per entry of `labels`. */
export interface MadeUpAnswers {
  softmax: Float32Array;
  labels: Uint16Array;
}

export function keepAnswers({ storage }: Workbench, model: string, setHash: string, made: MadeUpAnswers): void {
  const softmax = storage.blobs.put(new Uint8Array(made.softmax.buffer));
  const labels = storage.blobs.put(new Uint8Array(made.labels.buffer));
  const count = made.labels.length;
  storage.predictions.put({ model, setHash, count, classes: 10, runId: null, softmax, labels }, 3);
}

/** Queues a run in its place of a study. */
export function queue(
  { storage }: Workbench,
  studyId: number,
  { task, label, priority, role, model }: PlannedRun,
): number {
  const seed = 'seed' in task ? task.seed : null;
  const key = runKey(task, null);
  const { id } = storage.runs.ensure({ key, kind: task.kind, label, task, seed, priority, engine: null }, 1);
  if (model) {
    const { name: modelName, group, repeat } = model;
    storage.studyRuns.link(studyId, role, id, { modelName, group, repeat: repeat ?? 0, seed: model.seed }, 1);
  }
  return id;
}

type ClassifierResult = Extract<RunResult, { kind: 'classifier' }>;

const reached = (target: Target): number => (isAccuracy(target) ? target : 98.2);

/** The result of a run that reached all targets, except for planned failures. */
export function landed({ storage }: Workbench, name: string, targets: readonly Target[]): ClassifierResult {
  const last = targets.at(-1);
  const missed = targets.filter((target) => name === astray.missed && target === last);
  return {
    kind: 'classifier',
    snapshots: targets
      .filter((target) => !missed.includes(target))
      .map((target, step) => ({
        target,
        step: 100 * (step + 1),
        errors: Math.round(100 * (100 - reached(target))),
        testCount: 10_000,
        accuracy: reached(target),
        weights: storage.blobs.put(Buffer.from(`weights of ${snapshotName(name, target)}`)),
      })),
    missed: missed.map((target) => ({ target, nearestAccuracy: reached(target) - 0.2, why: 'the epochs are over' })),
    steps: 400,
    looks: 3,
    fullLooks: 3,
    imagesLooked: 30_000,
    trainMs: 1,
    lookMs: 1,
  };
}

/** Points below the target that a made-up network's training was on average when it met it, by architecture. */
const luck: Readonly<Record<string, number>> = { MLP: 0.1, CNN: 0.5, ViT: 0.3 };

/** Complete evaluations around the steps at which `landed` met its targets. */
function evaluations(name: string): { series: string; step: number; value: number }[] {
  const below = luck[/^[A-Za-z]+/.exec(name)?.[0] ?? ''] ?? 0;
  return Array.from({ length: 36 }, (_, k) => 60 + 10 * k).map((step) => {
    return { series: 'accuracy', step, value: 97 + step / 200 - below };
  });
}

/** A logistic from one class to the other; its place and width vary with network and pair, more at lower targets. */
function answersOf(name: string, target: Target, isDiverse: boolean, images: readonly StimulusRecord[]): MadeUpAnswers {
  const softmax = new Float32Array(images.length * 10);
  const labels = new Uint16Array(images.length);
  const architecture = /^[A-Za-z]+/.exec(name)?.[0] ?? '';
  const loose = (100.5 - reached(target)) * (architecture === 'ViT' ? 0.03 : 0.02) * (isDiverse ? 1.4 : 1);
  images.filter(isPlaced).forEach(({ pairI, pairJ, alpha }, image) => {
    const shared = randomStream(1, 'flip', architecture, pairI, pairJ);
    const own = randomStream(2, 'flip', name, target, pairI, pairJ);
    const flip = 0.5 + 0.08 * shared.normal() + loose * own.normal();
    const towardsJ = 1 / (1 + Math.exp((flip - alpha) / (0.03 + 0.02 * own.float())));
    const third = (pairJ + 1 + shared.int(8)) % 10;
    const row = softmax.subarray(image * 10, (image + 1) * 10);
    const doubt = own.float() * 4 * towardsJ * (1 - towardsJ);
    row[pairI]! += (1 - doubt) * (1 - towardsJ);
    row[pairJ]! += (1 - doubt) * towardsJ;
    row[third]! += doubt;
    labels[image] = row.indexOf(Math.max(...row));
  });
  return { softmax, labels };
}
