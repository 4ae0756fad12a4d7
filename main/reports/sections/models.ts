import { formatCount, formatDuration, formatInteger } from '../../domain/numbers/format.ts';
import { trendText } from '../../domain/numbers/trend.ts';
import { number, Reasons, shortHash } from '../format.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { type ReportModel, type ReportOwnGroup, sectionsAbout } from '../../exhibits/report-data.ts';
import { inWords } from '../../exhibits/parts/study-numbers.ts';
import { allMissed, allModels, allRecipes, type View } from '../../exhibits/view.ts';
import { frame } from '../frame.ts';
import { architectureNames } from '../../domain/networks/architectures.ts';
import { compareTargets, targetInTable } from '../../domain/numbers/targets.ts';

/** Every compared network, its accuracy, and the targets that were missed. */
export function models(view: View): Html {
  const diverse = view.data.models.filter((model) => model.group === 'diverse');
  const seeds = view.data.models.filter((model) => model.group === 'seeds');
  return html`${diverse.length > 0 && modelTable(view, diverse)} ${seeds.length > 0 && seedTable(view, seeds)}
    ${(view.data.ownGroups ?? []).map((group, at) => ownGroupTable(view, group, at))} ${missedTable(view)}`;
}

function modelTable(view: View, rows: readonly ReportModel[]): Html {
  const reasons = new Reasons();
  return frame(view, {
    id: 'models-table',
    number: '',
    title: 'Diverse networks',
    people: false,
    body: html`<table class="numbers narrow-heads close">
      <thead>
        <tr>
          <th scope="col" class="words">Network</th>
          <th scope="col" class="words">Kind</th>
          <th scope="col">Seed</th>
          <th scope="col">Target</th>
          <th scope="col">Test accuracy</th>
          <th scope="col">Trend</th>
          <th scope="col">Errors</th>
          <th scope="col">Step</th>
          <th scope="col">Evaluations <span class="n">(full)</span></th>
          <th scope="col">Training</th>
          <th scope="col">Evaluation</th>
          <th scope="col" class="words">Engine</th>
          <th scope="col" class="words">Weights</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((model) => modelRow(model, reasons))}
      </tbody>
    </table>`,
    note: html`<p>
      Accuracy in percent of all test images, and so is the target, unless a validation accuracy stands beside it: then the target is of the validation images. Evaluations of the accuracy, training and evaluation time are of the complete
      run, which may have reached several targets on its way up. ${trendNote}
    </p>
    ${reasons.list()}`,
  });
}

const trendNote =
  'The trend is the accuracy on a line through the evaluations around the snapshot, without its own; the snapshot’s own was chosen for its value, so it is usually higher. ≈: some of these evaluations stopped early and estimated the accuracy; by some tenths of a point they may all be off the same way.';

function modelRow(model: ReportModel, reasons: Reasons): Html {
  const { trend } = model;
  return html`<tr>
    <th scope="row" class="words">${model.name}</th>
    <td class="words">${model.architecture}</td>
    <td>${model.seed}</td>
    <td>${targetInTable(model.target)}</td>
    <td>${number(model.accuracy, 2)}${model.otherHalf !== null && html` <span class="n">(other half ${number(model.otherHalf, 2)})</span>`}${model.validation !== null && html` <span class="n">(validation ${number(model.validation, 2)})</span>`}</td>
    <td>${reasons.or(trend.accuracy, trend.undefined ?? '', (value) => html`<span title="${trendText(model.trend)}">${trend.estimates > 0 && '≈ '}${number(value, 2)}</span>`)}</td>
    <td><data value="${model.errors}">${model.errors}</data> <span class="n">of ${formatInteger(model.testCount)}</span></td>
    <td>${formatInteger(model.step)}</td>
    <td>${model.looks} <span class="n">(${model.fullLooks})</span></td>
    <td>${formatDuration(model.trainMs)}</td>
    <td>${formatDuration(model.lookMs)}</td>
    <td class="words">${model.engine}</td>
    <td class="words">${shortHash(model.weights)}</td>
  </tr>`;
}

