import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';
import { DeskService, deskOf } from '../../../../main/contributions/desk/service.ts';
import { findStudy } from '../../../../main/services/workbench/find.ts';
import { refuseLabeled } from '../../../../main/services/stimuli/draft.ts';
import { reportLabeling } from '../../../../main/services/report/labeled.ts';
import { importResponses } from '../../../../main/contributions/answers/study-tables.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { addStimuli, answer, classes, plan, screen, studyName } from '../../../services/labeling/labeling-helper.ts';
import { labelAll, makeSessions } from '../make-sessions.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

function small(alphas = 11) {
  const lab = openLab();
  addStimuli(lab.lab.workbench.storage, alphas);
  return lab;
}

test('a session from its plan to labels that the analysis sees', async () => {
  const it = small();
  const { client, lab, defects } = it;
  const proposal = await client.desk.plan.get({ study: studyName });
  expect(proposal).toMatchObject({ saved: null, proposal: { names: ['zero', 'one', 'two'] } });
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  expect(session).toMatchObject({ state: 'planned', trials: 33 + 4 + 3 + 2, answered: 0, at: null });
  expect(session.pseudonym).toMatch(/^P-[A-Z2-9]{4}$/);
  const view = await labelAll(it, session.token);
  expect(view.options.map(({ key }) => key)).toEqual(['1', '2', '3']);
  const board = await client.desk.board({ study: studyName });
  expect(board.sessions[0]).toMatchObject({ state: 'finished', answered: 42, sittings: 1 });
  const { storage } = lab.workbench;
  const studyId = storage.studies.byName(studyName)?.id ?? 0;
  const table = storage.responses.table(studyId, storage.studies.stimuli(studyId) ?? '');
  const trials = sessionTables(storage).sessions.trials(session.id);
  const expected = table.imageIds.map(
    (id) => trials.findIndex(({ image, kind }) => image === id && kind === 'real') % 3,
  );
  expect(table.labels).toEqual([expected]);
  expect(table.labelers).toMatchObject([{ pseudonym: session.pseudonym, simulated: false }]);
  expect(defects).toEqual([]);
});

test('a session keeps the keys of its plan: by place, as plans of earlier versions say, or those of the plan', async () => {
  const it = small();
  const { client } = it;
  const keys = async (token: string) =>
    (await client.desk.volunteer.open({ token, sitting: randomUUID(), screen })).options.map(({ key }) => key);
  const [earlier] = await makeSessions(it, 1, { cannotTell: "Can't tell" });
  const [later] = await makeSessions(it, 1, { keys: ['ze', 'on', 'tw'], cannotTell: "Can't tell" });
  expect(await keys(earlier?.token ?? '')).toEqual(['1', '2', '3', '.']);
  expect(await keys(later?.token ?? '')).toEqual(['ze', 'on', 'tw', '.']);
  const twice = makeSessions(it, 1, { keys: ['z', 'o', 'o'] });
  await expect(twice).rejects.toMatchObject({ data: { code: 'labeling.keys' } });
});

test('an answer, its change and its undo are all kept; the same event again changes nothing; resumption is exact', async () => {
  const it = small();
  const { client, lab } = it;
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const [token, sitting] = [session.token, randomUUID()];
  const { open, addEvents } = client.desk.volunteer;
  await open({ token, sitting, screen });
  const events = [answer(0, 0, 1), answer(1, 1, 2), answer(2, 0, 2), answer(3, 2, 0), answer(4, 2, null)];
  expect(await addEvents({ token, sitting, events })).toEqual({ answered: 2 });
  expect(await addEvents({ token, sitting, events })).toEqual({ answered: 2 });
  const again = await open({ token, sitting: randomUUID(), screen });
  expect(again.answers.slice(0, 4)).toEqual([2, 2, null, null]);
  expect(again).toMatchObject({ state: 'active', next: 2 });
  expect(
    sessionTables(lab.workbench.storage)
      .log.events(session.id)
      .map(({ choice }) => choice),
  ).toEqual([1, 2, 2, 0, null]);
  await expect(addEvents({ token, sitting, events: [answer(0, 0, 2)] })).rejects.toMatchObject({
    data: { code: 'labeling.event-conflict' },
  });
  await expect(addEvents({ token, sitting, events: [answer(9, 3, 1), answer(10, 4, 7)] })).rejects.toMatchObject({
    data: { code: 'labeling.bad-choice' },
  });
  expect(sessionTables(lab.workbench.storage).log.events(session.id)).toHaveLength(5);
  const { finish } = client.desk.volunteer;
  await expect(finish({ token, sitting, leaveBlank: false })).rejects.toMatchObject({
    data: { code: 'labeling.unfinished' },
  });
});

