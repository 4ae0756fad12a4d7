import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { LabelingPlan } from '../../../main/contract/labeling/plan.ts';
import { openStorage } from '../../../main/storage/index.ts';
import { addStimuli, makeSessions, studyName } from '../../services/labeling/labeling-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

export interface Prepared {
  dataFolder: string;
  id: number;
  token: string;
  trials: number;
}

/** A session in a data folder whose host is not running yet. @param alphas three pairs of so many images */
export async function prepareSession(
  change: Partial<LabelingPlan> = {},
  { alphas = 5, pin }: { alphas?: number; pin?: string } = {},
): Promise<Prepared> {
  const it = openLab(join(temporaryFolder(), 'data'));
  addStimuli(it.lab.bench.storage, alphas);
  const [session] = await makeSessions(it, 1, change);
  if (pin !== undefined) await it.client.labeling.setPin({ study: studyName, pin });
  await it.lab.close();
  if (!session) throw new Error('no session was made');
  return { dataFolder: it.dataFolder, id: session.id, token: session.token, trials: session.trials };
}

/** Answers by trial, and how many events there are, as the disk has them. */
export function stored({ dataFolder, id, trials }: Prepared): {
  answers: (number | null)[];
  state: string | undefined;
} {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    return {
      answers: storage.labeling.log.choices(id, trials),
      state: storage.labeling.sessions.get(id)?.state,
    };
  } finally {
    storage.close();
  }
}

/** The trial that the page has in focus, from 0. */
export async function focused(page: Page): Promise<number> {
  const label = await page.locator('.desk-cell[aria-current="true"] canvas').getAttribute('aria-label');
  return Number(/Image (\d+)/.exec(label ?? '')?.[1]) - 1;
}

/** What the page shows as accepted, by trial, of the images that are on it. */
export async function shownAnswers(page: Page): Promise<Map<number, string>> {
  const labels = await page
    .locator('.desk-cell canvas')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  return new Map(
    labels.flatMap((label) => {
      const found = /Image (\d+), answer (.*)/.exec(label ?? '');
      return found ? [[Number(found[1]) - 1, found[2] ?? ''] as const] : [];
    }),
  );
}
