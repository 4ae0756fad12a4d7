import { type Optimizer, optimizerNames } from '../../contract/recipes/optimizers.ts';
import {
  type ArchitectureKind,
  type ClassifierRecipe,
  classifierRecipeSchema,
} from '../../contract/recipes/recipes.ts';
import { epochsText } from '../../contract/recipes/training-parts.ts';
import type { SettingContext } from '../../contract/settings/settings.ts';
import { compareTargets, isAccuracy, targetTitle } from '../numbers/targets.ts';
import {
  allSettings,
  isRecord,
  particularsInWords,
  readSettings,
  type Setting,
  settingsOfKind,
  settingValues,
  shownValue,
  titleOf,
  usualValues,
} from './settings.ts';

/** The settings of a recipe, declared in main/contract/recipes/recipes.ts. */
export const recipeSettings: readonly Setting[] = readSettings(classifierRecipeSchema);

const inOrder = allSettings(recipeSettings);
/** The first setting of a path that several kinds have: all have one title. */
const byPath = new Map(inOrder.toReversed().map((each) => [each.path, each]));
const order = new Map([...new Set(inOrder.map(({ path }) => path))].map((path, index) => [path, index]));

/** The setting at a path, or the part whose kind is at it (`optimiser.kind`); undefined: none. */
export const settingAt = (path: string): Setting | undefined => byPath.get(path.replace(/\.kind$/, ''));

/** What a sweep on screen can vary, by path; a study file can vary any setting. */
export const variedSettings: ReadonlyMap<string, Setting> = new Map(
  inOrder.filter(({ facts }) => facts.varies).map((each) => [each.path, each]),
);

/** What begins values in names of models. */
export const valuePrefixes = [...new Set(inOrder.flatMap(({ facts: { inName } }) => inName ?? []))];

/** The title of anything in which recipes or runs can differ, by its path. */
export function settingTitle(path: string): string {
  const known = settingAt(path);
  if (known) return titleOf(known);
  return path === 'seed' ? 'Seed' : path;
}

/** A setting's value for reading. @param json of the value, as `differences` gives it */
export function settingText(path: string, json: string): string {
  const value: unknown = JSON.parse(json);
  return String(shownValue(settingAt(path) ?? { facts: { title: path, help: '' }, shape: { type: 'other' } }, value));
}

type HyperparameterValue = string | number;

/** Values of a recipe by path, in the order of the columns that show them. */
export type Hyperparameters = Record<string, HyperparameterValue>;

/** A recipe's hyperparameters for reading. The kind of the architecture is left out: tables have a column of their own for it. */
export const hyperparameters = (recipe: ClassifierRecipe): Hyperparameters =>
  Object.fromEntries(
    settingValues(recipeSettings, recipe)
      .filter(({ path }) => path !== 'architecture.kind')
      .map(({ path, setting, value }) => [path, shownValue(setting, value)]),
  );

/**
 * Keys of the hyperparameters that differ among those recipes that have them: the channels of a CNN do not differ from
 * an MLP, which has none.
 */
export function differingHyperparameters(all: Iterable<Hyperparameters>): string[] {
  const first = new Map<string, HyperparameterValue>();
  const differing = new Set<string>();
  for (const each of all) {
    for (const [key, value] of Object.entries(each)) {
      const known = first.get(key);
      if (known === undefined) first.set(key, value);
      else if (known !== value) differing.add(key);
    }
  }
  const position = (key: string): number => order.get(key.replace(/\.kind$/, '')) ?? order.size;
  return [...differing].sort((a, b) => position(a) - position(b));
}

/** Values of a part that differ from their defaults: `momentum 0.5`. @param shown keys that are named even at their default */
function particulars(path: string, part: object, kind: string, shown: readonly string[] = []): string[] {
  const values = new Map<string, unknown>(Object.entries(part));
  return settingsAt(path, kind).flatMap((each) => {
    const value = values.get(each.key);
    const isTold = value !== undefined && (shown.includes(each.key) || value !== each.usual);
    return isTold ? [`${titleOf(each).toLowerCase()} ${shownValue(each, value)}`] : [];
  });
}

/** E.g. `Adam 0.001, weight decay 0.01`, `SGD 0.01, momentum 0.9`; other numbers where they are not the usual ones. */
export function optimizerText({ kind, stepSize, weightDecay, ...numbers }: Optimizer): string {
  const byMomentum = kind === 'momentum' || kind === 'nesterov';
  const name = byMomentum ? optimizerNames.sgd : optimizerNames[kind];
  const decay = weightDecay > 0 ? [`weight decay ${weightDecay}`] : [];
  const others = particulars('optimiser', numbers, kind, byMomentum ? ['momentum'] : []);
  const text = [`${name} ${stepSize}`, ...decay, ...others].join(', ');
  return text.replace('momentum', kind === 'nesterov' ? 'Nesterov momentum' : 'momentum');
}

/** What a training does besides its optimizer's rule, in words; empty: nothing. */
export function trainingExtras(recipe: ClassifierRecipe): string[] {
  const { initialisation: _, ...started } = recipe;
  // Weights that a training starts from take the place of initial ones.
  return particularsInWords(recipeSettings, recipe.start === undefined ? recipe : started, valueText);
}

/** E.g. `Adam 0.0005, batch 128, mixup 0.2`. */
export const trainingTitle = (recipe: ClassifierRecipe): string =>
  [optimizerText(recipe.optimiser), `batch ${recipe.batch}`, ...trainingExtras(recipe)].join(', ');

/** Where a training stops: `94 ± 1.05 %, batch 71, up to 1,343 epochs`. */
export function stoppingTitle({ targets, tolerance, batch, maxEpochs }: ClassifierRecipe): string {
  const sorted = targets.toSorted(compareTargets);
  const accuracies = sorted.filter(isAccuracy);
  return [
    ...(accuracies.length > 0 ? [`${accuracies.join(', ')} ± ${tolerance} %`] : []),
    ...sorted.filter((target) => !isAccuracy(target)).map(targetTitle),
    `batch ${batch}`,
    `up to ${epochsText(maxEpochs)}`,
  ].join(', ');
}

/** What recipes decide targets by where it is not the accuracy on all test images: `validation images`. */
export const landingText = (landing: NonNullable<ClassifierRecipe['landing']>): string =>
  settingText('landing', JSON.stringify(landing));

function valueText(setting: Setting, value: unknown): string {
  if (!isRecord(value) || typeof value.kind !== 'string') return String(shownValue(setting, value));
  return [shownValue(setting, value.kind), ...particulars(setting.path, value, value.kind)].join(', ');
}

/** A recipe of this architecture as a data set and a study make it usual; what they do not change has its default. */
export const usualRecipe = (kind: ArchitectureKind, context: SettingContext): ClassifierRecipe =>
  classifierRecipeSchema.parse({
    ...usualValues(recipeSettings, context),
    architecture: { kind, ...usualValues(settingsAt('architecture', kind), context) },
  });

/** The settings that a kind of a part has. */
function settingsAt(path: string, kind: string): readonly Setting[] {
  const shape = settingAt(path)?.shape;
  return shape?.type === 'kinds' ? settingsOfKind(shape, kind) : [];
}
