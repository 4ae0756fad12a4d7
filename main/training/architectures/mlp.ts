import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes/recipes.ts';
import { checkArchitecture } from '../../domain/networks/architectures.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { denseLayer, dropoutSeedOf, flatten, normalizedDenseLayer, normInPytorch } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, Mode, Seeds } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { ParameterSet } from './parameters.ts';

type MlpSettings = Extract<Architecture, { kind: 'mlp' }>;

/** Multilayer perceptron: dense layers with ReLU between them; batch norm before each ReLU and dropout after it, if wanted. */
function buildMlp(engine: NetworkEngine, architecture: MlpSettings, shape: ImageShape, seeds: Seeds): Classifier {
  const { hidden, batchNorm, dropout } = architecture;
  const { height, width, channels, classes } = shape;
  checkArchitecture(architecture, shape, 'recipe, architecture');
  const { ops } = engine;
  const set = new ParameterSet(engine.tf, seeds);
  const sizes = [height * width * channels, ...hidden];
  const layers = hidden.map((outputs, index) => {
    const [name, inputs] = [`dense${index + 1}`, at(sizes, index)];
    if (batchNorm) return normalizedDenseLayer(engine, set, { dense: name, norm: `norm${index + 1}` }, inputs, outputs);
    const layer = denseLayer(engine, set, name, inputs, outputs);
    return (x: Tensor2D): Tensor2D => ops.relu(layer(x));
  });
  const head = denseLayer(engine, set, `dense${sizes.length}`, at(sizes, hidden.length), classes);
  const penultimate = (images: Tensor4D, mode: Mode): Tensor2D =>
    layers.reduce(
      (x, layer, index) => {
        const y = layer(x, mode.training);
        return mode.training && dropout ? ops.dropout(y, dropout, dropoutSeedOf(engine, mode.dropoutSeed, index)) : y;
      },
      flatten(engine, images),
    );
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features: (images) => penultimate(images, { training: false }),
    logits: (images, mode) => head(penultimate(images, mode)),
  };
}

export const mlp: ClassifierArchitecture<MlpSettings> = {
  build: buildMlp,
  pytorch: ({ hidden, batchNorm }) => [
    'def dense(x, name): return F.linear(x, w[name + ".weight"], w[name + ".bias"])',
    ...(batchNorm ? [normInPytorch] : []),
    'def logits(x):',
    '    x = x.permute(0, 2, 3, 1).flatten(1)',
    `    for k in range(1, ${hidden.length + 1}): x = F.relu(${batchNorm ? 'norm(dense(x, f"dense{k}"), f"norm{k}")' : 'dense(x, f"dense{k}")'})`,
    `    return dense(x, "dense${hidden.length + 1}")`,
  ],
  evaluation: {
    interval: { maxSteps: 50, pace: 1 },
    chunks: { size: 100, laterAfter: 1000, laterSize: 500 },
  },
};
