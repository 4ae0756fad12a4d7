import { createHash, randomUUID, scryptSync } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { LabelingPlan, Medium } from '../../../main/contract/labeling/plan.ts';
import type { SessionNote, TrialEvent } from '../../../main/contract/labeling/volunteer.ts';
import { checkChoice, checkEvent, isTimeUp, sittingTimes } from '../../../main/services/labeling/answers.ts';
import { readBoard, readQuality } from '../../../main/services/labeling/board.ts';
import {
  acceptPaper,
  enterPaper,
  paperConsent,
  paperSheet,
  paperState,
} from '../../../main/services/labeling/paper.ts';
import { savePlan } from '../../../main/services/labeling/plans.ts';
import { LabelingService } from '../../../main/services/labeling/service.ts';
import { createSessions, randomCharacters, reopenSession } from '../../../main/services/labeling/sessions.ts';
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
} from '../../../main/services/labeling/volunteer.ts';
import { openLab } from '../lab/lab-helper.ts';
import { addStimuli, plan, screen, studyName } from './labeling-helper.ts';

const start = Date.parse('2026-03-04T05:06:07.008Z');
const bare = { practice: 0, attention: 0, repeats: 0, order: { seed: 5, apart: 1, blocks: 1 } };

/** A session over nine images, and the clock of the workbench. */
async function withSession(change: Partial<LabelingPlan> = {}, medium: Medium = 'screen') {
  const { lab } = openLab();
  const { workbench, labeling: service } = lab;
  const clock = { now: start };
  Object.assign(workbench, { now: () => clock.now });
  const hash = addStimuli(workbench.storage, 3);
  savePlan(service, studyName, plan({ ...bare, ...change }));
  const [row] = await createSessions(service, studyName, 1, medium);
  if (!row) throw new Error('no session');
  const { labeling: stored } = workbench.storage;
  const page = { token: row.token, sitting: randomUUID() };
  return {
    ...{ lab, workbench, service, clock, hash, stored, page, id: row.id, token: row.token },
    studyId: workbench.storage.studies.byName(studyName)?.id ?? 0,
    record: () => {
      const session = stored.sessions.get(row.id);
      if (!session) throw new Error('no session');
      return session;
    },
    open: (sitting = page.sitting, openedMs: number | null = 0) =>
      openSession(service, { token: row.token, sitting }, { screen, openedMs }),
  };
}

const given = (seq: number, trial: number, choice: number | null, shownMs = seq, atMs = shownMs): TrialEvent => ({
  ...{ seq, trial, kind: choice === null ? 'undo' : 'answer', choice, shownMs, atMs },
});
const runOut = (seq: number, trial: number, atMs = seq): TrialEvent => ({
  ...{ seq, trial, kind: 'timeout', choice: null, shownMs: atMs, atMs },
});
const note = (seq: number, kind: SessionNote['kind'], atMs: number): SessionNote => ({ seq, kind, trial: null, atMs });

const code = (name: string) => expect.objectContaining({ code: `labeling.${name}` });

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
    ...{ question, instructions, consent, mode, grid, size, interpolation, fixationMs, timeLimit },
    ...{ state: 'ready', pseudonym: it.record().pseudonym, consented: false, image: { width: 6, height: 6 } },
    options: [
      ...['Zero', 'One', 'Two'].map((name, choice) => ({ choice, name, key: String(choice + 1) })),
      { choice: -1, name: 'Can’t tell', key: '.' },
    ],
    ...{ trials: 13, practice: 2, breaks: [trials.findIndex(({ block }) => block === 2)] },
    ...{ answers: new Array(13).fill(null), timedOut: [], leftMs: null, next: 0, hasPin: false },
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

const pass = (pass: 1 | 2, words: readonly (number | 'blank' | null)[]) =>
  words.map((choice, trial) => ({ pass, trial, choice }));

