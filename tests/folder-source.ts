import type { z } from 'zod';
import { folderSourceSchema } from '../main/contract/studies/study.ts';
import type { SourceOf } from '../main/domain/data/data-sources.ts';

/** The declaration of an image folder. */
export const folderSource = (
  path: string,
  wanted: Partial<z.input<typeof folderSourceSchema>> = {},
): SourceOf<'folder'> =>
  folderSourceSchema.parse({ source: 'folder', name: 'pets', path, channels: 3, width: 8, height: 8, ...wanted });
