import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LiveImages, StimuliState } from '../../main/contract/api/stimuli.ts';
import type { ImageSize } from '../../main/domain/data/images.ts';
import { useApi } from '../client/context.tsx';
import { decodePixels } from '../ui/images/pixel-image.tsx';
import { listAt, type OtherVoter } from '../ui/places/places.ts';

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
 * What models of contributions say about images, each as it comes. The list never changes while the page is open, so these
 * hooks are called in one order. @param images null: nothing is shown
 */
export const useOtherVotes = (study: string, images: LiveImages | null): OtherVoter[] =>
  listAt('stimuli.voters').flatMap(({ useVotes: read }) => read(study, images));

/** The pixels of several images, decoded once. Use `imageAt` for one image. */
export function usePixels(base64: string | undefined): Uint8Array | null {
  return useMemo(() => (base64 === undefined ? null : decodePixels(base64)), [base64]);
}
