import { UserError } from '../../contract/errors.ts';
import type { GeneratorRecipe, ShippedGeneratorName } from '../../contract/recipes.ts';
import { ownGenerator } from '../../contract/study.ts';
import type { GeneratorSpec } from '../../contract/study.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Tools } from '../tools/tools.ts';
import { checkWhole } from '../declaration/check-study.ts';

/** Takes the weights of a step that has a grid; null: the last ones. @throws UserError `study.*`, `generator.*` */
export function setCheckpoint(tools: Pick<Tools, 'bench' | 'changes'>, name: string, step: number | null): void {
  const own = ownGenerator(findStudy(tools.bench, name).spec);
  if (!own) {
    throw new UserError({
      code: 'generator.not-own',
      what: 'The study does not train its generator, so there is no checkpoint to choose',
      where: `study ${name}`,
      remedy: 'Have it train one of its own first.',
    });
  }
  // The last step by its number and as "the last" are the same weights; one way to say it keeps keys the same.
  put(tools, name, { ...own, checkpoint: step === own.recipe.steps ? null : step });
}

/** @throws UserError `study.*` */
export function setRecipe(
  tools: Pick<Tools, 'bench' | 'changes'>,
  name: string,
  recipe: GeneratorRecipe,
  seed: number,
): void {
  put(tools, name, { recipe, seed, checkpoint: null });
}

/** @throws UserError `study.*` */
export function useShipped(tools: Pick<Tools, 'bench' | 'changes'>, name: string, shipped: ShippedGeneratorName): void {
  put(tools, name, { shipped });
}

function put(tools: Pick<Tools, 'bench' | 'changes'>, name: string, generator: GeneratorSpec): void {
  const { storage, now } = tools.bench;
  const { spec } = findStudy(tools.bench, name);
  if (spec.stimuli.source === 'imported') {
    throw new UserError({
      code: 'generator.not-needed',
      what: 'The stimuli of this study were made elsewhere, so it needs no generator',
      where: `study ${name}`,
      remedy: 'Choose generated stimuli first.',
    });
  }
  storage.studies.put(name, checkWhole({ ...spec, generator }, `study ${name}`), now());
  for (const topic of ['generator', 'studies', 'stimuli'] as const) tools.changes.tell(topic);
}
