import { optimizerKinds, optimizerNames } from '../../../main/contract/recipes/optimizers.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { architectureName, architectureTitle } from '../../../main/domain/networks/architectures.ts';
import type { BenchContext, Section } from '../bench-types.ts';
import { type Comparison, comparisonTable } from '../comparison.ts';
import type { SideTask } from '../sides/protocol.ts';
import { withSides } from '../sides/sides.ts';
import { measureSteps, sideNotes, sidesFor } from './training.ts';

/** Architectures besides those of `steps`. */
const architectures = [
  { kind: 'resnet' },
  { kind: 'lenet' },
  { kind: 'mixer' },
  { kind: 'mlp', batchNorm: true, dropout: 0.2 },
  { kind: 'cnn', batchNorm: false },
  { kind: 'cnn', downsampling: 'stride' },
];

const classifier = (parts: object) => classifierRecipeSchema.parse({ ...parts, targets: [97.5] });

const recipes = [
  ...architectures.map((architecture) => {
    const recipe = classifier({ architecture });
    return [`${architectureName(recipe.architecture)}, ${architectureTitle(recipe.architecture)}`, recipe] as const;
  }),
  // With the MLP, where an optimizer takes the largest part of a step. Adam is in `steps`.
  ...optimizerKinds
    .filter((kind) => kind !== 'adam')
    .map(
      (kind) =>
        [`MLP, ${optimizerNames[kind]}`, classifier({ architecture: { kind: 'mlp' }, optimiser: { kind } })] as const,
    ),
];

/** On a processor none may be slower than PyTorch. */
const needed = { tensorflow: 1 };

/** Training steps of the architectures and optimizers that `steps` does not have, against PyTorch. */
export async function benchRecipes(context: BenchContext): Promise<Section[]> {
  const data: Comparison[] = [];
  for (const [what, recipe] of recipes) {
    context.log(`${what}: training steps`);
    const task: SideTask = { task: 'classifier', recipe, seed: 1 };
    await withSides(sidesFor(context, task), async (sides) => {
      data.push({ what, needed, samples: await measureSteps(context, sides), notes: sideNotes(sides) });
    });
  }
  return [{ name: 'recipes', table: comparisonTable(data), data }];
}
