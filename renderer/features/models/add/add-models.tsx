import { Alert, Checkbox, Drawer, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ModelGrid } from '../../../../main/contract/api/models.ts';
import type { ClassifierRecipe } from '../../../../main/contract/recipes/recipes.ts';
import type { ModelsSpec } from '../../../../main/contract/studies/study.ts';
import { formatCost, formatCount } from '../../../../main/domain/numbers/format.ts';
import { trainingTitle } from '../../../../main/domain/settings/recipe-settings.ts';
import { useApi } from '../../../client/context.tsx';
import { ArchitectureMark } from '../../../ui/words/badges.tsx';
import { TextButton } from '../../../ui/parts/buttons.tsx';
import { Segments } from '../../../ui/fields/fields.tsx';
import { PartsAt } from '../../../ui/places/place.tsx';
import { HelpNote, Loading, QueryState } from '../../../ui/parts/states.tsx';
import { estimateText, PlanFoot } from '../../../recipes/plan-foot.tsx';
import { firstGrid, type GridFields, GridForm, gridLike, parseGrid } from './grid-form.tsx';
import { useUsualRecipe } from '../../../recipes/use-usual-recipe.ts';
import { targetTitles } from '../../../../main/domain/numbers/targets.ts';

interface AddDrawerProps {
  study: string;
  /** Id of a run whose recipe is to be changed. */
  like: string | null;
  opened: boolean;
  onClose: () => void;
}

/** Adds models to a study: presets, or every combination of some values. Shows the estimated time and disk first. */
export function AddDrawer({ study, like, opened, onClose }: AddDrawerProps) {
  const api = useApi();
  const id = like !== null && /^[1-9]\d{0,9}$/.test(like) ? Number(like) : 0;
  const run = useQuery(api.runs.get.queryOptions({ input: { id }, enabled: opened && id > 0, meta: { live: 'self' } }));
  const first = run.data?.task.kind === 'classifier' ? gridLike(run.data.row.name, run.data.task) : null;
  const usual = useUsualRecipe(study, opened);
  return (
    <Drawer opened={opened} onClose={onClose} title="Add models" size={600}>
      <QueryState query={usual} />
      {(id > 0 && run.isPending) || usual.isPending ? (
        <Loading label="Reading the recipe" lines={6} />
      ) : (
        usual.data && <AddForm key={id} study={study} first={first} usual={usual.data} onDone={onClose} />
      )}
    </Drawer>
  );
}

interface AddFormProps {
  study: string;
  /** Fields of the grid at first; null: those of the usual recipe, behind the presets. */
  first: GridFields | null;
  usual: ClassifierRecipe;
  onDone: () => void;
}

function AddForm({ study, first, usual, onDone }: AddFormProps) {
  const [from, setFrom] = useState<'presets' | 'grid'>(first ? 'grid' : 'presets');
  const [entries, setEntries] = useState<readonly ModelsSpec[]>([]);
  const [fields, setFields] = useState<GridFields>(() => first ?? firstGrid(usual));
  const grid = from === 'grid' ? parseGrid(fields) : null;
  const problem = grid !== null && 'problem' in grid ? grid.problem : null;
  return (
    <Stack gap="md">
      <Segments
        label="Source of models"
        value={from}
        onChange={setFrom}
        options={{ presets: 'Presets', grid: 'Grid of values' }}
      />
      {from === 'presets' ? (
        <PresetList chosen={entries} onChange={setEntries} />
      ) : (
        <>
          {first && (
            <HelpNote>
              Filled with the recipe of {first.name}. Change what kept it from its target; the new model gets a name of
              its own.
            </HelpNote>
          )}
          <GridForm fields={fields} onFields={setFields} />
          <HelpNote>
            These models count in tables and report. <PartsAt place="models.ways" study={study} />
          </HelpNote>
        </>
      )}
      {problem !== null ? (
        <Alert color="gray" role="status">
          {problem}
        </Alert>
      ) : (
        <AddFoot
          study={study}
          entries={from === 'presets' ? entries : []}
          grid={grid !== null && 'grid' in grid ? grid.grid : null}
          onDone={onDone}
        />
      )}
    </Stack>
  );
}

