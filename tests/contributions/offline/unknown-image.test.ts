import { expect, test } from 'vitest';
import { newSessionToken } from '../../../main/storage/labeling/sessions.ts';
import { sessionSource } from '../../../main/storage/labeling/withdrawals.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, studyName } from '../../services/labeling/labeling-helper.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';

/** A session with an image that its stimulus set does not have, as a damaged database could hold it. */
async function withUnknownImage() {
  const it = openLab();
  const { storage } = it.lab.workbench;
  const setHash = addStimuli(storage);
  const [made] = await makeSessions(it, 1, {}, 'kit');
  const like = made && storage.labeling.sessions.get(made.id);
  if (!like) throw new Error('no session');
  const token = newSessionToken();
  const labeler = { pseudonym: 'P-ABCD', simulated: false, source: sessionSource(token) };
  const id = deskTables(storage).sessions.add(
    {
      studyId: like.studyId,
      planId: like.planId,
      setHash,
      medium: 'kit',
      place: 1,
      token,
      labelerId: storage.labelers.ensure(labeler, 1),
      trials: [0, 999, 1].map((image) => ({ image, kind: 'real', block: 1 })),
    },
    1,
  );
  return { ...it, id };
}

test('no kit is made with an image that the stimulus set does not have', async () => {
  const { client, lab, id } = await withUnknownImage();
  const refused = client.offline.makeKit({ study: studyName, sessions: [id] });
  await expect(refused).rejects.toThrow('Image 999 is not in the stimulus set of this session');
  expect(deskTables(lab.workbench.storage).sessions.readUse(id)).toBeNull();
});
