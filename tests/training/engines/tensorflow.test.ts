import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { locateKernels, locateTensorflow } from '../../../main/training/engines/tensorflow/locate.ts';
import { describeConformance } from './conformance.ts';

const found = locateTensorflow();
const absent = 'absent' in found ? found.absent : undefined;
if (absent) process.stderr.write(`Not tested here: the TensorFlow engine (${absent}).\n`);
const kernels = 'absent' in found ? { absent: found.absent } : locateKernels(found.folder);
const without = 'absent' in kernels ? kernels.absent : undefined;
if (!absent && without) process.stderr.write(`Not tested here: our own kernels for TensorFlow (${without}).\n`);

describe.skipIf(absent)(`the TensorFlow engine${absent ? ` (${absent})` : ''}`, () =>
  describeConformance('tensorflow'),
);

describe.skipIf(without)(`our own kernels for TensorFlow${without ? ` (${without})` : ''}`, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine('tensorflow');
  });

  it('are part of the provenance of the engine', () => {
    expect(engine.description.versions.kernels).toMatch(/^kernels-[0-9a-f]{16}$/);
  });

  it.each<[string, (engine: Engine) => unknown]>([
    [
      'x must be [images tokens, width]',
      ({ ops, tf }) => ops.selfAttention(tf.ones([5, 2]), tf.ones([2, 6]) as Tensor2D, tf.ones([6]), 2, 1),
    ],
    [
      'w must be [width, 3 heads d]',
      ({ ops, tf }) => ops.selfAttention(tf.ones([4, 2]), tf.ones([2, 7]) as Tensor2D, tf.ones([7]), 2, 1),
    ],
    [
      'b must be [3 heads d]',
      ({ ops, tf }) => ops.selfAttention(tf.ones([4, 2]), tf.ones([2, 6]) as Tensor2D, tf.ones([5]), 2, 1),
    ],
    [
      'x must be [rows, width]',
      ({ ops, tf }) => ops.layerNorm(tf.ones([4, 2]) as Tensor2D, tf.ones([3]) as Tensor1D, tf.ones([2]), 1e-5),
    ],
    [
      'x must be [..., channels], and not empty',
      ({ ops, tf }) => ops.bnTrain(tf.ones([1, 1, 4, 2]) as Tensor4D, tf.ones([3]) as Tensor1D, tf.ones([3]), 1e-5),
    ],
  ])('refuse inputs that do not fit instead of reading beyond them: %s', (said, run) => {
    expect(() => run(engine)).toThrow(said);
  });
});
