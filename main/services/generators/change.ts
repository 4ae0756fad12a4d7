import { UserError } from '../../contract/errors.ts';
import type { GeneratorRecipe, ShippedGeneratorName } from '../../contract/recipes.ts';
import { ownGenerator } from '../../contract/study.ts';
import type { GeneratorSpec } from '../../contract/study.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { checkWhole } from '../declaration/check-study.ts';

/** Takes the weights of a step that has a grid; null: the last ones. @throws UserError `study.*`, `generator.*` */
export function setCheckpoint(lab: Lab, name: string, step: number | null): void {
  const own = ownGenerator(findStudy(lab.bench, name).spec);
  if (!own) {
    throw new UserError({
      code: 'generator.not-own',
      what: 'The study does not train its generator, so there is no checkpoint to choose',
      where: `study ${name}`,
      remedy: 'Have it train one of its own first.',
    });
  }
  // The last step by its number and as "the last" are the same weights; one way to say it keeps keys the same.
  put(lab, name, { ...own, checkpoint: step === own.recipe.steps ? null : step });
}

/** @throws UserError `study.*` */
export function setRecipe(lab: Lab, name: string, recipe: GeneratorRecipe, seed: number): void {
  put(lab, name, { recipe, seed, checkpoint: null });
}

/** @throws UserError `study.*` */
export function useShipped(lab: Lab, name: string, shipped: ShippedGeneratorName): void {
  put(lab, name, { shipped });
}

function put(lab: Lab, name: string, generator: GeneratorSpec): void {
  const { storage, now } = lab.bench;
  const { spec } = findStudy(lab.bench, name);
  if (spec.stimuli.source === 'imported') {
    throw new UserError({
      code: 'generator.not-needed',
      what: 'The stimuli of this study were made elsewhere, so it needs no generator',
      where: `study ${name}`,
      remedy: 'Choose generated stimuli first.',
    });
  }
  storage.studies.put(name, checkWhole({ ...spec, generator }, `study ${name}`), now());
  for (const topic of ['generator', 'studies', 'stimuli'] as const) lab.changes.tell(topic);
}
