import { formatCount } from '../../domain/numbers/format.ts';
import { inWords } from '../../exhibits/parts/study-numbers.ts';
import { moment } from '../format.ts';
import { type Content, html } from '../html.ts';
import type { ReportRun } from '../../exhibits/report-data.ts';
import { allMissed, allModels, leavesOut, type View } from '../../exhibits/view.ts';
import { targetTitle, compareTargets } from '../../domain/numbers/targets.ts';

/** What the records of the runs say was done: not what was planned. */
export function asRun(view: View): Content {
  const { runs } = view.data;
  const missed = allMissed(view.data);
  const classifiers = runs.filter(({ kind }) => kind === 'classifier');
  if (classifiers.length === 0)
    return leavesOut(view) ? 'None of the chosen networks has been run.' : 'No classifier has been run yet.';
  const recipes = new Set(classifiers.map(({ recipe }) => JSON.stringify(recipe))).size;
  const times = classifiers.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).filter((at) => at !== null);
  const [first, last] = [times.sort()[0], times.at(-1)];
  return html`${formatCount(classifiers.length, 'classifier run')} of ${formatCount(recipes, 'recipe')}, seeds ${seedsText(classifiers)},
    on ${inWords(engineNames(classifiers))}${first !== undefined && last !== undefined && `, from ${moment(first)} to ${moment(last)}`}.
    ${reachedText(view)}
    ${missed.length > 0 && `${formatCount(missed.length, 'target')} ${missed.length === 1 ? 'was' : 'were'} missed.`}`;
}

function seedsText(runs: readonly ReportRun[]): string {
  const seeds = [...new Set(runs.flatMap(({ seed }) => (seed === null ? [] : [seed])))].sort((a, b) => a - b);
  if (seeds.length <= 6) return inWords(seeds.map(String));
  return `${seeds[0]} to ${seeds.at(-1)} (${seeds.length} different)`;
}

function engineNames(runs: readonly ReportRun[]): string[] {
  const names = runs.map(({ engine, product }) => {
    const versions = Object.entries(engine.versions).map(([name, version]) => `${name} ${version}`);
    return `${engine.name} (${[...versions, engine.device].filter((part) => part !== '').join(', ')}), product version ${product.version}`;
  });
  return [...new Set(names)].sort();
}

function reachedText(view: View): string {
  const count = allModels(view.data).length;
  if (count > 0) return `${formatCount(count, 'snapshot')} reached their target: ${inWords(reached(view))}.`;
  return leavesOut(view) ? 'No snapshot is in this report.' : 'No snapshot has reached its target yet.';
}

/** Accuracies met, a target each. */
function reached({ data }: View): string[] {
  const models = allModels(data);
  const targets = [...new Set(models.map(({ target }) => target))].sort(compareTargets);
  return targets.map((target) => {
    const met = models.filter((model) => model.target === target).map(({ accuracy }) => accuracy);
    const [low, high] = [Math.min(...met).toFixed(2), Math.max(...met).toFixed(2)];
    return `${met.length} at ${targetTitle(target)} (${low === high ? low : `${low} to ${high}`} %)`;
  });
}
