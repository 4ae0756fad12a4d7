import { expect, test } from 'vitest';
import { trialPace } from '../../../main/services/labels/pace.ts';
import { createSessions } from '../../../main/contributions/desk/sessions.ts';
import { studyName } from './labeling-helper.ts';
import { start, withSession } from '../../contributions/desk/services/session-helper.ts';

test('the pace is the median of finished sessions on screens and in kits that count, else as expected', async () => {
  const { service, workbench, stored, studyId, record } = await withSession({ people: 9 });
  expect(record().trialCount).toBe(9);
  const finish = async (medium: 'screen' | 'kit' | 'paper', seconds: number, isFinished = true): Promise<number> => {
    const [row] = await createSessions(service, studyName, 1, medium);
    if (!row) throw new Error('no session');
    stored.sessions.setState(row.id, 'active', start);
    if (isFinished) stored.sessions.setState(row.id, 'finished', start + seconds * 1000);
    return row.id;
  };
  const pace = () => trialPace(workbench, studyId);
  expect(pace()).toEqual({ seconds: 1.6, sessions: 0 });
  await finish('paper', 900);
  await finish('screen', 800, false);
  stored.sessions.setExcluded(await finish('screen', 700), 'asleep');
  // All at once: a clock that stood still.
  await finish('screen', 0);
  expect(pace()).toEqual({ seconds: 1.6, sessions: 0 });
  await finish('screen', 27);
  expect(pace()).toEqual({ seconds: 3, sessions: 1 });
  await finish('kit', 9);
  await finish('screen', 18);
  expect(pace()).toEqual({ seconds: 2, sessions: 3 });
});
