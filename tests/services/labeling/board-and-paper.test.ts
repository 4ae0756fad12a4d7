import { createHash, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SessionNote, TrialEvent } from '../../../main/contract/labeling/volunteer.ts';
import { readBoard, readQuality } from '../../../main/services/labeling/board.ts';
import {
  acceptPaper,
  enterPaper,
  paperConsent,
  paperSheet,
  paperState,
} from '../../../main/services/labeling/paper.ts';
import { createSessions, reopenSession } from '../../../main/services/labeling/sessions.ts';
import { addEvents, addNotes, finishSession, openSession } from '../../../main/services/labeling/volunteer.ts';
import { screen, studyName } from './labeling-helper.ts';
import { code, given, note, runOut, start, withSession } from './session-helper.ts';

const pass = (pass: 1 | 2, words: readonly (number | 'blank' | null)[]) =>
  words.map((choice, trial) => ({ pass, trial, choice }));

test('paper is entered twice; what differs or is missing is named', async () => {
  const { service, id, record } = await withSession({ cannotTell: '?' }, 'paper');
  const before = record();
  expect(paperSheet(service, id)).toMatchObject({ trials: 9, state: 'ready' });
  const none = new Array(9).fill(null);
  const empty = { trials: 9, mismatches: [], asksConsent: false, consented: false, accepted: false };
  expect(paperState(service, id)).toEqual({
    ...empty,
    first: none,
    second: none,
    once: [],
    untyped: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  });
  enterPaper(service, id, [...pass(1, [0, 1, 2, 'blank', -1, 0]), ...pass(2, [0, 2, 'blank', 'blank', -1])]);
  expect(paperState(service, id)).toEqual({
    ...empty,
    mismatches: [1, 2],
    once: [5],
    untyped: [6, 7, 8],
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
    id,
    token,
    pseudonym: it.record().pseudonym,
    medium: 'screen',
    state: 'planned',
    planVersion: 1,
    trials: 9,
    answered: 0,
    at: null,
    blocks: 2,
    sittings: 0,
    focusLost: 0,
    imagesLeft: null,
    secondWindows: 0,
    isUsed: false,
    excluded: null,
    createdAt: new Date(start).toISOString(),
    startedAt: null,
    lastSeenAt: null,
    finishedAt: null,
  };
  const board = {
    stimuli: { hash, images: 9, width: 6, height: 6, channels: 1, classes: ['zero', 'one', 'two'], clear: 6 },
    plan: expect.objectContaining({ version: 1, savedAt: new Date(start).toISOString() }),
    hasPin: false,
    sessions: [row],
    withdrawn: [],
    lock: null,
    people: 0,
    otherLabelers: { people: 0, simulated: 0, named: 0 },
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
      ...row,
      state: 'active',
      answered: 1,
      at: { trial: second, kind: 'real', block: 2 },
      sittings: 1,
      focusLost: 1,
      secondWindows: 1,
      isUsed: true,
      startedAt: then,
      lastSeenAt: then,
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
    hasPin: true,
    otherLabelers: { people: 2, simulated: 1, named: 2 },
    people: 3,
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
    session: id,
    pseudonym: it.record().pseudonym,
    excluded: 'asleep',
    real: 9,
    answered: 4,
    blank: 5,
    cannotTell: 0,
    changed: 1,
    consistency: null,
    attention: null,
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
