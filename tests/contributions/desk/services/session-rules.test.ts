import { randomUUID, scryptSync } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  checkChoice,
  checkEvent,
  endingSteps,
  isTimeUp,
  sittingTimes,
} from '../../../../main/contributions/desk/answers.ts';
import { DeskService } from '../../../../main/contributions/desk/service.ts';
import {
  createSessions,
  excludeSession,
  includeSession,
  removeSession,
  reopenSession,
} from '../../../../main/contributions/desk/sessions.ts';
import { randomCharacters } from '../../../../main/services/labels/pseudonyms.ts';
import { lockLabels, openLock } from '../../../../main/services/labeling/lock.ts';
import { layOutTrials } from '../../../../main/contributions/desk/analysis/order.ts';
import {
  addEvents,
  addNotes,
  endAtTimeLimit,
  finishSession,
  openSession,
  pinStudy,
  recordConsent,
  trialImages,
  volunteerView,
} from '../../../../main/contributions/desk/volunteer.ts';
import { addStimuli, plan, screen, studyName } from '../../../services/labeling/labeling-helper.ts';
import { bare, code, given, note, runOut, start, withSession } from './session-helper.ts';

test('codes and pseudonyms have as many characters as asked for', () => {
  expect(randomCharacters(200)).toMatch(/^[A-HJ-NP-Z2-9]{200}$/);
  expect(randomCharacters(0)).toBe('');
});

test('the pixels of a stimulus set are read once, and again for another set', async () => {
  const { service, workbench, hash } = await withSession();
  const other = addStimuli(workbench.storage, 4, 'other');
  const header = (of: string) => {
    const found = workbench.storage.stimulusSets.header(of);
    if (!found) throw new Error('no set');
    return found;
  };
  const pixels = service.pixels(header(hash));
  expect(pixels).toHaveLength(9 * 36);
  expect(service.pixels(header(hash))).toBe(pixels);
  expect(service.pixels(header(other))).toHaveLength(12 * 36);
  expect(service.pixels(header(hash))).toEqual(pixels);
});

test('an event is of a trial of the session, and an answer one of those offered', async () => {
  const { record } = await withSession();
  const names = ['a', 'b'];
  const [all, less] = [plan({ names, cannotTell: 'Can’t tell' }), plan({ names })];
  checkEvent(all, record(), given(0, 8, 1));
  checkEvent(all, record(), given(0, 0, null));
  expect(() => checkEvent(all, record(), given(0, 9, 1))).toThrow(code('bad-trial'));
  expect(() => checkEvent(all, record(), given(0, 8, 2))).toThrow(code('bad-choice'));
  for (const choice of [0, 1, -1]) checkChoice(all, choice);
  for (const choice of [0, 1]) checkChoice(less, choice);
  expect(() => checkChoice(less, -1)).toThrow(code('bad-choice'));
  expect(() => checkChoice(all, 2)).toThrow(code('bad-choice'));
});

