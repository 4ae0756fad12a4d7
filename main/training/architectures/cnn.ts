import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes.ts';
import { denseLayer, flatten, normalisedConvolutionLayer } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, Mode, NetworkEngine, Seeds } from './model.ts';
import { ParameterSet } from './parameters.ts';

type CnnSettings = Extract<Architecture, { kind: 'cnn' }>;

/**
 * The paper's CNN: four 3x3 convolutions, each with batch norm and ReLU, 2x2 max pooling after the second and the
 * fourth, three fully connected layers with ReLU between them, dropout after the middle one.
 *
 * Pooling comes before ReLU: both orders give the same values, but this one applies ReLU to a quarter as many.
 */
function buildCnn(
  engine: NetworkEngine,
  { channels: features, hidden, dropout }: CnnSettings,
  { height, width, channels, classes }: ImageShape,
  seeds: Seeds,
): Classifier {
  const { ops, tf } = engine;
  const set = new ParameterSet(engine.tf, seeds);
  const blocks = features.map((outputs, index) => {
    const inputs = features[index - 1] ?? channels;
    const shape = { kernel: 3, inputs, outputs, stride: 1, padding: 'same' } as const;
    const names = { convolution: `conv${index + 1}`, norm: `norm${index + 1}` };
    const pools = index % 2 === 1;
    const convolve = normalisedConvolutionLayer(engine, set, names, shape, !pools);
    return (x: Tensor4D, mode: Mode): Tensor4D => {
      const y = convolve(x, mode.training);
      return pools ? ops.relu(ops.maxPool2(y)) : y;
    };
  });
  const pooled = (length: number): number => Math.floor(Math.floor(length / 2) / 2);
  const [first, middle] = hidden as [number, number];
  const flat = pooled(height) * pooled(width) * features.at(-1)!;
  const dense1 = denseLayer(engine, set, 'dense1', flat, first);
  const dense2 = denseLayer(engine, set, 'dense2', first, middle);
  const dense3 = denseLayer(engine, set, 'dense3', middle, classes);
  const penultimate = (images: Tensor4D, mode: Mode): Tensor2D => {
    // Tidied block by block: what no gradient needs is freed at once, so that a large batch fits into memory.
    const convolved = blocks.reduce((x, block) => tf.tidy(() => block(x, mode)), images);
    return ops.relu(dense2(ops.relu(dense1(flatten(engine, convolved)))));
  };
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features: (images) => penultimate(images, { training: false }),
    logits: (images, mode) => {
      const x = penultimate(images, mode);
      return dense3(mode.training && dropout > 0 ? ops.dropout(x, dropout, mode.dropoutSeed) : x);
    },
  };
}

export const cnn: ClassifierArchitecture<CnnSettings> = {
  build: buildCnn,
  pytorch: ({ channels }) => [
    'def dense(x, name): return F.linear(x, w[name + ".weight"], w[name + ".bias"])',
    'def norm(x, name): return F.batch_norm(x, *(w[f"{name}.{part}"] for part in ("mean", "variance", "gamma", "beta")))',
    'def logits(x):',
    `    for k in range(1, ${channels.length + 1}):`,
    '        x = F.conv2d(x, w[f"conv{k}.weight"], w[f"conv{k}.bias"], padding=1)',
    '        x = F.relu(norm(x, f"norm{k}"))',
    '        if k % 2 == 0: x = F.max_pool2d(x, 2)',
    '    x = F.relu(dense(x.permute(0, 2, 3, 1).flatten(1), "dense1"))',
    '    return dense(F.relu(dense(x, "dense2")), "dense3")',
  ],
  evaluation: {
    interval: { maxSteps: 10, pace: 5 },
    chunks: { size: 100, laterAfter: 0, laterSize: 100 },
  },
};
