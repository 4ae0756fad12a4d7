import { resampling } from '../../analysis/statistics/intervals.ts';
import { mostExact } from '../../analysis/groups/paired-tests.ts';
import type { GeneratorProvenance } from '../../contract/runs/generator.ts';
import { intervalMethod } from '../../exhibits/parts/cells.ts';
import { formatCount, formatInteger } from '../../domain/numbers/format.ts';
import { generatorOptions } from '../../domain/settings/generator-settings.ts';
import { trendReach } from '../../domain/numbers/trend.ts';
import { inWords } from '../../exhibits/parts/study-numbers.ts';
import { moment, percent, shortHash } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { ReportGenerator, ReportMade, ReportRecipe } from '../../exhibits/report-data.ts';
import { section } from '../frame.ts';
import { allRecipes, type View } from '../../exhibits/view.ts';
import { asRun } from './as-run.ts';
import { labels } from './labeled.ts';
import { architectureText } from '../../domain/networks/architectures.ts';
import { recipeTable } from './recipes.ts';
import { disagreementText } from '../../domain/stimuli/disagreement.ts';
import { testImagesText } from '../../domain/numbers/format.ts';
import { distinctAlphas } from '../../domain/stimuli/stimulus-set.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import { targetTitle, compareTargets, isAccuracy } from '../../domain/numbers/targets.ts';

/** What was done, from the study as it was run. */
export function methods(view: View): Html {
  const parts: [string, Content][] = [
    ['Data', dataSet(view)],
    ['Images', stimuli(view)],
    ['Networks', networks(view)],
    ['Runs', asRun(view)],
    ['Labels', labels(view)],
    ['Analysis', analysis(view)],
  ];
  return section(
    'methods',
    'Methods, as run',
    html`<dl class="methods">
        ${parts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}
      </dl>
      ${recipeTable(view)}`,
  );
}

function dataSet(view: View): Content {
  const { name, classes, read } = view.data.dataSet;
  const named = `${classes.length} classes (${classes.join(', ')})`;
  if (!read) return `${name}: ${named}; not read yet.`;
  return html`${name}: ${read.trainCount > 0 && `${formatInteger(read.trainCount)} training and `}${formatInteger(read.testCount)} test images of ${read.width} × ${read.height} pixels${read.channels === 3 && ' in color'},
    ${named}, normalized with mean ${perChannel(read.mean)} and standard deviation ${perChannel(read.std)} of the ${read.trainCount > 0 ? 'training' : 'test'} pixels${read.channels === 3 && ' (red / green / blue)'}.
    Hash ${shortHash(read.hash)}.`;
}

const perChannel = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(' / ');

function stimuli(view: View): Content {
  const { generator, stimuli: set } = view.data;
  const made = html`${set.items.length} images, set ${shortHash(set.setHash)}.`;
  const recipes = allRecipes(view.data);
  const landsOnTest = recipes.some(
    ({ recipe, targets }) => recipe.landing !== 'validation' && targets.some((target) => isAccuracy(target)),
  );
  const stops = landsOnTest ? ', but their accuracy on that part decides when networks are stopped' : '';
  if (set.source === 'test-images')
    return html`Images of the test part of the data set as they are, without a generator, pairs and alphas: ${set.chosen ? `${chosenText(set.chosen)}; ` : ''}${made} ${trainedOn(recipes)}${stops}.`;
  if (!set.made) return html`Made elsewhere and imported${set.channels > 1 && ' in color'}: ${made}`;
  const alphas = distinctAlphas(set.items);
  if (set.source === 'blended')
    return html`${blendText(set.made, stops)} ${alphas.length} values of α from ${alphas[0]} to ${alphas.at(-1)}: ${made}`;
  return html`${generator && generatorText(generator)}${anchorText(set.made)} ${set.made.interpolation === 'linear' ? 'Linear' : 'Spherical'} interpolation
    between the two anchors of a pair at ${alphas.length} values of α from ${alphas[0]} to ${alphas.at(-1)}. Made at ${set.originalWidth} × ${set.originalHeight}, seen by
    the networks at ${set.width} × ${set.height}${set.channels > 1 && ' in color'}: ${made}`;
}

