import type { Architecture } from '../contract/recipes/recipes.ts';
import { paperKinds } from '../domain/networks/architectures.ts';
import { paperTrainings } from '../domain/networks/paper-trainings.ts';
import { landingText, trainingExtras } from '../domain/settings/recipe-settings.ts';
import { inWords } from '../exhibits/parts/study-numbers.ts';
import type { ReportRecipe } from '../exhibits/report-data.ts';

/** The paper's seed study: groups for each architecture and target, and networks in each. */
const paperSeedStudy = Array.from({ length: 10 }, () => 10).join();

/** Where the networks of a study depart from the paper's, in words; empty where they do not. */
export function recipesUnlikePaper(models: readonly ReportRecipe[]): string[] {
  const found: string[] = [];
  const others = models.filter((entry) => !isPapers(entry)).map(({ name }) => name);
  const [some, more] = [others.slice(0, 3).join(', '), others.length - 3];
  if (others.length > 0) found.push(`other recipes than the paper’s: ${some}${more > 0 ? ` (${more} more)` : ''}`);
  const tolerance = Math.max(...models.map(({ recipe }) => recipe.tolerance));
  if (tolerance > 0.05) found.push(`snapshots up to ${tolerance} points from their target, not 0.05`);
  const landings = new Set(models.flatMap(({ recipe }) => recipe.landing ?? []));
  for (const landing of landings)
    found.push(
      `targets decided by ${landingText(landing)}, not by the first step within the tolerance on all test images`,
    );
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
  const trainings = group === 'seeds' ? paperTrainings[kind].slice(0, 1) : paperTrainings[kind];
  const { optimiser, batch, augmentation, landing: _, ...others } = recipe;
  if (augmentation?.flip || trainingExtras({ ...others, optimiser, batch, augmentation: null }).length > 0)
    return false;
  const isTrained = trainings.some(
    (training) =>
      training.kind === optimiser.kind &&
      training.stepSize === optimiser.stepSize &&
      training.weightDecay === optimiser.weightDecay &&
      training.batch === batch &&
      training.isAugmented === (augmentation !== null),
  );
  return isTrained && hasPapersSizes(recipe.architecture);
}

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
