import type { DeskCalls } from '../../../main/contributions/desk/calls.ts';
import { useQuery, type UseQueryResult, useMutation } from '@tanstack/react-query';
import type { Board, Quality, BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import { useApiOf, useCallsOf, useThrottledRefetch } from '../../client/index.ts';
import { useMemo, useState } from 'react';
import { showRefusal, showToast, showUndoToast } from '../../ui/parts/index.ts';

/** Milliseconds between two updates while people label, because each answer is a change. */
const updateInterval = { board: 700, quality: 3000 };

/** The progress of all sessions, updated while people label. */
export function useBoard(study: string): UseQueryResult<Board> {
  const api = useApiOf<DeskCalls>('desk');
  const board = useQuery({ ...api.board.queryOptions({ input: { study } }), meta: { live: 'self' } });
  useThrottledRefetch(board.refetch, ['labeling', 'stimuli'], updateInterval.board);
  return board;
}

/** Times, self-consistency and advice on finished sessions. */
export function useQuality(study: string): UseQueryResult<Quality[]> {
  const api = useApiOf<DeskCalls>('desk');
  const quality = useQuery({ ...api.quality.queryOptions({ input: { study } }), meta: { live: 'self' } });
  useThrottledRefetch(quality.refetch, ['labeling'], updateInterval.quality);
  return quality;
}

export type NamedSession = Pick<BoardRow, 'id' | 'pseudonym'>;

/** An action that the researcher confirms first. */
type SessionQuestion = { kind: 'exclude' | 'remove' | 'withdraw'; row: NamedSession };

export type SessionActions = ReturnType<typeof useSessionActions>;

/** Changes sessions, reports it, and offers undo where possible. */
export function useSessionActions(study: string) {
  const api = useApiOf<DeskCalls>('desk');
  const calls = useCallsOf<DeskCalls>('desk');
  const onError = showRefusal;
  const [question, ask] = useState<SessionQuestion | null>(null);
  const { mutate: excluding } = useMutation(api.sessions.exclude.mutationOptions({ onError }));
  const { mutate: including } = useMutation(api.sessions.include.mutationOptions({ onError }));
  const { mutate: reopening } = useMutation(api.sessions.reopen.mutationOptions({ onError }));
  const { mutate: removing } = useMutation(api.sessions.remove.mutationOptions({ onError }));
  return useMemo(() => {
    const include = ({ id }: NamedSession): void => including({ session: id });
    return {
      question,
      ask,
      include,
      exclude: (row: NamedSession, reason: string) => {
        const message = `${row.pseudonym} is excluded. Reports show the reason.`;
        const stands = async (): Promise<boolean> => {
          const { sessions } = await calls.board({ study });
          return sessions.some(({ id, excluded }) => id === row.id && excluded === reason);
        };
        const onSuccess = (): void => showUndoToast({ message, undo: () => include(row), stands });
        excluding({ session: row.id, reason }, { onSuccess });
      },
      /** Opens a finished or declined session again. */
      reopen: ({ id, state, pseudonym }: NamedSession & Pick<BoardRow, 'state'>) => {
        const message =
          state === 'declined'
            ? {
                title: `${pseudonym} can be asked again`,
                message: 'No data was stored. The session starts with consent.',
              }
            : { title: `${pseudonym} is open again`, message: 'All answers are kept. A time limit starts again.' };
        reopening({ session: id }, { onSuccess: () => showToast(message) });
      },
      remove: ({ id, pseudonym }: NamedSession) =>
        removing({ session: id }, { onSuccess: () => showToast({ title: `Removed ${pseudonym}` }) }),
    };
  }, [calls, study, question, excluding, including, reopening, removing]);
}

/** Height in CSS pixels of a table with so many rows; longer tables scroll. */
export const tableHeight = (rows: number): number => Math.min(460, Math.max(208, 90 + 32 * rows));
