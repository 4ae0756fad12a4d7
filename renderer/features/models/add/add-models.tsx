import { Alert, Drawer, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ModelGrid, UsualModel } from '../../../../main/contract/api/models.ts';
import type { ClassifierRecipe } from '../../../../main/contract/recipes/recipes.ts';
import type { ModelsSpec } from '../../../../main/contract/studies/study.ts';
import { formatCost, formatCount } from '../../../../main/domain/numbers/format.ts';
import { useApi } from '../../../client/context.tsx';
import { Segments } from '../../../ui/fields/fields.tsx';
import { PartsAt } from '../../../ui/places/place.tsx';
import { HelpNote, Loading, QueryState } from '../../../ui/parts/states.tsx';
import { estimateText, PlanFoot } from '../../../recipes/plan-foot.tsx';
import { type RefusedSetting, refusedSetting, refusedTitle } from '../../../recipes/refused-setting.tsx';
import { firstGrid, type GridFields, GridForm, gridLike, parseGrid } from './grid-form.tsx';
import { SuggestedList } from './suggested-list.tsx';
import { useUsualModel } from '../../../recipes/use-usual-model.ts';

interface AddDrawerProps {
  study: string;
  /** Id of a run whose recipe is to be changed. */
  like: string | null;
  opened: boolean;
  onClose: () => void;
}

/** Adds models to a study: its own recipes changed, presets, or every combination of some values. Shows the estimated time and disk first. */
export function AddDrawer({ study, like, opened, onClose }: AddDrawerProps) {
  const api = useApi();
  const id = like !== null && /^[1-9]\d{0,9}$/.test(like) ? Number(like) : 0;
  const run = useQuery(api.runs.get.queryOptions({ input: { id }, enabled: opened && id > 0, meta: { live: 'self' } }));
  const usual = useUsualModel(study, opened);
  const { data } = run;
  const of =
    data?.task.kind === 'classifier' ? { name: data.row.name, recipe: data.task.recipe, seed: data.task.seed } : null;
  return (
    <Drawer opened={opened} onClose={onClose} title="Add models" size={600}>
      <QueryState query={usual} />
      {(id > 0 && run.isPending) || usual.isPending ? (
        <Loading label="Reading the recipe" lines={6} />
      ) : (
        usual.data && <AddForm key={id} study={study} like={of} usual={usual.data} onDone={onClose} />
      )}
    </Drawer>
  );
}

interface AddFormProps {
  study: string;
  /** The run whose recipe is to be changed. */
  like: { name: string; recipe: ClassifierRecipe; seed: number } | null;
  usual: UsualModel;
  onDone: () => void;
}

function AddForm({ study, like, usual, onDone }: AddFormProps) {
  const [from, setFrom] = useState<'suggested' | 'grid'>(like ? 'grid' : 'suggested');
  const [entries, setEntries] = useState<readonly ModelsSpec[]>([]);
  const first = like && gridLike(like.name, like, usual);
  const [fields, setFields] = useState<GridFields>(() => first ?? firstGrid(usual));
  const parsed = from === 'grid' ? parseGrid(fields) : null;
  const problem = parsed !== null && 'problem' in parsed ? parsed.problem : null;
  const grid = parsed !== null && 'grid' in parsed ? parsed.grid : null;
  const addition: Addition = { study, entries: from === 'suggested' ? [...entries] : [], grid };
  const plan = useAdditionPlan(addition);
  const refused = refusedSetting(plan.error);
  return (
    <Stack gap="md">
      <Segments
        label="Source of models"
        value={from}
        onChange={setFrom}
        options={{ suggested: 'Recipes of this study', grid: 'Grid of values' }}
      />
      {from === 'suggested' ? (
        <SuggestedList study={study} chosen={entries} onChange={setEntries} />
      ) : (
        <>
          {first && (
            <HelpNote>
              Filled with the recipe of {first.name}. Change what kept it from its target; the new model gets a name of
              its own.
            </HelpNote>
          )}
          <GridForm fields={fields} onFields={setFields} refused={refused} />
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
        <AddFoot addition={addition} plan={plan} refused={from === 'grid' ? refused : null} onDone={onDone} />
      )}
    </Stack>
  );
}

interface Addition {
  study: string;
  entries: ModelsSpec[];
  grid: ModelGrid | null;
}

const isEmpty = ({ entries, grid }: Addition): boolean => entries.length === 0 && grid === null;

/** What an addition takes, or why it is refused; a little after the last change. */
function useAdditionPlan(addition: Addition) {
  const [wanted] = useDebouncedValue(addition, 200);
  return useQuery(
    useApi().runs.planModels.queryOptions({
      input: wanted,
      enabled: !isEmpty(wanted),
      placeholderData: keepPreviousData,
    }),
  );
}

interface AddFootProps {
  addition: Addition;
  plan: ReturnType<typeof useAdditionPlan>;
  /** What is refused beside its field. */
  refused: RefusedSetting | null;
  onDone: () => void;
}

/** Number of trainings, their cost, and the buttons. */
function AddFoot({ addition, plan, refused, onDone }: AddFootProps) {
  const api = useApi();
  const nothing = isEmpty(addition);
  const { data } = plan;
  const shown = data && !nothing && !plan.isError ? data : null;
  return (
    <PlanFoot
      study={addition.study}
      plan={refused ? { data: undefined, error: null } : plan}
      disabled={nothing}
      actions={['Train', 'Add without training']}
      make={() => api.runs.addModels.call(addition)}
      says={({ runs }) => `${formatCount(runs, 'model')} added`}
      onDone={onDone}
      title={
        refused
          ? refusedTitle(refused)
          : shown
            ? `${formatCount(shown.runs, 'training')}: ${formatCost(shown)}`
            : undefined
      }
    >
      {nothing && 'Choose the models to add.'}
      {shown && `${shown.names.slice(0, 6).join(', ')}${shown.runs > 6 ? ' and others' : ''}. ${estimateText(shown)}`}
    </PlanFoot>
  );
}