test('a page gets all that it may know, and continues after the last answered image', async () => {
  const change = { practice: 2, attention: 1, repeats: 1, cannotTell: 'Can’t tell', people: 2 };
  const it = await withSession({ ...change, order: { seed: 5, apart: 1, blocks: 2 } });
  const { service, page, open, studyId, stored, id } = it;
  const { question, instructions, consent, mode, grid, size, interpolation, fixationMs, timeLimit } = plan(change);
  const trials = stored.sessions.trials(id);
  const first = {
    question,
    instructions,
    consent,
    mode,
    grid,
    size,
    interpolation,
    fixationMs,
    timeLimit,
    state: 'ready',
    pseudonym: it.record().pseudonym,
    consented: false,
    image: { width: 6, height: 6, channels: 1 },
    options: [
      ...['Zero', 'One', 'Two'].map((name, choice) => ({ choice, name, key: String(choice + 1) })),
      { choice: -1, name: 'Can’t tell', key: '.' },
    ],
    trials: 13,
    practice: 2,
    breaks: [trials.findIndex(({ block }) => block === 2)],
    answers: new Array(13).fill(null),
    timedOut: [],
    leftMs: null,
    next: 0,
    hasPin: false,
  };
  expect(open()).toEqual(first);
  expect(addEvents(service, page, [given(0, 2, 1), given(1, 4, -1)])).toBe(2);
  service.pins.set(studyId, '1234');
  const answers = [null, null, 1, null, -1, ...new Array(8).fill(null)];
  expect(open()).toEqual({ ...first, state: 'active', answers, next: 5, hasPin: true });
  expect(addEvents(service, page, [given(2, 4, null)])).toBe(1);
  expect(open().next).toBe(4);
  expect(addEvents(service, page, [given(3, 12, 0)])).toBe(2);
  expect(open().next).toBe(0);
  const rest = [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((trial, at) => given(4 + at, trial, 2));
  expect(addEvents(service, page, rest)).toBe(13);
  expect(open().next).toBeNull();
});

test('an answer without a key of its own has none', async () => {
  const it = await withSession();
  const names = Array.from({ length: 37 }, (_, at) => `n${at}`);
  const planId = it.stored.plans.save(it.studyId, plan({ names }), start).id;
  const { options } = volunteerView(it.service, { ...it.record(), planId });
  expect(options.slice(35)).toEqual([
    { choice: 35, name: 'n35', key: 'z' },
    { choice: 36, name: 'n36', key: '' },
  ]);
});

test('a page gets the images of the trials that it asks for', async () => {
  const { service, token, stored, id, hash, workbench } = await withSession();
  const trials = stored.sessions.trials(id);
  const pixels = workbench.storage.blobs.get(workbench.storage.stimulusSets.header(hash)?.pixels ?? '');
  const ids = workbench.storage.stimulusSets.ids(hash);
  const images = trials.map(({ image }) => pixels.subarray(ids.indexOf(image) * 36, ids.indexOf(image) * 36 + 36));
  const asked = (from: number, count: number) => Buffer.from(trialImages(service, token, from, count), 'base64');
  expect(asked(0, 9)).toEqual(Buffer.concat(images));
  expect(asked(3, 2)).toEqual(Buffer.concat(images.slice(3, 5)));
  expect(asked(8, 5)).toEqual(Buffer.concat(images.slice(8)));
});

test('events of an ended session are refused, unless all were stored before', async () => {
  const { service, page, open, record } = await withSession();
  expect(() => addEvents(service, page, [given(0, 0, 1)])).toThrow(code('no-sitting'));
  open();
  expect(addEvents(service, page, [given(0, 0, 1), given(1, 1, 1)])).toBe(2);
  expect(() => finishSession(service, page, false)).toThrow(
    expect.objectContaining({ message: expect.stringContaining('7 images have no answer') }),
  );
  finishSession(service, page, true);
  expect(record()).toMatchObject({ state: 'finished', imagesLeft: null });
  finishSession(service, page, false);
  expect(addEvents(service, page, [given(0, 0, 1), given(1, 1, 1)])).toBe(2);
  expect(() => addEvents(service, page, [given(1, 1, 1), given(2, 2, 1)])).toThrow(code('closed'));
  expect(() => addEvents(service, page, [given(1, 1, 2)])).toThrow(code('event-conflict'));
  expect(() => endAtTimeLimit(service, page)).not.toThrow();
  expect(open()).toMatchObject({ state: 'finished' });
});

test('before a session ends, its answers become responses fifty at a time', async () => {
  const { service, workbench, page, record, open } = await withSession({}, 'screen', 40);
  open();
  const trials = Array.from({ length: 120 }, (_, trial) => trial);
  addEvents(
    service,
    page,
    trials.map((trial) => given(trial, trial, trial % 3)),
  );
  const { setHash, labelerId } = record();
  const count = (): number => workbench.storage.responses.current(setHash, labelerId).length;
  const atPauses: number[] = [];
  for (const _ of endingSteps(workbench, record())) atPauses.push(count());
  expect([...atPauses, count()]).toEqual([0, 0, 50, 100, 120]);
});

test('a session with all answers ends without leaving any blank', async () => {
  const { service, page, open, record } = await withSession();
  open();
  addEvents(
    service,
    page,
    Array.from({ length: 8 }, (_, trial) => given(trial, trial, 1)),
  );
  expect(() => finishSession(service, page, false)).toThrow(
    expect.objectContaining({ message: expect.stringContaining('1 image has no answer') }),
  );
  addEvents(service, page, [given(8, 8, 1)]);
  finishSession(service, page, false);
  expect(record().state).toBe('finished');
});

test('before consent no answer is stored; who declines is not asked again', async () => {
  const { service, page, token, open, record, stored, id } = await withSession({ consent: 'Do you agree?' });
  expect(open()).toMatchObject({ state: 'ready', consented: false, consent: 'Do you agree?' });
  expect(stored.log.sittings(id)).toEqual([]);
  recordConsent(service, token, true);
  expect(open()).toMatchObject({ state: 'ready', consented: true });
  stored.sessions.withdrawConsent(id);
  expect(() => addEvents(service, page, [given(0, 0, 1)])).toThrow(code('no-consent'));
  recordConsent(service, token, true);
  addEvents(service, page, [given(0, 0, 1)]);
  expect(() => recordConsent(service, token, false)).toThrow(code('begun'));
  finishSession(service, page, true);
  expect(() => recordConsent(service, token, true)).toThrow(code('closed'));
  expect(record().state).toBe('finished');
  const other = await withSession({ consent: 'Do you agree?' });
  recordConsent(other.service, other.token, false);
  expect(other.record().state).toBe('declined');
  expect(() => recordConsent(other.service, other.token, true)).toThrow(code('closed'));
  expect(other.open()).toMatchObject({ state: 'declined' });
});

test('a session has at most 500 sittings; one that it has may be opened again', async () => {
  const { workbench, stored, id, open, page } = await withSession();
  open();
  workbench.storage.transaction(() => {
    for (let at = 1; at < 499; at++) {
      stored.log.ensureSitting(id, randomUUID(), { medium: 'screen', openedAt: start, screen });
    }
  });
  open(randomUUID());
  expect(stored.log.sittings(id)).toHaveLength(500);
  expect(() => open(randomUUID())).toThrow(code('too-many-sittings'));
  open(page.sitting);
  expect(stored.log.sittings(id)).toHaveLength(500);
});

test('a session stores at most 20,000 notes', async () => {
  const { service, workbench, stored, id, open, page } = await withSession();
  open();
  const sitting = stored.log.sittingId(id, page.sitting) ?? 0;
  workbench.storage.transaction(() => {
    for (let seq = 0; seq < 19_998; seq++) stored.log.addNote(id, sitting, note(seq, 'working', seq), start);
  });
  const more = (from: number, to: number) =>
    addNotes(
      service,
      page,
      Array.from({ length: to - from }, (_, at) => note(from + at, 'review', from + at)),
    );
  more(20_001, 20_004);
  expect(stored.log.countNotes(id)).toBe(20_000);
  more(30_000, 30_001);
  expect(stored.log.countNotes(id)).toBe(20_000);
  expect(
    stored.log
      .notes(id)
      .filter(({ kind }) => kind === 'review')
      .map(({ seq }) => seq),
  ).toEqual([20_001, 20_002]);
});

test('a minute of work ends a session, not less; a second of it may be missing', async () => {
  const limit = { timeLimit: { imageSeconds: null, sessionMinutes: 1 } };
  for (const [workedMs, isUp] of [
    [58_999, false],
    [59_000, true],
    [60_000, true],
  ] as const) {
    const { service, workbench, page, open, record, stored, id } = await withSession(limit);
    expect(open().leftMs).toBe(60_000);
    addNotes(service, page, [note(0, 'work-began', 0)]);
    addEvents(service, page, [given(1, 0, 1, 0, workedMs)]);
    expect(isTimeUp(workbench, record())).toBe(isUp);
    expect(open().leftMs).toBe(60_000 - workedMs);
    if (isUp) endAtTimeLimit(service, page);
    else expect(() => endAtTimeLimit(service, page)).toThrow(code('time-left'));
    expect(record()).toMatchObject({
      ...(workedMs < 59_000 ? { state: 'active', imagesLeft: null } : { state: 'finished', imagesLeft: 8 }),
    });
    const sitting = { id: stored.log.sittingId(id, page.sitting), key: page.sitting };
    expect(sittingTimes(workbench, record())).toEqual([{ ...sitting, ms: workedMs }]);
    if (!isUp) continue;
    expect(open().state).toBe('time-up');
    reopenSession(service, id);
    expect(sittingTimes(workbench, record())).toEqual([{ ...sitting, ms: null }]);
    expect(open(randomUUID()).leftMs).toBe(60_000);
  }
});

test('without a limit no time is counted, and nothing is up', async () => {
  const { service, workbench, page, open, record } = await withSession();
  open();
  addEvents(service, page, [given(0, 0, 1, 0, 1e9)]);
  expect(sittingTimes(workbench, record())).toEqual([]);
  expect(isTimeUp(workbench, record())).toBe(false);
  expect(() => endAtTimeLimit(service, page)).toThrow(code('time-left'));
});

test('answers more than a second after the session’s or the image’s time are late', async () => {
  const limit = { timeLimit: { imageSeconds: 5, sessionMinutes: 1 } };
  const { service, page, open, stored, id } = await withSession(limit);
  open();
  addNotes(service, page, [note(0, 'work-began', 0)]);
  addEvents(service, page, [
    ...[given(1, 0, 1, 0, 6000), given(2, 1, 1, 6000, 12_001), runOut(3, 2, 20_000)],
    ...[given(4, 3, 1, 60_500, 61_000), given(5, 4, 1, 60_500, 61_001), given(6, 5, 1, 60_500, 60_900)],
  ]);
  expect(stored.log.events(id).map(({ late }) => late)).toEqual([null, 'image', null, null, 'session', null]);
  expect(open()).toMatchObject({ timedOut: [1, 2], leftMs: 0, state: 'time-up' });
});

test('work begins when its note says so, be it with the answer', async () => {
  const limit = { timeLimit: { imageSeconds: null, sessionMinutes: 1 } };
  const { service, page, open, stored, id } = await withSession(limit);
  open();
  addNotes(service, page, [note(0, 'work-began', 61_500)]);
  addEvents(service, page, [given(1, 0, 1, 0, 61_500)]);
  expect(stored.log.events(id)).toMatchObject([{ late: null }]);
});

test('a session whose time is up ends when it is opened, with the number of images that are left', async () => {
  const limit = { timeLimit: { imageSeconds: null, sessionMinutes: 1 } };
  const almost = await withSession(limit);
  almost.open();
  addNotes(almost.service, almost.page, [note(0, 'work-began', 0), note(1, 'working', 59_999)]);
  expect(almost.open()).toMatchObject({ state: 'ready', leftMs: 1 });
  addNotes(almost.service, almost.page, [note(2, 'working', 60_000)]);
  expect(almost.open()).toMatchObject({ state: 'time-up', leftMs: 0 });
  expect(almost.record()).toMatchObject({ state: 'finished', imagesLeft: 9 });
});

test('the PIN of a session’s study lets out, also after the session was removed', async () => {
  const { workbench, token, studyId } = await withSession();
  expect(pinStudy(workbench, token, null)).toBe(studyId);
  expect(pinStudy(workbench, 'none', studyId)).toBe(studyId);
  expect(pinStudy(workbench, 'none', null)).toBeNull();
  expect(pinStudy(workbench, 'none', studyId + 5)).toBeNull();
});

test('sessions have their places in turn and an order each, and other work gets a turn between them', async () => {
  const { service, workbench, stored, hash, studyId } = await withSession();
  let [turns, isDone] = [0, false];
  const tick = (): void => {
    turns += 1;
    if (!isDone) setImmediate(tick);
  };
  setImmediate(tick);
  const rows = await createSessions(service, studyName, 3, 'paper');
  isDone = true;
  expect(turns).toBe(3);
  expect(rows.map(({ medium }) => medium)).toEqual(['paper', 'paper', 'paper']);
  const images = workbench.storage.stimulusSets.get(hash)?.images ?? [];
  const sessions = stored.sessions.ofStudy(studyId);
  expect(sessions.map(({ place }) => place)).toEqual([0, 1, 2, 3]);
  expect(sessions.slice(1).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  for (const { id, place } of sessions) {
    expect(stored.sessions.trials(id)).toEqual(layOutTrials(images, plan(bare), place));
  }
  finishSessionOf(service, sessions[0]?.token ?? '');
  expect(workbench.storage.labelers.ofStudy(studyId)).toMatchObject([{ simulated: false }]);
});

function finishSessionOf(service: DeskService, token: string): void {
  const page = { token, sitting: randomUUID() };
  openSession(service, page, { screen, openedMs: 0 });
  addEvents(service, page, [given(0, 0, 1)]);
  finishSession(service, page, true);
}

test('only a session that ended is opened again, and only a finished one counts once it is included', async () => {
  const { service, workbench, id, token, studyId, record, open } = await withSession();
  const counted = () => workbench.storage.labelers.ofStudy(studyId).length;
  expect(() => reopenSession(service, id)).toThrow(code('not-finished'));
  open();
  excludeSession(service, id, 'asleep');
  includeSession(service, id);
  expect(counted()).toBe(0);
  finishSessionOf(service, token);
  expect(counted()).toBe(1);
  excludeSession(service, id, 'asleep');
  expect([counted(), record().excluded]).toEqual([0, 'asleep']);
  includeSession(service, id);
  expect([counted(), record().excluded]).toEqual([1, null]);
  reopenSession(service, id);
  expect([counted(), record().state]).toEqual([0, 'active']);
  expect(() => reopenSession(service, id)).toThrow(code('not-finished'));
  expect(() => removeSession(service, id)).toThrow(code('begun'));
});

test('labels are locked when nobody is labeling whose session counts', async () => {
  const { service, id } = await withSession();
  const rows = await createSessions(service, studyName, 2, 'screen');
  const lock = () => lockLabels(service, studyName).then(({ sessions, labels }) => ({ sessions, labels }), String);
  expect(await lock()).toContain('There are no labels of people yet');
  expect(() => openLock(service, studyName)).toThrow(code('not-locked'));
  for (const { token } of rows) finishSessionOf(service, token);
  for (const row of rows) reopenSession(service, row.id);
  expect(await lock()).toContain('2 sessions are still in progress');
  excludeSession(service, rows[0]?.id ?? 0, 'asleep');
  expect(await lock()).toContain('One session is still in progress');
  excludeSession(service, rows[1]?.id ?? 0, 'asleep');
  expect(await lock()).toContain('There are no labels of people yet');
  const page = { token: rows[1]?.token ?? '', sitting: randomUUID() };
  includeSession(service, rows[1]?.id ?? 0);
  openSession(service, page, { screen, openedMs: 0 });
  finishSession(service, page, true);
  expect(await lock()).toEqual({ sessions: 1, labels: 1 });
  expect(await lock()).toContain('locked');
  openLock(service, studyName);
  removeSession(service, id);
  expect(await lock()).toEqual({ sessions: 1, labels: 1 });
});

test('a session whose time is up stays as it is while its labels are locked', async () => {
  const { service, page, open, stored, studyId, record } = await withSession({
    timeLimit: { imageSeconds: null, sessionMinutes: 1 },
  });
  open();
  addNotes(service, page, [note(0, 'work-began', 0), note(1, 'working', 60_000)]);
  stored.locks.set(studyId, { hash: 'a'.repeat(64), sessions: 1, labels: 3, reason: 'researcher' }, start);
  expect(open()).toMatchObject({ state: 'ready', leftMs: 0 });
  stored.locks.unlock(studyId, start);
  open();
  expect(record().state).toBe('finished');
});

test('five wrong PINs are free, then each doubles the wait from 5 s to at most 5 minutes', async () => {
  const { service, workbench, studyId } = await withSession();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  const later = (seconds: number): void => void clock.mockReturnValue(performance.now() + seconds * 1000);
  const tell = (pin: string, pins = service.pins) => pins.check(studyId, pin);
  expect(tell('any')).toEqual({ ok: true, waitSeconds: 0 });
  expect(service.pins.has(studyId)).toBe(false);
  service.pins.set(studyId, '1234');
  expect(service.pins.has(studyId)).toBe(true);
  const stored = workbench.storage.settings.get(
    `labeling-pin:${studyId}`,
    z.strictObject({ salt: z.string(), hash: z.string() }),
  );
  const salt = Buffer.from(stored?.salt ?? '', 'base64');
  expect(salt).toHaveLength(16);
  expect(stored?.hash).toBe(scryptSync('1234', salt, 32).toString('base64'));
  const wrong = { ok: false, waitSeconds: 0 };
  for (let time = 0; time < 4; time++) expect(tell('0000')).toEqual(wrong);
  const waits: number[] = [];
  for (let time = 0; time < 8; time++) {
    const { ok, waitSeconds } = tell('0000');
    expect(ok).toBe(false);
    waits.push(waitSeconds);
    later(waitSeconds - 0.001);
    expect(tell('1234')).toEqual({ ok: false, waitSeconds: expect.closeTo(0.001, 9) });
    later(0.001);
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  expect(service.pins.check(studyId + 1, '0000')).toEqual({ ok: true, waitSeconds: 0 });
  const again = new DeskService(service);
  expect(tell('0000', again.pins)).toEqual({ ok: false, waitSeconds: 300 });
  expect(tell('1234')).toEqual({ ok: true, waitSeconds: 0 });
  for (let time = 0; time < 4; time++) expect(tell('0000')).toEqual(wrong);
  expect(tell('1234')).toEqual({ ok: true, waitSeconds: 0 });
  for (let time = 0; time < 4; time++) expect(tell('0000')).toEqual(wrong);
  expect(tell('0000').waitSeconds).toBe(5);
  service.pins.set(studyId, '4321');
  expect(tell('4321')).toEqual({ ok: true, waitSeconds: 0 });
  service.pins.set(studyId, null);
  expect(service.pins.has(studyId)).toBe(false);
  clock.mockRestore();
});