test('the board counts as the log does, whatever happens', async () => {
  const it = small();
  const { client, lab } = it;
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const [token, sitting] = [session.token, randomUUID()];
  await client.desk.volunteer.open({ token, sitting, screen });
  for (let seq = 0; seq < 120; seq++) {
    const choice = seq % 5 === 4 ? null : seq % 3;
    await client.desk.volunteer.addEvents({ token, sitting, events: [answer(seq, (seq * 7) % 42, choice)] });
  }
  const [row] = (await client.desk.board({ study: studyName })).sessions;
  const choices = sessionTables(lab.workbench.storage).log.choices(session.id, session.trials);
  expect(row?.answered).toBe(choices.filter((choice) => choice !== null).length);
  expect(row?.at?.trial).toBe((119 * 7) % 42);
  expect(JSON.stringify(row)).not.toContain('choice');
});

test('exclusion takes labels out of the analysis and puts them back; a lock holds them fast', async () => {
  const it = small();
  const { client, lab } = it;
  const [one, two] = await makeSessions(it, 2);
  if (!one || !two) throw new Error('no sessions');
  await labelAll(it, one.token);
  await labelAll(it, two.token, () => 1);
  const { storage } = lab.workbench;
  const studyId = storage.studies.byName(studyName)?.id ?? 0;
  const names = () => storage.labelers.ofStudy(studyId).map(({ pseudonym }) => pseudonym);
  expect(names().sort()).toEqual([one.pseudonym, two.pseudonym].sort());
  await client.desk.sessions.exclude({ session: one.id, reason: 'asleep' });
  expect(names()).toEqual([two.pseudonym]);
  await client.desk.sessions.include({ session: one.id });
  expect(names()).toHaveLength(2);
  const lock = await client.labeling.lock.set({ study: studyName });
  expect(lock).toMatchObject({ sessions: 2, labels: 66, reason: 'researcher' });
  await expect(client.desk.sessions.exclude({ session: one.id, reason: 'late' })).rejects.toMatchObject({
    data: { code: 'labeling.locked' },
  });
  await expect(client.desk.sessions.reopen({ session: one.id })).rejects.toThrow();
  await client.labeling.lock.open({ study: studyName });
  const again = await client.labeling.lock.set({ study: studyName });
  expect(again.hash).toBe(lock.hash);
});

test('a lock holds for labels of a file too, and its hash covers them', async () => {
  const it = small();
  const { client, lab } = it;
  const [session] = await makeSessions(it, 1);
  if (!session) throw new Error('no session');
  await labelAll(it, session.token);
  const lock = async () => client.labeling.lock.set({ study: studyName });
  const alone = await lock();
  const path = join(temporaryFolder(), 'humans.csv');
  const rows = lab.workbench.storage.stimulusSets
    .images(lab.workbench.storage.studies.stimuli(lab.workbench.storage.studies.byName(studyName)?.id ?? 0) ?? '')
    .map(({ id, pairI, pairJ, alpha }) => `${id},${pairI},${pairJ},${alpha},ann,1\n`);
  writeFileSync(path, `image,pair_i,pair_j,alpha,labeler,label\n${rows.join('')}`);
  await expect(importResponses(lab.workbench, studyName, path)).rejects.toMatchObject({ code: 'labeling.locked' });
  await client.labeling.lock.open({ study: studyName });
  expect((await lock()).hash).toBe(alone.hash);
  await client.labeling.lock.open({ study: studyName });
  await importResponses(lab.workbench, studyName, path);
  const both = await lock();
  expect(both.hash).not.toBe(alone.hash);
  expect(both.labels).toBe(alone.labels + 33);
  await importResponses(lab.workbench, studyName, path);
});

