import type { Architecture } from '../../contract/recipes.ts';
import { denseLayer, flatten } from './layers.ts';
import type { Classifier, ImageShape, NetworkEngine, Seeds } from './model.ts';
import { ParameterSet } from './parameters.ts';

/** Multilayer perceptron: dense layers with ReLU between them. */
export function buildMlp(
  engine: NetworkEngine,
  { hidden }: Extract<Architecture, { kind: 'mlp' }>,
  { height, width, channels, classes }: ImageShape,
  seeds: Seeds,
): Classifier {
  const set = new ParameterSet(engine.tf, seeds);
  const sizes = [height * width * channels, ...hidden, classes];
  const layers = sizes
    .slice(1)
    .map((outputs, index) => denseLayer(engine, set, `dense${index + 1}`, sizes[index]!, outputs));
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    logits: (images) => {
      const last = layers.length - 1;
      return layers.reduce(
        (x, layer, index) => {
          const y = layer(x);
          return index < last ? engine.ops.relu(y) : y;
        },
        flatten(engine, images),
      );
    },
  };
}
