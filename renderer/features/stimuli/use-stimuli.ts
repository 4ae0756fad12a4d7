import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import type { LiveImages, StimuliState, Strip, StripPart } from '../../../main/contract/api/stimuli.ts';
import type { ImageSize } from '../../../main/domain/images.ts';
import { toRefusal, useApi } from '../../client/context.tsx';
import { useMemo } from 'react';
import { decodePixels } from '../../ui/pixel-image.tsx';
import { decodeFloats } from './latent.ts';
import type { OutsideRow } from './vote-table.tsx';

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

/** The generator and models of a request. They are part of its key, so a change reloads everything. */
export const requestedModels = ({ generator, voters }: StimuliState): { generator: string; voters: string[] } => ({
  generator: generator?.weights ?? '',
  voters: voters.map(({ weights }) => weights),
});

export const showsFrozen = (state: StimuliState): boolean =>
  state.frozen !== null && (state.frozen.current || state.anchors.length === 0);

/** The size of the images that will be shown: the frozen set's, else a guess until they arrive. */
export const expectedSize = (state: StimuliState): ImageSize =>
  (showsFrozen(state) ? state.frozen : null) ?? { width: 28, height: 28, channels: 1 };

/** Stands for the size of an image whose size is unknown. */
export const onePixel: ImageSize = { width: 1, height: 1, channels: 1 };

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

/** Images of latent points with all votes. The last result stays while the next loads. */
export function usePointPreview(study: string, state: StimuliState, z: readonly string[]) {
  const api = useApi();
  return useQuery(
    api.stimuli.preview.queryOptions({
      input: { study, z: [...z], ...requestedModels(state) },
      enabled: z.length > 0 && state.generator !== null,
      placeholderData: keepPreviousData,
      meta: { live: 'never' },
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
}

/**
 * What outside models say about images, each as it comes; those that cannot be asked about images that are not frozen are
 * left out. @param images null: nothing is shown
 */
export function useOutsideVotes(study: string, { outside }: StimuliState, images: LiveImages | null): OutsideRow[] {
  const api = useApi();
  const areFrozen = images?.kind === 'pair' || images?.kind === 'image';
  const asked = useMemo(() => outside.filter(({ canPredict }) => canPredict || areFrozen), [outside, areFrozen]);
  const models = asked.map(({ id }) => id);
  const query = useQuery(
    api.stimuli.liveVotes.experimental_streamedOptions({
      input: { study, models, images: images ?? { kind: 'image', image: 0 } },
      enabled: images !== null && models.length > 0,
      // Another set has other images under the same numbers.
      meta: areFrozen ? {} : { live: 'never' },
      // One that was left before its end, or in which a model failed, is asked for again.
      staleTime: ({ state: { data } }) =>
        data?.length === models.length && data.every(({ type }) => type === 'vote') ? Number.POSITIVE_INFINITY : 0,
      retry: false,
    }),
  );
  const { data, error } = query;
  return useMemo(
    () =>
      asked.map((voter): OutsideRow => {
        const part = data?.find(({ id }) => id === voter.id);
        if (part?.type === 'vote')
          return {
            voter,
            answer: { labels: part.labels, softmax: part.softmax === null ? null : decodeFloats(part.softmax) },
          };
        if (part) return { voter, answer: { why: part.why } };
        return { voter, answer: error ? { why: toRefusal(error).what } : null };
      }),
    [asked, data, error],
  );
}

/** The pixels of several images, decoded once. Use `imageAt` for one image. */
export function usePixels(base64: string | undefined): Uint8Array | null {
  return useMemo(() => (base64 === undefined ? null : decodePixels(base64)), [base64]);
}
