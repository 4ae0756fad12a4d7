import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Architecture } from '../../contract/recipes.ts';
import { denseLayer, flatten } from './layers.ts';
import type { Classifier, ClassifierArchitecture, ImageShape, NetworkEngine, Seeds } from './model.ts';
import { ParameterSet } from './parameters.ts';

type MlpSettings = Extract<Architecture, { kind: 'mlp' }>;

/** Multilayer perceptron: dense layers with ReLU between them. */
function buildMlp(
  engine: NetworkEngine,
  { hidden }: MlpSettings,
  { height, width, channels, classes }: ImageShape,
  seeds: Seeds,
): Classifier {
  const set = new ParameterSet(engine.tf, seeds);
  const sizes = [height * width * channels, ...hidden, classes];
  const layers = sizes
    .slice(1)
    .map((outputs, index) => denseLayer(engine, set, `dense${index + 1}`, sizes[index]!, outputs));
  const head = layers.pop()!;
  const features = (images: Tensor4D): Tensor2D =>
    layers.reduce((x, layer) => engine.ops.relu(layer(x)), flatten(engine, images));
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    features,
    logits: (images) => head(features(images)),
  };
}

export const mlp: ClassifierArchitecture<MlpSettings> = {
  build: buildMlp,
  pytorch: ({ hidden }) => [
    'def dense(x, name): return F.linear(x, w[name + ".weight"], w[name + ".bias"])',
    'def logits(x):',
    '    x = x.permute(0, 2, 3, 1).flatten(1)',
    `    for k in range(1, ${hidden.length + 1}): x = F.relu(dense(x, f"dense{k}"))`,
    `    return dense(x, "dense${hidden.length + 1}")`,
  ],
  evaluation: {
    interval: { maxSteps: 50, pace: 1 },
    chunks: { size: 100, laterAfter: 1000, laterSize: 500 },
  },
};
