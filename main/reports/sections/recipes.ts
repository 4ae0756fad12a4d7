import type { Architecture, ClassifierRecipe } from '../../contract/recipes.ts';
import { counted, inWords } from '../format.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import type { ReportRecipe } from '../report-data.ts';
import type { View } from '../view.ts';

/** The recipes that runs take, one line each. */
export function recipeTable(view: View): Html {
  if (view.data.recipes.length === 0) return nothing;
  const rows = view.data.recipes.map(
    (of): Content =>
      html`<tr>
        <th scope="row" class="words">${of.name}</th>
        <td class="words">${runsText(of)}</td>
        <td class="words wrap">${architectureText(of.recipe.architecture)}</td>
        <td class="words wrap">${optimiserText(of.recipe)}</td>
        <td>${of.recipe.batch}</td>
        <td>${of.targets.join(', ')}</td>
        <td>±${of.recipe.tolerance}</td>
        <td>${of.recipe.maxEpochs}</td>
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
            <th scope="col">Tolerance</th>
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

/** E.g. `3 groups of 10, 2 not begun`. */
export function runsText({ group, groups, waiting }: ReportRecipe): string {
  const sizes = [...new Set(groups)].sort((a, b) => a - b).map(String);
  const all = groups.reduce((sum, runs) => sum + runs, 0);
  const planned =
    group === 'seeds' ? `${counted(groups.length, 'group')} of ${inWords(sizes)}` : counted(all, 'network');
  return waiting === 0 ? planned : `${planned}, ${waiting} not begun`;
}

/** E.g. `MLP, hidden 500–500`. */
export function architectureText(architecture: Architecture): string {
  if (architecture.kind === 'mlp') return `MLP, hidden ${architecture.hidden.join('–')}`;
  if (architecture.kind === 'cnn') {
    const { channels, hidden, dropout } = architecture;
    return `CNN, channels ${channels.join('–')}, dense ${hidden.join('–')}, dropout ${dropout}`;
  }
  const { patch, width, blocks, heads, headWidth, mlp } = architecture;
  return `ViT, patch ${patch}, width ${width}, ${blocks} blocks, ${heads} heads of ${headWidth}, MLP ${mlp}`;
}

/** E.g. `Adam 0.001, weight decay 0.01`. */
export function optimiserText({ optimiser, augmentation }: ClassifierRecipe): string {
  const decay = optimiser.weightDecay > 0 ? `, weight decay ${optimiser.weightDecay}` : '';
  const changed = augmentation
    ? `; augmented: shift ${augmentation.shift} px, rotate ${augmentation.rotate}°, scale ±${augmentation.scale}`
    : '';
  return `${optimiser.kind === 'adam' ? 'Adam' : 'AdamW'} ${optimiser.stepSize}${decay}${changed}`;
}
