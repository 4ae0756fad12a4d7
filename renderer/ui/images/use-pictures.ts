import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { picturesPage } from '../../../main/contract/results/results-parts.ts';
import type { ImageSize } from '../../../main/domain/data/images.ts';
import type { Images } from '../../../main/contract/api/stimuli.ts';
import { useApi } from '../../client/context.tsx';
import { decodePixels, imageAt } from './pixel-image.tsx';

export interface Pictures {
  imageSize: ImageSize;
  /** Ids of the images that have been read, in their order. */
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
    const pages = answers.filter((answer) => answer !== undefined);
    const { width, height, channels } = pages.find(({ images }) => images)?.images ?? noImages;
    const pixels = pages.map(pixelsOf);
    return {
      imageSize: { width, height, channels },
      ids: pixels.flatMap((page) => [...page.keys()]),
      imagePixels: (id) => pixels.find((page) => page.has(id))?.get(id) ?? null,
    };
  }, [answers]);
}

const noImages: ImageSize = { width: 28, height: 28, channels: 1 };

/** As `results.pictures` gives it. */
interface Page {
  ids: readonly number[];
  images: Images | null;
}

/** Pixels by image; decoded once, however many parts of the screen show them. */
const decoded = new WeakMap<Page, ReadonlyMap<number, Uint8Array>>();

function pixelsOf(page: Page): ReadonlyMap<number, Uint8Array> {
  const known = decoded.get(page);
  if (known) return known;
  const { ids, images } = page;
  const pixels = images && decodePixels(images.pixels);
  const byId = new Map(images && pixels ? ids.map((id, at) => [id, imageAt(pixels, images, at)]) : []);
  decoded.set(page, byId);
  return byId;
}
