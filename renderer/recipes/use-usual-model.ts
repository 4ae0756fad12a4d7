import { useQuery } from '@tanstack/react-query';
import type { UsualModel } from '../../main/contract/api/models.ts';
import { recipeSettings } from '../../main/domain/settings/recipe-settings.ts';
import { useApi } from '../client/context.tsx';
import { type Draft, draftOf } from './setting-drafts.ts';

/** What forms of recipes begin with in a study. */
export function useUsualModel(study: string, enabled = true) {
  const api = useApi();
  return useQuery(api.runs.usualModel.queryOptions({ input: { study }, enabled, meta: { live: 'self' } }));
}

/** The fields of a recipe. An architecture that is chosen in place of its own is as usual for the study's images. */
export const recipeDraft = (recipe: UsualModel['recipe'], architectures: UsualModel['architectures']): Draft => ({
  ...Object.assign({}, ...architectures.map((architecture) => draftOf(recipeSettings, { architecture }))),
  ...draftOf(recipeSettings, recipe),
});
