import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SessionNote } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { makeSessions } from '../make-sessions.ts';
import { addStimuli, answer, screen, studyName } from '../../../services/labeling/labeling-helper.ts';

test('leaving the window is counted alike on the board and after; the same answer again is no change', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const { client } = it;
  const [session] = await makeSessions(it, 1, { practice: 0, attention: 0, repeats: 0 });
  if (!session) throw new Error('no session');
  const page = { token: session.token, sitting: randomUUID() };
  await client.desk.volunteer.open({ ...page, screen });
  const events = Array.from({ length: 33 }, (_, trial) => answer(trial, trial, 1));
  const more = [answer(40, 0, 1), answer(41, 1, null), answer(42, 1, 1), answer(43, 2, 2)];
  await client.desk.volunteer.addEvents({ ...page, events: [...events, ...more] });
  const kinds: SessionNote['kind'][] = [
    ...(['focus-lost', 'hidden', 'visible', 'focus-back'] as const),
    ...(['break-began', 'hidden', 'break-ended', 'focus-lost', 'focus-back'] as const),
  ];
  const notes = kinds.map((kind, index) => ({ seq: 100 + index, kind, trial: 3, atMs: 1000 * index }));
  await client.desk.volunteer.addNotes({ ...page, notes });
  await client.desk.volunteer.finish({ ...page, leaveBlank: false });
  const [row] = (await client.desk.board({ study: studyName })).sessions;
  const [quality] = await client.desk.quality({ study: studyName });
  expect(quality?.focusLost.times).toBe(2);
  expect(row?.focusLost).toBe(2);
  expect(quality?.changed).toBe(1);
});
