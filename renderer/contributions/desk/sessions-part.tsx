import type { DeskCalls } from '../../../main/contributions/desk/calls.ts';
import { Button, Group, Progress, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Board, BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import { formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { CallButton, Card, Empty, ErrorNotice, HelpNote, QueryState } from '../../ui/parts/index.ts';
import { type DataColumn, DataTable } from '../../ui/table/index.ts';
import { listAt, PartsAt } from '../../ui/places/index.ts';
import './desk-parts.css';
import type { WayToLabel } from './places.ts';
import { menuColumn, SessionQuestions } from './session-actions.tsx';
import { StartHere, ThisScreen } from './this-computer.tsx';
import { tableHeight, useBoard, useSessionActions, type SessionActions } from './use-sessions.ts';
import { useMutation } from '@tanstack/react-query';
import type { Medium } from '../../../main/contributions/sessions/contract/plan.ts';
import { useApiOf } from '../../client/index.ts';
import { NumberField, Segments } from '../../ui/fields/index.ts';
import { Ago } from '../../ui/words/index.ts';

/** Creates and starts sessions, and shows their progress. */
export function SessionsPart({ study, onPart }: { study: string; onPart: (part: string) => void }) {
  const board = useBoard(study);
  if (!board.data) return <QueryState query={board} loading="Reading the sessions" lines={8} />;
  return <Sessions study={study} board={board.data} onPlan={() => onPart('plan')} />;
}

interface SessionsProps {
  study: string;
  board: Board;
  onPlan: () => void;
}

export function Sessions({ study, board, onPlan }: SessionsProps) {
  const actions = useSessionActions(study);
  const { hasPin } = board;
  const width = stepWidth(board.sessions);
  const columns = useMemo(() => columnsWith(study, { hasPin, width }, actions), [study, hasPin, width, actions]);
  if (!board.plan) {
    return (
      <Empty
        title="No plan yet"
        actions={
          <Button variant="filled" onClick={onPlan}>
            Go to the plan
          </Button>
        }
      >
        Sessions need a saved plan with question, answers, texts and order.
      </Empty>
    );
  }
  // Once there are sessions, the table comes first.
  const table = (
    <DataTable
      key="board"
      id="labeling-board"
      label="Sessions"
      rows={board.sessions}
      columns={columns}
      rowId={({ id }) => String(id)}
      height={tableHeight(board.sessions.length)}
      empty={<Empty title="No sessions yet">Each person gets a pseudonym and an image order of their own.</Empty>}
    />
  );
  const panels = (
    <div key="panels" className="card-columns">
      <CreateSessions study={study} board={board} />
      <ThisScreen study={study} hasPin={board.hasPin} />
      <PartsAt place="labeling.cards" study={study} sessions={board.sessions} />
    </div>
  );
  return (
    <Stack gap="lg" miw={0}>
      {board.sessions.length > 0 ? [table, panels] : [panels, table]}
      {board.withdrawn.length > 0 && (
        <HelpNote>{formatCount(board.withdrawn.length, 'withdrawal')} so far. Only the dates are kept.</HelpNote>
      )}
      <SessionQuestions actions={actions} />
    </Stack>
  );
}

/** Actions stand beside the name, so that they are visible on a small screen too. */
function columnsWith(
  study: string,
  { hasPin, width }: { hasPin: boolean; width: number },
  actions: SessionActions,
): DataColumn<BoardRow>[] {
  const go: DataColumn<BoardRow> = {
    id: 'go',
    title: 'Next step',
    width,
    value: () => null,
    cell: (row) => <MainAction study={study} row={row} hasPin={hasPin} />,
  };
  return boardColumns.toSpliced(
    1,
    0,
    menuColumn(actions, (row) => row),
    go,
  );
}

function MainAction({ study, row, hasPin }: { study: string; row: BoardRow; hasPin: boolean }) {
  const { medium, state } = row;
  if (state !== 'planned' && state !== 'active') return null;
  if (medium === 'screen') return <StartHere study={study} row={row} hasPin={hasPin} />;
  const way = wayOf(medium);
  return way && <way.NextStep study={study} row={row} />;
}

const wayOf = (medium: Medium): WayToLabel | undefined => listAt('labeling.ways').find((way) => way.medium === medium);

/** Pixels of the column with the next step of each session. */
const stepWidth = (sessions: readonly BoardRow[]): number =>
  Math.max(140, ...sessions.map(({ medium }) => wayOf(medium)?.width ?? 0));

const screenNote =
  'Start each session with its button in the list. It opens in its own window, and this page stays open.';

/** Creates sessions, each with a pseudonym and an order of its own. */
function CreateSessions({ study, board }: { study: string; board: Board }) {
  const api = useApiOf<DeskCalls>('desk');
  const planned = board.plan?.plan.people ?? 1;
  const missing = planned - board.sessions.filter(({ state }) => state !== 'declined').length;
  const isFull = missing <= 0;
  const [typed, setTyped] = useState<number | null>(null);
  const count = typed ?? Math.min(300, Math.max(1, missing));
  const [medium, setMedium] = useState<Medium>('screen');
  const create = useMutation(api.sessions.create.mutationOptions({ onSuccess: () => setTyped(null) }));
  return (
    <Card title="Create sessions">
      <Group align="end" gap="md">
        <NumberField label="How many" min={1} max={300} value={count} onChange={setTyped} />
        <Segments label="Where they label" value={medium} onChange={setMedium} options={offeredMedia()} />
        <CallButton variant={isFull ? 'default' : 'filled'} call={create} input={{ study, count, medium }}>
          Create {formatCount(count, isFull ? 'more session' : 'session')}
        </CallButton>
      </Group>
      <HelpNote>
        {isFull && 'All sessions of the plan are created. '}
        {wayOf(medium)?.note ?? screenNote}
        {medium === 'screen' && board.hasPin && ' Leaving it needs the PIN.'}
      </HelpNote>
      {create.isError && <ErrorNotice error={create.error} safe="No session was created." />}
    </Card>
  );
}

/** The progress of each person, without their answers. */
const boardColumns: readonly DataColumn<BoardRow>[] = [
  { id: 'pseudonym', title: 'Person', value: ({ pseudonym }) => pseudonym, width: 100 },
  { id: 'medium', title: 'Where', value: ({ medium }) => mediumWords[medium], width: 146, groupable: true },
  {
    id: 'state',
    title: 'State',
    width: 140,
    groupable: true,
    value: sessionState,
    cell: (row) => <State row={row} />,
  },
  {
    id: 'progress',
    title: 'Answered',
    width: 160,
    value: ({ answered, trials }) => (trials === 0 ? 0 : answered / trials),
    cell: (row) => <Answered row={row} />,
  },
  { id: 'place', title: 'Position', value: sessionPlace, width: 90 },
  {
    id: 'seen',
    title: 'Last seen',
    width: 136,
    value: ({ lastSeenAt }) => lastSeenAt,
    cell: ({ lastSeenAt }) => (lastSeenAt === null ? '–' : <Ago at={lastSeenAt} />),
  },
  { id: 'sittings', title: 'Sittings', numeric: true, width: 90, value: ({ sittings }) => sittings, hidden: true },
  { id: 'focus', title: 'Focus lost', numeric: true, width: 100, value: ({ focusLost }) => focusLost },
  { id: 'windows', title: 'Second windows', numeric: true, width: 130, value: (row) => row.secondWindows },
  { id: 'plan', title: 'Plan version', numeric: true, width: 120, value: (row) => row.planVersion, hidden: true },
];

function State({ row }: { row: BoardRow }) {
  const { excluded, imagesLeft } = row;
  if (excluded !== null) return <span title={`Excluded: ${excluded}`}>Excluded</span>;
  if (imagesLeft === null) return sessionState(row);
  return (
    <span title={`The time limit ended the session: ${formatCount(imagesLeft, 'image')} had no answer`}>
      {sessionState(row)}, {formatInteger(imagesLeft)} unanswered
    </span>
  );
}

function Answered({ row: { answered, trials, pseudonym } }: { row: BoardRow }) {
  return (
    <Group component="span" className="labeling-answered" gap="sm" wrap="nowrap">
      <Progress
        value={trials === 0 ? 0 : (100 * answered) / trials}
        size="sm"
        w={70}
        aria-label={`Answered by ${pseudonym}`}
      />
      <span>
        {formatInteger(answered)} of {formatInteger(trials)}
      </span>
    </Group>
  );
}

const mediumWords: Record<BoardRow['medium'], string> = {
  screen: 'This computer',
  kit: 'Another computer',
  paper: 'Paper',
};

/** Where people can label, by what the screen calls it. */
const offeredMedia = (): { value: Medium; label: string }[] =>
  (['screen', ...listAt('labeling.ways').map(({ medium }) => medium)] as const).map((value) => ({
    value,
    label: mediumWords[value],
  }));

const stateWords: Record<BoardRow['state'], string> = {
  planned: 'Not started',
  active: 'In progress',
  finished: 'Finished',
  declined: 'Declined',
};

function sessionState({ state, imagesLeft, excluded }: BoardRow): string {
  if (excluded !== null) return 'Excluded';
  return imagesLeft === null ? stateWords[state] : 'Time up';
}

const kindWords = { real: 'images', repeat: 'images', attention: 'images', practice: 'practice' } as const;

/** The person's position, without what they see. */
function sessionPlace({ at, blocks, answered }: BoardRow): string {
  if (!at || answered === 0) return '';
  if (at.kind === 'practice') return kindWords.practice;
  return blocks > 1 ? `block ${at.block} of ${blocks}` : kindWords[at.kind];
}
