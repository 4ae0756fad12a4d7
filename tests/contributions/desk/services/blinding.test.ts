import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { labelAll, makeSessions } from '../make-sessions.ts';
import { addStimuli, answer, screen, studyName } from '../../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

test('no call of a session’s page says pair, alpha, image id, what a trial is for, or what others said', async () => {
  const it = openLab();
  const { client, lab } = it;
  const setHash = addStimuli(lab.workbench.storage);
  const [other, mine] = await makeSessions(it, 2, { consent: 'Yes', repeats: 6, attention: 3 });
  if (!other || !mine) throw new Error('no sessions');
  await client.desk.volunteer.open({ token: other.token, sitting: randomUUID(), screen }).then(async () => {
    const sitting = randomUUID();
    await client.desk.volunteer.open({ token: other.token, sitting, screen });
    await client.desk.volunteer.consent({ token: other.token, sitting, agrees: true });
  });
  await labelAll(it, other.token, () => 2);
  // Whoever knows the PIN may leave the page, and then sees the study.
  await client.desk.setPin({ study: studyName, pin: '2468' });
  const page = { token: mine.token, sitting: randomUUID() };
  const answers: unknown[] = [
    await client.desk.volunteer.open({ ...page, screen }),
    await client.desk.volunteer.consent({ ...page, agrees: true }),
    await client.desk.volunteer.open({ ...page, screen }),
    await client.desk.volunteer.addEvents({ ...page, events: [answer(0, 0, 1)] }),
    await client.desk.volunteer.addNotes({ ...page, notes: [{ seq: 1, kind: 'focus-lost', trial: 0, atMs: 9 }] }),
    await client.desk.volunteer.checkPin({ ...page, pin: '1' }),
    await client.desk.volunteer.open({ ...page, screen }),
  ];
  const said = JSON.stringify(answers);
  expect(said).not.toMatch(/pair|alpha|predict|softmax|repeat|attention|"image_?id|labeler/i);
  for (const secret of [setHash, other.pseudonym, other.token, studyName]) expect(said).not.toContain(`"${secret}"`);
  expect(answers[6]).toMatchObject({ answers: [1, ...new Array<null>(mine.trials - 1).fill(null)] });

  // Orders differ, so a position says nothing about what others saw there, and the images come without their ids.
  const orders = [other, mine].map(({ id }) =>
    sessionTables(lab.workbench.storage)
      .sessions.trials(id)
      .map(({ image }) => image),
  );
  expect(orders[0]).not.toEqual(orders[1]);
  const images = await client.desk.volunteer.images({ token: mine.token, from: 0, count: 5 });
  expect(Object.keys(images)).toEqual(['pixels']);
  expect(Buffer.from(images.pixels, 'base64')).toHaveLength(5 * 36);
});

test('the board and the feed say where people are, and no answer', async () => {
  const it = openLab();
  const { client, lab } = it;
  addStimuli(lab.workbench.storage);
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const page = { token: session.token, sitting: randomUUID() };
  await client.desk.volunteer.open({ ...page, screen });
  const boards: string[] = [];
  for (const choice of [0, 1, 2]) {
    await client.desk.volunteer.addEvents({ ...page, events: [answer(choice, 0, choice)] });
    const board = await client.desk.board({ study: studyName });
    boards.push(
      JSON.stringify({ ...board, sessions: board.sessions.map((row) => ({ ...row, lastSeenAt: '' })) }).replace(
        /"startedAt":"[^"]+"/g,
        '',
      ),
    );
  }
  // Whatever is answered, the board is the same.
  expect(new Set(boards).size).toBe(1);
  expect(await client.desk.quality({ study: studyName })).toEqual([]);
});

test('an address that is guessed opens nothing', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  await makeSessions(it);
  const token = 'A'.repeat(22);
  const { volunteer } = it.client.desk;
  await expect(volunteer.open({ token, sitting: randomUUID(), screen })).rejects.toThrow(/no such labeling session/);
  await expect(volunteer.images({ token, from: 0, count: 1 })).rejects.toThrow(/no such labeling session/);
  await expect(volunteer.open({ token: "' OR 1=1", sitting: randomUUID(), screen })).rejects.toThrow();
});
