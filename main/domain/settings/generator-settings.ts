import { type GeneratorRecipe, generatorRecipeSchema } from '../../contract/recipes/recipes.ts';
import type { ImageSize } from '../data/images.ts';
import { particularsInWords, readSettings, type Setting, usualValues } from './settings.ts';

/** The settings of a generator's recipe, declared in main/contract/recipes/recipes.ts. */
export const generatorSettings: readonly Setting[] = readSettings(generatorRecipeSchema);

/** The usual recipe of a generator for images of this size, one that knows the classes (docs/training.md, Generators). */
export const generatorFor = (size: ImageSize): GeneratorRecipe =>
  generatorRecipeSchema.parse(usualValues(generatorSettings, size));

/** What a recipe of a generator adds to the paper's, in words. */
export const generatorOptions = (recipe: GeneratorRecipe): string[] => particularsInWords(generatorSettings, recipe);
