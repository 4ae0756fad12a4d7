import { Progress } from '@mantine/core';
import type { BoardRow } from '../../../../main/contract/labeling/board.ts';
import type { DataColumn } from '../../../ui/table/data-table.tsx';
import { counted, whole } from '../../../ui/format.ts';
import { Ago } from '../../../ui/values.tsx';
import { mediumWords, placeOf, stateOf } from './words.ts';

/** The board: who is where, and nothing of what they answered. */
export const boardColumns: readonly DataColumn<BoardRow>[] = [
  { id: 'pseudonym', title: 'Person', value: ({ pseudonym }) => pseudonym, width: 110 },
  { id: 'medium', title: 'Where', value: ({ medium }) => mediumWords[medium], width: 160, groupable: true },
  {
    id: 'state',
    title: 'State',
    width: 150,
    groupable: true,
    value: stateOf,
    cell: (row) => <State row={row} />,
  },
  {
    id: 'progress',
    title: 'Answered',
    width: 180,
    value: ({ answered, trials }) => (trials === 0 ? 0 : answered / trials),
    cell: (row) => <Answered row={row} />,
  },
  { id: 'place', title: 'At', value: placeOf, width: 90 },
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
  if (imagesLeft === null) return stateOf(row);
  return (
    <span title={`The time limit ended it: ${counted(imagesLeft, 'image')} had no answer`}>
      {stateOf(row)}, {whole(imagesLeft)} left
    </span>
  );
}

function Answered({ row: { answered, trials, pseudonym } }: { row: BoardRow }) {
  return (
    <span className="labeling-answered">
      <Progress
        value={trials === 0 ? 0 : (100 * answered) / trials}
        size="sm"
        w={70}
        aria-label={`Answered by ${pseudonym}`}
      />
      <span>
        {whole(answered)} of {whole(trials)}
      </span>
    </span>
  );
}
