import { labelersOf } from '../analysis/labels/answers.ts';
import { generatorOptions } from '../domain/settings/generator-settings.ts';
import { recipesUnlikePaper } from './paper-recipes.ts';
import { byNumber } from '../exhibits/view.ts';
import type { ReportData } from '../exhibits/report-data.ts';
import { targetTitle } from '../domain/numbers/targets.ts';

/** Feature map size of the paper's DCGAN. */
const paperFeatures = 64;

/**
 * Where this study departs from the paper's design, in words; empty when it does not. The generator's quality and the
 * number of networks both change every percentage, so numbers of unequal studies must not be read as each other's.
 */
export function differencesFromPaper(data: ReportData): string[] {
  const { paper } = data;
  const kind = data.labelers?.people.kind;
  const found: string[] = [];
  const differs = (condition: boolean, words: string): void => {
    if (condition) found.push(words);
  };
  const differsFrom = (theirs: number | undefined, own: number, words: string): void =>
    differs(theirs !== undefined && own !== theirs, `${own} ${words}, not ${theirs}`);
  found.push(...imagesUnlikePaper(data), ...recipesUnlikePaper(data.recipes));
  for (const [target, group] of byNumber(data.analysis?.diverse ?? {})) {
    differsFrom(paper?.networks_per_target, group.n_models, `networks at ${targetTitle(target)}`);
  }
  if (data.labelers === null) found.push('nobody has labeled');
  else if (data.labelers.simulated) found.push('the labelers are simulated');
  else if (kind === 'counts') found.push('it is only known how many people gave each label');
  else if (kind === 'set') found.push('people answered with sets of labels');
  else if (kind === 'graded') found.push('people rated the classes');
  else differsFrom(paper?.labelers, labelersOf(data.labelers.people).length, 'people');
  return found;
}

function imagesUnlikePaper(data: ReportData): string[] {
  const { generator, stimuli } = data;
  if (stimuli.source === 'imported') return ['the images were made elsewhere'];
  const found: string[] = [];
  const differs = (condition: boolean, words: string): void => {
    if (condition) found.push(words);
  };
  const [recipe, epochs] = [generator?.recipe, generator?.shipped?.epochs];
  differs(recipe === undefined, 'how the generator of its images was trained is not known here');
  const smaller = recipe?.kind === 'dcgan28' ? '28 × 28' : recipe?.kind === 'dcgan32' ? '32 × 32' : null;
  differs(smaller !== null, `the images come from a small ${smaller} generator instead of the 64 × 64 DCGAN`);
  const options = recipe ? generatorOptions(recipe) : [];
  differs(options.length > 0, `the generator is trained with ${options.join(', ')}`);
  differs(
    recipe?.kind === 'dcgan64' && recipe.features !== paperFeatures,
    `the generator’s feature map size is ${recipe?.features}`,
  );
  differs(epochs !== undefined, `the generator was not trained in it, but came with the product (${epochs} epochs)`);
  differs(!hasPaperDesign(data), `the pairs or alphas are others (${stimuli.items.length} images)`);
  differs(stimuli.made?.interpolation === 'spherical', 'interpolation is spherical, not linear');
  return found;
}

function hasPaperDesign(data: ReportData): boolean {
  const { paper } = data;
  const { items } = data.stimuli;
  if (!paper) return true;
  const pairs = new Set(items.map((item) => `${item.pairI}-${item.pairJ}`));
  return items.length === paper.pairs.length * paper.alphas.length && paper.pairs.every((pair) => pairs.has(pair));
}
