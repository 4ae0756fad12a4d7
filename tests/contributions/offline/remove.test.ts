import { expect, test } from 'vitest';
import { openLab } from '../../services/lab/lab-helper.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, studyName } from '../../services/labeling/labeling-helper.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';

async function withSession(medium: 'kit' | 'paper') {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [session] = await makeSessions(it, 1, {}, medium);
  if (!session) throw new Error('no session');
  const ofSession = { session: session.id };
  const row = async () => (await it.client.desk.board({ study: studyName })).sessions[0];
  return { ...it, session, ofSession, row, remove: () => it.client.desk.sessions.remove(ofSession) };
}

test('typed answers of paper are not removed', async () => {
  const { client, ofSession, row, remove } = await withSession('paper');
  await client.offline.enterPaper({ ...ofSession, entries: [{ pass: 1, trial: 0, choice: 1 }] });
  await expect(remove()).rejects.toThrow(/entered already/);
  expect(await row()).toMatchObject({ isUsed: true });
  expect((await client.offline.paperState(ofSession)).first[0]).toBe(1);
});

test('a session whose kit is out is not removed: its result file would be nobody’s', async () => {
  const { client, lab, session, row, remove } = await withSession('kit');
  const { kit: made } = await client.offline.makeKit({ study: studyName, sessions: [session.id] });
  await expect(remove()).rejects.toThrow(/kit/);
  expect(await row()).toMatchObject({ isUsed: true });
  expect(offlineTables(lab.workbench.storage).kits.get(made.kit, session.id)).toBeDefined();
});
