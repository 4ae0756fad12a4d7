import { expect, test } from 'vitest';
import { openStorage } from '../../../../main/storage/open.ts';
import { hasBrowser, openPage, startHost } from '../../../renderer/harness.ts';
import { prepareSession, stored } from './sessions.ts';
import { fixationMs, labelGrid, labelSingly, sittingPlan } from './whole-sittings.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

const { trials, practice, columns } = sittingPlan;
const blocks = { order: { seed: 1, apart: 1, blocks: 2 } };
const plan = { ...blocks, practice, perPerson: trials - practice, repeats: 0, attention: 0, fixationMs };

test.skipIf(!hasBrowser).for([
  ['grid', labelGrid],
  ['single', labelSingly],
] as const)('%s: the database has each value of what a volunteer did at the desk', async ([mode, label]) => {
  const session = await prepareSession({ ...plan, mode, grid: { columns, rows: 3 } });
  expect(session.trials).toBe(trials);
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1000);
  const diary = await label({
    page,
    now: () => page.evaluate(() => performance.now()),
    pass: (milliseconds) => page.clock.runFor(milliseconds),
  });
  await host.stop();
  const storage = openStorage(session.dataFolder, { readOnly: true });
  try {
    const { log } = sessionTables(storage);
    expect(log.events(session.id)).toMatchObject(diary.events);
    expect(log.notes(session.id)).toMatchObject(diary.notes);
    expect(log.events(session.id)).toHaveLength(diary.events.length);
  } finally {
    storage.close();
  }
  expect(stored(session)).toMatchObject({ state: 'finished', imagesLeft: null });
});
