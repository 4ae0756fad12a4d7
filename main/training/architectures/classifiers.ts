import type { Architecture, ArchitectureKind, ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import { cnn } from './cnn.ts';
import { lenet } from './lenet.ts';
import { mixer } from './mixer.ts';
import { mlp } from './mlp.ts';
import type { Classifier, ClassifierArchitecture, EvaluationSettings, ImageShape, Seeds } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { resnet } from './resnet.ts';
import { vit } from './vit.ts';

/** Every classifier architecture. To add one: its schema in contract/recipes/recipes.ts, its module, and a line here. */
const architectures: {
  readonly [Kind in ArchitectureKind]: ClassifierArchitecture<Extract<Architecture, { kind: Kind }>>;
} = { mlp, cnn, vit, resnet, lenet, mixer };

/** A classifier, or several side by side, with its initial weights. @throws UserError `architecture.does-not-fit` */
export function buildClassifier(
  engine: NetworkEngine,
  architecture: Architecture,
  shape: ImageShape,
  seeds: Seeds,
): Classifier {
  const definition: ClassifierArchitecture = architectures[architecture.kind];
  return definition.build(engine, architecture, shape, seeds);
}

/** What decides the initial weights of a recipe's network. */
export const initialSeeds = ({ initialisation }: Pick<ClassifierRecipe, 'initialisation'>, seed: number): Seeds =>
  initialisation ? { seed, initialisation } : seed;

/** Lines of Python that define its `logits(x)`, see `ClassifierArchitecture`. */
export function classifierInPytorch(architecture: Architecture, shape: ImageShape): string[] {
  const definition: ClassifierArchitecture = architectures[architecture.kind];
  return definition.pytorch(architecture, shape);
}

/** How trainings of an architecture evaluate their test accuracy. */
export function evaluationSettings(kind: ArchitectureKind): EvaluationSettings {
  return architectures[kind].evaluation;
}
