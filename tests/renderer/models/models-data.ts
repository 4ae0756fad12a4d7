import { offered } from '../../calls.ts';
import { join } from 'node:path';
import { fillDatabase } from '../../bench/window/database.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { putSmallStudy } from '../../services/runs/test-lab.ts';

/** A data folder inside of `folder` with the small study, not started. Gives its path. */
export async function dataWithSmallStudy(folder: string, change: object = {}): Promise<string> {
  const dataFolder = join(folder, 'data');
  const workbench = openWorkbench({
    root: repository,
    resources: join(repository, 'resources'),
    dataFolder,
    ...offered,
  });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(process.env), host: 'test' });
  putSmallStudy({ lab, folder }, change);
  await lab.close();
  return dataFolder;
}

/** A data folder with the study `bench`: `runs` runs of which most are done. */
export function dataWithManyRuns(folder: string, runs: number): string {
  const dataFolder = join(folder, 'data');
  fillDatabase(dataFolder, { runs, points: 200_000 + runs * 100 });
  return dataFolder;
}