test('paper is entered twice; what differs or is missing is named', async () => {
  const { service, id, record } = await withSession({ cannotTell: '?' }, 'paper');
  const before = record();
  expect(paperSheet(service, id)).toMatchObject({ trials: 9, state: 'ready' });
  const none = new Array(9).fill(null);
  const empty = { trials: 9, mismatches: [], asksConsent: false, consented: false, accepted: false };
  expect(paperState(service, id)).toEqual({
    ...{ ...empty, first: none, second: none, once: [], untyped: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
  });
  enterPaper(service, id, [...pass(1, [0, 1, 2, 'blank', -1, 0]), ...pass(2, [0, 2, 'blank', 'blank', -1])]);
  expect(paperState(service, id)).toEqual({
    ...{ ...empty, mismatches: [1, 2], once: [5], untyped: [6, 7, 8] },
    first: [0, 1, 2, 'blank', -1, 0, null, null, null],
    second: [0, 2, 'blank', 'blank', -1, null, null, null, null],
  });
  enterPaper(service, id, [{ pass: 1, trial: 5, choice: null }]);
  expect(paperState(service, id)).toMatchObject({ once: [], untyped: [5, 6, 7, 8] });
  expect(() => enterPaper(service, id, pass(1, new Array(10).fill(1)))).toThrow(code('bad-trial'));
  expect(() => enterPaper(service, id, [{ pass: 1, trial: 0, choice: 3 }])).toThrow(code('bad-choice'));
  expect(paperState(service, id).first).toEqual([0, 1, 2, 'blank', -1, null, null, null, null]);
  expect(record()).toEqual({ ...before, lastSeenAt: start });
});

test('paper is accepted when both entries match, and says which images do not', async () => {
  const { service, id, token, stored, record, clock } = await withSession({ repeats: 5, repeatApart: 1 }, 'paper');
  const refused = (leaveBlank = false) => {
    try {
      acceptPaper(service, id, leaveBlank);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return 'accepted';
  };
  const fourteen = (choice: number): number[] => new Array<number>(14).fill(choice);
  enterPaper(service, id, [...pass(1, fourteen(1)), ...pass(2, fourteen(2))]);
  expect(refused(true)).toContain('Images 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 4 more were entered differently');
  enterPaper(service, id, pass(2, [1, 1, 1]));
  expect(refused()).toContain('Images 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 1 more were entered differently');
  enterPaper(service, id, pass(2, [1, 1, 1, 1]));
  expect(refused()).toContain('Images 5, 6, 7, 8, 9, 10, 11, 12, 13 and 14 were entered differently');
  enterPaper(service, id, pass(2, [...fourteen(1).slice(0, 3), 0, ...fourteen(1).slice(4)]));
  expect(refused()).toContain('Image 4 was entered differently');
  enterPaper(service, id, pass(2, [...fourteen(1).slice(0, 13), null]));
  expect(refused(true)).toContain('Image 14 was entered only once');
  enterPaper(service, id, pass(2, [...fourteen(1).slice(0, 12), null, null]));
  expect(refused(true)).toContain('Images 13 and 14 were entered only once');
  enterPaper(service, id, [
    ...pass(1, [...fourteen(1).slice(0, 12), 1, null]),
    ...pass(2, [...fourteen(1).slice(0, 13)]),
  ]);
  expect(refused()).toContain('Image 14 was not entered');
  expect(record().state).toBe('planned');
  enterPaper(service, id, [...pass(1, ['blank', 2]), ...pass(2, ['blank', 2])]);
  clock.now += 60_000;
  expect(refused(true)).toBe('accepted');
  expect(record()).toMatchObject({ state: 'finished', startedAt: clock.now, imagesLeft: null, answered: 12 });
  expect(paperState(service, id).accepted).toBe(true);
  expect(() => enterPaper(service, id, pass(1, [1]))).toThrow(code('closed'));
  const hex = (time: number): string => createHash('sha256').update(`${token} ${time}`).digest('hex');
  const uuid = (time: number) => hex(time).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  const blank = { refreshHz: null, width: 0, height: 0, pixelRatio: 1, pixelsPerMm: null };
  expect(stored.log.sittings(id)).toMatchObject([
    { key: uuid(0), medium: 'paper', openedAt: clock.now, screen: blank },
  ]);
  const event = { kind: 'answer', shownMs: 0, atMs: 0, late: null, storedAt: clock.now };
  const events = fourteen(1).map((choice, trial) => ({
    ...event,
    seq: trial,
    trial,
    choice: trial === 1 ? 2 : choice,
  }));
  expect(stored.log.events(id)).toMatchObject(events.slice(1, 13));
  // Only what changed is new when it is accepted again.
  reopenSession(service, id);
  enterPaper(service, id, [...pass(1, [0, 'blank']), ...pass(2, [0, 'blank'])]);
  expect(refused(true)).toBe('accepted');
  expect(stored.log.sittings(id).map(({ key }) => key)).toEqual([uuid(0), uuid(1)]);
  expect(stored.log.events(id).slice(12)).toMatchObject([
    { ...event, seq: 0, trial: 0, choice: 0 },
    { ...event, seq: 1, trial: 1, choice: null, kind: 'undo' },
  ]);
});

test('paper needs the consent that the plan asks for', async () => {
  const { service, id, record } = await withSession({ consent: 'Do you agree?' }, 'paper');
  const all = new Array<number>(9).fill(1);
  enterPaper(service, id, [...pass(1, all), ...pass(2, all)]);
  expect(paperState(service, id)).toMatchObject({ asksConsent: true, consented: false });
  expect(() => acceptPaper(service, id, false)).toThrow(code('no-consent'));
  paperConsent(service, id, true);
  expect(paperState(service, id).consented).toBe(true);
  paperConsent(service, id, false);
  expect(() => acceptPaper(service, id, false)).toThrow(code('no-consent'));
  paperConsent(service, id, true);
  acceptPaper(service, id, false);
  expect(record()).toMatchObject({ state: 'finished', consentedAt: start });
  const screenSession = await withSession();
  expect(() => paperState(screenSession.service, screenSession.id)).toThrow(code('medium'));
});

test('the board shows stimuli, plan, sessions and other labelers, without answers', async () => {
  const it = await withSession({ order: { seed: 5, apart: 1, blocks: 2 } });
  const { service, workbench, page, open, stored, id, token, hash, studyId, clock } = it;
  const row = {
    ...{ id, token, pseudonym: it.record().pseudonym, medium: 'screen', state: 'planned', planVersion: 1, trials: 9 },
    ...{ answered: 0, at: null, blocks: 2, sittings: 0, focusLost: 0, imagesLeft: null, secondWindows: 0 },
    ...{ isUsed: false, excluded: null, createdAt: new Date(start).toISOString() },
    ...{ startedAt: null, lastSeenAt: null, finishedAt: null },
  };
  const board = {
    stimuli: { hash, images: 9, width: 6, height: 6, classes: ['zero', 'one', 'two'], clear: 6 },
    plan: expect.objectContaining({ version: 1, savedAt: new Date(start).toISOString() }),
    ...{ hasPin: false, sessions: [row], withdrawn: [], lock: null, people: 0 },
    otherLabelers: { people: 0, simulated: 0 },
  };
  expect(readBoard(service, studyName)).toEqual(board);
  open();
  clock.now += 1000;
  const trials = stored.sessions.trials(id);
  const second = trials.findIndex(({ block }) => block === 2);
  addEvents(service, page, [given(0, second, 1)]);
  addNotes(service, page, [note(1, 'hidden', 5), note(2, 'second-window', 6)]);
  const then = new Date(clock.now).toISOString();
  expect(readBoard(service, studyName).sessions).toEqual([
    {
      ...{ ...row, state: 'active', answered: 1, at: { trial: second, kind: 'real', block: 2 }, sittings: 1 },
      ...{ focusLost: 1, secondWindows: 1, isUsed: true, startedAt: then, lastSeenAt: then },
    },
  ]);
  finishSession(service, page, true);
  stored.sessions.setExcluded(id, 'asleep');
  const { storage } = workbench;
  const add = (pseudonym: string, simulated: boolean) => {
    const labelerId = storage.labelers.ensure({ pseudonym, simulated, source: `csv:${pseudonym}` }, start);
    storage.responses.add({ setHash: hash, imageId: 0, labelerId, label: 1, source: 'csv' }, start);
    return labelerId;
  };
  const people = [it.record().labelerId, add('ann', false), add('bob', false), add('sim', true)];
  storage.studies.useLabelers(studyId, people, start);
  service.pins.set(studyId, '1234');
  stored.locks.set(studyId, { hash: 'a'.repeat(64), sessions: 1, labels: 3, reason: 'withdrawal' }, clock.now);
  const after = readBoard(service, studyName);
  expect(after).toMatchObject({
    ...{ hasPin: true, otherLabelers: { people: 2, simulated: 1 }, people: 3 },
    lock: { hash: 'a'.repeat(64), lockedAt: then, sessions: 1, labels: 3, reason: 'withdrawal' },
    sessions: [{ state: 'finished', at: null, excluded: 'asleep', finishedAt: then }],
  });
});

test('the quality of a session has times, changes and absences, and names what is odd', async () => {
  const limit = { timeLimit: { imageSeconds: 5, sessionMinutes: 10 } };
  const it = await withSession(limit);
  const { service, workbench, page, open, stored, id } = it;
  expect(await readQuality(workbench, studyName)).toEqual([]);
  open();
  const late = given(9, 7, 1, 40_000, 47_000);
  const events = [
    ...[given(1, 0, 1, 1000, 1600), given(2, 1, 2, 2000, 2800), given(3, 2, 0, 3000, 4000)],
    ...[
      given(4, 0, 2, 5000, 5500),
      given(5, 1, null, 6000, 6100),
      given(6, 1, 2, 6200, 6300),
      given(7, 3, 1, 8000, 9200),
    ],
  ];
  addEvents(service, page, [...events, late]);
  const kinds = [
    ...([
      ['focus-lost', 100],
      ['hidden', 300],
      ['visible', 1100],
      ['focus-back', 2000],
    ] as const),
    ...([
      ['hidden', 3000],
      ['focus-back', 3250],
    ] as const),
  ];
  addNotes(
    service,
    page,
    kinds.map(([kind, atMs], at) => note(100 + at, kind, atMs)),
  );
  stored.sessions.setState(id, 'finished', start, 5);
  stored.sessions.setExcluded(id, 'asleep');
  const [quality] = await readQuality(workbench, studyName);
  expect(quality).toEqual({
    ...{ session: id, pseudonym: it.record().pseudonym, excluded: 'asleep' },
    ...{ real: 9, answered: 4, blank: 5, cannotTell: 0, changed: 1, consistency: null, attention: null },
    // First answers after 600, 800, 1000 and 1200 ms.
    responseMs: { q1: 750, median: 900, q3: 1050 },
    // From the first image at 1 s to the late answer at 47 s.
    seconds: 46,
    focusLost: { times: 2, seconds: 1.25 },
    flags: expect.arrayContaining([
      { kind: 'time-up', message: 'The time limit ended the session with 5 images unanswered.' },
      { kind: 'late', message: '1 answer came after the time limit and does not count.' },
    ]),
  });
  addEvents(service, { ...page }, [late]);
  const sittingId = stored.log.sittingId(id, page.sitting) ?? 0;
  stored.log.add(id, sittingId, given(10, 8, 1, 50_000, 57_000), start, 'session');
  stored.log.add(id, sittingId, runOut(11, 8, 57_000), start, 'session');
  stored.sessions.setState(id, 'finished', start, 1);
  const flags = async () => (await readQuality(workbench, studyName))[0]?.flags.map(({ message }) => message);
  expect(await flags()).toEqual(
    expect.arrayContaining([
      'The time limit ended the session with 1 image unanswered.',
      '2 answers came after the time limit and do not count.',
    ]),
  );
  stored.sessions.setState(id, 'finished', start);
  expect((await flags())?.some((message) => message.includes('unanswered'))).toBe(false);
});

test('the quality of a session adds up its sittings, and names dates that cannot be right', async () => {
  const { workbench, stored, id } = await withSession();
  const add = (openedAt: number, claimedAt: number | null, events: TrialEvent[], notes: SessionNote[] = []) => {
    const about = { medium: 'kit' as const, openedAt, openedMs: 0, claimedAt, screen };
    const sitting = stored.log.ensureSitting(id, randomUUID(), about);
    for (const event of events) stored.log.add(id, sitting, event, start);
    for (const one of notes) stored.log.addNote(id, sitting, one, start);
  };
  stored.sessions.setState(id, 'finished', start);
  const quality = async () => (await readQuality(workbench, studyName))[0];
  expect(await quality()).toMatchObject({ seconds: 0, responseMs: null, focusLost: { times: 0, seconds: 0 } });
  // An absence that no return ends does not go on in the next sitting.
  add(start, null, [given(1, 0, 1, 500, 2000)], [note(0, 'hidden', 700)]);
  add(start + 60_000, null, [given(1, 1, 1, 0, 1000)], [note(0, 'visible', 900), note(2, 'hidden', 1000)]);
  expect(await quality()).toMatchObject({ seconds: 2.5, focusLost: { times: 2, seconds: 0 } });
  expect((await quality())?.flags.filter(({ kind }) => kind === 'misdated')).toEqual([]);
  add(start - 1e9, Date.parse('2031-05-06T07:08:09.000Z'), [given(1, 2, 1, 0, 100)]);
  const misdated = async () => (await quality())?.flags.find(({ kind }) => kind === 'misdated')?.message;
  const what = 'a date that cannot be right (2031-05-06), so that its answers replace no later ones.';
  expect(await misdated()).toBe(`1 sitting in a kit has ${what}`);
  add(start - 2e9, Date.parse('2032-05-06T07:08:09.000Z'), [given(1, 3, 1, 0, 100)]);
  expect(await misdated()).toBe(`2 sittings in kits have ${what}`);
});

test('the quality of each finished session judges attention by the clear images', async () => {
  const { service, workbench, stored, hash } = await withSession({ attention: 2 });
  const [second] = await createSessions(service, studyName, 1, 'screen');
  const id = second?.id ?? 0;
  const page = { token: second?.token ?? '', sitting: randomUUID() };
  openSession(service, page, { screen, openedMs: 0 });
  const images = new Map(workbench.storage.stimulusSets.images(hash).map((image) => [image.id, image]));
  const events = stored.sessions.trials(id).map(({ image, kind }, trial) => {
    const { alpha, pairI, pairJ } = images.get(image) ?? { alpha: 0, pairI: 0, pairJ: 0 };
    return given(trial, trial, kind === 'attention' && alpha === 1 ? pairJ : pairI);
  });
  addEvents(service, page, events);
  finishSession(service, page, false);
  const [quality, ...others] = await readQuality(workbench, studyName);
  expect(others).toEqual([]);
  expect(quality).toMatchObject({ session: id, attention: { k: 2, n: 2 } });
});

test('a session that was opened again before any answer is at its first image', async () => {
  const { service, page, open, id } = await withSession();
  open();
  finishSession(service, page, true);
  reopenSession(service, id);
  expect(readBoard(service, studyName).sessions).toMatchObject([
    { state: 'active', at: { trial: 0, kind: 'real', block: 1 } },
  ]);
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
  const again = new LabelingService(service);
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
