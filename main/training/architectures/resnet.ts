import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes/recipes.ts';
import { resnetBlocks } from '../../domain/networks/architectures.ts';
import { averagePlaces, denseLayer, everySecond, normalizedConvolutionLayer, normInPytorch } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, Seeds } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { ParameterSet } from './parameters.ts';

type ResnetSettings = Extract<Architecture, { kind: 'resnet' }>;

/**
 * Residual network for small images (He et al. 2016, section 4.2): a 3x3 convolution, three stages of basic blocks, global
 * average pooling, and a dense layer. Convolutions have batch norm and no bias. Where a stage begins at half the size and
 * twice the width, the shortcut takes every second place and adds channels of zeros (their option A), so it has no weights.
 */
function buildResnet(engine: NetworkEngine, settings: ResnetSettings, shape: ImageShape, seeds: Seeds): Classifier {
  const { ops, tf } = engine;
  const { width } = settings;
  const set = new ParameterSet(tf, seeds);
  const convolution = (name: string, inputs: number, outputs: number, stride: 1 | 2, relu: boolean) =>
    normalizedConvolutionLayer(
      engine,
      set,
      { convolution: name.replace('#', 'conv'), norm: name.replace('#', 'norm') },
      { kernel: 3, inputs, outputs, stride, padding: stride === 1 ? 'same' : 1 },
      { relu, bias: false },
    );
  const first = convolution('#', shape.channels, width, 1, true);
  const blocks = resnetBlocks(settings, shape).map(({ inputs, outputs, stride }, index) => {
    const one = convolution(`block${index + 1}.#1`, inputs, outputs, stride, true);
    const two = convolution(`block${index + 1}.#2`, outputs, outputs, 1, false);
    return (x: Tensor4D, training: boolean): Tensor4D => {
      const shortcut = stride === 1 ? x : padChannels(engine, everySecond(engine, x), outputs - inputs);
      return ops.relu(tf.add<Tensor4D>(two(one(x, training), training), shortcut));
    };
  });
  const head = denseLayer(engine, set, 'head', 4 * width, shape.classes);
  const penultimate = (images: Tensor4D, training: boolean): Tensor2D =>
    // Tidied block by block, as in a CNN.
    averagePlaces(
      engine,
      blocks.reduce(
        (x, block) => tf.tidy(() => block(x, training)),
        tf.tidy(() => first(images, training)),
      ),
    );
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features: (images) => penultimate(images, false),
    logits: (images, { training }) => head(penultimate(images, training)),
  };
}

/** Zeros as further channels, after the others. */
function padChannels(engine: NetworkEngine, x: Tensor4D, further: number): Tensor4D {
  const none: [number, number] = [0, 0];
  return engine.tf.pad<Tensor4D>(x, [none, none, none, [0, further]] satisfies [number, number][]);
}

export const resnet: ClassifierArchitecture<ResnetSettings> = {
  build: buildResnet,
  pytorch: ({ blocks }) => [
    normInPytorch,
    'def conv(x, name, k="", stride=1): return norm(F.conv2d(x, w[f"{name}conv{k}.weight"], None, stride, 1), f"{name}norm{k}")',
    'def logits(x):',
    '    x = F.relu(conv(x, ""))',
    `    for k in range(1, ${3 * blocks + 1}):`,
    `        stride = 1 + (k in (${blocks + 1}, ${2 * blocks + 1}))`,
    '        y = conv(F.relu(conv(x, f"block{k}.", 1, stride)), f"block{k}.", 2)',
    '        x = x[:, :, ::stride, ::stride]',
    '        x = F.relu(y + F.pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1])))',
    '    return F.linear(x.mean((2, 3)), w["head.weight"], w["head.bias"])',
  ],
  evaluation: {
    interval: { maxSteps: 10, pace: 5 },
    chunks: { size: 100, laterAfter: 0, laterSize: 100 },
  },
};
