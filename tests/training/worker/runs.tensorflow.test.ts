import { test } from 'vitest';
import { engineStatuses } from '../../../main/training/engines/open.ts';
import { testRuns } from './runs-suite.ts';

const tensorflow = engineStatuses().find(({ name }) => name === 'tensorflow');
if (tensorflow?.available) testRuns('tensorflow');
else test.skip(`TensorFlow is not available: ${tensorflow?.note}`, () => undefined);
