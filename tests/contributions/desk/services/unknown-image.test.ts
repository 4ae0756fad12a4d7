import { expect, test } from 'vitest';
import { newSessionToken } from '../../../../main/storage/labeling/sessions.ts';
import { sessionSource } from '../../../../main/storage/labeling/withdrawals.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { makeSessions } from '../make-sessions.ts';
import { addStimuli } from '../../../services/labeling/labeling-helper.ts';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';

/** A session with an image that its stimulus set does not have, as a damaged database could hold it. */
async function withUnknownImage() {
  const it = openLab();
  const { storage } = it.lab.workbench;
  const setHash = addStimuli(storage);
  const [made] = await makeSessions(it);
  const like = made && storage.labeling.sessions.get(made.id);
  if (!like) throw new Error('no session');
  const token = newSessionToken();
  const labeler = { pseudonym: 'P-ABCD', simulated: false, source: sessionSource(token) };
  deskTables(storage).sessions.add(
    {
      studyId: like.studyId,
      planId: like.planId,
      setHash,
      medium: 'screen',
      place: 1,
      token,
      labelerId: storage.labelers.ensure(labeler, 1),
      trials: [0, 999, 1].map((image) => ({ image, kind: 'real', block: 1 })),
    },
    1,
  );
  return { ...it, token };
}

test('an image that the stimulus set does not have is refused on screen, not shown as the first image', async () => {
  const { client, token } = await withUnknownImage();
  const refused = client.desk.volunteer.images({ token, from: 0, count: 3 });
  await expect(refused).rejects.toThrow('Image 999 is not in the stimulus set of this session');
  const { pixels } = await client.desk.volunteer.images({ token, from: 0, count: 1 });
  expect(Buffer.from(pixels, 'base64')).toHaveLength(36);
});
