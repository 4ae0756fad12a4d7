import { Button, Title, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SweepView } from '../../../../main/contract/api/sweeps.ts';
import { formatCost, formatCount } from '../../../../main/domain/format.ts';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { useStudy } from '../../../navigation/addresses.ts';
import { type ActionError, Empty, HelpNote, QueryState, useActionError } from '../../../ui/states.tsx';
import { showUndoToast } from '../../../ui/toasts.tsx';
import { CellTable } from '../cell-table.tsx';
import { TrainModelsButton } from '../train-models-button.tsx';
import { SweepDrawer } from './sweep-drawer.tsx';
import { PartHead } from '../part-head.tsx';
import '../models.css';
import { detach } from '../../../../main/contract/detach.ts';

/** What is planned: a new sweep, or more of one, by its name. */
type Planning = 'new' | { name: string } | null;

/** Sweeps of a study: tables of cells, each with the seeds that reached their target. */
export function SweepsScreen() {
  const study = useStudy();
  const api = useApi();
  const sweeps = useQuery(api.sweeps.list.queryOptions({ input: { study }, meta: { live: 'self' }, staleTime: 0 }));
  useRunChanges(null, () => detach(sweeps.refetch()));
  const { onError, notice } = useActionError();
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
    <div className="models-page">
      <PartHead title="Sweeps" study={study}>
        {sweeps.data && sweeps.data.length > 0 && plan}
        {open > 0 && <TrainModelsButton study={study} onError={onError} count={open} />}
      </PartHead>
      {notice}
      <QueryState query={sweeps} loading="Loading the sweeps" lines={6} />
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
          onError={onError}
          onGrow={() => setPlanning({ name: view.sweep.name })}
        />
      ))}
      {planning !== null && (planning === 'new' || known) && (
        <SweepDrawer study={study} known={known} onClose={() => setPlanning(null)} />
      )}
    </div>
  );
}

type OnError = ActionError['onError'];

interface SweepTableProps {
  study: string;
  view: SweepView;
  onGrow: () => void;
  onError: OnError;
}

function SweepTable({ study, view, onGrow, onError }: SweepTableProps) {
  const api = useApi();
  const { sweep, factors, cells, runs, done, cost } = view;
  const put = useMutation(api.sweeps.put.mutationOptions({ onError }));
  const remove = useMutation(
    api.sweeps.remove.mutationOptions({
      onError,
      onSuccess: (removed) =>
        showUndoToast({
          message: `Removed sweep ${sweep.name}; its trainings are kept`,
          undo: () => put.mutate({ study, sweep: removed.sweep }),
        }),
    }),
  );
  return (
    <section aria-label={`Sweep ${sweep.name}`}>
      <Group component="header" gap="4px 12px">
        <Title order={2}>{sweep.name}</Title>
        <Button size="xs" variant="default" onClick={onGrow}>
          Add levels or seeds
        </Button>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          loading={remove.isPending}
          onClick={() => remove.mutate({ study, name: sweep.name })}
        >
          Remove sweep
        </Button>
      </Group>
      <HelpNote>
        {formatCount(cells.length, 'cell')} × {formatCount(sweep.seeds, 'seed')}; {done} of{' '}
        {formatCount(runs, 'training')} ended
        {done < runs && `, ${formatCost(cost)} to go`}. Each cell counts the seeds that reached the target; a cell that
        missed it stays in the table.
      </HelpNote>
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
    </section>
  );
}