test('labels of files alone can be locked; without people there is nothing to lock', async () => {
  const it = small();
  const { client, lab } = it;
  const set = () => client.labeling.lock.set({ study: studyName });
  await expect(set()).rejects.toMatchObject({ data: { code: 'labeling.nothing-to-lock' } });
  const path = join(temporaryFolder(), 'humans.csv');
  const rows = (labeler: string, end = '') =>
    `image,pair_i,pair_j,alpha,labeler,label${end && ',simulated'}\n0,0,1,0,${labeler},1${end}\n`;
  writeFileSync(path, rows('R1', ',yes'));
  await importResponses(lab.workbench, studyName, path);
  await expect(set()).rejects.toMatchObject({ data: { code: 'labeling.nothing-to-lock' } });
  expect(await client.labeling.state({ study: studyName })).toMatchObject({ people: 0 });
  writeFileSync(path, rows('ann'));
  await importResponses(lab.workbench, studyName, path);
  expect(await set()).toMatchObject({ sessions: 0, labels: 1 });
  const state = await client.labeling.state({ study: studyName });
  expect(state).toMatchObject({ people: 1, lock: { labels: 1 } });
  expect(reportLabeling(lab.workbench, findStudy(lab.workbench, studyName).id)?.lock?.hash).toBe(state.lock?.hash);
});

test('stimuli stay as they are from the first answer on; a session of other stimuli does not count', async () => {
  const it = small();
  const { client, lab } = it;
  const { storage, now } = lab.workbench;
  const [session] = await makeSessions(it, 1);
  if (!session) throw new Error('no session');
  const record = findStudy(lab.workbench, studyName);
  expect(() => refuseLabeled(lab.workbench, record)).not.toThrow();
  const page = { token: session.token, sitting: randomUUID() };
  await client.desk.volunteer.open({ ...page, screen });
  await client.desk.volunteer.addEvents({ ...page, events: [answer(0, 0, 1)] });
  expect(() => refuseLabeled(lab.workbench, record)).toThrow(/stay as they are/);
  const other = addStimuli(storage, 5, 'other');
  storage.studies.useStimuli(record.id, other, now());
  await labelAll(it, session.token);
  expect(storage.labelers.ofStudy(record.id)).toEqual([]);
});

test('a plan of other stimuli, with other classes, makes no sessions: nobody could end them', async () => {
  const it = small();
  const { client, lab } = it;
  const { storage, now } = lab.workbench;
  await makeSessions(it, 1);
  const other = addStimuli(storage, 7, 'other', [...classes, 'three']);
  storage.studies.useStimuli(findStudy(lab.workbench, studyName).id, other, now());
  const create = client.desk.sessions.create({ study: studyName, count: 1, medium: 'screen' });
  await expect(create).rejects.toMatchObject({ data: { code: 'labeling.names' } });
  expect((await client.desk.board({ study: studyName })).sessions).toHaveLength(1);
});

test('a wrong PIN does not let out, and guessing gets slow', async () => {
  const it = small();
  const { client } = it;
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const sitting = randomUUID();
  await client.desk.setPin({ study: studyName, pin: '4711' });
  const page = { token: session.token, sitting };
  expect(await client.desk.volunteer.open({ ...page, screen })).toMatchObject({ hasPin: true });
  const tries: { ok: boolean; waitSeconds: number }[] = [];
  for (let index = 0; index < 5; index++) tries.push(await client.desk.volunteer.checkPin({ ...page, pin: '0000' }));
  expect(tries.every(({ ok }) => !ok)).toBe(true);
  expect(tries[4]?.waitSeconds).toBe(5);
  expect(await client.desk.volunteer.checkPin({ ...page, pin: '4711' })).toMatchObject({ ok: false });
});

test('after a restart of the program, one guess is free and not five', async () => {
  const { client, lab } = small();
  await client.desk.setPin({ study: studyName, pin: '4711' });
  const { id } = findStudy(lab.workbench, studyName);
  for (let index = 0; index < 4; index++) expect(deskOf(lab).pins.check(id, '0000').waitSeconds).toBe(0);
  const again = (): DeskService => new DeskService(lab);
  expect(again().pins.check(id, '0000')).toEqual({ ok: false, waitSeconds: 5 });
  expect(again().pins.check(id, '0000')).toEqual({ ok: false, waitSeconds: 10 });
  expect(again().pins.check(id, '4711')).toEqual({ ok: true, waitSeconds: 0 });
  expect(again().pins.check(id, '0000')).toEqual({ ok: false, waitSeconds: 0 });
});

