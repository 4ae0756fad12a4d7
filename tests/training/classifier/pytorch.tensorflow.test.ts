import { test } from 'vitest';
import { engineStatuses } from '../../../main/training/engines/open.ts';
import { testAgainstPytorch } from './pytorch-suite.ts';

const tensorflow = engineStatuses().find(({ name }) => name === 'tensorflow');
if (tensorflow?.available) testAgainstPytorch('tensorflow');
else test.skip(`TensorFlow is not available: ${tensorflow?.note}`, () => undefined);
