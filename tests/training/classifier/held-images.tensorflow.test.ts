import { test } from 'vitest';
import { engineStatuses } from '../../../main/training/engines/open.ts';
import { testHeldImages } from './held-images-suite.ts';

const tensorflow = engineStatuses().find(({ name }) => name === 'tensorflow');
if (tensorflow?.available) testHeldImages('tensorflow');
else test.skip(`TensorFlow is not available: ${tensorflow?.note}`, () => undefined);
