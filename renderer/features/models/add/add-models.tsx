import { Alert, Button, Checkbox, Drawer, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'wouter';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { AdditionPlan, ModelGrid } from '../../../../main/contract/api/models.ts';
import type { ClassifierRecipe } from '../../../../main/contract/recipes.ts';
import type { ModelsSpec } from '../../../../main/contract/study.ts';
import { formatCost, formatCount } from '../../../../main/domain/format.ts';
import { trainingTitle } from '../../../../main/domain/recipe-settings.ts';
import { toRefusal, useApi } from '../../../client/context.tsx';
import { ArchitectureMark } from '../../../ui/badges.tsx';
import { CallButton, TextButton } from '../../../ui/buttons.tsx';
import { Segments } from '../../../ui/fields.tsx';
import { HelpNote, Loading, QueryState, useActionError } from '../../../ui/states.tsx';
import { modelsAddress } from '../../../navigation/addresses.ts';
import { showToast } from '../../../ui/toasts.tsx';
import { firstGrid, type GridFields, GridForm, gridLike, parseGrid } from './grid-form.tsx';
import { useUsualRecipe } from './use-usual-recipe.ts';
import { targetTitles } from '../../../../main/domain/targets.ts';

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
            These models count in tables and report. To compare recipes by themselves, or several architectures and
            optimizers, <Link href={modelsAddress(study, '/sweeps')}>plan a sweep</Link>.
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
  const { onError, notice } = useActionError();
  const start = useMutation(api.work.start.mutationOptions({ onError }));
  const add = useMutation(
    api.runs.addModels.mutationOptions({
      onError,
      onSuccess: ({ runs }) => {
        showToast({ title: `${formatCount(runs, 'model')} added` });
        onDone();
      },
    }),
  );
  const input = { study, entries: [...entries], grid };
  const addAndTrain = (): void => add.mutate(input, { onSuccess: () => start.mutate({ study, goal: 'models' }) });
  const runs = plan.data?.runs ?? 0;
  const cannot = isEmpty || plan.isError || plan.data === undefined;
  return (
    <div className="add-foot" role="status">
      {isEmpty ? (
        <HelpNote>Choose the models to add.</HelpNote>
      ) : (
        plan.data && !plan.isError && <PlanNote plan={plan.data} />
      )}
      {plan.isError && <Alert color="orange">{errorText(plan.error)}</Alert>}
      {notice}
      <Group gap="xs">
        <Button variant="filled" disabled={cannot} loading={add.isPending} onClick={addAndTrain}>
          {cannot ? 'Train models' : `Train ${formatCount(runs, 'model')}`}
        </Button>
        <CallButton disabled={cannot} call={add} input={input}>
          Add without training
        </CallButton>
      </Group>
    </div>
  );
}

function PlanNote({ plan }: { plan: AdditionPlan }) {
  const { runs, known, names, workers, timeFrom } = plan;
  const shown = names.slice(0, 6).join(', ');
  return (
    <div>
      <Text size="sm" fw={600}>
        {formatCount(runs, 'training')}: {formatCost(plan)}
      </Text>
      <Text size="xs" className="soft">
        {shown}
        {runs > 6 ? ' and others' : ''}. Estimated for {formatCount(workers, 'worker')} from{' '}
        {timeFrom === 'runs' ? 'earlier trainings on this machine' : 'benchmark figures'}.
        {known > 0 && ` Already trained, at no cost: ${known}.`}
      </Text>
    </div>
  );
}

function errorText(error: unknown): string {
  const { what, remedy } = toRefusal(error);
  return `${what}. ${remedy}`;
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
