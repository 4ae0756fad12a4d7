import type { ClassifierRecipe, GeneratorRecipe } from '../../contract/recipes/recipes.ts';
import { type NearestValue, UserError } from '../../contract/wire/errors.ts';
import type { Channels } from '../data/images.ts';
import { type ErrorBand, errorBand, isAccuracy, unsuitableTargets } from '../numbers/targets.ts';
import type { GeneratorImages } from '../settings/generator-settings.ts';
import { settingText, settingTitle } from '../settings/recipe-settings.ts';
import { architectureMisfit } from './architectures.ts';

/** What of a data set decides which recipes can be trained on it. */
export interface TrainingImages {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly trainCount: number;
  readonly testCount: number;
  /** Training images that decide where a recipe stops on validation images; null: not known. */
  readonly heldOut: number | null;
}

/** What of a recipe cannot be trained. */
export interface Misfit {
  readonly code: string;
  /** Setting that is to change, as `settingAt` knows it. */
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
  /** The nearest values that can be trained, of this setting first; each is enough. */
  readonly nearest: readonly NearestValue[];
}

/** One in this number of training images of each class is held out: 10,000 of MNIST's 60,000, as many as test images. */
export const heldOutEvery = 6;

/** @param perClass training images of each class */
export const countHeldOut = (perClass: readonly number[]): number =>
  perClass.reduce((sum, count) => sum + Math.floor(count / heldOutEvery), 0);

/** The widest tolerance of a recipe in points. */
const widestTolerance = 5;

/**
 * The first thing that keeps a recipe from being trained on these images; null: nothing. Forms, the command line, study
 * files and trainings ask here, so that what starts can be trained.
 * @param images null: not known yet; then only targets are checked
 */
export function misfitOf(recipe: ClassifierRecipe, images: TrainingImages | null): Misfit | null {
  const { targets, tolerance, landing, batch, architecture } = recipe;
  const unsuitable = unsuitableTargets(recipe);
  if (unsuitable) return { code: 'recipe.unsuitable-targets', path: 'targets', ...unsuitable };
  if (!images) return null;
  const unfit = architectureMisfit(architecture, images, batch);
  if (unfit) {
    const { what, remedy, nearest = [] } = unfit;
    return { code: 'architecture.does-not-fit', path: nearest[0]?.path ?? 'architecture', what, remedy, nearest };
  }
  const isHeldOut = landing === 'validation';
  if (isHeldOut && images.heldOut === 0) return tooFewToHoldOut;
  const taught = images.trainCount - (isHeldOut ? (images.heldOut ?? 0) : 0);
  const tooLarge = batchMisfit(batch, taught);
  if (tooLarge) return tooLarge;
  const deciding = isHeldOut ? images.heldOut : images.testCount;
  if (deciding === null) return null;
  const kind = isHeldOut ? 'validation images' : 'test images';
  for (const target of targets.filter(isAccuracy)) {
    const missed = accuracyMisfit(target, tolerance, deciding, kind);
    if (missed) return missed;
  }
  return null;
}

/** @param where names the recipe @throws UserError where it cannot be trained: `misfitOf` */
export function checkRecipe(recipe: ClassifierRecipe, images: TrainingImages | null, where: string): void {
  const misfit = misfitOf(recipe, images);
  if (misfit) throw misfitError(misfit, where);
}

/** As `misfitOf`, of a generator's recipe. */
export function generatorMisfit(
  { batch, channels: declared }: GeneratorRecipe,
  images: Pick<GeneratorImages, 'channels' | 'trainCount'>,
): Misfit | null {
  const channels: Channels = declared ?? 1;
  const tooLarge = images.trainCount === null ? null : batchMisfit(batch, images.trainCount);
  if (tooLarge || channels === images.channels) return tooLarge;
  const [given, wanted] = [images.channels, channels].map((each) => (each === 3 ? 'in color' : 'gray'));
  return {
    code: 'generator.other-channels',
    path: 'channels',
    what: `The images of the data set are ${given}, and the recipe makes images that are ${wanted}`,
    remedy: images.channels === 3 ? 'Set channels to 3.' : 'Leave channels out.',
    nearest: [],
  };
}

