import { formatCount } from '../domain/numbers/format.ts';
import type { ReportRecipe } from './report-data.ts';
import { inWords } from './parts/study-numbers.ts';
import { architectureText } from '../domain/networks/architectures.ts';
import { optimizerText, trainingExtras } from '../domain/settings/recipe-settings.ts';
import type { ClassifierRecipe } from '../contract/recipes/recipes.ts';
import { allMissed, allRecipes, type View } from './view.ts';
import type { Cell, Exhibit } from '../contract/results/exhibit.ts';
import { orWhy, undefinedCell } from './parts/cells.ts';

/** What the report's methods, networks, provenance and appendix list: records of what was done, one a row. */

const plain = (names: readonly string[]) => names.map((name) => ({ name }));

/** Recipes as their runs have them. */
export function recipesExhibit({ data }: View): Exhibit {
  return {
    id: 'recipes',
    long: true,
    number: '',
    title: 'Recipes',
    people: false,
    columns: plain([
      ...['Name', 'Group', 'Runs', 'Networks', 'Not begun', 'Architecture', 'Optimizer', 'Batch', 'Targets %'],
      ...['Tolerance', 'Epochs at most', 'Recipe as JSON'],
    ]),
    rows: allRecipes(data).map((of) => [
      ...[of.name, of.group, runsText(of), of.groups.reduce((sum, runs) => sum + runs, 0), of.waiting],
      ...[architectureText(of.recipe.architecture), trainingText(of.recipe), of.recipe.batch],
      ...[of.targets.join(' '), of.recipe.tolerance, of.recipe.maxEpochs, JSON.stringify(of.recipe)],
    ]),
    notes: [],
  };
}

/** Targets that a run never came close enough to. */
export function missedExhibit({ data }: View): Exhibit {
  return {
    id: 'missed',
    number: '',
    title: 'Missed targets: not in any number of this report',
    people: false,
    columns: [
      ...plain(['Network', 'Kind', 'Repeat', 'Seed', 'Target %']),
      { name: 'Nearest %', decimals: 2 },
      { name: 'Why' },
    ],
    rows: allMissed(data).map(({ name, architecture, repeat, seed, target, nearestAccuracy, why }) => [
      ...[name, architecture, repeat, seed, target],
      ...[orWhy(nearestAccuracy, 'The run never evaluated its accuracy.'), why],
    ]),
    notes: [],
  };
}

/** Where every result comes from. */
export function runsExhibit({ data }: View): Exhibit {
  return {
    id: 'runs',
    long: true,
    number: '',
    title: 'Runs',
    people: false,
    columns: plain([
      ...['Run', 'Kind', 'Seed', 'Data set', 'Engine', 'Device', 'Engine versions', 'Product', 'Commit', 'Machine'],
      ...['Started', 'Ended', 'Took, s', 'Recipe as JSON'],
    ]),
    rows: data.runs.map(({ engine, product, startedAt, endedAt, recipe, ...run }): Cell[] => [
      ...[run.name, run.kind, orWhy(run.seed, 'Nothing random in it.'), orWhy(run.dataSetHash, 'Takes no data set.')],
      ...[engine.name, engine.device, versionsText(engine.versions), product.version, product.commit, run.machine],
      ...[orWhy(startedAt, 'Not started.'), orWhy(endedAt, 'Not finished.')],
      orWhy(secondsBetween(startedAt, endedAt), 'Not finished.'),
      recipe === null ? undefinedCell('Derived: it has no recipe.') : JSON.stringify(recipe),
    ]),
    notes: [],
  };
}

const versionsText = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

const secondsBetween = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000;

/** E.g. `3 groups of 10, 2 not begun`. */
export function runsText({ group, groups, waiting }: ReportRecipe): string {
  const sizes = [...new Set(groups)].sort((a, b) => a - b).map(String);
  const all = groups.reduce((sum, runs) => sum + runs, 0);
  const planned =
    group === 'seeds' ? `${formatCount(groups.length, 'group')} of ${inWords(sizes)}` : formatCount(all, 'network');
  return waiting === 0 ? planned : `${planned}, ${waiting} not begun`;
}

/** E.g. `Adam 0.001, weight decay 0.01; augmented: ...`; tables have a column for what decides targets. */
export function trainingText({ landing: _, ...recipe }: ClassifierRecipe): string {
  return [optimizerText(recipe.optimiser), ...trainingExtras(recipe)].join('; ');
}
