import type { GeneratorProvenance } from '../../contract/generator.ts';
import type { Architecture, ClassifierRecipe } from '../../contract/recipes.ts';
import { intervalMethod } from '../exhibits/intervals.ts';
import { counted, grouped, inWords, moment, percent, shortHash } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { ReportGenerator } from '../report-data.ts';
import { section, type View } from '../view.ts';
import { asRun } from './as-run.ts';

/** What was done, from the study as it was run. */
export function methods(view: View): Html {
  const parts: [string, Content][] = [
    ['Data', dataSet(view)],
    ['Images', stimuli(view)],
    ['Networks', networks(view)],
    ['Runs', asRun(view)],
    ['Labels', [labels(view), sessions(view)]],
    ['Analysis', analysis(view)],
  ];
  return section(
    'methods',
    'Methods, as run',
    html`<dl class="methods">
        ${parts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}
      </dl>
      ${recipes(view)}`,
  );
}

function dataSet(view: View): Content {
  const set = view.data.dataSet;
  return html`${set.name}: ${grouped(set.trainCount)} training and ${grouped(set.testCount)} test images of ${set.width} × ${set.height} pixels,
    ${set.classes.length} classes (${set.classes.join(', ')}), normalised with mean ${set.mean.toFixed(4)} and standard deviation
    ${set.std.toFixed(4)} of the training pixels. Hash ${shortHash(set.hash)}.`;
}

function stimuli(view: View): Content {
  const { generator, study, stimuli: set } = view.data;
  const made = html`${set.items.length} images, set ${shortHash(set.setHash)}.`;
  if (study.stimuli.source === 'imported') return html`Imported from ${study.stimuli.path}: ${made}`;
  const { interpolation, alphas, samples } = study.stimuli;
  return html`${generator && generatorText(generator)}One anchor for each class was chosen among ${grouped(samples)} samples. ${interpolation === 'linear' ? 'Linear' : 'Spherical'} interpolation
    between the two anchors of a pair at ${alphas} values of α from 0 to 1. Made at ${set.originalWidth} × ${set.originalHeight}, seen by
    the networks at ${set.width} × ${set.height}: ${made}`;
}

function generatorText({ recipe, steps, seed, engine, weights, shipped }: ReportGenerator): Content {
  return html`Generator ${recipe.kind} (Radford et al. 2016), z of ${recipe.latent} numbers, feature map size ${recipe.features}, ${grouped(steps)}
    steps of ${recipe.batch} images, Adam with step size ${recipe.stepSize} and β₁ ${recipe.beta1}, seed ${seed}, on ${engine}; weights
    ${shortHash(weights)}. ${shipped && shippedText(shipped)}`;
}

/** What a reader must know of a generator that the study did not train. */
function shippedText({ name, epochs, dataSet, trainedAt, product, quality }: GeneratorProvenance): Content {
  const { samples, clear, realClear, judge, classes, threshold } = quality;
  const rarest = classes.reduce((least, each) => (each.samples < least.samples ? each : least));
  const accuracy = (100 * (judge.testCount - judge.errors)) / judge.testCount;
  return html`<strong>It was not trained in this study:</strong> ${name} comes with the product, trained by version ${product.version}
    on ${dataSet.name} for ${epochs} epochs, until ${moment(trainedAt)}, and kept as 16-bit numbers. A classifier of
    ${percent(accuracy)} test accuracy (${architectureText(judge.architecture)}) is sure (softmax above ${threshold}) of ${percent((100 * clear) / samples)} of ${grouped(samples)} of its
    samples, and of ${percent((100 * realClear) / judge.testCount)} of real test images; the rarest class, ${rarest.name}, has
    ${grouped(rarest.samples)}. `;
}

function networks(view: View): Content {
  const recipes = view.data.study.models.map((models) => models.recipe);
  const targets = [...new Set(recipes.flatMap((recipe) => recipe.targets))]
    .sort((a, b) => a - b)
    .map((target) => `${target} %`);
  const tolerances = [...new Set(recipes.map((recipe) => recipe.tolerance))].map(String);
  return html`Cross-entropy on the normalised training images. A snapshot is taken when the accuracy on all test images is within
    ±${inWords(tolerances)} points of a target (${inWords(targets)}); one run may yield several on its way up. Only a count of all test
    images accepts. Runs that do not land are listed as missed and are part of no number.`;
}

