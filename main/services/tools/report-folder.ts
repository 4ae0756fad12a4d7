import { join } from 'node:path';

/** Where a study's report goes unless told otherwise: `<data>/studies/<name>/report`. */
export function reportFolder(dataFolder: string, studyName: string): string {
  return join(dataFolder, 'studies', studyName, 'report');
}
