import { formatDuration } from '../../domain/numbers/format.ts';
import { win32 } from 'node:path';
import type { Study } from '../../contract/studies/study.ts';
import { uploadedFile, withPaths } from '../../domain/data/data-sources.ts';
import { compactJson } from '../compact-json.ts';
import { moment, Reasons, shortHash } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { ReportRun } from '../../exhibits/report-data.ts';
import { frame, section } from '../frame.ts';
import type { View } from '../../exhibits/view.ts';

/** Where every result comes from: environments, runs, and the study as declared. */
export function provenance(view: View): Html {
  const environments = [...new Set(view.data.runs.map(environmentText))];
  const recipes = distinctRecipes(view.data.runs);
  return section(
    'provenance',
    'Provenance',
    html`${environments.length > 0 && environmentList(environments)} ${runTable(view, environments, recipes)}
      <p class="only-printed">Complete recipes and the study as declared are in index.html of this report.</p>
      <div class="not-printed">${recipes.length > 0 && recipeList(recipes)}
      <h3 id="study-heading">The study, as declared</h3>
      <pre class="scroll" tabindex="0" role="group" aria-labelledby="study-heading">${compactJson(withoutFolders(view.data.study))}</pre>
      <div class="note"><p>Files and folders are named without the folder in which they are.</p></div></div>`,
  );
}

/** A report goes to others: where files are on a computer often tells whose it is. */
function withoutFolders(study: Study): unknown {
  const named = <Part extends object>(part: Part): Part =>
    'path' in part ? { ...part, path: win32.basename(String(part.path)) } : part;
  const dataSet = uploadedFile(study.dataSet) === null ? withPaths(study.dataSet, win32.basename) : study.dataSet;
  return { ...study, dataSet, stimuli: named(study.stimuli), labelers: named(study.labelers) };
}

/** Recipes are shared by many runs: each stands once, under a short name. */
function distinctRecipes(runs: readonly ReportRun[]): string[] {
  return [...new Set(runs.flatMap((run) => (run.recipe === null ? [] : [JSON.stringify(run.recipe)])))];
}

function recipeList(recipes: readonly string[]): Html {
  return html`<h3>Recipes, complete</h3>
    <dl class="methods">
      ${recipes.map((text, index) => html`<dt>R${index + 1}</dt><dd><code>${text}</code></dd>`)}
    </dl>`;
}

/** All that several runs usually share, in one line. */
function environmentText(run: ReportRun): string {
  const versions = Object.entries(run.engine.versions).map(([name, version]) => `${name} ${version}`);
  const product = `Boundary Workbench ${run.product.version}${run.product.commit === null ? '' : ` (${run.product.commit})`}`;
  return [`engine ${run.engine.name}`, run.engine.device, ...versions, product, run.machine]
    .filter((part) => part !== '')
    .join(' · ');
}

function environmentList(environments: readonly string[]): Html {
  return html`<h3>Environments</h3>
    <dl class="methods">
      ${environments.map((text, index) => html`<dt>E${index + 1}</dt><dd>${text}</dd>`)}
    </dl>`;
}

function runTable(view: View, environments: readonly string[], recipes: readonly string[]): Html {
  const reasons = new Reasons();
  const rows = view.data.runs.map(
    (run): Content =>
      html`<tr>
        <th scope="row" class="words">${run.name}</th>
        <td class="words">${run.kind}</td>
        <td>${reasons.or(run.seed, 'Nothing random in it.', (seed) => html`${seed}`)}</td>
        <td class="words">${run.dataSetHash === null ? reasons.undefined('Takes no data set.') : shortHash(run.dataSetHash)}</td>
        <td class="words">E${environments.indexOf(environmentText(run)) + 1}</td>
        <td class="words">${run.startedAt === null ? reasons.undefined('Not started.') : moment(run.startedAt)}</td>
        <td>${runDuration(run, reasons)}</td>
        <td class="words">${run.recipe === null ? reasons.undefined('Derived: it has no recipe.') : `R${recipes.indexOf(JSON.stringify(run.recipe)) + 1}`}</td>
      </tr>`,
  );
  return frame(view, {
    id: 'runs',
    number: '',
    title: 'Runs',
    people: false,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col" class="words">Run</th>
          <th scope="col" class="words">Kind</th>
          <th scope="col">Seed</th>
          <th scope="col" class="words">Data set</th>
          <th scope="col" class="words">Environment</th>
          <th scope="col" class="words">Started</th>
          <th scope="col">Took</th>
          <th scope="col" class="words">Recipe</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    note: reasons.list(),
  });
}

function runDuration(run: ReportRun, reasons: Reasons): Content {
  if (run.startedAt === null || run.endedAt === null) return reasons.undefined('Not finished.');
  return formatDuration(Date.parse(run.endedAt) - Date.parse(run.startedAt));
}
