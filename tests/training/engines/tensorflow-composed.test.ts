import { describe } from 'vitest';
import { locateTensorflow } from '../../../main/training/engines/tensorflow/locate.ts';
import { thorough } from '../../thorough.ts';
import { describeConformance } from './conformance.ts';

const found = locateTensorflow();
const absent = 'absent' in found ? found.absent : undefined;

// As on a GPU, and where no compiler was found.
describe.skipIf(absent)(`the TensorFlow engine without our own kernels${absent ? ` (${absent})` : ''}`, () =>
  describeConformance('tensorflow', { ownKernels: false, ...(!thorough && { repeated: ['mlp', 'cnn'] }) }),
);
