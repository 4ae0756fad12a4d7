import { type GeneratorRecipe, generatorRecipeSchema } from '../../contract/recipes/recipes.ts';
import type { ImageSize } from '../data/images.ts';
import { particularsInWords, readSettings, type Setting, usualValues } from './settings.ts';

/** The settings of a generator's recipe, declared in main/contract/recipes/recipes.ts. */
export const generatorSettings: readonly Setting[] = readSettings(generatorRecipeSchema);

/** What of a data set decides how a generator is trained on it. */
export interface GeneratorImages extends ImageSize {
  /** Null: not known. */
  readonly trainCount: number | null;
}

/** The usual recipe of a generator for these images, one that knows the classes (docs/training.md, Generators). */
export const generatorFor = (images: GeneratorImages): GeneratorRecipe =>
  generatorRecipeSchema.parse(usualValues(generatorSettings, images));

/** What a recipe of a generator adds to the paper's, in words. */
export const generatorOptions = (recipe: GeneratorRecipe): string[] => particularsInWords(generatorSettings, recipe);
