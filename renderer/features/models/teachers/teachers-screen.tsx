import { Button, Title, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { TeachingView } from '../../../../main/contract/api/teachers.ts';
import { formatCost, formatCount } from '../../../../main/domain/format.ts';
import { armTitle } from '../../../../main/domain/target-arms.ts';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { studyAddress, useStudy } from '../../../navigation/addresses.ts';
import { RehearsalMark } from '../../../ui/badges.tsx';
import { type ActionError, Empty, HelpNote, QueryState, useActionError } from '../../../ui/states.tsx';
import { showUndoToast } from '../../../ui/toasts.tsx';
import { CellTable } from '../cell-table.tsx';
import { TrainModelsButton } from '../train-models-button.tsx';
import { TeachingDrawer } from './teaching-drawer.tsx';
import { PartHead } from '../part-head.tsx';
import '../models.css';
import { detach } from '../../../../main/contract/detach.ts';

/** Networks that are taught a study's images by people's labels and other targets: the design, and how it stands. */
export function TeachersScreen() {
  const study = useStudy();
  const api = useApi();
  const answer = useQuery(api.teachers.list.queryOptions({ input: { study }, meta: { live: 'self' }, staleTime: 0 }));
  useRunChanges(null, () => detach(answer.refetch()));
  const { onError, notice } = useActionError();
  const [isPlanning, setPlanning] = useState(false);
  const view = answer.data ?? null;
  const open = view ? view.runs - view.done : 0;
  const close = (): void => {
    setPlanning(false);
    detach(answer.refetch());
  };
  const plan = (
    <Button variant={open > 0 ? 'default' : 'filled'} onClick={() => setPlanning(true)}>
      {view ? 'Change design' : 'Plan experiment'}
    </Button>
  );
  return (
    <div className="models-page">
      <PartHead title="Teachers" study={study}>
        {view && view.done > 0 && (
          <Button variant="default" component={Link} href={studyAddress(study, '/results/teachers')}>
            Show outcomes
          </Button>
        )}
        {view && plan}
        {open > 0 && <TrainModelsButton study={study} onError={onError} count={open} />}
      </PartHead>
      {notice}
      <QueryState query={answer} loading="Loading the experiment" lines={6} />
      {answer.data === null && (
        <Empty title="No networks are taught by labels yet" actions={plan}>
          An experiment teaches networks of one recipe the same images by different targets: what people said, the
          majority, smoothing, distillation. It tests them on other images, against other people.
        </Empty>
      )}
      {view && <Experiment study={study} view={view} onError={onError} onChanged={() => detach(answer.refetch())} />}
      {isPlanning && <TeachingDrawer study={study} known={view?.teaching ?? null} onClose={close} />}
    </div>
  );
}

type OnError = ActionError['onError'];

interface ExperimentProps {
  study: string;
  view: TeachingView;
  onError: OnError;
  onChanged: () => void;
}

function Experiment({ study, view, onError, onChanged }: ExperimentProps) {
  const api = useApi();
  const { teaching, simulated, cells, runs, done, cost } = view;
  const restore = useMutation(api.teachers.restore.mutationOptions({ onError, onSuccess: onChanged }));
  const remove = useMutation(
    api.teachers.remove.mutationOptions({
      onError,
      onSuccess: (removed) => {
        onChanged();
        showUndoToast({
          message: `Removed ${teaching.name}; its trainings are kept`,
          undo: () => restore.mutate({ study, teaching: removed.teaching }),
        });
      },
    }),
  );
  return (
    <section aria-label={`Experiment ${teaching.name}`}>
      <Group component="header" gap="4px 12px">
        <Title order={2}>{teaching.name}</Title>
        {simulated && <RehearsalMark />}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          loading={remove.isPending}
          onClick={() => remove.mutate({ study })}
        >
          Remove experiment
        </Button>
      </Group>
      {teaching.made ? (
        <HelpNote>
          {formatCount(cells.length, 'cell')} with networks × {formatCount(teaching.seeds, 'seed')}; {done} of{' '}
          {formatCount(runs, 'training')} ended
          {done < runs && `, ${formatCost(cost)} to go`}. Cells with the same targets, as of targets that ask nobody,
          share networks. Each cell counts the seeds that reached the target.
        </HelpNote>
      ) : (
        <HelpNote>No targets were made of the labels yet. Change the design, and make them there.</HelpNote>
      )}
      {cells.length > 0 && (
        <CellTable
          label={`Cells of ${teaching.name}`}
          cells={cells}
          columns={[
            { title: 'Target', cell: ({ arm }) => armTitle(arm) },
            { title: 'Held-out fold', cell: ({ fold }) => fold },
            { title: 'Teachers', cell: ({ teachers }) => `half ${teachers}` },
          ]}
          rowTitle={({ name }) => name}
        />
      )}
    </section>
  );
}
