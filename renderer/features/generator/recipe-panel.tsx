import { Button, Group, SimpleGrid } from '@mantine/core';
import { useState } from 'react';
import { hashKey, useMutation } from '@tanstack/react-query';
import type { GeneratorView } from '../../../main/contract/api/generator.ts';
import { type GeneratorRecipe, generatorRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { generatorMisfit, type Misfit } from '../../../main/domain/networks/trainable.ts';
import { generatorFor, generatorSettings } from '../../../main/domain/settings/generator-settings.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { RefusedNote, refusedTitle } from '../../recipes/refused-setting.tsx';
import { ChoiceField, NumberField, Segments, submitting } from '../../ui/fields/fields.tsx';
import { SettingFields } from '../../ui/fields/setting-fields.tsx';
import { ErrorNotice, HelpNote } from '../../ui/parts/states.tsx';
import { showRefusal, showUndoToast } from '../../ui/parts/toasts.tsx';

/** Source and recipe of the generator. Changes take effect with the next training. */
export function RecipePanel({ study, view }: { study: string; view: GeneratorView }) {
  const api = useApi();
  const client = useClient();
  const [own, setOwn] = useState(view.kind === 'trained');
  const useShipped = useMutation(api.generator.useShipped.mutationOptions({ onError: showRefusal }));
  const setRecipe = useMutation(api.generator.setRecipe.mutationOptions({ onError: showRefusal }));
  const used = view.shipped?.provenance.name ?? null;
  const [name] = view.available;
  const chooseShipped = (next: string): void => {
    const chosen = view.available.find((each) => each === next);
    const before = view.available.find((each) => each === used);
    if (!chosen || chosen === before) return;
    useShipped.mutate(
      { study, name: chosen },
      {
        onSuccess: () =>
          showUndoToast({
            message: `The study now uses ${chosen}`,
            undo: () => before && useShipped.mutate({ study, name: before }),
            stands: async () => (await client.generator.get({ study })).shipped?.provenance.name === chosen,
          }),
      },
    );
  };
  const chooseSource = (source: string): void => {
    setOwn(source === 'own');
    if (source === 'own' || view.kind !== 'trained' || !name) return;
    const before = view.own;
    useShipped.mutate(
      { study, name },
      {
        onSuccess: () =>
          showUndoToast({
            message: `The study now uses ${name}`,
            undo: () => before && setRecipe.mutate({ study, recipe: before.recipe, seed: before.seed }),
            stands: async () => (await client.generator.get({ study })).kind === 'shipped',
          }),
      },
    );
  };
  return (
    <section className="recipe-panel" aria-labelledby="recipe">
      <Group gap="md">
        <h2 id="recipe">Source</h2>
        <Segments
          label="Source of the generator"
          disabled={view.working}
          value={own ? 'own' : 'shipped'}
          onChange={chooseSource}
          options={{ shipped: 'Shipped generator', own: 'Own generator' }}
        />
      </Group>
      {!own && (
        <ChoiceField<string>
          label="Shipped generator"
          options={view.available}
          value={used ?? name ?? null}
          disabled={view.working}
          onChange={chooseShipped}
        />
      )}
      {own && <RecipeForm study={study} view={view} />}
    </section>
  );
}

/** The images that most studies have, where theirs are not known yet. */
const usualImages = { width: 28, height: 28, channels: 1, trainCount: null } as const;

/** What keeps a generator from being trained on the study's images; null: nothing, or they are not known. */
export const misfitOf = (recipe: GeneratorRecipe, { images }: Pick<GeneratorView, 'images'>): Misfit | null =>
  images && generatorMisfit(recipe, images);

function RecipeForm({ study, view }: { study: string; view: GeneratorView }) {
  const api = useApi();
  const [recipe, setRecipe] = useState(view.own?.recipe ?? generatorFor(view.images ?? usualImages));
  const [seed, setSeed] = useState(view.own?.seed ?? 1);
  const save = useMutation(api.generator.setRecipe.mutationOptions());
  // Images have the channels of the data set, where these are known.
  const { channels: declared, ...others } = recipe;
  const channels = view.images?.channels ?? declared;
  const wanted = channels === 3 ? { ...others, channels } : others;
  const misfit = misfitOf(wanted, view);
  const unchanged = view.own !== null && hashKey([view.own.recipe, view.own.seed]) === hashKey([wanted, seed]);
  return (
    <form onSubmit={submitting(() => save.mutate({ study, recipe: wanted, seed }))}>
      <HelpNote>
        Changes apply to the next training.
        {view.frozen && ' The frozen stimuli are kept but become stale.'}
      </HelpNote>
      <SimpleGrid
        className="recipe-fields"
        minColWidth={200}
        spacing="lg"
        verticalSpacing="md"
        w="100%"
        maw={1100}
        style={{ alignItems: 'start' }}
      >
        <SettingFields
          settings={generatorSettings}
          values={recipe}
          onValues={setRecipe}
          context={view.images ?? {}}
          refused={
            misfit && {
              path: misfit.path,
              note: (
                <RefusedNote
                  refused={misfit}
                  onTake={({ path, to }) => setRecipe(generatorRecipeSchema.parse({ ...recipe, [path]: to }))}
                />
              ),
            }
          }
          disabled={view.working}
        />
        <NumberField label="Seed" min={0} max={0xffff_ffff} value={seed} disabled={view.working} onChange={setSeed} />
      </SimpleGrid>
      {save.isError && <ErrorNotice error={save.error} safe="The recipe is unchanged." />}
      <Group gap="sm">
        <Button type="submit" disabled={view.working || unchanged || misfit !== null} loading={save.isPending}>
          Save recipe
        </Button>
        {misfit && <span className="soft">{refusedTitle(misfit, 'This recipe')}</span>}
      </Group>
    </form>
  );
}
