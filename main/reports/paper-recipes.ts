import type { OptimizerKind } from '../contract/optimizers.ts';
import type { Architecture, ClassifierRecipe } from '../contract/recipes.ts';
import { type PaperKind, paperKinds } from '../domain/architectures.ts';
import { trainingExtras } from '../domain/recipe-settings.ts';
import { inWords } from '../exhibits/study-numbers.ts';
import type { ReportRecipe } from '../exhibits/report-data.ts';

/** The paper's seed study: groups for each architecture and target, and networks in each. */
const paperSeedStudy = Array.from({ length: 10 }, () => 10).join();

/** Optimizer, learning rate, weight decay, batch size and augmentation. */
type Training = readonly [OptimizerKind, number, number, number, boolean];

const first: Training = ['adam', 5e-4, 0, 128, false];
const second: Training = ['adamw', 5e-4, 1e-5, 128, false];

/** The paper's diverse nine (section 2). That MLP3 and ViT3 use AdamW is assumed: docs/data-formats.md. */
const diverseNine: Record<PaperKind, readonly Training[]> = {
  mlp: [first, second, ['adamw', 1e-3, 1e-5, 256, false]],
  cnn: [first, second, ['adam', 5e-4, 0, 128, true]],
  vit: [first, second, ['adamw', 5e-4, 5e-5, 128, false]],
};

/** Where the networks of a study depart from the paper's, in words; empty where they do not. */
export function recipesUnlikePaper(models: readonly ReportRecipe[]): string[] {
  const found: string[] = [];
  const others = models.filter((entry) => !isPapers(entry)).map(({ name }) => name);
  const [some, more] = [others.slice(0, 3).join(', '), others.length - 3];
  if (others.length > 0) found.push(`other recipes than the paper’s: ${some}${more > 0 ? ` (${more} more)` : ''}`);
  const tolerance = Math.max(...models.map(({ recipe }) => recipe.tolerance));
  if (tolerance > 0.05) found.push(`snapshots up to ${tolerance} points from their target, not 0.05`);
  if (models.some(({ recipe }) => recipe.landing === 'half'))
    found.push('snapshots at a target accuracy on half of the test images, not on all');
  if (models.some(({ recipe }) => recipe.landing === 'validation'))
    found.push('snapshots at a target accuracy on held-out training images, not on test images');
  if (models.some(({ recipe }) => recipe.landing === 'trend'))
    found.push('snapshots where the trend of the accuracy met a target, not at the first step within it');
  const small = models.find(({ group, groups }) => group === 'seeds' && groups.join() !== paperSeedStudy);
  if (small) {
    const sizes = [...new Set(small.groups)].sort((a, b) => a - b).map(String);
    found.push(`${small.groups.length} seed groups of ${inWords(sizes)} networks, not 10 of 10`);
  }
  return found;
}

function isPapers({ group, recipe }: ReportRecipe): boolean {
  const kind = paperKinds.find((each) => each === recipe.architecture.kind);
  if (kind === undefined) return false;
  const trainings = group === 'seeds' ? [first] : diverseNine[kind];
  const own = toTraining(recipe).join();
  if (recipe.augmentation?.flip || trainingExtras(recipe).length > 0) return false;
  return hasPapersSizes(recipe.architecture) && trainings.some((training) => training.join() === own);
}

const toTraining = ({ optimiser, batch, augmentation }: ClassifierRecipe): Training => {
  return [optimiser.kind, optimiser.stepSize, optimiser.weightDecay, batch, augmentation !== null];
};

/** Sizes that the paper states. Those that it leaves open may be anything. */
function hasPapersSizes(architecture: Architecture): boolean {
  switch (architecture.kind) {
    case 'mlp':
      return architecture.hidden.join() === '500,500' && !architecture.batchNorm && architecture.dropout === undefined;
    case 'cnn':
      return architecture.dropout === 0.4 && hasPapersLayers(architecture);
    case 'vit':
      return architecture.blocks === 6 && architecture.heads === 8 && architecture.mlp === 128;
    default:
      return false;
  }
}

/** Four convolutions with batch norm and pooling, two hidden layers; the paper leaves their widths open. */
function hasPapersLayers({
  channels,
  hidden,
  batchNorm,
  downsampling,
  perStage,
}: Extract<Architecture, { kind: 'cnn' }>): boolean {
  const isUsual = batchNorm === undefined && downsampling === undefined && perStage === undefined;
  return isUsual && channels.length === 4 && hidden.length === 2;
}
