import { join } from 'node:path';
import type { Page } from 'playwright';
import { labelAll, makeSessions } from '../make-sessions.ts';
import { addStimuli } from '../../../services/labeling/labeling-helper.ts';
import { openLab, type TestLab } from '../../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

export const route = '/studies/small/labeling';

/**
 * A data folder with a study of three classes and frozen stimuli; gives it once nothing has it open any more.
 * @param alphas three pairs of so many images
 */
export async function prepare(change: (lab: TestLab) => Promise<void> = async () => {}, alphas = 11): Promise<string> {
  const it = openLab(join(temporaryFolder(), 'data'));
  addStimuli(it.lab.workbench.storage, alphas);
  await change(it);
  await it.lab.close();
  return it.dataFolder;
}

/** Three people of whom two have finished, the first one always with the same answer. */
export async function threePeople(it: TestLab): Promise<void> {
  const [one, two] = await makeSessions(it, 3);
  if (!one || !two) throw new Error('no sessions');
  await labelAll(it, one.token, () => 1);
  await labelAll(it, two.token);
}

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
export const region = (page: Page, name: string | RegExp) => page.getByRole('region', { name });
