import type { ModelInput } from '../../analysis/input.ts';
import type { TableWarning } from './table-errors.ts';

/** A predictions.csv, images and models in the order in which they first came; complete groups only. */
export interface PredictionsTable {
  readonly path: string;
  /** K, from the columns p0 to p(K-1). */
  readonly classes: number;
  /**
   * `row`: where the image is first named. `everywhere`: each model in the file has it, those of rejected groups
   * included.
   */
  readonly images: readonly { readonly id: number; readonly row: number; readonly everywhere: boolean }[];
  readonly models: readonly ModelInput[];
  /** `[model][image]`. */
  readonly labels: Int16Array;
  /** `[model][image][k]`, as in the file, never renormalised. */
  readonly softmax: Float64Array;
  readonly warnings: readonly TableWarning[];
}
