import { useQueries, useQuery } from '@tanstack/react-query';
import type { StimuliState, Strip, StripPart } from '../../../main/contract/api/stimuli.ts';
import type { ImageSize } from '../../../main/domain/data/images.ts';
import { useApi } from '../../client/context.tsx';
import { useMemo } from 'react';
import { requestedModels } from '../../stimuli/points.ts';

export function useStimuliState(study: string) {
  const api = useApi();
  return useQuery(api.stimuli.state.queryOptions({ input: { study } }));
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

export const showsFrozen = (state: StimuliState): boolean =>
  state.frozen !== null && (state.frozen.current || state.anchors.length === 0);

/** The size of the images that will be shown: the frozen set's, else a guess until they arrive. */
export const expectedSize = (state: StimuliState): ImageSize =>
  (showsFrozen(state) ? state.frozen : null) ?? { width: 28, height: 28, channels: 1 };

/** The z of the anchors between which a pair of the draft is drawn; empty while there are none. */
export function pairEnds(
  { pairs, anchorLists, pairAnchors }: StimuliState,
  [i, j]: readonly [number, number],
): { from: string; to: string } {
  const n = pairs.findIndex((pair) => pair[0] === i && pair[1] === j);
  const [a, b] = pairAnchors[n] ?? [0, 0];
  return { from: anchorLists[i]?.[a]?.z ?? '', to: anchorLists[j]?.[b]?.z ?? '' };
}

/** A strip for each pair, as they come: of the frozen set if the draft matches it, else of the draft. */
export function usePairStrips(study: string, state: StimuliState): StripResult[] {
  const api = useApi();
  const frozen = showsFrozen(state) ? state.frozen : null;
  const live = useDraftStrips(study, state, frozen === null);
  const stored = useQueries({
    queries: (frozen?.pairs ?? []).map((pair) =>
      api.stimuli.frozenStrip.queryOptions({ input: { study, pair: [pair[0], pair[1]] }, retry: false }),
    ),
  });
  if (!frozen) return live;
  return frozen.pairs.map((pair, n) => ({ pair, strip: stored[n]?.data, error: stored[n]?.error ?? null }));
}

/** Images of all pairs of the draft, and then votes, in one stream. */
function useDraftStrips(study: string, state: StimuliState, enabled: boolean): StripResult[] {
  const api = useApi();
  const { draft, pairs, anchors } = state;
  const shown = enabled && draft !== null && anchors.length > 0 ? pairs : noPairs;
  const request = useMemo(() => pointsAndWays(state, shown), [state, shown]);
  const alphas = draft?.alphas ?? 11;
  const query = useQuery(
    api.stimuli.strips.experimental_streamedOptions({
      input: { study, ...request, alphas, interpolation: draft?.interpolation ?? 'linear', ...requestedModels(state) },
      enabled: shown.length > 0,
      meta: { live: 'never' },
      // One that was left before its end is asked for again.
      staleTime: ({ state: { data } }) => (votesIn(data ?? []) === shown.length ? Number.POSITIVE_INFINITY : 0),
      retry: false,
    }),
  );
  const strips = useMemo(() => joinParts(query.data ?? []), [query.data]);
  return shown.map((pair, n) => {
    const ids = Array.from({ length: alphas }, (_, step) => n * alphas + step);
    const strip = strips.get(n);
    return { pair, strip: strip && { ...strip, ids, people: null, simulated: false }, error: query.error };
  });
}

const noPairs: readonly (readonly [number, number])[] = [];

/** Anchors, each once, and the ways between them. */
function pointsAndWays(state: StimuliState, pairs: readonly (readonly [number, number])[]) {
  const places = new Map<string, number>();
  const place = (z: string): number => {
    const known = places.get(z) ?? places.size;
    places.set(z, known);
    return known;
  };
  const ways = pairs.map((pair): [number, number] => {
    const { from, to } = pairEnds(state, pair);
    return [place(from), place(to)];
  });
  return { points: [...places.keys()], ways };
}

const votesIn = (parts: readonly StripPart[]): number => parts.filter(({ type }) => type === 'votes').length;

/** Strips by the number of their way; without votes until these have come. */
function joinParts(parts: readonly StripPart[]): Map<number, Strip> {
  const strips = new Map<number, Strip>();
  for (const part of parts) {
    const strip = strips.get(part.way);
    if (part.type === 'images')
      strips.set(part.way, { alphas: part.alphas, images: part.images, norms: part.norms, votes: [] });
    else if (strip) strips.set(part.way, { ...strip, votes: part.votes });
  }
  return strips;
}
