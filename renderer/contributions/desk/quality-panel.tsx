import { Box, Stack } from '@mantine/core';
import type { BoardRow, Quality } from '../../../main/contributions/desk/contract/board.ts';
import { formatDuration, formatInteger, formatPercent } from '../../../main/domain/numbers/index.ts';
import { Empty, HelpNote, QueryState } from '../../ui/parts/index.ts';
import { type DataColumn, DataTable } from '../../ui/table/index.ts';
import { Undefined } from '../../ui/words/index.ts';
import { menuColumn, SessionQuestions } from './session-actions.tsx';
import { tableHeight, useBoard, useQuality, useSessionActions } from './use-sessions.ts';
import { useMemo } from 'react';

const noRows: readonly BoardRow[] = [];

/** Measures of each finished session, and advice. Nothing is excluded automatically. */
export function QualityPanel({ study }: { study: string }) {
  const { data: { sessions } = { sessions: noRows } } = useBoard(study);
  const quality = useQuality(study);
  const actions = useSessionActions(study);
  const columns = useMemo(() => {
    const rows = new Map(sessions.map((row) => [row.id, row]));
    return qualityColumns.toSpliced(
      1,
      0,
      menuColumn(actions, ({ session }) => rows.get(session)),
    );
  }, [sessions, actions]);
  const flagged = quality.data?.filter(({ flags }) => flags.length > 0) ?? [];
  return (
    <Stack component="section" gap="lg" miw={0} aria-labelledby="quality">
      <h2 id="quality">Data quality</h2>
      <QueryState query={quality} loading="Reading the logs" lines={5} />
      {quality.data && (
        <>
          <DataTable
            id="labeling-quality"
            label="Finished sessions"
            rows={quality.data}
            columns={columns}
            rowId={({ session }) => String(session)}
            height={tableHeight(quality.data.length)}
            empty={
              <Empty title="No finished sessions">
                Times and consistency appear when a session ends. Imported and simulated labelers have no session.
              </Empty>
            }
          />
          {flagged.length > 0 && <Advice flagged={flagged} />}
        </>
      )}
      <SessionQuestions actions={actions} />
    </Stack>
  );
}

function Advice({ flagged }: { flagged: readonly Quality[] }) {
  return (
    <section className="card" aria-labelledby="advice">
      <h3 id="advice">Advice</h3>
      <HelpNote>Nobody is excluded automatically. If you exclude somebody, reports show your reason.</HelpNote>
      <Box component="ul" className="breaks-words" pl={20}>
        {flagged.map(({ session, pseudonym, flags }) => (
          <li key={session}>
            <strong>{pseudonym}</strong> {flags.map(({ message }) => message).join(' ')}
          </li>
        ))}
      </Box>
    </section>
  );
}

interface ShareCellProps {
  value: Quality['consistency'];
  reason: string;
  /** What the trials are a random sample of. */
  of: string;
}

function ShareCell({ value, reason, of }: ShareCellProps) {
  if (!value || value.n === 0) return <Undefined reason={reason} />;
  const { k, n, low, high } = value;
  const interval = `95 % interval: ${formatPercent(low)} to ${formatPercent(high)}, for this person and ${of}, of which these are a random sample`;
  return <span title={interval}>{`${formatPercent(k / n, 0)} (${k} of ${n})`}</span>;
}

const ratio = (value: Quality['consistency']): number | null => (value && value.n > 0 ? value.k / value.n : null);

const qualityColumns: readonly DataColumn<Quality>[] = [
  { id: 'pseudonym', title: 'Person', width: 90, value: ({ pseudonym }) => pseudonym },
  {
    id: 'answered',
    title: 'Answered',
    numeric: true,
    width: 110,
    value: ({ answered }) => answered,
    cell: ({ answered, real }) => `${formatInteger(answered)} of ${formatInteger(real)}`,
  },
  {
    id: 'seconds',
    title: 'Time',
    numeric: true,
    width: 110,
    value: ({ seconds }) => seconds,
    cell: ({ seconds }) => (seconds > 0 ? formatDuration(seconds * 1000) : <Undefined reason="Paper has no times" />),
  },
  {
    id: 'median',
    title: 'Median time',
    numeric: true,
    width: 130,
    value: ({ responseMs }) => responseMs?.median ?? null,
    cell: ({ responseMs }) =>
      responseMs ? (
        <span title={`Middle half: ${formatInteger(responseMs.q1)} to ${formatInteger(responseMs.q3)} ms`}>
          {formatInteger(responseMs.median)} ms
        </span>
      ) : (
        <Undefined reason="Paper has no times" />
      ),
  },
  {
    id: 'consistency',
    title: 'Consistency',
    width: 150,
    numeric: true,
    value: ({ consistency }) => ratio(consistency),
    cell: ({ consistency }) => <ShareCell value={consistency} reason="There were no repeats" of="all images" />,
  },
  {
    id: 'attention',
    title: 'Attention',
    width: 130,
    numeric: true,
    value: ({ attention }) => ratio(attention),
    cell: ({ attention }) => (
      <ShareCell value={attention} reason="There were no attention trials" of="all clear images" />
    ),
  },
  { id: 'changed', title: 'Changed', numeric: true, width: 80, value: ({ changed }) => changed },
  { id: 'unsure', title: "Can't tell", numeric: true, width: 100, value: (row) => row.cannotTell, hidden: true },
  { id: 'focus', title: 'Focus lost', numeric: true, width: 90, value: ({ focusLost }) => focusLost.times },
  {
    id: 'advice',
    title: 'Advice',
    width: 80,
    numeric: true,
    value: ({ flags }) => flags.length,
    cell: ({ flags }) =>
      flags.length > 0 ? <span title={flags.map(({ message }) => message).join('\n')}>{flags.length}</span> : '',
  },
  { id: 'excluded', title: 'Excluded', width: 380, value: ({ excluded }) => excluded },
];
