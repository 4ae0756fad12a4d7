import type { Architecture } from '../../contract/recipes.ts';
import type { Engine } from '../engines/engine.ts';
import { buildCnn } from './cnn.ts';
import { buildMlp } from './mlp.ts';
import type { Classifier, ImageShape } from './model.ts';
import { buildVit } from './vit.ts';

export { buildDiscriminator, buildGenerator } from './dcgan.ts';

/**
 * A classifier with the initial weights that the seed decides.
 * @throws UserError `architecture.does-not-fit` if the images do not suit it.
 */
export function buildClassifier(
  engine: Engine,
  architecture: Architecture,
  shape: ImageShape,
  seed: number,
): Classifier {
  switch (architecture.kind) {
    case 'mlp':
      return buildMlp(engine, architecture, shape, seed);
    case 'cnn':
      return buildCnn(engine, architecture, shape, seed);
    case 'vit':
      return buildVit(engine, architecture, shape, seed);
  }
}