interface AddFootProps {
  study: string;
  entries: readonly ModelsSpec[];
  grid: ModelGrid | null;
  onDone: () => void;
}

/** Number of trainings, their cost, and the buttons. */
function AddFoot({ study, entries, grid, onDone }: AddFootProps) {
  const api = useApi();
  const [wanted] = useDebouncedValue({ study, entries: [...entries], grid }, 200);
  const isEmpty = wanted.entries.length === 0 && wanted.grid === null;
  const plan = useQuery(
    api.runs.planModels.queryOptions({ input: wanted, enabled: !isEmpty, placeholderData: keepPreviousData }),
  );
  const { data } = plan;
  const shown = data && !isEmpty && !plan.isError ? data : null;
  return (
    <PlanFoot
      study={study}
      plan={plan}
      disabled={isEmpty}
      actions={['Train', 'Add without training']}
      make={() => api.runs.addModels.call({ study, entries: [...entries], grid })}
      says={({ runs }) => `${formatCount(runs, 'model')} added`}
      onDone={onDone}
      title={shown ? `${formatCount(shown.runs, 'training')}: ${formatCost(shown)}` : undefined}
    >
      {isEmpty && 'Choose the models to add.'}
      {shown && `${shown.names.slice(0, 6).join(', ')}${shown.runs > 6 ? ' and others' : ''}. ${estimateText(shown)}`}
    </PlanFoot>
  );
}

interface PresetListProps {
  chosen: readonly ModelsSpec[];
  onChange: (entries: readonly ModelsSpec[]) => void;
}

/** Models of the studies that are shipped with the product. */
function PresetList({ chosen, onChange }: PresetListProps) {
  const api = useApi();
  const presets = useQuery(api.runs.presets.queryOptions({ input: {}, meta: { live: 'self' } }));
  if (presets.isError || !presets.data) return <QueryState query={presets} loading="Loading the presets" />;
  const sources = [...new Set(presets.data.map(({ from }) => from))];
  const toggle = (entry: ModelsSpec): void =>
    onChange(chosen.includes(entry) ? chosen.filter((each) => each !== entry) : [...chosen, entry]);
  return sources.map((source) => (
    <Checkbox.Group
      key={source}
      label={
        <PresetHead
          source={source}
          isAll={presets.data.every(({ from, entry }) => from !== source || chosen.includes(entry))}
          onAll={(all) => {
            const own = presets.data.flatMap(({ from, entry }) => (from === source ? [entry] : []));
            const others = chosen.filter((entry) => !own.includes(entry));
            onChange(all ? [...others, ...own] : others);
          }}
        />
      }
      value={presets.data.flatMap(({ entry }, index) => (chosen.includes(entry) ? [String(index)] : []))}
    >
      <Stack gap={6} mt="xs">
        {presets.data.map(({ from, entry }, index) =>
          from === source ? (
            <Checkbox
              key={`${from} ${entry.name}`}
              value={String(index)}
              onChange={() => toggle(entry)}
              label={<PresetLabel entry={entry} />}
            />
          ) : null,
        )}
      </Stack>
    </Checkbox.Group>
  ));
}

function PresetHead({ source, isAll, onAll }: { source: string; isAll: boolean; onAll: (all: boolean) => void }) {
  return (
    <Group gap="sm" component="span">
      {source}
      <TextButton className="preset-all" onClick={() => onAll(!isAll)}>
        {isAll ? 'Select none' : 'Select all'}
        <span className="sr"> of {source}</span>
      </TextButton>
    </Group>
  );
}

function PresetLabel({ entry: { name, group, repeats, seeds, recipe } }: { entry: ModelsSpec }) {
  const { architecture, targets } = recipe;
  const count =
    group === 'seeds' ? `seed study, ${repeats} times ${seeds} seeds` : `${seeds === 1 ? '1 run' : `${seeds} seeds`}`;
  return (
    <>
      <ArchitectureMark kind={architecture.kind}>{name}</ArchitectureMark>{' '}
      <Text span size="xs" className="soft">
        {count}; {trainingTitle(recipe)}; to {targetTitles(targets)}
      </Text>
    </>
  );
}
