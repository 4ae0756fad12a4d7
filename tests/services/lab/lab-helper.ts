import { join } from 'node:path';
import { inspect } from 'node:util';
import { onTestFailed, onTestFinished } from 'vitest';
import { repository } from '../../architecture/tools.ts';
import { contributions } from '../../../main/contributions/all.ts';
import { ForkLauncher, type Launcher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { absoluteDataSet } from '../../../main/services/declaration/data-set.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeSmallStudy } from '../study/small-study.ts';
import { type Calls, callsOf, offered } from '../../calls.ts';

export interface TestLab {
  lab: Lab;
  /** Every call, answered in this process. */
  client: Calls;
  /** Defects that handlers had. */
  defects: unknown[];
  dataFolder: string;
}

/** A lab in a data folder of its own (or a given one), on wasm, closed when the test is over. */
export function openLab(
  dataFolder = join(temporaryFolder(), 'data'),
  launcher: Launcher = new ForkLauncher(),
): TestLab {
  process.env.BOUNDARY_ENGINE = 'wasm';
  const resources = join(repository, 'resources');
  const workbench = openWorkbench({ root: repository, resources, dataFolder, ...offered });
  const lab = new Lab({ workbench, launcher, host: 'test', contributions });
  lab.settings.set({ engine: 'wasm', workers: 2 });
  const defects: unknown[] = [];
  const context = { lab, log: (error: unknown): void => void defects.push(error) };
  onTestFailed(() => {
    for (const defect of defects) process.stderr.write(`A handler failed: ${inspect(defect)}\n`);
  });
  let closed = false;
  const close = lab.close.bind(lab);
  lab.close = async () => {
    if (closed) return;
    closed = true;
    await close();
  };
  onTestFinished(() => lab.close());
  return { lab, client: callsOf(context), defects, dataFolder };
}

/** Stores the small study (zeros and ones) as one that the workbench knows; gives its name. @param folder of its images */
export function addSmallStudy({ lab }: Pick<TestLab, 'lab'>, change: object = {}, folder = temporaryFolder()): string {
  const { study } = loadStudy(writeSmallStudy(folder, change), '', []);
  const absolute = absoluteDataSet(study.dataSet, folder);
  lab.workbench.storage.studies.put(study.name, { ...study, dataSet: absolute }, lab.workbench.now());
  return study.name;
}

/** Waits until a job has ended, and gives it. */
export async function jobEnded({ lab }: Pick<TestLab, 'lab'>, id: string) {
  for await (const _ of lab.changes.listen(null)) {
    const job = lab.jobs.list().find((each) => each.id === id);
    if (job?.endedAt) return job;
  }
  throw new Error('the lab was closed');
}
