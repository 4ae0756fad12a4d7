import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LiveImages, StimuliState } from '../../main/contract/api/stimuli.ts';
import type { ImageSize } from '../../main/domain/images.ts';
import { toRefusal, useApi } from '../client/context.tsx';
import { decodePixels } from '../ui/pixel-image.tsx';
import { decodeFloats } from './latent.ts';
import type { OutsideRow } from './vote-table.tsx';

/** The generator and models of a request. They are part of its key, so a change reloads everything. */
export const requestedModels = ({ generator, voters }: StimuliState): { generator: string; voters: string[] } => ({
  generator: generator?.weights ?? '',
  voters: voters.map(({ weights }) => weights),
});

/** Stands for the size of an image whose size is unknown. */
export const onePixel: ImageSize = { width: 1, height: 1, channels: 1 };

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
