import { folderSourceSchema } from '../../../contract/study.ts';
import { readSettings, type Setting } from '../../../domain/settings.ts';

/** How images in folders are read, declared in main/contract/study.ts. */
export const folderSettings: readonly Setting[] = readSettings(
  folderSourceSchema.omit({ source: true, name: true, path: true }),
);
