import { NumberInput } from '@mantine/core';
import { gridSchema, type ModelGrid } from '../../../../main/contract/api/models.ts';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../../../main/contract/recipes.ts';
import type { LevelsFactor } from '../../../../main/contract/sweep.ts';
import { architectureName } from '../../../../main/domain/architectures.ts';
import { recipeSettings, settingText, settingTitle } from '../../../../main/domain/recipe-settings.ts';
import { issueText } from '../../../../main/domain/settings.ts';
import { unsuitableTargets } from '../../../../main/domain/targets.ts';
import { ChoiceField, TextField } from '../../../ui/fields.tsx';
import { HelpNote } from '../../../ui/states.tsx';
import { type Draft, draftOf, parseDraft } from './setting-drafts.ts';
import { DraftFields } from './draft-fields.tsx';

/** The form's fields as typed. */
export interface GridFields {
  name: string;
  /** Draft of the recipe; several values of a setting are separated by commas. */
  recipe: Draft;
  group: ModelGrid['group'];
  seed: number;
  seeds: number;
  repeats: number;
}

/** The fields of one run's recipe, to change them. What the form has no fields for stays as it is there. */
export const gridLike = (name: string, { recipe, seed }: { recipe: ClassifierRecipe; seed: number }): GridFields => ({
  name: name.replace(/-(r\d+-)?s\d+$/, ''),
  recipe: draftOf(recipeSettings, recipe),
  group: 'diverse',
  seed,
  seeds: 1,
  repeats: 1,
});

/** The fields for further models of a study. @param recipe what is usual there */
export const firstGrid = (recipe: ClassifierRecipe): GridFields =>
  gridLike(architectureName(recipe.architecture), { recipe, seed: 1 });

const groupHelp: Record<GridFields['group'], string> = {
  diverse: 'Counts among all recipes: tables and report change',
  seeds: 'Groups that differ in the seed alone',
};

/** A recipe, and the settings of it that have several values. */
type ParsedRecipe = { base: ClassifierRecipe; factors: readonly LevelsFactor[] } | { problem: string };

export function parseRecipe(draft: Draft): ParsedRecipe {
  const { values, factors, problem } = parseDraft(recipeSettings, draft);
  if (problem !== null) return { problem };
  const { success, data, error } = classifierRecipeSchema.safeParse(values);
  if (!success) return { problem: issueText(recipeSettings, error) };
  const unsuitable = unsuitableTargets(data);
  if (unsuitable) return { problem: `${settingTitle('targets')}: ${unsuitable.what}. ${unsuitable.remedy}` };
  return { base: data, factors };
}

/** Parses the fields: the grid, or the first problem. */
export function parseGrid({ recipe, ...fields }: GridFields): { grid: ModelGrid } | { problem: string } {
  const parsedRecipe = parseRecipe(recipe);
  if ('problem' in parsedRecipe) return parsedRecipe;
  const repeats = fields.group === 'seeds' ? fields.repeats : 1;
  const { success, data, error } = gridSchema.safeParse({ ...fields, ...parsedRecipe, repeats });
  if (success) return { grid: data };
  const [issue] = error.issues;
  const key = issue?.path[0];
  const isMissing = Object.entries(fields).some(([field, value]) => field === key && Number.isNaN(value));
  const what = isMissing ? 'enter a number' : (issue?.message ?? 'is not valid');
  return { problem: `${titles[String(key)] ?? 'The grid'}: ${what}` };
}

const titles: Record<string, string> = {
  name: 'Name',
  seed: 'First seed',
  seeds: 'Seeds',
  repeats: 'Repeats',
};

interface GridFormProps {
  fields: GridFields;
  onFields: (fields: GridFields) => void;
}

export function GridForm({ fields, onFields }: GridFormProps) {
  const set = (change: Partial<GridFields>): void => onFields({ ...fields, ...change });
  const number = (key: 'seed' | 'seeds' | 'repeats', min: number) => (
    <NumberInput
      label={titles[key]}
      min={min}
      value={fields[key]}
      onChange={(value) => set({ [key]: typeof value === 'number' ? value : Number.NaN })}
    />
  );
  return (
    <>
      <HelpNote>Separate several values with commas. Every combination becomes a model.</HelpNote>
      <div className="add-values">
        <TextField label={titles.name} maxLength={400} value={fields.name} onChange={(name) => set({ name })} />
        <ChoiceField
          label="Model group"
          description={groupHelp[fields.group]}
          options={{ diverse: 'Diverse models', seeds: 'Seed study' }}
          value={fields.group}
          onChange={(group) => set({ group })}
        />
        {number('seed', 0)}
        {number('seeds', 1)}
        {fields.group === 'seeds' && number('repeats', 1)}
        <DraftFields
          settings={recipeSettings}
          draft={fields.recipe}
          onDraft={(recipe) => set({ recipe, name: nameAfter(fields, recipe) })}
        />
      </div>
    </>
  );
}

/** A name that is the architecture's follows it. */
function nameAfter({ name, recipe }: GridFields, next: Draft): string {
  const nameOf = ({ architecture: kind }: Draft): string =>
    settingText('architecture.kind', JSON.stringify(kind ?? null));
  return name === nameOf(recipe) ? nameOf(next) : name;
}
