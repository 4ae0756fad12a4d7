import { keyOf, type Context } from './context.ts';
import { ensemble, uncertainty, type Ensemble, type Uncertainty } from './ensemble.ts';
import type { ModelGroup } from './groups.ts';
import { addModel, noSums, passModel, type ModelPass, type SoftmaxRows, type SoftmaxSums } from './softmax-pass.ts';

/** What the softmax of a group's models amounts to. */
export interface GroupSoftmax {
  /** In the order of the group's members. */
  readonly passes: readonly ModelPass[];
  readonly ensemble: Ensemble;
  readonly uncertainty: Uncertainty;
}

/**
 * Reads each model's softmax once, one at a time; not at all where a memo holds what is wanted of it.
 */
export function groupSoftmax(group: ModelGroup, context: Context): GroupSoftmax {
  const { input, reference, memo, humansKey } = context;
  const { keys, classes } = input;
  const modelKeys = keys && group.members.map((model) => `${keys.images} ${keys.models[model]!}`);
  const part = memo.partOfSums(modelKeys);
  let sums: SoftmaxSums = part?.sums ?? noSums(group.labels.images, classes);
  const passes = group.members.map((model, at): ModelPass => {
    let read: SoftmaxRows | null = null;
    const rows = (): SoftmaxRows => (read ??= input.softmaxOf(model));
    const labels = group.labels.values.subarray(at * group.labels.images, (at + 1) * group.labels.images);
    const key = modelKeys && humansKey && keyOf('pass', humansKey, modelKeys[at]);
    const pass = memo.value(key, () => passModel(rows(), labels, classes, reference));
    if (!part?.keys.has(modelKeys![at]!)) sums = addModel(sums, rows(), classes);
    return pass;
  });
  memo.keepSums(modelKeys, sums);
  const mean = ensemble(sums, classes);
  return { passes, ensemble: mean, uncertainty: uncertainty(mean, sums) };
}
