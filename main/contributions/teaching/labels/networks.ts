import { meanOf } from '../../contrasts/analysis/label-training.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { ClassifierRecipe, Target } from '../../../contract/recipes/index.ts';
import type { Teaching } from '../contract/design.ts';
import { formatCount, formatNames } from '../../../domain/numbers/index.ts';
import { imageLength } from '../../../domain/data/index.ts';
import { baseEntry, tuningOf } from '../analysis/entries.ts';
import { stopsByTestImages, type TaughtBefore } from '../analysis/split.ts';
import { sha256 } from '../../../files/index.ts';
import type { Storage, StudyRecord } from '../../../storage/index.ts';
import type { TrainedModel } from '../../../services/index.ts';
import { identities } from '../../../services/declaration/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import type { TeachingSource } from './read.ts';

export const imageHashes = (pixels: Uint8Array, size: number): string[] =>
  Array.from({ length: pixels.length / size }, (_, image) => sha256(pixels.subarray(image * size, (image + 1) * size)));

/**
 * Hashes of the images with soft labels that a recipe's network was trained on, or those that it started from.
 * @param size bytes of an image
 * @returns null: it started from weights of unknown origin
 */
export function taughtBefore(
  storage: Pick<Storage, 'runs' | 'runHistory' | 'blobs'>,
  { softLabels, start }: Pick<ClassifierRecipe, 'softLabels' | 'start'>,
  size: number,
): string[] | null {
  const own = softLabels ? imageHashes(storage.blobs.get(softLabels.pixels), size) : [];
  if (start === undefined) return own;
  const before = startedFrom(storage, { start });
  const earlier = before && taughtBefore(storage, before, size);
  return earlier && [...own, ...earlier];
}

/** Whether accuracy on the test images stopped the training of this recipe's network, or of one that it started from. */
export function stoppedByTestImages(
  storage: Pick<Storage, 'runs' | 'runHistory'>,
  recipe: ClassifierRecipe | null,
): boolean {
  if (recipe === null) return false;
  return stopsByTestImages(recipe) || stoppedByTestImages(storage, startedFrom(storage, recipe));
}

/** The recipe of the network whose weights a training starts from. */
export function startedFrom(
  storage: Pick<Storage, 'runs' | 'runHistory'>,
  { start }: Pick<ClassifierRecipe, 'start'>,
): ClassifierRecipe | null {
  const runId = start === undefined ? null : storage.runHistory.trainingOf(start);
  return runId === null ? null : recipeOf(storage, runId);
}

function recipeOf({ runs }: Pick<Storage, 'runs'>, runId: number): ClassifierRecipe | null {
  const task = runs.get(runId)?.task;
  return task?.kind === 'classifier' ? task.recipe : null;
}

/** What networks of a study were taught before. */
function histories(
  storage: Pick<Storage, 'runs' | 'runHistory' | 'blobs'>,
  { source }: TeachingSource,
  models: readonly TrainedModel[],
): TaughtBefore[] {
  const size = imageLength(source.set);
  return models.map(({ record }) => {
    const recipe = recipeOf(storage, record.runId);
    return {
      name: record.modelName,
      taught: recipe && taughtBefore(storage, recipe, size),
      stopsByTestImages: stoppedByTestImages(storage, recipe),
    };
  });
}

/** Snapshots of a study that have predicted its stimuli, and names of those that have not. */
function findPredicted({ source }: TeachingSource, wanted: readonly { name: string; target: Target | undefined }[]) {
  const trained = source.models.filter((model) => model.outside === null);
  const found = wanted.map(({ name, target }) => ({
    name,
    model: trained.find(({ record }) => record.modelName === name && record.target === target),
  }));
  return {
    models: found.flatMap(({ model }) => model ?? []),
    missing: found.flatMap(({ name, model }) => (model ? [] : name)),
  };
}

export interface Distillation {
  models: readonly TrainedModel[];
  /** Mean, `[image][k]`. */
  softmax: Float64Array;
  networks: readonly TaughtBefore[];
}

/** The networks whose predictions the arm `distill` teaches. @throws UserError `teaching.no-networks` */
export function findTeachers(
  { storage }: Workbench,
  study: StudyRecord,
  { distill }: Teaching,
  from: TeachingSource,
): Distillation {
  const named = distill?.teachers;
  const entries = study.spec.models.filter(({ name, group, collection }) =>
    named ? named.includes(name) : group === 'diverse' && collection === undefined,
  );
  const wanted = entries.flatMap((entry) =>
    identities(entry).map(({ name }) => ({ name, target: distill?.target ?? entry.recipe.targets[0] })),
  );
  const { models, missing } = findPredicted(from, wanted);
  if (models.length === 0 || missing.length > 0) {
    throw new UserError(
      'teaching.no-networks',
      wanted.length === 0
        ? 'No networks of the study could teach by distillation'
        : `${formatCount(missing.length, 'network')} that teach by distillation have not predicted the stimuli: ${formatNames(missing, 5)}`,
      `study ${study.name}, teaching.distill`,
      'Train them first with `boundary study run`, or name others in distill.teachers.',
    );
  }
  return {
    models,
    softmax: meanOf(models.map((model) => Float64Array.from(model.softmax()))),
    networks: histories(storage, from, models),
  };
}

export interface Starts {
  /** By the number of the seed. */
  models: readonly TrainedModel[];
  networks: readonly TaughtBefore[];
}

/**
 * The networks of the base entry that the arm `person` starts from, another one for each seed: seeds that share one would
 * be no independent repetitions.
 * @throws UserError `teaching.no-starts`
 */
export function findStarts(
  { storage }: Workbench,
  { name: study, spec }: StudyRecord,
  teaching: Teaching,
  from: TeachingSource,
): Starts {
  const base = baseEntry(spec.models, teaching);
  const own = base ? identities(base) : [];
  const target = tuningOf(teaching, spec.models)?.from;
  const { models, missing } = findPredicted(
    from,
    own.slice(0, teaching.seeds).map(({ name }) => ({ name, target })),
  );
  const refuse = (what: string, remedy: string): UserError =>
    new UserError('teaching.no-starts', what, `study ${study}, teaching.base`, remedy);
  if (own.length < teaching.seeds)
    throw refuse(
      `The arm person starts each of its ${formatCount(teaching.seeds, 'seed')} from another network of "${teaching.base}", and there ${own.length === 1 ? 'is' : 'are'} ${own.length}`,
      `Raise \`seeds\` of these models to ${teaching.seeds} and train them, or ask for fewer seeds.`,
    );
  if (missing.length > 0)
    throw refuse(
      `${formatCount(missing.length, 'network')} that the arm person starts from have not reached the target ${String(target)} and predicted the stimuli: ${formatNames(missing, 5)}`,
      'Train them first with `boundary study run`, or name another target in `person.target`.',
    );
  return { models, networks: histories(storage, from, models) };
}

/** The first networks of `base` at its first target that have predicted the stimuli: softmax `[image][k]` of each. */
export function untaughtPredictions(
  study: StudyRecord,
  teaching: Teaching,
  from: TeachingSource,
  most: number,
): Float64Array[] {
  const base = baseEntry(study.spec.models, teaching);
  if (!base) return [];
  const wanted = identities(base).map(({ name }) => ({ name, target: base.recipe.targets[0] }));
  return findPredicted(from, wanted)
    .models.slice(0, most)
    .map((model) => Float64Array.from(model.softmax()));
}
