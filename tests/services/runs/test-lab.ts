import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { StudyInput } from '../../../main/contract/studies/study.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { contributions } from '../../../main/contributions/all.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallStudy, writeSmallStudy } from '../study/small-study.ts';
import { type Calls, callsOf, offered } from '../../calls.ts';

export interface TestLab {
  lab: Lab;
  /** The calls of a page, in process. */
  client: Calls;
  folder: string;
}

/** A real lab on an empty data folder, with workers on wasm. */
export function testLab(folder = temporaryFolder()): TestLab {
  const workbench = openWorkbench({
    root: repository,
    resources: join(repository, 'resources'),
    dataFolder: join(folder, 'data'),
    ...offered,
  });
  const launcher = new ForkLauncher({ ...process.env, BOUNDARY_ENGINE: 'wasm' });
  const lab = new Lab({ workbench, launcher, host: 'test', contributions });
  const faults: unknown[] = [];
  onTestFinished(async () => {
    await lab.close();
    if (faults.length > 0) throw faults[0];
  });
  const log = (error: unknown): void => void faults.push(error);
  return { lab, client: callsOf({ lab, log }), folder };
}

/** Puts the study of zeros and ones into the lab, with its data set on disk. */
export function putSmallStudy({ lab, folder }: Pick<TestLab, 'lab' | 'folder'>, change: object = {}): void {
  writeSmallStudy(folder);
  const set = (file: string): string => join(folder, 'set', file);
  const declared = smallStudy(change) as { dataSet: object; name: string };
  const dataSet = {
    ...declared.dataSet,
    trainImages: set('train-images'),
    trainLabels: set('train-labels'),
    testImages: set('t10k-images'),
    testLabels: set('t10k-labels'),
  };
  const engine = 'wasm' as const;
  const spec = studySchema.parse({ ...declared, dataSet, engine } as StudyInput);
  lab.workbench.storage.studies.put(spec.name, spec, lab.workbench.now());
}

/** Waits until nothing works any more. */
export async function untilIdle({ lab }: Pick<TestLab, 'lab'>, patience = 120_000): Promise<void> {
  const end = Date.now() + patience;
  while (lab.work.busy) {
    if (Date.now() > end) throw new Error('the lab did not come to rest');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
