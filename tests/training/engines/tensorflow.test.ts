import { describe } from 'vitest';
import { locateTensorflow } from '../../../main/training/engines/tensorflow/locate.ts';
import { describeConformance } from './conformance.ts';

const found = locateTensorflow();
const absent = 'absent' in found ? found.absent : undefined;
if (absent) process.stderr.write(`Not tested here: the TensorFlow engine (${absent}).\n`);

describe.skipIf(absent)(`the TensorFlow engine${absent ? ` (${absent})` : ''}`, () =>
  describeConformance('tensorflow'),
);
