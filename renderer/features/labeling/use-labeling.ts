import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Board, Quality } from '../../../main/contract/labeling/board.ts';
import { useApi } from '../../client/context.tsx';
import { useQuietRefetch } from '../../client/refetch.ts';

/** Milliseconds between looks while people label: each answer is a change. */
const lookEvery = { board: 700, quality: 3000 };

/** Who is where; anew while it happens. */
export function useBoard(study: string): UseQueryResult<Board> {
  const api = useApi();
  const board = useQuery({ ...api.labeling.board.queryOptions({ input: { study } }), meta: { live: 'self' } });
  useQuietRefetch(board.refetch, ['labeling', 'stimuli'], lookEvery.board);
  return board;
}

/** Times, self-consistency and advice on finished sessions. */
export function useQuality(study: string): UseQueryResult<Quality[]> {
  const api = useApi();
  const quality = useQuery({ ...api.labeling.quality.queryOptions({ input: { study } }), meta: { live: 'self' } });
  useQuietRefetch(quality.refetch, ['labeling'], lookEvery.quality);
  return quality;
}
