import { randomUUID } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallDisk } from '../../../small-disk.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { makeSessions } from '../make-sessions.ts';
import { addStimuli, answer, screen } from '../../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

test('a full disk: the volunteer is told, nothing accepted is lost, and it goes on once there is room', async (context) => {
  const disk = smallDisk(6 * 1024);
  if (!disk) return context.skip('needs the right to mount a tmpfs');
  const it = openLab(join(disk, 'data'));
  addStimuli(it.lab.workbench.storage, 200);
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const [token, sitting] = [session.token, randomUUID()];
  await it.client.desk.volunteer.open({ token, sitting, screen });
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - 300 * 1024)));
  const tell = (trial: number) =>
    it.client.desk.volunteer.addEvents({ token, sitting, events: [answer(trial, trial, trial % 3)] });
  let accepted = 0;
  let refusal: unknown = null;
  while (refusal === null && accepted < session.trials) {
    try {
      await tell(accepted);
      accepted += 1;
    } catch (error) {
      refusal = error;
    }
  }
  expect(refusal).toMatchObject({ data: { code: 'storage.disk-full', what: expect.stringContaining('disk is full') } });
  expect(accepted).toBeGreaterThan(0);
  expect(sessionTables(it.lab.workbench.storage).log.events(session.id)).toHaveLength(accepted);
  rmSync(join(disk, 'ballast'));
  await tell(accepted);
  const view = await it.client.desk.volunteer.open({ token, sitting: randomUUID(), screen });
  expect(view.next).toBe(accepted + 1);
  expect(view.answers.slice(0, accepted + 1)).toEqual(Array.from({ length: accepted + 1 }, (_, trial) => trial % 3));
  expect(it.defects).toEqual([]);
});
