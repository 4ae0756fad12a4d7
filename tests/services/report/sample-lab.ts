import { join } from 'node:path';
import { repository } from '../../architecture/tools.ts';
import { importArchive } from '../../../main/services/archive/import-archive.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** A data folder with the sample study: nine networks at 97.5 %, ten simulated labelers, 165 images. */
export async function sampleFolder(): Promise<string> {
  const dataFolder = join(temporaryFolder(), 'data');
  const bench = openSample(dataFolder);
  const progress = { tell: () => undefined, signal: new AbortController().signal };
  await importArchive(bench, join(repository, 'resources', 'samples', 'sample-study.zip'), progress);
  bench.storage.close();
  return dataFolder;
}

/** Opens it; the caller closes `storage`. */
export function openSample(dataFolder: string, now: () => number = () => 1_767_323_045_678): Workbench {
  return openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder, now });
}
