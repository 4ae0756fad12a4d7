import { landingText } from '../../domain/settings/recipe-settings.ts';
import { isAccuracy, targetInTable } from '../../domain/numbers/targets.ts';
import { architectureText } from '../../domain/networks/architectures.ts';
import { trainingText, runsText } from '../../exhibits/records.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { allRecipes, type View } from '../../exhibits/view.ts';

/** The recipes that runs take, one line each. */
export function recipeTable(view: View): Html {
  const recipes = allRecipes(view.data);
  if (recipes.length === 0) return nothing;
  const rows = recipes.map(
    (of): Content =>
      html`<tr>
        <th scope="row" class="words">${of.name}</th>
        <td class="words">${runsText(of)}</td>
        <td class="words wrap">${architectureText(of.recipe.architecture)}</td>
        <td class="words wrap">${trainingText(of.recipe)}</td>
        <td>${of.recipe.batch}</td>
        <td>${of.targets.map(targetInTable).join(', ')}</td>
        <td>${of.targets.some(isAccuracy) ? html`±${of.recipe.tolerance}${of.recipe.landing !== undefined && ` on ${landingText(of.recipe.landing)}`}` : of.recipe.landing === 'validation' ? 'none; validation images held out' : 'none'}</td>
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
            <th scope="col" class="words">Optimizer</th>
            <th scope="col">Batch size</th>
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
