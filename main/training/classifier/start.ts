import { UserError } from '../../contract/wire/errors.ts';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { DataSet } from '../data/data-set.ts';
import { decodeClassifierWeights, type ParameterValues } from '../weights/weights.ts';

/**
 * The weights that a training starts from, with all statistics of its network.
 * @param start hash of their file
 * @throws UserError `start.missing`; `start.mismatch`: they are of another architecture, or for other images or classes;
 * those of reading weights
 */
export function readStart(
  start: string,
  { architecture }: Pick<ClassifierRecipe, 'architecture'>,
  data: DataSet,
  blobs: BlobStore,
): ParameterValues {
  if (!blobs.has(start)) throw missing(blobs.path(start));
  const { meta, parameters } = decodeClassifierWeights(blobs.get(start), blobs.path(start));
  const { height, width, channels, mean, std } = meta.form;
  if (canonicalJson(meta.architecture) !== canonicalJson(architecture)) throw mismatch('are of another architecture');
  const form = { height, width, channels, mean, std, classes: meta.classes };
  const wanted = { height: data.height, width: data.width, channels: data.channels, mean: data.mean, std: data.std };
  if (canonicalJson(form) !== canonicalJson({ ...wanted, classes: data.classes }))
    throw mismatch('take other images or classes than the data set has');
  return parameters;
}

const missing = (where: string): UserError =>
  new UserError(
    'start.missing',
    'The weights that the training starts from are not there',
    where,
    'Train the network that they belong to, or import an archive of it with its weights; then start again.',
  );

const mismatch = (what: string): UserError =>
  new UserError(
    'start.mismatch',
    `The weights that the training starts from ${what}`,
    'recipe.start',
    'Start from a network of the same architecture that was trained on the same data set.',
  );
