import { type ClassifierRecipe, classifierRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import type { LevelsFactor } from '../../main/contract/studies/levels.ts';
import { recipeSettings } from '../../main/domain/settings/recipe-settings.ts';
import { issueText } from '../../main/domain/settings/settings.ts';
import { type Draft, parseDraft } from './setting-drafts.ts';

/** A recipe, and the settings of it that have several values. */
type ParsedRecipe = { base: ClassifierRecipe; factors: readonly LevelsFactor[] } | { problem: string };

/** Parses the fields of a recipe, or says what is wrong first. */
export function parseRecipe(draft: Draft): ParsedRecipe {
  const { values, factors, problem } = parseDraft(recipeSettings, draft);
  if (problem !== null) return { problem };
  const { success, data, error } = classifierRecipeSchema.safeParse(values);
  if (!success) return { problem: issueText(recipeSettings, error) };
  return { base: data, factors };
}