/** Whether networks train on test images that are the study's images: those that its labels teach do. */
function trainedOn(recipes: readonly ReportRecipe[]): string {
  const taught = recipes.filter(({ recipe }) => recipe.softLabels !== undefined).length;
  if (taught === 0) return 'No network trains on them';
  const others = taught < recipes.length ? '; no other network trains on them' : '';
  return `Networks that are taught train on those that are not held out of them, and these count in their test accuracies${others}`;
}

/** Which test images they are. */
function chosenText(chosen: NonNullable<View['data']['stimuli']['chosen']>): string {
  if (chosen.kind === 'sample')
    return `${testImagesText(chosen)}, as many of each class as there are, drawn with seed ${chosen.seed}`;
  if (chosen.kind === 'disagreed')
    return `${testImagesText(chosen)}, ${disagreementText(chosen.by)} (answers ${chosen.by.answers.slice(0, 19)}…)`;
  return testImagesText(chosen);
}

/** How pairs share anchors. */
function designText(anchorDesign: ReportMade['anchorDesign']): string {
  const designs = {
    one: 'One anchor for each class',
    several: `Several anchors for each class (${anchorDesign.kind === 'several' ? anchorDesign.perClass : 0} at most), at which its pairs take turns`,
    fresh: 'Two anchors of its own for each pair, so that no two pairs share one',
  };
  return designs[anchorDesign.kind];
}

const confusedText = ({ confusable }: ReportMade): Content =>
  confusable && html` Pairs are those that the reference classifier confuses most on the test images.`;

/** Anchors that are real images, and how two are mixed. @param stops what their accuracy decides, the end of a sentence */
function blendText(made: ReportMade, stops: string): Content {
  const { anchorDesign, anchorRule, proposed, given, interpolation } = made;
  const rules: Record<string, string> = {
    best: `${formatCount(proposed, 'image')} that the reference classifier recognizes best`,
    clear: `${formatCount(proposed, 'image')} that are clear to the reference classifier, at random`,
    random: `${formatCount(proposed, 'image')} at random`,
  };
  const chosen = [
    ...(proposed > 0 ? [rules[anchorRule.kind] ?? ''] : []),
    ...(given > 0 ? [`${formatCount(given, 'image')} chosen by hand`] : []),
  ];
  const mixed =
    interpolation === 'linear-light'
      ? 'the light that an sRGB display gives off is mixed linearly'
      : 'the pixel values are mixed linearly';
  return html`Without a generator, between real images of the test part. No network trains on them${stops}. ${designText(anchorDesign)}: ${inWords(chosen)}.${confusedText(made)}
    Of the two anchors of a pair, ${mixed}, at`;
}

/** Which points stand for the classes, and where they come from. */
function anchorText(made: ReportMade): Content {
  const { proposed, given, givenFrom, search, anchorDesign, anchorRule } = made;
  const ruled: Record<string, string> = {
    best: formatCount(proposed, 'candidate'),
    clear: `${formatCount(proposed, 'clear sample')} at random`,
    candidate: `${formatCount(proposed, 'candidate')} at random`,
  };
  const among = search === null ? 'a search' : `${formatInteger(search.samples)} samples (seed ${search.seed})`;
  return html`${designText(anchorDesign)}: ${proposed > 0 && html`${ruled[anchorRule.kind]} among ${among}`}${proposed > 0 && given > 0 && ', '}${
    given > 0 &&
    html`${formatCount(given, 'latent point')} given by hand${givenFrom > 0 && html`, of which ${givenFrom} ${givenFrom === 1 ? 'is' : 'are'}, or started from, a sample that was drawn`}`
  }.${confusedText(made)}`;
}

function generatorText({ recipe, steps, seed, engine, weights, shipped }: ReportGenerator): Content {
  return html`Generator ${recipe.kind} (Radford et al. 2016), z of ${recipe.latent} numbers, feature map size ${recipe.features}, ${generatorOptions(recipe).map((option) => html`${option}, `)}${formatInteger(steps)}
    steps of ${recipe.batch} images, Adam with learning rate ${recipe.stepSize} and β₁ ${recipe.beta1}, seed ${seed}, on ${engine}; weights
    ${shortHash(weights)}. ${shipped && shippedText(shipped)}`;
}

