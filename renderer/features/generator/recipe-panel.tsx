import { Button, Checkbox, Group, MultiSelect, NumberInput, SegmentedControl, Select, SimpleGrid } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { GeneratorView } from '../../../main/contract/api/generator.ts';
import {
  differentiableAugmentations,
  type GeneratorRecipe,
  generatorKinds,
  generatorRecipeSchema,
} from '../../../main/contract/recipes.ts';
import type { Channels } from '../../../main/domain/images.ts';
import { generatorFor } from '../../../main/domain/new-study.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { ErrorNotice, HelpNote } from '../../ui/states.tsx';
import { showRefusal, showUndoToast } from '../../ui/toasts.tsx';

/** Source and recipe of the generator. Changes take effect with the next training. */
export function RecipePanel({ study, view }: { study: string; view: GeneratorView }) {
  const api = useApi();
  const client = useClient();
  const [own, setOwn] = useState(view.kind === 'trained');
  const useShipped = useMutation(api.generator.useShipped.mutationOptions({ onError: showRefusal }));
  const setRecipe = useMutation(api.generator.setRecipe.mutationOptions({ onError: showRefusal }));
  const used = view.shipped?.provenance.name ?? null;
  const [name] = view.available;
  const chooseShipped = (next: string | null): void => {
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
        <SegmentedControl
          aria-label="Source of the generator"
          disabled={view.working}
          value={own ? 'own' : 'shipped'}
          onChange={chooseSource}
          data={[
            { value: 'shipped', label: 'Shipped generator' },
            { value: 'own', label: 'Own generator' },
          ]}
        />
      </Group>
      {!own && (
        <Select
          label="Shipped generator"
          data={view.available}
          value={used ?? name ?? null}
          allowDeselect={false}
          disabled={view.working}
          onChange={chooseShipped}
        />
      )}
      {own && <RecipeForm study={study} view={view} />}
    </section>
  );
}

const kindNames: Record<GeneratorRecipe['kind'], string> = {
  dcgan64: 'DCGAN, 64 × 64 (the paper’s)',
  dcgan32: 'DCGAN, 32 × 32',
  dcgan28: 'DCGAN, 28 × 28 (small)',
};
const kinds = generatorKinds.map((kind) => ({ value: kind, label: kindNames[kind] }));

const losses = [
  { value: 'cross-entropy', label: 'Cross-entropy (the paper’s)' },
  { value: 'hinge', label: 'Hinge' },
];

const augmentations = [
  { value: 'translation', label: 'Translation' },
  { value: 'cutout', label: 'Cutout' },
  { value: 'color', label: 'Color' },
];

/** The default of the size of images that most studies have, where theirs is not known yet. */
const usualSize = { width: 28, height: 28, channels: 1 } as const;

const freshRecipe = ({ size }: GeneratorView): GeneratorRecipe =>
  generatorRecipeSchema.parse(generatorFor(size ?? usualSize));

type NumberField = 'steps' | 'batch' | 'features' | 'latent' | 'stepSize' | 'beta1' | 'sampleEvery';

const fields: readonly { key: NumberField; label: string; min: number; max: number; step: number }[] = [
  { key: 'steps', label: 'Steps', min: 1, max: 1_000_000, step: 100 },
  { key: 'batch', label: 'Batch size', min: 2, max: 1024, step: 1 },
  { key: 'features', label: 'Features', min: 4, max: 256, step: 1 },
  { key: 'latent', label: 'Latent dimension', min: 2, max: 1024, step: 1 },
  { key: 'stepSize', label: 'Learning rate', min: 0.000001, max: 0.99, step: 0.0001 },
  { key: 'beta1', label: 'Adam beta 1', min: 0, max: 0.99, step: 0.1 },
  { key: 'sampleEvery', label: 'Steps between samples', min: 1, max: 1_000_000, step: 10 },
];

/** In one order, as the recipe is hashed as it is written and the order they are clicked in changes nothing. */
function ordered(chosen: readonly string[]): GeneratorRecipe['augmentation'] {
  const kinds = differentiableAugmentations.filter((kind) => chosen.includes(kind));
  return kinds.length > 0 ? kinds : undefined;
}

