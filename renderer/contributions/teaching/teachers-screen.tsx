import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TeachingView } from '../../../main/contributions/teaching/contract/teaching.ts';
import { formatCount } from '../../../main/domain/numbers/index.ts';
import { armTitle } from '../../../main/contributions/teaching/analysis/arms.ts';
import { useRunChanges } from '../../client/index.ts';
import { studyAddress, useStudy } from '../../navigation/index.ts';
import { RehearsalMark } from '../../ui/words/index.ts';
import {
  type ActionError,
  Empty,
  LinkButton,
  PartScreen,
  showUndoToast,
  useActionError,
} from '../../ui/parts/index.ts';
import { CellTable, endedText, PlannedPart } from '../contrasts/planned-part.tsx';
import { TeachingDrawer } from './teaching-drawer.tsx';
import { detach } from '../../../main/contract/wire/index.ts';
import { useTeaching } from './calls.ts';

/** Networks that are taught a study's images by people's labels and other targets: the design, and how it stands. */
export function TeachersScreen() {
  const study = useStudy();
  const calls = useTeaching();
  const answer = useQuery(calls.list.queryOptions({ input: { study }, meta: { live: 'self' }, staleTime: 0 }));
  useRunChanges(null, answer.refetch);
  const action = useActionError();
  const [isPlanning, setPlanning] = useState(false);
  const view = answer.data ?? null;
  const open = view ? view.runs - view.done : 0;
  const refetch = (): void => detach(answer.refetch());
  const close = (): void => {
    setPlanning(false);
    refetch();
  };
  const plan = (
    <Button variant={open > 0 ? 'default' : 'filled'} onClick={() => setPlanning(true)}>
      {view ? 'Change design' : 'Plan experiment'}
    </Button>
  );
  return (
    <PartScreen
      study={study}
      title="Teachers"
      query={answer}
      loading="Loading the experiment"
      action={action}
      trains={open > 0 ? formatCount(open, 'model') : null}
      tools={
        view && (
          <>
            {view.done > 0 && <LinkButton to={studyAddress(study, '/results/teachers')}>Show outcomes</LinkButton>}
            {plan}
          </>
        )
      }
    >
      {answer.data === null && (
        <Empty title="No networks are taught by labels yet" actions={plan}>
          An experiment teaches networks of one recipe the same images by different targets: what people said, the
          majority, smoothing, distillation. It tests them on other images, against other people.
        </Empty>
      )}
      {view && <Experiment study={study} view={view} onError={action.onError} onChanged={refetch} />}
      {isPlanning && <TeachingDrawer study={study} known={view?.teaching ?? null} onClose={close} />}
    </PartScreen>
  );
}

interface ExperimentProps extends Pick<ActionError, 'onError'> {
  study: string;
  view: TeachingView;
  onChanged: () => void;
}

function Experiment({ study, view, onError, onChanged }: ExperimentProps) {
  const calls = useTeaching();
  const { teaching, simulated, cells } = view;
  const restore = useMutation(calls.restore.mutationOptions({ onError, onSuccess: onChanged }));
  const remove = useMutation(
    calls.remove.mutationOptions({
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
    <PlannedPart
      kind="experiment"
      name={teaching.name}
      state={view.state}
      remove={remove}
      input={{ study }}
      tools={simulated && <RehearsalMark />}
      note={
        teaching.made
          ? `${formatCount(cells.length, 'cell')} with networks × ${formatCount(teaching.seeds, 'seed')}; ${endedText(view)}. Cells with the same targets share networks, such as those whose targets use no labels. Each cell counts the seeds that reached the target.`
          : 'No targets have been made from the labels yet. Open the design to make them.'
      }
    >
      {cells.length > 0 && (
        <CellTable
          label={`Cells of ${teaching.name}`}
          cells={cells}
          columns={[
            { title: 'Arm', cell: ({ arm }) => armTitle(arm) },
            { title: 'Held-out fold', cell: ({ fold }) => fold },
            { title: 'Teachers', cell: ({ teachers }) => `half ${teachers}` },
          ]}
          rowTitle={({ name }) => name}
        />
      )}
    </PlannedPart>
  );
}