/** What a reader must know of a generator that the study did not train. */
function shippedText({ name, epochs, dataSet, trainedAt, product, quality }: GeneratorProvenance): Content {
  const { samples, clear, realClear, judge, classes, threshold, frechet } = quality;
  const rarest = classes.reduce((least, each) => (each.samples < least.samples ? each : least));
  const accuracy = (100 * (judge.testCount - judge.errors)) / judge.testCount;
  return html`<strong>It was not trained in this study:</strong> ${name} comes with the product, trained by version ${product.version}
    on ${dataSet.name} for ${epochs} epochs, until ${moment(trainedAt)}, and kept as 16-bit numbers. A classifier of
    ${percent(accuracy)} test accuracy (${architectureText(judge.architecture)}) is sure (softmax above ${threshold}) of ${percent((100 * clear) / samples)} of ${formatInteger(samples)} of its
    samples, and of ${percent((100 * realClear) / judge.testCount)} of real test images; the rarest class, ${rarest.name}, has
    ${formatInteger(rarest.samples)}. ${
      frechet &&
      html`The Frechet distance on that classifier's features is ${frechet.samples} (${formatInteger(frechet.images)} samples, to as many
      training images; of held-out real images: ${frechet.heldOut}). `
    }`;
}

function networks(view: View): Content {
  const all = allRecipes(view.data);
  const recipes = all.map(({ recipe }) => recipe);
  const percents = (targets: readonly Target[]): string => inWords(targets.map((target) => targetTitle(target)));
  const targets = [...new Set(all.flatMap((of) => of.targets))].sort(compareTargets);
  const tolerant = all.filter((of) => of.targets.some(isAccuracy));
  const tolerances = [...new Set(tolerant.map(({ recipe }) => recipe.tolerance))].map(String);
  const accuracies = targets.filter(isAccuracy);
  const budgets = targets.filter((target) => !isAccuracy(target));
  const others = [...(view.otherTargets.length > 0 ? [percents(view.otherTargets)] : []), ...view.data.notChosen];
  const left = others.length > 0 && ` Not in this report, though in the study: ${others.join('; ')}.`;
  if (recipes.length === 0)
    return html`${left ? 'None of the study’s networks is in this report.' : 'No network has been trained yet.'}${left}`;
  const heldOut =
    recipes.some(({ landing }) => landing === 'validation') &&
    ' Recipes that have validation images decide hold out every sixth training image of each class, do not train on these, and take a snapshot at the first step where the accuracy on them is inside the band; their test images were evaluated at the snapshots only and decided nothing, so they have no trend.';
  const byBudget =
    budgets.length > 0 &&
    ` Snapshots at ${percents(budgets)} were taken by budget: after a number of epochs, or at the first step where the mean training loss of the last 100 steps (of one epoch, where it is shorter) was at most the target. Their test accuracies are what that gave, and they are not equal.`;
  if (accuracies.length === 0)
    return html`Cross-entropy on the normalized training images.${byBudget}${heldOut}${left}`;
  return html`Cross-entropy on the normalized training images.${byBudget} Unless a recipe says otherwise, a snapshot is taken when the accuracy on all test images is within
    ±${inWords(tolerances)} points of a target (${percents(accuracies)}); one run may yield several on its way up. Only an evaluation on all test
    images meets a target. Unless a recipe has validation images or the trend decide, it is the first step inside the band, as in the paper: its accuracy is usually above the accuracy around it, so the trend around
    it, the line of accuracy over 1 / step through the evaluations from step / ${trendReach} to step × ${trendReach}, stands beside it. Runs that miss a target are listed as missed and are part of no number.${heldOut}${left}`;
}

/** What a reader needs to draw the same again. */
const drawsText = `Draws come from the generator mulberry32, which each of them starts with seed ${resampling.seed}: ${formatInteger(resampling.bootstrap_resamples)} resamples for the interval of a crossing, ${formatInteger(resampling.permutation_resamples)} patterns of signs for a sign-flip test, or all of them where ${mostExact} units or fewer are not 0. Other intervals draw nothing.`;

function analysis(view: View): Content {
  return html`Types and certainties as in T. Vlaar, Examining neural network behavior at the classification boundary (2021). Standard
    deviations are of the population (ddof 0). Shares of types refer to the images that at least two ${view.people.toLowerCase()}
    labeled. ${intervalMethod} ${drawsText} Undefined values are a dash with a reason, never zero.`;
}