/** Images have the channels of the data set, where these are known. */
function withChannels({ channels: declared, ...recipe }: GeneratorRecipe, known: Channels | undefined) {
  const channels = known ?? declared;
  return channels === 3 ? { ...recipe, channels } : recipe;
}

function RecipeForm({ study, view }: { study: string; view: GeneratorView }) {
  const api = useApi();
  const [recipe, setRecipe] = useState<GeneratorRecipe>(view.own?.recipe ?? freshRecipe(view));
  const [seed, setSeed] = useState(view.own?.seed ?? 1);
  const save = useMutation(api.generator.setRecipe.mutationOptions());
  const parsed = generatorRecipeSchema.safeParse(withChannels(recipe, view.size?.channels));
  const unchanged =
    view.own !== null && JSON.stringify(view.own.recipe) === JSON.stringify(parsed.data) && view.own.seed === seed;
  /** Undefined takes the key out: recipes never say that an option is off. */
  const put = (key: keyof GeneratorRecipe, value: unknown): void => {
    const { [key]: _, ...others } = recipe;
    setRecipe({ ...others, ...(value !== undefined && { [key]: value }) } as GeneratorRecipe);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.success) save.mutate({ study, recipe: parsed.data, seed });
      }}
    >
      <HelpNote>
        Changes apply to the next training.
        {view.frozen && ' The frozen stimuli are kept but become stale.'}
      </HelpNote>
      <SimpleGrid className="recipe-fields" minColWidth={150} spacing="lg" verticalSpacing="sm" w="100%" maw={900}>
        <Select
          label="Network"
          data={kinds}
          value={recipe.kind}
          allowDeselect={false}
          disabled={view.working}
          onChange={(kind) => kind !== null && put('kind', kind)}
        />
        {fields.map(({ key, label, ...range }) => (
          <NumberInput
            key={key}
            label={label}
            {...range}
            value={recipe[key]}
            disabled={view.working}
            onChange={(value) => put(key, Number(value))}
          />
        ))}
        <NumberInput
          label="Seed"
          min={0}
          max={0xffff_ffff}
          value={seed}
          disabled={view.working}
          onChange={(value) => setSeed(Number(value))}
        />
      </SimpleGrid>
      <SimpleGrid
        minColWidth={220}
        spacing="lg"
        verticalSpacing="md"
        w="100%"
        maw={900}
        style={{ alignItems: 'start' }}
      >
        <Select
          label="Loss"
          data={losses}
          value={recipe.loss ?? 'cross-entropy'}
          allowDeselect={false}
          disabled={view.working}
          onChange={(loss) => put('loss', loss === 'hinge' ? loss : undefined)}
        />
        <NumberInput
          label="Decay of averaged weights"
          placeholder="no average"
          min={0.001}
          max={0.9999}
          step={0.001}
          decimalScale={4}
          value={recipe.average ?? ''}
          disabled={view.working}
          onChange={(value) => put('average', value === '' ? undefined : Number(value))}
        />
        <MultiSelect
          label="Augmentation"
          placeholder={recipe.augmentation ? undefined : 'none'}
          data={view.size?.channels === 1 ? augmentations.filter(({ value }) => value !== 'color') : augmentations}
          value={recipe.augmentation ?? []}
          disabled={view.working}
          onChange={(chosen) => put('augmentation', ordered(chosen))}
        />
        <Checkbox
          label="Class-conditional"
          description="Anchors come from the class asked for."
          checked={recipe.conditional ?? false}
          disabled={view.working}
          onChange={({ currentTarget }) => put('conditional', currentTarget.checked || undefined)}
        />
        <Checkbox
          label="Spectral norm"
          description="In the discriminator, instead of batch norm."
          checked={recipe.spectralNorm ?? false}
          disabled={view.working}
          onChange={({ currentTarget }) => put('spectralNorm', currentTarget.checked || undefined)}
        />
      </SimpleGrid>
      {save.isError && <ErrorNotice error={save.error} safe="The recipe is unchanged." />}
      <Button
        type="submit"
        variant="default"
        disabled={view.working || unchanged || !parsed.success}
        loading={save.isPending}
      >
        Save recipe
      </Button>
    </form>
  );
}
