import type { Architecture } from '../../contract/recipes.ts';
import { buildCnn } from './cnn.ts';
import { buildMlp } from './mlp.ts';
import type { Classifier, ImageShape, NetworkEngine, Seeds } from './model.ts';
import { buildVit } from './vit.ts';

export { buildDiscriminator, buildGenerator } from './dcgan.ts';

/**
 * A classifier with the initial weights that the seed decides, or several classifiers side by side (`NetworkOps`).
 * @throws UserError `architecture.does-not-fit` if the images do not suit it.
 */
export function buildClassifier(
  engine: NetworkEngine,
  architecture: Architecture,
  shape: ImageShape,
  seeds: Seeds,
): Classifier {
  switch (architecture.kind) {
    case 'mlp':
      return buildMlp(engine, architecture, shape, seeds);
    case 'cnn':
      return buildCnn(engine, architecture, shape, seeds);
    case 'vit':
      return buildVit(engine, architecture, shape, seeds);
  }
}
