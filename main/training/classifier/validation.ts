import { kept } from '../../domain/numbers/arrays.ts';
import { heldOutEvery, misfitError, tooFewToHoldOut } from '../../domain/networks/trainable.ts';
import { imageLength, imagesAt } from '../../domain/data/images.ts';
import type { DataSet, LabeledImages } from '../data/data-set.ts';

/** Images by position: those whose accuracy decides that a target is met, and the test images. */
export interface TestSplit {
  deciding: Uint32Array;
  other: Uint32Array;
}

/** What a run trains on and evaluates if validation images decide that it has met its targets. */
export interface ValidationSplit {
  /**
   * `train` lacks the validation images; `test` has them first, then the test images. Inputs are normalized as in the
   * complete data set, as everything that later uses the weights does.
   */
  data: DataSet;
  /** Positions in `data.test`: validation images decide, the test images are evaluated at snapshots only. */
  split: TestSplit;
}

/** A process trains many runs on one data set, and engines hold its images by its identity. */
const known = new WeakMap<DataSet, ValidationSplit>();

/**
 * Holds out every sixth training image of each class, in the order of the file: the same ones for all runs of a data set,
 * with the same share of each class. @throws UserError `data-set.too-small-for-validation`
 */
export const splitValidation = (data: DataSet): ValidationSplit => kept(known, data, () => makeSplit(data));

function makeSplit(data: DataSet): ValidationSplit {
  const { train, test } = data;
  const seen = new Map<number, number>();
  const [held, kept]: [number[], number[]] = [[], []];
  train.labels.forEach((label, image) => {
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    (before % heldOutEvery === heldOutEvery - 1 ? held : kept).push(image);
  });
  if (held.length === 0) throw misfitError(tooFewToHoldOut, data.name);
  const validation = select(train, held, imageLength(data));
  const count = held.length + test.count;
  const both: LabeledImages = {
    count,
    images: joined(validation.images, test.images),
    labels: joined(validation.labels, test.labels),
  };
  const positions = Uint32Array.from({ length: count }, (_, position) => position);
  return {
    data: { ...data, train: select(train, kept, imageLength(data)), test: both },
    split: { deciding: positions.subarray(0, held.length), other: positions.subarray(held.length) },
  };
}

function select({ images, labels }: LabeledImages, chosen: readonly number[], size: number): LabeledImages {
  const own = Uint8Array.from(chosen, (image) => labels[image] ?? 0);
  return { count: chosen.length, images: imagesAt(images, size, chosen), labels: own };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
