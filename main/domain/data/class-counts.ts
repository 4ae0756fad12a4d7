import type { ClassCounts } from '../../contract/api/data-sets.ts';
import { countLabels } from '../numbers/arrays.ts';

/** Images of each class. @param labels of all images @param classes their number */
export const countClasses = (labels: Record<'train' | 'test', Uint8Array>, classes: number): ClassCounts => ({
  train: countLabels(labels.train, classes),
  test: countLabels(labels.test, classes),
});
