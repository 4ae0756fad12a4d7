import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import type { Job } from '../../../main/contract/api/jobs.ts';
import type { StimuliState, Strip } from '../../../main/contract/api/stimuli.ts';
import { useApi } from '../../client/context.tsx';
import { useMemo } from 'react';
import { decodePixels } from '../../ui/pixel-image.tsx';

export function useStimuliState(study: string) {
  const api = useApi();
  return useQuery(api.stimuli.state.queryOptions({ input: { study } }));
}

export function useStudyJob(study: string, goals: readonly Job['goal'][]): Job | null {
  const api = useApi();
  const { data } = useQuery(api.jobs.list.queryOptions({ input: {} }));
  return data?.find((job) => job.study === study && job.endedAt === null && goals.includes(job.goal)) ?? null;
}

/** A strip of a pair, from the draft or frozen. */
interface PairStrip extends Strip {
  ids: readonly number[];
  people: readonly (readonly number[])[] | null;
  simulated: boolean;
}

export interface StripResult {
  pair: readonly [number, number];
  strip: PairStrip | undefined;
  error: unknown;
}

/** The generator and models of a request. They are part of its key, so a change reloads everything. */
export const requestedModels = ({ generator, voters }: StimuliState): { generator: string; voters: string[] } => ({
  generator: generator?.weights ?? '',
  voters: voters.map(({ weights }) => weights),
});

export const showsFrozen = (state: StimuliState): boolean =>
  state.frozen !== null && (state.frozen.current || state.anchors.length === 0);

/** The z of the anchors between which a pair of the draft is drawn; empty while there are none. */
export function pairEnds(
  { pairs, anchorLists, pairAnchors }: StimuliState,
  [i, j]: readonly [number, number],
): { from: string; to: string } {
  const n = pairs.findIndex((pair) => pair[0] === i && pair[1] === j);
  const [a, b] = pairAnchors[n] ?? [0, 0];
  return { from: anchorLists[i]?.[a]?.z ?? '', to: anchorLists[j]?.[b]?.z ?? '' };
}

/** A strip for each pair: of the frozen set if the draft matches it, else of the draft. */
export function usePairStrips(study: string, state: StimuliState): StripResult[] {
  const api = useApi();
  const frozen = showsFrozen(state) ? state.frozen : null;
  const draftPairs = state.draft && state.anchors.length > 0 ? state.pairs : [];
  const live = useQueries({
    queries: (frozen ? [] : draftPairs).map(([i, j]) =>
      api.stimuli.strip.queryOptions({
        input: {
          study,
          ...pairEnds(state, [i, j]),
          alphas: state.draft?.alphas ?? 11,
          interpolation: state.draft?.interpolation ?? 'linear',
          ...requestedModels(state),
        },
        meta: { live: 'self' },
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
      }),
    ),
  });
  const stored = useQueries({
    queries: (frozen?.pairs ?? []).map((pair) =>
      api.stimuli.frozenStrip.queryOptions({ input: { study, pair: [pair[0], pair[1]] }, retry: false }),
    ),
  });
  if (frozen) {
    return frozen.pairs.map((pair, n) => ({ pair, strip: stored[n]?.data, error: stored[n]?.error ?? null }));
  }
  return draftPairs.map((pair, n) => {
    const { data, error } = live[n] ?? {};
    const steps = state.draft?.alphas ?? 11;
    const ids = Array.from({ length: steps }, (_, step) => n * steps + step);
    return { pair, strip: data && { ...data, ids, people: null, simulated: false }, error: error ?? null };
  });
}

/** Images of latent points with all votes. The last result stays while the next loads. */
export function usePointPreview(study: string, state: StimuliState, z: readonly string[]) {
  const api = useApi();
  return useQuery(
    api.stimuli.preview.queryOptions({
      input: { study, z: [...z], ...requestedModels(state) },
      enabled: z.length > 0 && state.generator !== null,
      placeholderData: keepPreviousData,
      meta: { live: 'self' },
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
}

/** The pixels of several images, decoded once. Use `subarray` for one image. */
export function usePixels(base64: string | undefined): Uint8Array | null {
  return useMemo(() => (base64 === undefined ? null : decodePixels(base64)), [base64]);
}
