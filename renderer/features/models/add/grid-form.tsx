import { gridSchema, type ModelGrid, type UsualModel } from '../../../../main/contract/api/models.ts';
import type { ClassifierRecipe } from '../../../../main/contract/recipes/recipes.ts';
import { architectureName } from '../../../../main/domain/networks/architectures.ts';
import { gridSettings } from '../../../../main/domain/settings/model-settings.ts';
import { recipeSettings, settingText } from '../../../../main/domain/settings/recipe-settings.ts';
import { issueText } from '../../../../main/domain/settings/settings.ts';
import { SettingFields } from '../../../ui/fields/setting-fields.tsx';
import { HelpNote } from '../../../ui/parts/states.tsx';
import { parseRecipe } from '../../../recipes/parse-recipe.ts';
import type { RefusedSetting } from '../../../recipes/refused-setting.tsx';
import type { Draft } from '../../../recipes/setting-drafts.ts';
import { recipeDraft } from '../../../recipes/use-usual-model.ts';
import { DraftFields } from '../../../recipes/draft-fields.tsx';

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
export const gridLike = (
  name: string,
  { recipe, seed }: { recipe: ClassifierRecipe; seed: number },
  { architectures }: Pick<UsualModel, 'architectures'>,
): GridFields => ({
  name: name.replace(/-(r\d+-)?s\d+$/, ''),
  recipe: recipeDraft(recipe, architectures),
  group: 'diverse',
  seed,
  seeds: 1,
  repeats: 1,
});

/** The fields for further models of a study. */
export const firstGrid = (usual: UsualModel): GridFields =>
  gridLike(architectureName(usual.recipe.architecture), { recipe: usual.recipe, seed: 1 }, usual);

/** Parses the fields: the grid, or the first problem. */
export function parseGrid({ recipe, ...fields }: GridFields): { grid: ModelGrid } | { problem: string } {
  const parsedRecipe = parseRecipe(recipe);
  if ('problem' in parsedRecipe) return parsedRecipe;
  const repeats = fields.group === 'seeds' ? fields.repeats : 1;
  const { success, data, error } = gridSchema.safeParse({ ...fields, ...parsedRecipe, repeats });
  return success ? { grid: data } : { problem: issueText(gridSettings, error) };
}

interface GridFormProps {
  fields: GridFields;
  onFields: (fields: GridFields) => void;
  refused: RefusedSetting | null;
}

export function GridForm({ fields, onFields, refused }: GridFormProps) {
  return (
    <>
      <HelpNote>Separate several values with commas. Every combination becomes a model.</HelpNote>
      <div className="add-values">
        <SettingFields settings={gridSettings} values={fields} onValues={onFields} />
        <DraftFields
          settings={recipeSettings}
          draft={fields.recipe}
          refused={refused}
          onDraft={(recipe) => onFields({ ...fields, recipe, name: nameAfter(fields, recipe) })}
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
