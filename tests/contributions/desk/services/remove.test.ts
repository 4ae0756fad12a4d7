import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { makeSessions } from '../make-sessions.ts';
import { addStimuli, screen, studyName } from '../../../services/labeling/labeling-helper.ts';

async function withSession() {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const ofSession = { session: session.id };
  const row = async () => (await it.client.desk.board({ study: studyName })).sessions[0];
  return { ...it, session, ofSession, row, remove: () => it.client.desk.sessions.remove(ofSession) };
}

test('a session that nobody used can be removed', async () => {
  const { row, remove } = await withSession();
  expect(await row()).toMatchObject({ isUsed: false });
  await remove();
  expect(await row()).toBeUndefined();
});

test('a session that a person has open is not removed', async () => {
  const { client, session, row, remove } = await withSession();
  await client.desk.volunteer.open({ token: session.token, sitting: randomUUID(), screen });
  await expect(remove()).rejects.toThrow(/opened/);
  expect(await row()).toMatchObject({ isUsed: true });
});
