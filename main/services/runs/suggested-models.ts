import type { SuggestedModels, SuggestedWay, UsualModel } from '../../contract/api/models.ts';
import {
  type Architecture,
  architectureKinds,
  type ClassifierRecipe,
  classifierRecipeSchema,
  type Target,
} from '../../contract/recipes/recipes.ts';
import type { DataSetSource, ModelsSpec } from '../../contract/studies/study.ts';
import { withPaths } from '../../domain/data/data-sources.ts';
import { misfitOf, type TrainingImages } from '../../domain/networks/trainable.ts';
import { scaledWidth } from '../../domain/networks/widths.ts';
import { isAccuracy } from '../../domain/numbers/targets.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { modelEntries } from '../../domain/plans/model-entries.ts';
import { usualRecipe } from '../../domain/settings/recipe-settings.ts';
import { declaredDataSet, trainingImages } from '../declaration/data-set.ts';
import { loadStudy, presetNames } from '../declaration/study-file.ts';
import { findStudy } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** The paper's first target accuracy in percent, where a study has no network with a target of its own. */
const paperTarget = 97.5;

/** What is usual for the study's images, with targets, tolerance, batch and epochs of its first network. @throws UserError `study.not-found` */
export function usualModel({ workbench }: { workbench: Workbench }, name: string): UsualModel {
  const study = findStudy(workbench, name);
  const dataSet = declaredDataSet(workbench, study);
  const first = modelEntries(study.spec, workbench.storage.studies.sections)[0]?.recipe;
  const targets: Target[] = first?.targets ?? [paperTarget];
  const target = targets.find(isAccuracy) ?? paperTarget;
  const usual = (kind: Architecture['kind']): ClassifierRecipe =>
    dataSet
      ? usualRecipe(kind, { ...dataSet, target })
      : classifierRecipeSchema.parse({ architecture: { kind }, targets });
  const recipe = usual('mlp');
  const { tolerance, maxEpochs, batch } = first ?? recipe;
  return {
    recipe: { ...recipe, targets, tolerance, maxEpochs, batch },
    architectures: architectureKinds.map((kind) => usual(kind).architecture),
  };
}

/** Models that may be added to a study as they are: its own recipes first. @throws UserError `study.not-found` */
export function suggestedModels({ workbench }: { workbench: Workbench }, name: string): SuggestedModels {
  const study = findStudy(workbench, name);
  const dataSet = declaredDataSet(workbench, study);
  const images = dataSet ? trainingImages(workbench, dataSet) : null;
  const { models } = study.spec;
  const seen = new Set<string>();
  const own = models.flatMap(({ name: of, recipe, seed }) => {
    const what = canonicalJson(recipe);
    if (seen.has(what)) return [];
    seen.add(what);
    const suggest = (way: SuggestedWay, changed: ClassifierRecipe | null) =>
      changed && misfitOf(changed, images) === null ? [{ way, entry: single(of, changed, seed) }] : [];
    const ways = [
      ...suggest('seed', recipe),
      ...suggest('narrow', withWidth(recipe, 0.5)),
      ...suggest('wide', withWidth(recipe, 2)),
    ];
    return ways.length > 0 ? [{ name: of, recipe, ways }] : [];
  });
  return { own, presets: presetModels(workbench, study.spec.dataSet, images) };
}

const withWidth = (recipe: ClassifierRecipe, times: number): ClassifierRecipe | null => {
  const architecture = scaledWidth(recipe.architecture, times);
  return architecture && { ...recipe, architecture };
};

const single = (name: string, recipe: ClassifierRecipe, seed: number): ModelsSpec => ({
  name,
  group: 'diverse',
  recipe,
  seed,
  seeds: 1,
  repeats: 1,
});

/** Presets whose models come first. A model that several presets have is listed under the first. */
const first = ['quick', 'paper'];

/** Models of presets for the images of this source, wherever they lie. */
function presetModels(
  { resources, storage }: Workbench,
  source: DataSetSource,
  images: TrainingImages | null,
): SuggestedModels['presets'] {
  const seen = new Set<string>();
  const names = presetNames(resources);
  const ordered = [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name))];
  return ordered.flatMap((name) => {
    const { study } = loadStudy(name, resources, storage.studies.sections);
    if (imagesOf(study.dataSet) !== imagesOf(source)) return [];
    return study.models.flatMap((entry) => {
      const what = canonicalJson({ group: entry.group, recipe: entry.recipe });
      if (seen.has(what) || misfitOf(entry.recipe, images) !== null) return [];
      seen.add(what);
      return [{ from: study.title, entry }];
    });
  });
}

const imagesOf = (source: DataSetSource): string => canonicalJson(withPaths(source, () => ''));
