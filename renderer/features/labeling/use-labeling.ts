import { useQuery, type UseQueryResult, useMutation } from '@tanstack/react-query';
import type { Board, Quality, BoardRow } from '../../../main/contract/labeling/board.ts';
import { useApi } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { useMemo, useState } from 'react';
import { showRefusal, showToast, showUndoToast } from '../../ui/toasts.tsx';

/** Milliseconds between looks while people label: each answer is a change. */
const checkInterval = { board: 700, quality: 3000 };

/** Who is where; anew while it happens. */
export function useBoard(study: string): UseQueryResult<Board> {
  const api = useApi();
  const board = useQuery({ ...api.labeling.board.queryOptions({ input: { study } }), meta: { live: 'self' } });
  useThrottledRefetch(board.refetch, ['labeling', 'stimuli'], checkInterval.board);
  return board;
}

/** Times, self-consistency and advice on finished sessions. */
export function useQuality(study: string): UseQueryResult<Quality[]> {
  const api = useApi();
  const quality = useQuery({ ...api.labeling.quality.queryOptions({ input: { study } }), meta: { live: 'self' } });
  useThrottledRefetch(quality.refetch, ['labeling'], checkInterval.quality);
  return quality;
}

/** What is known of a session wherever it is listed. */
export interface NamedSession {
  id: number;
  pseudonym: string;
}

/** What needs a word of the researcher first. */
export type SessionQuestion = { kind: 'exclude' | 'remove' | 'withdraw'; row: NamedSession };

export interface SessionActions {
  question: SessionQuestion | null;
  ask: (question: SessionQuestion | null) => void;
  include: (row: NamedSession) => void;
  exclude: (row: NamedSession, reason: string) => void;
  /** Lets a session that has ended, or was declined, be opened again. */
  reopen: (row: NamedSession & Pick<BoardRow, 'state'>) => void;
  remove: (row: NamedSession) => void;
}

/** Does things to sessions, says what was done, and offers the way back where there is one. */
export function useSessionActions(): SessionActions {
  const api = useApi();
  const onError = showRefusal;
  const [question, ask] = useState<SessionQuestion | null>(null);
  const { mutate: excluding } = useMutation(api.labeling.sessions.exclude.mutationOptions({ onError }));
  const { mutate: including } = useMutation(api.labeling.sessions.include.mutationOptions({ onError }));
  const { mutate: reopening } = useMutation(api.labeling.sessions.reopen.mutationOptions({ onError }));
  const { mutate: removing } = useMutation(api.labeling.sessions.remove.mutationOptions({ onError }));
  return useMemo(() => {
    const include = ({ id }: NamedSession): void => including({ session: id });
    return {
      ...{ question, ask, include },
      exclude: (row, reason) => {
        const message = `${row.pseudonym} is left out of every figure; reports say why`;
        const onSuccess = (): void => void showUndoToast({ message, undo: () => include(row) });
        excluding({ session: row.id, reason }, { onSuccess });
      },
      reopen: ({ id, state, pseudonym }) => {
        const said =
          state === 'declined'
            ? { title: `${pseudonym} can be asked again`, message: 'Nothing was kept; the consent comes first.' }
            : { title: `${pseudonym} can be gone on with`, message: 'All answers are kept. A time limit begins anew.' };
        reopening({ session: id }, { onSuccess: () => showToast(said) });
      },
      remove: ({ id, pseudonym }) =>
        removing({ session: id }, { onSuccess: () => showToast({ title: `Removed ${pseudonym}` }) }),
    };
  }, [question, excluding, including, reopening, removing]);
}

/** CSS pixels of a table of so many rows: all of them, or a window onto them. */
export const tableHeight = (rows: number): number => Math.min(460, Math.max(208, 90 + 32 * rows));