/** As `checkRecipe`, of a generator's recipe. @throws UserError where it cannot be trained: `generatorMisfit` */
export function checkGenerator(
  recipe: GeneratorRecipe,
  images: Parameters<typeof generatorMisfit>[1],
  where: string,
): void {
  const misfit = generatorMisfit(recipe, images);
  if (misfit) throw misfitError(misfit, where);
}

export const misfitError = ({ code, what, remedy, nearest }: Misfit, where: string): UserError =>
  new UserError(code, what, where, remedy, { nearest });

/** An epoch of fewer images than a batch would have no step. @param count training images */
export function batchMisfit(batch: number, count: number): Misfit | null {
  if (batch <= count) return null;
  return withRemedy({
    code: 'data-set.smaller-than-batch',
    path: 'batch',
    what: `A batch of ${batch} is larger than the training set of ${count} images`,
    nearest: count > 0 ? [{ path: 'batch', from: batch, to: count }] : [],
  });
}

/** Of so few images no count of right answers may lie within the tolerance. @param count images that decide */
export function accuracyMisfit(
  target: number,
  tolerance: number,
  count: number,
  kind: 'test images' | 'validation images' = 'test images',
): Misfit | null {
  const { low, high } = errorBand(target, tolerance, count);
  if (low <= high) return null;
  const right = Math.max(1, Math.round((count * target) / 100));
  const accuracy = (100 * right) / count;
  const wider = Math.ceil(Math.abs(target - accuracy) * 100 - 1e-6) / 100;
  const reached = fewestDigits(
    accuracy,
    (value) => value > 0 && isMet(errorBand(value, tolerance, count), count - right),
  );
  return withRemedy({
    code: 'recipe.target-out-of-reach',
    path: 'targets',
    what: `With ${count} ${kind} no accuracy lies within ${tolerance} points of ${target} %: the nearest is ${Number(accuracy.toFixed(2))} %`,
    nearest: [
      { path: 'targets', from: target, to: reached },
      ...(wider <= widestTolerance ? [{ path: 'tolerance', from: tolerance, to: wider }] : []),
    ],
  });
}

const isMet = ({ low, high }: ErrorBand, errors: number): boolean => errors >= low && errors <= high;

/** The number in the fewest decimal places that passes; as it is if none does. */
function fewestDigits(value: number, passes: (rounded: number) => boolean): number {
  for (let digits = 0; digits <= 8; digits++) {
    const rounded = Number(value.toFixed(digits));
    if (passes(rounded)) return rounded;
  }
  return value;
}

export const tooFewToHoldOut: Misfit = {
  code: 'data-set.too-small-for-validation',
  path: 'landing',
  what: `No class has ${heldOutEvery} training images, so none can be held out for validation`,
  remedy: 'Use a data set with more training images, or let test images decide (leave `landing` out).',
  nearest: [{ path: 'landing', from: 'validation', to: null }],
};

/** The nearest values as a remedy. */
function withRemedy(misfit: Omit<Misfit, 'remedy'>): Misfit {
  const changes = misfit.nearest.map((value, index) => changeText(value, index === 0));
  return { ...misfit, remedy: changes.length > 0 ? `${changes.join(', or ')}.` : 'Use other images.' };
}

function changeText({ path, to }: NearestValue, isFirst: boolean): string {
  return `${isFirst ? 'Change ' : ''}${settingNoun(path)} to ${valueText(path, to)}`;
}

/** What a button says that takes a nearest value: `Change the tolerance to 0.28`. */
export const nearestText = (value: NearestValue): string => changeText(value, true);

const settingNoun = (path: string): string =>
  path === 'targets' ? 'the target' : `the ${(settingTitle(path).split(' (')[0] ?? '').toLowerCase()}`;

function valueText(path: string, value: NearestValue['to']): string {
  if (path === 'targets' && typeof value === 'number') return `${value} %`;
  return settingText(path, JSON.stringify(value));
}
