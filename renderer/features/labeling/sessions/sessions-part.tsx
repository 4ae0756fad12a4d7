import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { Board, BoardRow } from '../../../../main/contract/labeling/board.ts';
import { counted } from '../../../ui/format.ts';
import { Empty, HelpNote } from '../../../ui/states.tsx';
import { DataTable } from '../../../ui/table/data-table.tsx';
import type { DataColumn } from '../../../ui/table/data-table.tsx';
import { showRefusal } from '../../../ui/toasts.tsx';
import { KitPanel } from '../kit/kit-panel.tsx';
import { useSaveKit } from '../kit/use-save-kit.ts';
import { PaperActions } from '../paper/paper-actions.tsx';
import { boardColumns } from './board-columns.tsx';
import { MakeSessions } from './make-sessions.tsx';
import { SessionMenu } from './session-menu.tsx';
import { SessionQuestions } from './session-questions.tsx';
import { StartHere } from './start-here.tsx';
import { ThisScreen } from './this-screen.tsx';
import { tableHeight } from '../table-height.ts';
import { useSessionActions } from './use-session-actions.ts';
import type { SessionActions } from './use-session-actions.ts';

export interface SessionsPartProps {
  study: string;
  board: Board;
  /** Goes to the plan. */
  onPlan: () => void;
}

/** Makes sessions, starts them, and shows who is where. */
export function SessionsPart({ study, board, onPlan }: SessionsPartProps) {
  const actions = useSessionActions();
  const columns = useMemo(() => columnsWith(study, board.hasPin, actions), [study, board.hasPin, actions]);
  if (!board.plan) {
    return (
      <Empty title="No plan yet" actions={<Button onClick={onPlan}>Go to the plan</Button>}>
        Sessions are made from a saved plan: question, answers, texts, order.
      </Empty>
    );
  }
  // Once there are sessions, who is where comes first.
  const table = (
    <DataTable
      key="board"
      id="labeling-board"
      label="Sessions"
      rows={board.sessions}
      columns={columns}
      rowId={({ id }) => String(id)}
      height={tableHeight(board.sessions.length)}
      empty={<Empty title="No sessions yet">Each person gets a made-up name and an order of their own.</Empty>}
    />
  );
  const panels = (
    <div key="panels" className="labeling-pair">
      <MakeSessions study={study} board={board} />
      <ThisScreen study={study} hasPin={board.hasPin} />
      <KitPanel study={study} sessions={board.sessions} />
    </div>
  );
  return (
    <div className="labeling-column">
      {board.sessions.length > 0 ? [table, panels] : [panels, table]}
      {board.withdrawn.length > 0 && (
        <HelpNote>{counted(board.withdrawn.length, 'withdrawal')} so far: nothing but the dates is kept.</HelpNote>
      )}
      <SessionQuestions actions={actions} />
    </div>
  );
}

/** What can be done stands beside the name, where it is seen on a small screen too. */
function columnsWith(study: string, hasPin: boolean, actions: SessionActions): DataColumn<BoardRow>[] {
  const more: DataColumn<BoardRow> = {
    ...{ id: 'more', title: 'More', width: 60, value: () => null },
    cell: (row) => <SessionMenu {...{ row, actions }} />,
  };
  const go: DataColumn<BoardRow> = {
    ...{ id: 'go', title: 'Do', width: 150, value: () => null },
    cell: (row) => <MainAction {...{ study, row, hasPin }} />,
  };
  return boardColumns.toSpliced(1, 0, more, go);
}

/** What one does next with a session. */
function MainAction({ study, row, hasPin }: { study: string; row: BoardRow; hasPin: boolean }) {
  const { medium, state } = row;
  if (state !== 'planned' && state !== 'active') return null;
  if (medium === 'kit') return <SaveKit {...{ study, row }} />;
  if (medium === 'paper') return <PaperActions row={row} />;
  return <StartHere {...{ study, row, hasPin }} />;
}

function SaveKit({ study, row: { id, pseudonym } }: { study: string; row: BoardRow }) {
  const save = useSaveKit(study);
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`Save the kit of ${pseudonym}`}
      loading={save.isPending}
      onClick={() => save.mutate([id], { onError: showRefusal })}
    >
      Save the kit
    </Button>
  );
}
