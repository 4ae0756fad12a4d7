import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SweepView } from '../../../../main/contributions/effects/contract/sweeps.ts';
import { formatCount } from '../../../../main/domain/numbers/index.ts';
import { useEffectsApi } from '../api.ts';
import { useRunChanges } from '../../../client/index.ts';
import { useStudy } from '../../../navigation/index.ts';
import { type ActionError, Empty, PartScreen, showUndoToast, useActionError } from '../../../ui/parts/index.ts';
import { CellTable, endedText, PlannedPart } from '../../contrasts/planned-part.tsx';
import { SweepDrawer } from './sweep-drawer.tsx';
import '../effects.css';

/** What is planned: a new sweep, or more of one, by its name. */
type Planning = 'new' | { name: string } | null;

/** Sweeps of a study: tables of cells, each with the seeds that reached their target. */
export function SweepsScreen() {
  const study = useStudy();
  const api = useEffectsApi();
  const sweeps = useQuery(api.sweeps.queryOptions({ input: { study }, meta: { live: 'self' }, staleTime: 0 }));
  useRunChanges(null, sweeps.refetch);
  const action = useActionError();
  const [planning, setPlanning] = useState<Planning>(null);
  const known =
    planning === null || planning === 'new'
      ? null
      : (sweeps.data?.find(({ sweep }) => sweep.name === planning.name)?.sweep ?? null);
  const open = sweeps.data?.reduce((sum, { runs, done }) => sum + runs - done, 0) ?? 0;
  const plan = (
    <Button variant={open > 0 ? 'default' : 'filled'} onClick={() => setPlanning('new')}>
      Plan sweep
    </Button>
  );
  return (
    <PartScreen
      study={study}
      title="Sweeps"
      query={sweeps}
      loading="Loading the sweeps"
      action={action}
      trains={open > 0 ? formatCount(open, 'model') : null}
      tools={sweeps.data && sweeps.data.length > 0 && plan}
    >
      {sweeps.data?.length === 0 && (
        <Empty title="No sweeps yet" actions={plan}>
          A sweep trains recipes that differ in some factors, such as architecture and optimizer, in all combinations.
          It shows what each of them changes.
        </Empty>
      )}
      {sweeps.data?.map((view) => (
        <SweepTable
          key={view.sweep.name}
          study={study}
          view={view}
          onError={action.onError}
          onGrow={() => setPlanning({ name: view.sweep.name })}
        />
      ))}
      {planning !== null && (planning === 'new' || known) && (
        <SweepDrawer study={study} known={known} onClose={() => setPlanning(null)} />
      )}
    </PartScreen>
  );
}

interface SweepTableProps extends Pick<ActionError, 'onError'> {
  study: string;
  view: SweepView;
  onGrow: () => void;
}

function SweepTable({ study, view, onGrow, onError }: SweepTableProps) {
  const api = useEffectsApi();
  const { sweep, factors, cells } = view;
  const put = useMutation(api.putSweep.mutationOptions({ onError }));
  const remove = useMutation(
    api.removeSweep.mutationOptions({
      onError,
      onSuccess: (removed) =>
        showUndoToast({
          message: `Removed sweep ${sweep.name}; its trainings are kept`,
          undo: () => put.mutate({ study, sweep: removed.sweep }),
        }),
    }),
  );
  return (
    <PlannedPart
      kind="sweep"
      name={sweep.name}
      state={view.state}
      remove={remove}
      input={{ study, name: sweep.name }}
      tools={
        <Button size="xs" onClick={onGrow}>
          Add levels or seeds
        </Button>
      }
      note={`${formatCount(cells.length, 'cell')} × ${formatCount(sweep.seeds, 'seed')}; ${endedText(view)}. Each cell counts the seeds that reached the target; a cell that missed it stays in the table.`}
    >
      <CellTable
        label={`Cells of ${sweep.name}`}
        cells={cells}
        columns={factors.map((title, place) => ({
          title,
          cell: ({ levels }: SweepView['cells'][number]) => levels[place],
        }))}
        noTarget={<span className="soft">not a target</span>}
        rowTitle={({ name, recipe }) => `${name}: ${recipe}`}
      />
    </PlannedPart>
  );
}