function labels(view: View): Content {
  const { labelers } = view.data;
  if (labelers === null) return 'No labels from people.';
  const { names } = labelers;
  if (!labelers.simulated)
    return html`${counted(names.length, 'labeler')}, under pseudonyms; “agree” means that all who labelled an image gave one label.`;
  return html`${counted(names.length, 'simulated labeler')} (${names[0]} to ${names.at(-1)}): each changes from one class of a pair to the other
    along a logistic curve in α with a bias and a width of its own, names a third class now and then near the change, and slips rarely. A
    made-up model that says nothing about people.`;
}

/** What was left out, and whether the labels may still change. */
function sessions({ data: { labeling } }: View): Content {
  if (labeling === null) return '';
  const { lock, excluded, unfinished, withdrawn } = labeling;
  const reasons = excluded.map(({ name, reason }) => `${name} (${reason})`);
  return html` ${lock ? html`Locked ${moment(lock.lockedAt)}, hash ${lock.hash}.` : 'The labels are not locked: they may still change.'}
    ${excluded.length > 0 && html`Excluded: ${inWords(reasons)}.`} ${withdrawn > 0 && html`${withdrawn === 1 ? '1 person' : `${withdrawn} people`} withdrew; nothing of them is kept.`}
    ${unfinished > 0 && html`${counted(unfinished, 'session')} not finished, and not counted.`}`;
}

function analysis(view: View): Content {
  return html`Types and certainties as in T. Vlaar, Examining neural network behavior at the classification boundary (2021). Standard
    deviations are of the population (ddof 0). Shares of types refer to the images that at least two ${view.people.toLowerCase()}
    labelled. ${intervalMethod} Undefined values are a dash with a reason, never zero.`;
}

/** The recipes, one line each. */
function recipes(view: View): Html {
  const rows = view.data.study.models.map(
    (models): Content =>
      html`<tr>
        <th scope="row" class="words">${models.name}</th>
        <td class="words">${models.group === 'seeds' ? `${models.repeats} groups of ${models.seeds}` : counted(models.seeds, 'network')}</td>
        <td class="words wrap">${architectureText(models.recipe.architecture)}</td>
        <td class="words wrap">${optimiserText(models.recipe)}</td>
        <td>${models.recipe.batch}</td>
        <td>${models.recipe.targets.join(', ')}</td>
        <td>${models.recipe.maxEpochs}</td>
      </tr>`,
  );
  return html`<figure class="frame" id="recipes" aria-labelledby="recipes-title">
    <figcaption><span id="recipes-title">Recipes</span></figcaption>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="recipes-title">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col" class="words">Name</th>
            <th scope="col" class="words">Runs</th>
            <th scope="col" class="words">Architecture</th>
            <th scope="col" class="words">Optimiser</th>
            <th scope="col">Batch</th>
            <th scope="col">Targets</th>
            <th scope="col">Epochs at most</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </figure>`;
}

function architectureText(architecture: Architecture): string {
  if (architecture.kind === 'mlp') return `MLP, hidden ${architecture.hidden.join('–')}`;
  if (architecture.kind === 'cnn') {
    const { channels, hidden, dropout } = architecture;
    return `CNN, channels ${channels.join('–')}, dense ${hidden.join('–')}, dropout ${dropout}`;
  }
  const { patch, width, blocks, heads, headWidth, mlp } = architecture;
  return `ViT, patch ${patch}, width ${width}, ${blocks} blocks, ${heads} heads of ${headWidth}, MLP ${mlp}`;
}

function optimiserText({ optimiser, augmentation }: ClassifierRecipe): string {
  const decay = optimiser.weightDecay > 0 ? `, weight decay ${optimiser.weightDecay}` : '';
  const changed = augmentation
    ? `; augmented: shift ${augmentation.shift} px, rotate ${augmentation.rotate}°, scale ±${augmentation.scale}`
    : '';
  return `${optimiser.kind === 'adam' ? 'Adam' : 'AdamW'} ${optimiser.stepSize}${decay}${changed}`;
}
