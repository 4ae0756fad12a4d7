import { folderSourceSchema } from '../../../contract/studies/index.ts';
import { readSettings, type Setting } from '../../../domain/settings/index.ts';

/** How images in folders are read, declared in main/contract/studies/study.ts. */
export const folderSettings: readonly Setting[] = readSettings(
  folderSourceSchema.omit({ source: true, name: true, path: true }),
);
