import { join } from 'node:path';
import { repository } from '../../architecture/tools.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench/workbench.ts';
import { madeOnce } from '../../made-once.ts';
import { offered } from '../../calls.ts';

/** Puts the sample study into a new data folder in `folder`: nine networks at 97.5 %, ten simulated labelers, 165 images. */
export async function sampleFolder(folder: string): Promise<string> {
  const dataFolder = join(folder, 'data');
  await madeOnce('sample', dataFolder, importSample);
  return dataFolder;
}

/** The same, but imported into this very folder and not copied from where it once was. */
export async function importSample(dataFolder: string): Promise<void> {
  const workbench = openSample(dataFolder);
  const progress = { update: () => undefined, signal: new AbortController().signal };
  await importArchive(workbench, join(repository, 'resources', 'samples', 'sample-study.zip'), progress);
  workbench.storage.close();
}

/** Opens it; the caller closes `storage`. */
export function openSample(dataFolder: string, now: () => number = () => 1_767_323_045_678): Workbench {
  const { storedModels = [], answerHistories } = offered;
  return openWorkbench({
    root: repository,
    resources: join(repository, 'resources'),
    dataFolder,
    now,
    storedModels,
    answerHistories,
  });
}
