import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { picturesPage } from '../../main/contract/api/results-parts.ts';
import type { ImageSize } from '../../main/domain/images.ts';
import { useApi } from '../client/context.tsx';
import { decodePixels, imageAt } from './pixel-image.tsx';

export interface Pictures {
  imageSize: ImageSize;
  /** Of the images that have been read, in their order. */
  ids: readonly number[];
  /** Null while loading, or if there is no such image. */
  imagePixels: (id: number) => Uint8Array | null;
}

/** Pages that a screen reads; further images must be opened one by one. */
const mostPages = 20;
/** A saved picture of more images would be incomplete. */
export const mostPictures = mostPages * picturesPage;

/** Pixels of a study's stimuli as networks see them. */
export function usePictures(study: string, images: number): Pictures {
  const api = useApi();
  const pages = Math.min(mostPages, Math.max(1, Math.ceil(images / picturesPage)));
  const answers = useQueries({
    queries: Array.from({ length: pages }, (_, page) =>
      api.results.pictures.queryOptions({ input: { study, page }, staleTime: Number.POSITIVE_INFINITY }),
    ),
    combine: (all) => all.map(({ data }) => data),
  });
  return useMemo(() => {
    const places = new Map<number, Uint8Array>();
    let imageSize: ImageSize = { width: 28, height: 28, channels: 1 };
    for (const answer of answers) {
      if (!answer?.images) continue;
      const { width, height, channels } = answer.images;
      const size = { width, height, channels };
      imageSize = size;
      const pixels = decodePixels(answer.images.pixels);
      answer.ids.forEach((id, at) => places.set(id, imageAt(pixels, size, at)));
    }
    return { imageSize, ids: [...places.keys()], imagePixels: (id) => places.get(id) ?? null };
  }, [answers]);
}
