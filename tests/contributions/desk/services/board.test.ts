import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { readLabeling } from '../../../../main/services/labeling/state.ts';
import { readBoard } from '../../../../main/contributions/desk/board.ts';
import { readQuality } from '../../../../main/contributions/desk/quality.ts';
import { createSessions, reopenSession } from '../../../../main/contributions/desk/sessions.ts';
import { addEvents, addNotes, finishSession, openSession } from '../../../../main/contributions/desk/volunteer.ts';
import { screen, studyName } from '../../../services/labeling/labeling-helper.ts';
import { given, note, runOut, start, withSession } from './session-helper.ts';

test('the board shows plan and sessions, and the state stimuli and other labelers, without answers', async () => {
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
    plan: expect.objectContaining({ version: 1, savedAt: new Date(start).toISOString() }),
    hasPin: false,
    sessions: [row],
    withdrawn: [],
  };
  expect(readBoard(service, studyName)).toEqual(board);
  expect(readLabeling(service, studyName)).toEqual({
    stimuli: { hash, images: 9, width: 6, height: 6, channels: 1, classes: ['zero', 'one', 'two'], clear: 6 },
    hasPlan: true,
    sessions: { all: 1, active: 0, finished: 0 },
    lock: null,
    people: 0,
    otherLabelers: { people: 0, simulated: 0, named: 0 },
  });
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
  expect(readLabeling(service, studyName).sessions).toEqual({ all: 1, active: 1, finished: 0 });
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
  expect(readLabeling(service, studyName)).toMatchObject({
    sessions: { all: 1, active: 0, finished: 1 },
    otherLabelers: { people: 2, simulated: 1, named: 2 },
    people: 3,
    lock: { hash: 'a'.repeat(64), lockedAt: then, sessions: 1, labels: 3, reason: 'withdrawal' },
  });
  expect(readBoard(service, studyName)).toMatchObject({
    hasPin: true,
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
