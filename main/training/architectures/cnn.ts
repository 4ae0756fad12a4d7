import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes/recipes.ts';
import { checkArchitecture, cnnLayers } from '../../domain/networks/architectures.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { convolutionLayer, denseLayer, flatten, normalizedConvolutionLayer, normInPytorch } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, Mode, Seeds } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { ParameterSet } from './parameters.ts';

type CnnSettings = Extract<Architecture, { kind: 'cnn' }>;

/**
 * 3x3 convolutions with ReLU, with batch norm before it or without; the last of each stage halves the image, by 2x2 max
 * pooling after it or by a stride of 2 (Springenberg et al. 2015). Then fully connected layers with ReLU between them, and
 * dropout before the last one. The paper's: four convolutions, two a stage, and two hidden layers.
 *
 * Pooling comes before ReLU: both orders give the same values, but this one applies ReLU to a quarter as many.
 * @throws UserError `architecture.does-not-fit` if the images are too small to be halved so often
 */
function buildCnn(engine: NetworkEngine, architecture: CnnSettings, shape: ImageShape, seeds: Seeds): Classifier {
  const { hidden, dropout, batchNorm, downsampling } = architecture;
  checkArchitecture(architecture, shape, 'recipe, architecture.channels');
  const { ops, tf } = engine;
  const set = new ParameterSet(engine.tf, seeds);
  const { layers, flat } = cnnLayers(architecture, shape);
  const blocks = layers.map(({ inputs, outputs, halves }, index) => {
    const strides = halves && downsampling === 'stride';
    const pools = halves && !strides;
    const form = strides ? ({ stride: 2, padding: 1 } as const) : ({ stride: 1, padding: 'same' } as const);
    const convolution = { kernel: 3, inputs, outputs, ...form };
    const names = { convolution: `conv${index + 1}`, norm: `norm${index + 1}` };
    const apply =
      batchNorm === false
        ? convolutionLayer(engine, set, names.convolution, convolution)
        : normalizedConvolutionLayer(engine, set, names, convolution, { relu: !pools });
    return (x: Tensor4D, mode: Mode): Tensor4D => {
      const y = apply(x, mode.training);
      if (pools) return ops.relu(ops.maxPool2(y));
      return batchNorm === false ? ops.relu(y) : y;
    };
  });
  const widths = [flat, ...hidden];
  const dense = hidden.map((outputs, k) => denseLayer(engine, set, `dense${k + 1}`, at(widths, k), outputs));
  const head = denseLayer(engine, set, `dense${widths.length}`, at(widths, hidden.length), shape.classes);
  const penultimate = (images: Tensor4D, mode: Mode): Tensor2D => {
    // Tidied block by block: what no gradient needs is freed at once, so that a large batch fits into memory.
    const convolved = blocks.reduce((x, block) => tf.tidy(() => block(x, mode)), images);
    return dense.reduce((x, layer) => ops.relu(layer(x)), flatten(engine, convolved));
  };
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features: (images) => penultimate(images, { training: false }),
    logits: (images, mode) => {
      const x = penultimate(images, mode);
      return head(mode.training && dropout > 0 ? ops.dropout(x, dropout, mode.dropoutSeed) : x);
    },
  };
}

export const cnn: ClassifierArchitecture<CnnSettings> = {
  build: buildCnn,
  pytorch: ({ channels, hidden, batchNorm, downsampling, perStage = 2 }) => {
    const strides = downsampling === 'stride';
    return [
      'def dense(x, name): return F.linear(x, w[name + ".weight"], w[name + ".bias"])',
      ...(batchNorm === false ? [] : [normInPytorch]),
      'def logits(x):',
      `    for k in range(1, ${channels.length + 1}):`,
      `        x = F.conv2d(x, w[f"conv{k}.weight"], w[f"conv{k}.bias"], padding=1${strides ? `, stride=1 + (k % ${perStage} == 0)` : ''})`,
      `        x = F.relu(${batchNorm === false ? 'x' : 'norm(x, f"norm{k}")'})`,
      ...(strides ? [] : [`        if k % ${perStage} == 0: x = F.max_pool2d(x, 2)`]),
      '    x = x.permute(0, 2, 3, 1).flatten(1)',
      ...hidden.map((_, k) => `    x = F.relu(dense(x, "dense${k + 1}"))`),
      `    return dense(x, "dense${hidden.length + 1}")`,
    ];
  },
  evaluation: {
    interval: { maxSteps: 10, pace: 5 },
    chunks: { size: 100, laterAfter: 0, laterSize: 100 },
  },
};
