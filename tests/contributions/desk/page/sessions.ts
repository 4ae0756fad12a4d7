import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import type { LabelingPlan } from '../../../../main/contributions/sessions/contract/plan.ts';
import { Database } from '../../../../main/storage/database.ts';
import { openStorage } from '../../../../main/storage/open.ts';
import type { EventRecord } from '../../../../main/contributions/sessions/storage/log.ts';
import { makeSessions } from '../make-sessions.ts';
import { addStimuli, screen, studyName } from '../../../services/labeling/labeling-helper.ts';
import { openLab, type TestLab } from '../../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

export interface Prepared {
  dataFolder: string;
  id: number;
  token: string;
  trials: number;
}

/**
 * A session in a data folder whose host is not running yet.
 * @param alphas three pairs of so many images @param worked ms @param folder where the data folder comes to lie
 */
export async function prepareSession(
  change: Partial<LabelingPlan> = {},
  { alphas = 5, pin, worked = 0, folder }: { alphas?: number; pin?: string; worked?: number; folder?: string } = {},
): Promise<Prepared> {
  const it = openLab(join(folder ?? temporaryFolder(), 'data'));
  addStimuli(it.lab.workbench.storage, alphas);
  const [session] = await makeSessions(it, 1, change);
  if (pin !== undefined) await it.client.desk.setPin({ study: studyName, pin });
  if (!session) throw new Error('no session was made');
  if (worked > 0) await workBefore(it, session.token, worked);
  await it.lab.close();
  return { dataFolder: it.dataFolder, id: session.id, token: session.token, trials: session.trials };
}

/** Where leaving leads: the sessions of the study, or the studies where the study is unknown. */
export const leftDesk = /#\/studies(\/[^/]+\/labeling\?part=sessions)?$/;

/** A sitting in which the first image was answered, after so many milliseconds. */
async function workBefore({ client }: TestLab, token: string, worked: number): Promise<void> {
  const page = { token, sitting: randomUUID() };
  const { open, addNotes, addEvents } = client.desk.volunteer;
  await open({ ...page, screen });
  await addNotes({ ...page, notes: [{ seq: 0, kind: 'work-began', trial: null, atMs: 2000 }] });
  const event = { seq: 1, trial: 0, kind: 'answer' as const, choice: 0, shownMs: 2000, atMs: 2000 + worked };
  await addEvents({ ...page, events: [event] });
}

/** Answers by trial, and how many events there are, as the disk has them. */
export function stored({ dataFolder, id, trials }: Prepared): {
  answers: (number | null)[];
  state: string | undefined;
  imagesLeft: number | null | undefined;
} {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    return {
      answers: sessionTables(storage).log.choices(id, trials),
      state: storage.labeling.sessions.get(id)?.state,
      imagesLeft: storage.labeling.sessions.get(id)?.imagesLeft,
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
  const labels = await page.locator('.desk-cell canvas').evaluateAll((all) => all.map((one) => one.ariaLabel ?? ''));
  return answersIn(labels);
}

/** The answers in labels of images, by trial. */
export function answersIn(labels: readonly string[]): Map<number, string> {
  return new Map(
    labels.flatMap((label) => {
      const found = /Image (\d+), answer (.*)/.exec(label);
      return found ? [[Number(found[1]) - 1, found[2] ?? ''] as const] : [];
    }),
  );
}

/** The log of a session as the disk has it, in the order in which it was stored. */
export function storedEvents({ dataFolder, id }: Prepared): EventRecord[] {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    return sessionTables(storage).log.events(id);
  } finally {
    storage.close();
  }
}

/** From now on the disk of a data folder takes no row of a table, whoever writes; gives what lets it take them again. */
export function refuseRows({ dataFolder }: Pick<Prepared, 'dataFolder'>, table: string): () => void {
  const change = (sql: string): void => {
    const database = new Database(join(dataFolder, 'workbench.sqlite'));
    try {
      database.exec(sql);
    } finally {
      database.close();
    }
  };
  change(`CREATE TRIGGER refused BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'no room'); END`);
  return () => change('DROP TRIGGER refused');
}

/** What the page says where an answer cannot be stored. */
export const stopIn = (page: Page): Locator =>
  page.getByRole('alert').filter({ hasText: 'Please stop and call the researcher.' });