test('a page adds no more sittings and notes to its session than anyone needs', async () => {
  const it = small();
  const { client, lab } = it;
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const page = { token: session.token, sitting: randomUUID() };
  const { open, addNotes } = client.desk.volunteer;
  await open({ ...page, screen });
  const { storage } = lab.workbench;
  const { log } = deskTables(storage);
  storage.transaction(() => {
    const about = { medium: 'screen', openedAt: 1, openedMs: null, screen } as const;
    for (let k = 1; k < 500; k++) log.ensureSitting(session.id, randomUUID(), about);
    const own = log.sittingId(session.id, page.sitting) ?? 0;
    for (let seq = 0; seq < 19_999; seq++)
      log.addNote(session.id, own, { seq, kind: 'hidden', trial: null, atMs: 0 }, 1);
  });
  expect(await open({ ...page, screen })).toMatchObject({ state: 'ready' });
  const tooMany = { data: { code: 'labeling.too-many-sittings' } };
  await expect(open({ ...page, sitting: randomUUID(), screen })).rejects.toMatchObject(tooMany);
  const notes = [0, 1].map((k) => ({ seq: 20_000 + k, kind: 'hidden' as const, trial: null, atMs: 0 }));
  await addNotes({ ...page, notes });
  expect(log.countNotes(session.id)).toBe(20_000);
});

test('who guessed waits no longer where the clock is put back', async () => {
  const it = small();
  const { client, lab } = it;
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const page = { token: session.token, sitting: randomUUID() };
  await client.desk.setPin({ study: studyName, pin: '4711' });
  for (let index = 0; index < 5; index++) await client.desk.volunteer.checkPin({ ...page, pin: '0000' });
  const before = lab.workbench.now() - 86_400_000;
  vi.spyOn(lab.workbench, 'now').mockReturnValue(before);
  const { waitSeconds } = await client.desk.volunteer.checkPin({ ...page, pin: '4711' });
  expect(waitSeconds).toBeGreaterThan(0);
  expect(waitSeconds).toBeLessThanOrEqual(5);
});

test('before consent nothing is stored; who declines leaves nothing behind, who has answered cannot', async () => {
  const it = small();
  const { client, lab } = it;
  const { log } = deskTables(lab.workbench.storage);
  const [one, two] = await makeSessions(it, 2, { consent: 'I take part of my own will.' });
  if (!one || !two) throw new Error('no sessions');
  const { open, addNotes, consent, addEvents } = client.desk.volunteer;
  const page = { token: one.token, sitting: randomUUID() };
  await open({ ...page, screen });
  expect(log.sittings(one.id)).toEqual([]);
  const lost = { seq: 0, kind: 'focus-lost' as const, trial: null, atMs: 9 };
  await expect(addNotes({ ...page, notes: [lost] })).rejects.toMatchObject({ data: { code: 'labeling.no-sitting' } });
  // Earlier versions had stored it before the question.
  log.ensureSitting(one.id, page.sitting, { medium: 'screen', openedAt: 1, screen });
  await addNotes({ ...page, notes: [lost] });
  await consent({ ...page, agrees: false });
  expect([log.sittings(one.id), log.notes(one.id)]).toEqual([[], []]);
  const rows = (await client.desk.board({ study: studyName })).sessions;
  expect(rows[0]).toMatchObject({ state: 'declined', sittings: 0, focusLost: 0 });

  const other = { token: two.token, sitting: randomUUID() };
  await consent({ ...other, agrees: true });
  await open({ ...other, screen });
  await addEvents({ ...other, events: [answer(0, 0, 1)] });
  await expect(consent({ ...other, agrees: false })).rejects.toMatchObject({ data: { code: 'labeling.begun' } });
  expect(log.events(two.id)).toHaveLength(1);
});

test('consent comes first where it is asked for', async () => {
  const it = small();
  const { client } = it;
  const [session] = await makeSessions(it, 1, { consent: 'I take part of my own will.' });
  if (!session) throw new Error('no session');
  const page = { token: session.token, sitting: randomUUID() };
  expect(await client.desk.volunteer.open({ ...page, screen })).toMatchObject({ consented: false });
  await expect(client.desk.volunteer.addEvents({ ...page, events: [answer(0, 0, 1)] })).rejects.toMatchObject({
    data: { code: 'labeling.no-sitting' },
  });
  await client.desk.volunteer.consent({ ...page, agrees: true });
  await client.desk.volunteer.open({ ...page, screen });
  await client.desk.volunteer.addEvents({ ...page, events: [answer(0, 0, 1)] });
  const saved = await client.desk.plan.save({
    study: studyName,
    plan: plan(),
  });
  expect(saved).toMatchObject({ version: 2, texts: { consent: 2, question: 1 } });
});