/** Hundreds of snapshots: a line for each architecture and target; models.csv has each. */
function seedTable(view: View, all: readonly ReportModel[]): Html {
  const reasons = new Reasons();
  const rows = [...Map.groupBy(all, ({ architecture }) => architecture)].flatMap(([architecture, models]) => {
    const targets = [...Map.groupBy(models, ({ target }) => target)].sort(([a], [b]) => compareTargets(a, b));
    return targets.map(([target, members]): Content => {
      const accuracies = members.map((model) => model.accuracy);
      const trends = members.flatMap(({ trend }) => trend.accuracy ?? []);
      const steps = members.map((model) => model.step).sort((a, b) => a - b);
      const missed = view.data.missed.filter(
        (miss) => miss.repeat !== null && miss.architecture === architecture && miss.target === target,
      ).length;
      return html`<tr>
        <th scope="row" class="words">${architecture}</th>
        <td>${targetInTable(target)}</td>
        <td><data value="${members.length}">${members.length}</data> <span class="n">in ${formatCount(new Set(members.map((model) => model.repeat)).size, 'group')}</span></td>
        <td><data value="${missed}">${missed}</data></td>
        <td>${number(Math.min(...accuracies), 2)} to ${number(Math.max(...accuracies), 2)}</td>
        <td>${reasons.or(average(trends), 'No snapshot has enough evaluations around it.', (value) => html`${number(value, 2)} <span class="n">of ${trends.length}</span>`)}</td>
        <td>${formatInteger(steps[Math.floor((steps.length - 1) / 2)] ?? 0)}</td>
      </tr>`;
    });
  });
  return frame(view, {
    id: 'seeds-table',
    number: '',
    title: 'Seed groups',
    people: false,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col" class="words">Kind</th>
          <th scope="col">Target</th>
          <th scope="col">Reached</th>
          <th scope="col">Missed</th>
          <th scope="col">Test accuracy</th>
          <th scope="col">Mean trend</th>
          <th scope="col">Median step</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    note: html`<p>${all.some(({ validation }) => validation !== null) && 'Where runs stop on validation images (see the recipes), the target is of these, and the test accuracy decided nothing. '}${trendNote}${view.choice.formats.includes('csv') && ' Each network by itself: models.csv beside this report.'}</p>
      ${reasons.list()}`,
  });
}

/** A line for each recipe and target. @param at tells the groups of a report apart */
function ownGroupTable(view: View, { name, recipes }: ReportOwnGroup, at: number): Html {
  const rows = recipes.flatMap((recipe) =>
    recipe.targets.map((target): Content => {
      const members = recipe.models.filter((model) => model.target === target);
      const missed = recipe.missed.filter((miss) => miss.target === target).length;
      return html`<tr>
        <th scope="row" class="words">${recipe.name}</th>
        <td class="words">${architectureNames[recipe.recipe.architecture.kind]}</td>
        <td>${targetInTable(target)}</td>
        <td><data value="${members.length}">${members.length}</data></td>
        <td><data value="${missed}">${missed}</data></td>
        <td>${rangeText(
          members.map(({ accuracy }) => accuracy),
          (each) => number(each, 2),
        )}</td>
        <td>${rangeText(
          members.map(({ step }) => step),
          formatInteger,
        )}</td>
      </tr>`;
    }),
  );
  return frame(view, {
    id: `own-group-${at + 1}`,
    number: '',
    title: `Networks of the group ${name}`,
    people: false,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col" class="words">Recipe</th>
          <th scope="col" class="words">Kind</th>
          <th scope="col">Target</th>
          <th scope="col">Reached</th>
          <th scope="col">Missed</th>
          <th scope="col">Test accuracy</th>
          <th scope="col">Step</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    note: html`<p>They count in ${inWords(sectionsAbout(view.data.contributed, name))} alone.${view.choice.formats.includes('csv') && ' Each network by itself: models.csv beside this report.'}</p>`,
  });
}

/** `96.85 to 97.15`; a dash where there are none. */
function rangeText(of: readonly number[], text: (value: number) => Content): Content {
  if (of.length === 0) return '–';
  const [low, high] = [Math.min(...of), Math.max(...of)];
  return low === high ? text(low) : html`${text(low)} to ${text(high)}`;
}

const average = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Runs that failed or are still on their way missed nothing, but their snapshots are absent all the same. */
function noneMissed({ data }: View): string {
  const wanted = allRecipes(data).map(({ targets, groups }) => {
    return new Set(targets).size * groups.reduce((sum, runs) => sum + runs, 0);
  });
  const absent = wanted.reduce((sum, count) => sum + count, 0) - allModels(data).length;
  return absent > 0
    ? `No network missed a target, but ${absent} of the study’s snapshots are missing so far: see the warnings.`
    : 'Every network reached each of its targets; none was left out.';
}

function missedTable(view: View): Html {
  const missed = allMissed(view.data);
  if (allModels(view.data).length === 0 && missed.length === 0) return nothing;
  if (missed.length === 0) return html`<p id="missed">${noneMissed(view)}</p>`;
  const reasons = new Reasons();
  const rows = missed.map(
    (miss): Content =>
      html`<tr>
        <th scope="row" class="words">${miss.name}</th>
        <td class="words">${miss.architecture}</td>
        <td>${miss.seed}</td>
        <td>${targetInTable(miss.target)}</td>
        <td>${reasons.or(miss.nearestAccuracy, 'The run never evaluated its accuracy.', (value) => number(value, 2))}</td>
        <td class="words wrap">${miss.why}</td>
      </tr>`,
  );
  return frame(view, {
    id: 'missed',
    number: '',
    title: html`Missed targets: ${formatCount(missed.length, 'snapshot')} not in any number of this report`,
    people: false,
    body: html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col" class="words">Network</th>
          <th scope="col" class="words">Kind</th>
          <th scope="col">Seed</th>
          <th scope="col">Target</th>
          <th scope="col">Nearest</th>
          <th scope="col" class="words">Why</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    note: reasons.list(),
  });
}
