import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { Database } from '../../../../main/storage/database.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { labelAll, makeSessions } from '../make-sessions.ts';
import { addStimuli, screen, studyName } from '../../../services/labeling/labeling-helper.ts';

/** Somebody who has declined, and somebody who has labeled all. */
async function withDeclined(agreedBefore = false) {
  const it = openLab();
  const { client, lab } = it;
  addStimuli(lab.workbench.storage);
  const [one, two] = await makeSessions(it, 2, { consent: 'I take part of my own will.' });
  if (!one || !two) throw new Error('no sessions');
  await client.desk.volunteer.consent({ token: two.token, sitting: randomUUID(), agrees: true });
  await labelAll(it, two.token);
  const page = { token: one.token, sitting: randomUUID() };
  if (agreedBefore) await client.desk.volunteer.consent({ ...page, agrees: true });
  await client.desk.volunteer.consent({ ...page, agrees: false });
  const record = () => lab.workbench.storage.labeling.sessions.get(one.id);
  return { ...it, one, page, record };
}

test('who declines has not begun, even who had agreed before; opened again, they are asked again', async () => {
  const { client, one, page, record } = await withDeclined(true);
  expect(record()).toMatchObject({ state: 'declined', startedAt: null, consentedAt: null });
  await expect(client.desk.sessions.remove({ session: one.id })).rejects.toThrow(/opened/);
  await client.desk.sessions.reopen({ session: one.id });
  expect(record()).toMatchObject({ state: 'planned', startedAt: null, consentedAt: null });
  const { open } = client.desk.volunteer;
  expect(await open({ ...page, screen })).toMatchObject({ state: 'ready', consented: false });
});

test('labels are locked while somebody who declined was let in again, and has not come', async () => {
  const { client, one } = await withDeclined();
  await client.desk.sessions.reopen({ session: one.id });
  expect(await client.labeling.lock.set({ study: studyName })).toMatchObject({ sessions: 1 });
});

test('who declined with an earlier version, which took that for a beginning, is let in again in the same way', async () => {
  const { client, one, record, dataFolder } = await withDeclined();
  const database = new Database(`${dataFolder}/workbench.sqlite`);
  database.run('UPDATE labeling_session SET started_at = 7 WHERE id = ?', one.id);
  database.close();
  await client.desk.sessions.reopen({ session: one.id });
  expect(record()).toMatchObject({ state: 'planned', startedAt: null });
});
