import { test } from 'vitest';
import { engineStatuses } from '../../../main/training/engines/open.ts';
import { testImages } from './images-suite.ts';

const tensorflow = engineStatuses().find(({ name }) => name === 'tensorflow');
if (tensorflow?.available) testImages('tensorflow');
else test.skip(`TensorFlow is not available: ${tensorflow?.note}`, () => undefined);
