import { test } from 'vitest';
import { engineStatuses } from '../../../main/training/engines/open.ts';
import { testStacked } from './stacked-suite.ts';

const tensorflow = engineStatuses().find(({ name }) => name === 'tensorflow');
if (tensorflow?.available) testStacked('tensorflow');
else test.skip(`TensorFlow is not available: ${tensorflow?.note}`, () => undefined);
