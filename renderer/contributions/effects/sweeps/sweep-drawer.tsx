import { Alert, Drawer, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SweepPlan } from '../../../../main/contributions/effects/contract/sweeps.ts';
import type { UsualModel } from '../../../../main/contract/api/index.ts';
import type { ClassifierRecipe } from '../../../../main/contract/recipes/index.ts';
import type { Sweep } from '../../../../main/contributions/effects/contract/sweep.ts';
import { formatCount } from '../../../../main/domain/numbers/index.ts';
import { findSetting, recipeSettings, settingTitle, stoppingTitle } from '../../../../main/domain/settings/index.ts';
import { sweepSettings } from '../../../../main/contributions/effects/contract/settings.ts';
import { useEffectsApi } from '../api.ts';
import { PlainTable } from '../../../ui/tables/index.ts';
import { HelpNote, QueryState, TextButton } from '../../../ui/parts/index.ts';
import { ChoiceField, SettingFields } from '../../../ui/fields/index.ts';
import {
  type Draft,
  DraftFields,
  estimateText,
  parseRecipe,
  PlanFoot,
  plannedText,
  recipeDraft,
  refusedSetting,
  type RefusedSetting,
  refusedTitle,
  useUsualModel,
} from '../../../recipes/index.ts';
import { FactorForm } from './factor-form.tsx';
import { fieldsOf, firstSweep, parseSweep, type SweepFields, varies } from './sweep-fields.ts';

interface SweepDrawerProps {
  study: string;
  /** The sweep that grows; null: a new one. */
  known: Sweep | null;
  onClose: () => void;
}

/** Plans a sweep, or lets one grow: what varies, its cells, and what they take. */
export function SweepDrawer({ study, known, onClose }: SweepDrawerProps) {
  const usual = useUsualModel(study);
  return (
    <Drawer opened onClose={onClose} title={known ? `Add levels or seeds to ${known.name}` : 'Plan sweep'} size={720}>
      <QueryState query={usual} loading="Reading the recipe" lines={6} />
      {usual.data && <SweepForm study={study} known={known} usual={usual.data} onDone={onClose} />}
    </Drawer>
  );
}

interface SweepFormProps extends Omit<SweepDrawerProps, 'onClose'> {
  /** What all cells share at first, and the architectures that suit the study's images. */
  usual: UsualModel;
  onDone: () => void;
}

function SweepForm({ study, known, usual, onDone }: SweepFormProps) {
  const { architectures, recipe } = usual;
  const [fields, setFields] = useState<SweepFields>(() => (known ? fieldsOf(known) : firstSweep(architectures)));
  const [shared, setShared] = useState<Draft>(() => recipeDraft(recipe, architectures));
  const [isOpen, setOpen] = useState(false);
  const set = (change: Partial<SweepFields>): void => setFields({ ...fields, ...change });
  const parsed = parsePlan(fields, shared, known);
  const plan = useSweepPlan(study, 'sweep' in parsed ? parsed.sweep : null);
  const refused = refusedSetting(plan.error);
  const isShared = refused !== null && !known && !fields.factors.some((factor) => varies(factor, refused.path));
  const hasRange = fields.factors.some(({ range }) => range !== null);
  const field = (key: 'name' | 'seeds' | 'samples') => (
    <SettingFields
      settings={[findSetting(sweepSettings, key)]}
      values={fields}
      onValues={setFields}
      disabled={key === 'name' && known !== null}
    />
  );
  return (
    <Stack gap="md">
      <HelpNote>
        {known
          ? 'Cells that were trained stay as they are. New levels and seeds are trained besides.'
          : 'Every combination of these levels is a cell: one recipe, trained with some seeds.'}
      </HelpNote>
      {!known && (
        <PresetSelect
          onChoose={(sweep) => {
            setFields(sweep ? fieldsOf(sweep) : firstSweep(architectures));
            setShared(recipeDraft(sweep ? stoppedAs(recipe, sweep.base) : recipe, architectures));
          }}
        />
      )}
      <div className="add-values">
        {field('name')}
        {field('seeds')}
        {hasRange && field('samples')}
      </div>
      <FactorForm
        factors={fields.factors}
        onFactors={(factors) => set({ factors, exclude: [] })}
        isNew={known === null}
        architectures={architectures}
        refused={refused}
      />
      {!known && (
        // It stays open once a refusal opened it: its fields are being corrected.
        <details open={isOpen || isShared} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>
            Settings that all cells share
            {'sweep' in parsed && <span className="soft">: {stoppingTitle(parsed.sweep.base)}</span>}
          </summary>
          <Stack gap="md" mt="sm">
            <div className="add-values">
              <DraftFields
                settings={recipeSettings}
                draft={shared}
                onDraft={setShared}
                refused={isShared ? refused : null}
              />
            </div>
          </Stack>
        </details>
      )}
      {'problem' in parsed ? (
        <Alert color="gray" role="status">
          {parsed.problem}
        </Alert>
      ) : (
        <SweepFoot
          study={study}
          sweep={parsed.sweep}
          plan={plan}
          refused={known ? null : refused}
          onExclude={(exclude) => set({ exclude })}
          onDone={onDone}
        />
      )}
    </Stack>
  );
}

