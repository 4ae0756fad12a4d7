import type { IdxOptions } from './idx.ts';

/** Images with their labels, in the order of the file. */
export interface LabelledImages {
  count: number;
  /** uint8 [count, height, width]; 0 is black. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
}

/** What an image of a data set looks like to a network: its size, and mean and deviation for normalising. */
export interface ImageForm {
  height: number;
  width: number;
  /** Mean and population standard deviation of all training pixels scaled to [0, 1]. MNIST: 0.1307 and 0.3081. */
  mean: number;
  std: number;
}

export interface DataSet extends ImageForm {
  name: string;
  /** Names of the K classes, by index. */
  classes: readonly string[];
  train: LabelledImages;
  test: LabelledImages;
  /**
   * SHA-256 of the line `boundary-workbench/data-set/1 <classes> <height> <width> <train count> <test count>\n`, then
   * training pixels, training labels, test pixels, test labels, one byte each. What the classes are called is no part.
   */
  hash: string;
}

/** Four IDX files, and how they are to be understood. */
export interface IdxSet {
  name: string;
  classes: readonly string[];
  files: Record<IdxRole, { path: string } & IdxOptions>;
}
export type IdxRole = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';
