import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes/recipes.ts';
import { checkArchitecture } from '../../domain/networks/architectures.ts';
import { averagePool2, convolutionLayer, denseLayer, flatten } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, Seeds } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { ParameterSet } from './parameters.ts';

type LenetSettings = Extract<Architecture, { kind: 'lenet' }>;

/**
 * LeNet-5 (LeCun et al. 1998): two 5x5 convolutions of 6 and 16 maps, each with tanh and 2x2 average pooling, and dense layers
 * of 120 and 84 with tanh. As it is written today: pooling has no weights, every map of the second convolution takes all
 * six, and the last layer gives logits. The first convolution pads by two pixels, as the original's images of 28 x 28 are.
 * @throws UserError `architecture.does-not-fit` if the images are smaller than 12 x 12
 */
function buildLenet(engine: NetworkEngine, settings: LenetSettings, shape: ImageShape, seeds: Seeds): Classifier {
  checkArchitecture(settings, shape, 'recipe, architecture');
  const { ops, tf } = engine;
  const set = new ParameterSet(tf, seeds);
  const form = { kernel: 5, stride: 1 } as const;
  const first = convolutionLayer(engine, set, 'conv1', {
    ...form,
    inputs: shape.channels,
    outputs: 6,
    padding: 'same',
  });
  const second = convolutionLayer(engine, set, 'conv2', { ...form, inputs: 6, outputs: 16, padding: 'valid' });
  const pooled = (length: number): number => Math.floor((Math.floor(length / 2) - 4) / 2);
  const flat = 16 * pooled(shape.height) * pooled(shape.width);
  const dense1 = denseLayer(engine, set, 'dense1', flat, 120);
  const dense2 = denseLayer(engine, set, 'dense2', 120, 84);
  const dense3 = denseLayer(engine, set, 'dense3', 84, shape.classes);
  const features = (images: Tensor4D): Tensor2D => {
    const maps = [first, second].reduce(
      (x, convolve) => tf.tidy(() => averagePool2(engine, ops.tanh(convolve(x)))),
      images,
    );
    return ops.tanh(dense2(ops.tanh(dense1(flatten(engine, maps)))));
  };
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features,
    logits: (images) => dense3(features(images)),
  };
}

export const lenet: ClassifierArchitecture<LenetSettings> = {
  build: buildLenet,
  pytorch: () => [
    'def dense(x, name): return F.linear(x, w[name + ".weight"], w[name + ".bias"])',
    'def logits(x):',
    '    for k, padding in ((1, 2), (2, 0)):',
    '        x = F.conv2d(x, w[f"conv{k}.weight"], w[f"conv{k}.bias"], padding=padding).tanh()',
    '        x = F.avg_pool2d(x, 2)',
    '    x = dense(x.permute(0, 2, 3, 1).flatten(1), "dense1").tanh()',
    '    return dense(dense(x, "dense2").tanh(), "dense3")',
  ],
  evaluation: {
    interval: { maxSteps: 50, pace: 1 },
    chunks: { size: 100, laterAfter: 0, laterSize: 100 },
  },
};