/** A recipe of a preset, stopped as the study's: its targets are of other images. */
const stoppedAs = ({ targets, tolerance, batch, maxEpochs }: ClassifierRecipe, base: ClassifierRecipe) => ({
  ...base,
  targets,
  tolerance,
  batch,
  maxEpochs,
});

/** What a sweep takes, or why it is refused; a little after the last change. @param sweep null: its fields are not complete */
function useSweepPlan(study: string, sweep: Sweep | null) {
  const api = useEffectsApi();
  const [wanted] = useDebouncedValue(sweep, 200);
  return useQuery(
    api.planSweep.queryOptions({
      input: wanted ? { study, sweep: wanted } : skipToken,
      placeholderData: keepPreviousData,
    }),
  );
}

/** Fills the form with a sweep of a preset. @param onChoose null: with none */
function PresetSelect({ onChoose }: { onChoose: (sweep: Sweep | null) => void }) {
  const api = useEffectsApi();
  const presets = useQuery(api.sweepPresets.queryOptions({ input: {}, meta: { live: 'self' } }));
  const [chosen, setChosen] = useState('');
  if (!presets.data?.length) return null;
  return (
    <ChoiceField
      label="Start from"
      options={[
        { value: '', label: 'Levels of your choice' },
        ...presets.data.map(({ from }, place) => ({ value: String(place), label: from })),
      ]}
      value={chosen}
      onChange={(value) => {
        setChosen(value);
        onChoose(value ? (presets.data[Number(value)]?.sweep ?? null) : null);
      }}
    />
  );
}

/** The sweep with its base: that of the form, or the one that it has. */
export function parsePlan(fields: SweepFields, shared: Draft, known: Sweep | null): ReturnType<typeof parseSweep> {
  if (known) return parseSweep(fields, known.base);
  const parsed = parseRecipe(shared);
  if ('problem' in parsed) return parsed;
  if (parsed.factors.length === 0) return parseSweep(fields, parsed.base);
  return { problem: 'Settings that all cells share have one value each. Let the others vary above.' };
}

interface SweepFootProps {
  study: string;
  sweep: Sweep;
  plan: ReturnType<typeof useSweepPlan>;
  /** What is refused beside its field. */
  refused: RefusedSetting | null;
  onExclude: (exclude: SweepFields['exclude']) => void;
  onDone: () => void;
}

/** The cells, what their trainings take, and the buttons. */
function SweepFoot({ study, sweep, plan, refused, onExclude, onDone }: SweepFootProps) {
  const api = useEffectsApi();
  const planned = plan.isError ? undefined : plan.data;
  const kept = planned?.kept ?? 0;
  return (
    <>
      {planned && <Cells plan={planned} sweep={sweep} onExclude={onExclude} />}
      <PlanFoot
        study={study}
        plan={refused ? { data: undefined, error: null } : plan}
        disabled={planned?.runs === 0}
        actions={['Train', 'Add without training']}
        make={() => api.putSweep.call({ study, sweep })}
        says={({ runs }) => `${formatCount(runs, 'training')} added to ${sweep.name}`}
        onDone={onDone}
        title={refused ? refusedTitle(refused) : planned && plannedText(planned, planned.count, sweep.seeds)}
      >
        {planned && (planned.runs === 0 ? 'Choose more levels or seeds.' : 'One seed of every cell is trained first.')}
        {planned && ` ${estimateText(planned)}`}
        {kept > 0 &&
          ` ${formatCount(kept, 'training')} of the sweep ${kept === 1 ? 'stays' : 'stay'} as planned or trained.`}
      </PlanFoot>
    </>
  );
}

type CellsProps = Pick<SweepFootProps, 'sweep' | 'onExclude'> & { plan: SweepPlan };

/** The planned cells; each can be left out. */
function Cells({ plan: { cells, count }, sweep, onExclude }: CellsProps) {
  const { factors, exclude = [] } = sweep;
  const leveled = factors.flatMap((factor, place) => ('levels' in factor ? [{ of: factor.of, place }] : []));
  const levelsOf = (levels: readonly string[]): Record<string, string> =>
    Object.fromEntries(leveled.map(({ of, place }) => [of, levels[place] ?? '']));
  return (
    <section aria-label="Cells">
      <Group gap="sm" mb={4}>
        <Text size="sm" fw={600}>
          {formatCount(count, 'cell')}
          {cells.length < count && `, the first ${cells.length}`}
        </Text>
        {exclude.length > 0 && <TextButton onClick={() => onExclude([])}>Take all combinations again</TextButton>}
      </Group>
      <PlainTable
        label="Planned cells"
        maxHeight={300}
        rows={cells}
        rowKey={({ name }) => name}
        rowTitle={({ name }) => name}
        columns={[
          ...factors.map(({ of }, place) => ({
            title: settingTitle(of),
            cell: ({ levels }: { levels: readonly string[] }) => levels[place],
          })),
          { title: 'Recipe', cell: ({ recipe }) => <span className="soft">{recipe}</span> },
          {
            title: 'Change',
            cell: ({ name, levels }) =>
              leveled.length > 0 && (
                <TextButton
                  className="on-one-line"
                  disabled={count === 1}
                  onClick={() => onExclude([...exclude, levelsOf(levels)])}
                >
                  Leave out<span className="sr"> {name}</span>
                </TextButton>
              ),
          },
        ]}
      />
    </section>
  );
}
