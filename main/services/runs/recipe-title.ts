import type { Architecture, ClassifierRecipe } from '../../contract/recipes.ts';

/** What is special about a recipe, for tables, e.g. `500-500, adam 0.0005, batch 128`. */
export function recipeTitle({ architecture, optimiser, batch, augmentation }: ClassifierRecipe): string {
  const { kind, stepSize, weightDecay } = optimiser;
  const parts = [shapeOf(architecture), `${kind} ${stepSize}`, `batch ${batch}`];
  if (weightDecay > 0) parts.push(`decay ${weightDecay}`);
  if (augmentation !== null) parts.push('augmented');
  return parts.join(', ');
}

function shapeOf(architecture: Architecture): string {
  switch (architecture.kind) {
    case 'mlp':
      return architecture.hidden.join('-');
    case 'cnn':
      return `${architecture.channels.join('-')} + ${architecture.hidden.join('-')}`;
    case 'vit': {
      const { blocks, heads, width, patch } = architecture;
      return `${blocks} blocks, ${heads} heads, width ${width}, patch ${patch}`;
    }
  }
}
