import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { deskOf } from '../../../main/contributions/desk/service.ts';
import { type KitResultPayload, kitResultPayloadSchema } from '../../../main/contributions/offline/kit-format.ts';
import type { LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import type { SessionNote, TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { sha256 } from '../../../main/files/blobs.ts';
import { applyKitResult, inspectKitResult, type ResultReader } from '../../../main/contributions/offline/kit-result.ts';
import { savePlan } from '../../../main/contributions/desk/plans.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';
import { createSessions, reopenSession } from '../../../main/contributions/desk/sessions.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { addStimuli, plan, screen, studyName } from '../../services/labeling/labeling-helper.ts';

const start = Date.parse('2026-03-04T05:06:07.008Z');
const day = 86_400_000;
const iso = (at: number): string => new Date(at).toISOString();
/** So many milliseconds after the kit was made. */
const after = (ms: number): string => iso(start + ms);

/** A session over nine images with a kit, whose results come without a file: the signature is tested elsewhere. */
async function withKit(change: Partial<LabelingPlan> = {}) {
  const { lab } = openLab();
  const { workbench } = lab;
  const service = deskOf(lab);
  const clock = { now: start };
  Object.assign(workbench, { now: () => clock.now });
  addStimuli(workbench.storage, 3);
  const bare = { practice: 0, attention: 0, repeats: 0, order: { seed: 5, apart: 1, blocks: 1 } };
  savePlan(service, studyName, plan({ ...bare, ...change }));
  const [row] = await createSessions(service, studyName, 1, 'kit');
  if (!row) throw new Error('no session');
  const kit = randomUUID();
  const stored = { ...workbench.storage.labeling, ...deskTables(workbench.storage) };
  offlineTables(workbench.storage).kits.add({ kit, sessionId: row.id, key: randomBytes(32) }, start);
  const discarded: string[] = [];
  let payload: KitResultPayload | undefined;
  Object.assign(service.uploads, {
    use: (_: string, work: (file: object) => unknown) => work({ path: '', name: 'result.json' }),
    discard: (upload: string) => void discarded.push(upload),
  });
  const reader: ResultReader = {
    open: async () => {
      const given = payload;
      if (!given) throw new Error('no result');
      return { kit: given.kit, session: given.session, read: async () => given };
    },
  };
  const file = { study: studyName, upload: 'upload' };
  const result = (part: object): void => {
    const head = { kit, session: row.token, pseudonym: row.pseudonym, finished: false, consented: false, sittings: [] };
    payload = kitResultPayloadSchema.parse({ ...head, ...part });
  };
  return {
    workbench,
    service,
    clock,
    stored,
    kit,
    id: row.id,
    discarded,
    pseudonym: row.pseudonym,
    look: (part: object) => {
      result(part);
      return inspectKitResult(service, reader, file);
    },
    apply: (part: object) => {
      result(part);
      return applyKitResult(service, reader, file);
    },
    record: () => {
      const session = stored.sessions.get(row.id);
      if (!session) throw new Error('no session');
      return session;
    },
    choices: () => stored.log.choices(row.id, 9),
    /** Its person's labels, by trial. */
    labels: () => {
      const { setHash = '', labelerId = 0 } = stored.sessions.get(row.id) ?? {};
      const current = workbench.storage.responses.current(setHash, labelerId);
      const byImage = new Map(current.map(({ imageId, label }) => [imageId, label]));
      return stored.sessions.trials(row.id).map(({ image }) => byImage.get(image) ?? null);
    },
    late: () => stored.log.events(row.id).map(({ late }) => late),
    sittings: () => stored.log.sittings(row.id),
  };
}

const given = (seq: number, trial: number, choice: number | null, shownMs = seq, atMs = shownMs): TrialEvent => ({
  seq,
  trial,
  kind: choice === null ? 'undo' : 'answer',
  choice,
  shownMs,
  atMs,
});
const runOut = (seq: number, trial: number, atMs = seq): TrialEvent => ({
  seq,
  trial,
  kind: 'timeout',
  choice: null,
  shownMs: atMs,
  atMs,
});
const note = (seq: number, kind: SessionNote['kind'], atMs: number): SessionNote => ({ seq, kind, trial: null, atMs });
const all = (choice: number): TrialEvent[] => Array.from({ length: 9 }, (_, trial) => given(trial, trial, choice));

const sitting = (openedAt: string, events: TrialEvent[], notes: SessionNote[] = [], openedMs: number | null = 0) => ({
  key: randomUUID() as string,
  openedAt,
  openedMs,
  screen,
  events,
  notes,
});

const code = (name: string) => expect.objectContaining({ code: `labeling.${name}` });
const limit = (imageSeconds: number | null, sessionMinutes: number | null = null) => ({
  timeLimit: { imageSeconds, sessionMinutes },
});

test('a look tells what a file would change, and stores nothing', async () => {
  const it = await withKit({ ...limit(5), cannotTell: 'Can’t tell' });
  const { look, apply, clock, id, pseudonym, choices, stored } = it;
  clock.now = start + day / 2;
  const about = { pseudonym, session: id, names: ['Zero', 'One', 'Two'], cannotTell: 'Can’t tell' };
  const none = {
    finished: false,
    timeUp: false,
    declined: false,
    newestHere: null,
    newestInFile: null,
    misdatedCount: 0,
    misdated: [],
    events: 0,
    newEvents: 0,
    late: 0,
    added: 0,
    changedCount: 0,
    changed: [],
  };
  expect(await look({})).toEqual({ ...about, ...none });
  await apply({ sittings: [sitting(after(1000), [given(0, 0, 1), given(1, 1, 2), given(2, 2, 0)])] });
  const early = sitting(after(500), [given(0, 0, 2), given(1, 3, 2)]);
  const later = sitting(after(2000), [
    ...[given(0, 1, 0, 0, 600), given(1, 2, null, 700), given(2, 4, 1, 1000, 7001), runOut(3, 5, 9000)],
    ...[given(4, 6, -1, 9000, 9500), given(5, 6, 2, 9600), given(6, 1, 1, 9700)],
  ]);
  const wrong = sitting(after(10 * day), [given(0, 1, 2), given(1, 7, 1)]);
  expect(await look({ finished: true, timeUp: true, sittings: [later, wrong, early] })).toEqual({
    ...about,
    finished: true,
    timeUp: true,
    declined: false,
    newestHere: after(1000),
    newestInFile: after(2000),
    misdatedCount: 1,
    misdated: [after(10 * day)],
    events: 11,
    newEvents: 11,
    late: 1,
    // Trials 3, 6 and 7 get an answer, 1 another one, and 2 loses its own.
    added: 3,
    changedCount: 2,
    changed: [
      { trial: 1, from: 2, to: 1 },
      { trial: 2, from: 0, to: null },
    ],
  });
  expect(choices()).toEqual([1, 2, 0, ...new Array(6).fill(null)]);
  expect(stored.log.sittings(id)).toHaveLength(1);
});

test('a file is stored with its sittings, notes and times, and once', async () => {
  const { apply, clock, record, choices, sittings, stored, id, discarded } = await withKit({
    consent: 'Do you agree?',
  });
  clock.now = start + day / 2;
  const empty = sitting(after(100), []);
  const first = sitting(after(1000), all(1).slice(0, 5), [note(9, 'hidden', 7)], 33);
  const second = sitting(after(5000), all(2).slice(5).reverse());
  const sent = { consented: true, consentedAt: after(900), sittings: [second, first, empty] };
  expect(await apply(sent)).toEqual({ session: id, newEvents: 9 });
  expect(record()).toMatchObject({
    state: 'active',
    startedAt: start + 1000,
    finishedAt: null,
    consentedAt: start + 900,
    lastSeenAt: clock.now,
    answered: 9,
  });
  expect(choices()).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2]);
  expect(
    sittings().map(({ key, openedAt, openedMs, claimedAt, medium }) => [key, openedAt, openedMs, claimedAt, medium]),
  ).toEqual(
    [empty, first, second].map(({ key, openedAt, openedMs }) => [key, Date.parse(openedAt), openedMs, null, 'kit']),
  );
  expect(stored.log.events(id).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(stored.log.notes(id)).toMatchObject([{ seq: 9, kind: 'hidden', atMs: 7 }]);
  clock.now += 1000;
  expect(await apply({ ...sent, finished: true, finishedAt: after(6000) })).toEqual({ session: id, newEvents: 0 });
  expect(record()).toMatchObject({ state: 'finished', finishedAt: start + 6000, imagesLeft: null });
  const before = record();
  clock.now += 1000;
  expect(await apply({ ...sent, finished: true, finishedAt: after(7000) })).toEqual({ session: id, newEvents: 0 });
  expect(record()).toEqual({ ...before, lastSeenAt: clock.now });
  expect(discarded).toEqual(['upload', 'upload', 'upload']);
});

test('a date counts from a day before the kit to a day after now; what is more than five minutes ahead is marked', async () => {
  const { apply, look, clock, sittings, record, kit } = await withKit();
  clock.now = start + 10 * day;
  const now = clock.now;
  const dates = [
    ...[start - day, start - day - 1, start, now, now + 300_000, now + 300_001, now + day, now + day + 1],
    Date.parse('1969-12-31T00:00:00.000Z'),
  ];
  const sent = dates.map((at, trial) => sitting(iso(at), [given(0, trial, 1)], [], 5));
  const impossible = start - day - 1 - (Number.parseInt(sha256(kit).slice(0, 8), 16) % day);
  expect(await look({ sittings: sent })).toMatchObject({ misdatedCount: 5, newestHere: null, newestInFile: iso(now) });
  await apply({ sittings: sent, finished: true, finishedAt: iso(now + day + 1) });
  const found = new Map(sittings().map((one) => [one.key, one]));
  expect(
    sent.map(({ key }) => {
      const one = found.get(key);
      return [one?.openedAt, one?.claimedAt, one?.openedMs];
    }),
  ).toEqual([
    [start - day, null, 5],
    [impossible, start - day - 1, null],
    ...[start, now].map((at) => [at, null, 5]),
    [now, null, null],
    [now, now + 300_001, null],
    [now, now + day, null],
    [impossible, now + day + 1, null],
    [impossible, 0, null],
  ]);
  expect(record()).toMatchObject({ startedAt: start - day, finishedAt: now });
  // A sitting that is known keeps its date, whatever the file says.
  clock.now = now + day;
  const again = sent.map((one) => ({ ...one, openedAt: iso(now + 2 * day) }));
  expect(await look({ sittings: again })).toMatchObject({ misdatedCount: 0, newEvents: 0, newestInFile: iso(now) });
});

test('times that cannot be right are those of the import', async () => {
  const { apply, clock, record } = await withKit({ consent: 'Do you agree?' });
  clock.now = start + 1000;
  const sittings = [sitting(after(-day - 1), all(1))];
  await apply({ consented: true, consentedAt: after(2 * day), finished: true, finishedAt: after(day), sittings });
  expect(record()).toMatchObject({ consentedAt: start + 1000, startedAt: start + 1000, finishedAt: start + 1000 });
});

test('without consent a file with news is refused, and one without news changes nothing', async () => {
  const { apply, record, sittings } = await withKit({ consent: 'Do you agree?' });
  await expect(apply({ sittings: [sitting(after(0), [given(0, 0, 1)])] })).rejects.toThrow(code('no-consent'));
  await expect(apply({ finished: true })).rejects.toThrow(code('no-consent'));
  expect(await apply({ sittings: [sitting(after(0), [])] })).toMatchObject({ newEvents: 0 });
  expect(sittings()).toEqual([]);
  await apply({ consented: true, consentedAt: after(0) });
  expect(record()).toMatchObject({ state: 'planned', consentedAt: start });
  await apply({ sittings: [sitting(after(0), [given(0, 0, 1)])] });
  expect(record()).toMatchObject({ state: 'active', answered: 1 });
});

test('who declined in a kit has answered nothing', async () => {
  const { apply, record, discarded } = await withKit({ consent: 'Do you agree?' });
  expect(await apply({ declined: true })).toMatchObject({ newEvents: 0 });
  expect(record().state).toBe('declined');
  await apply({ declined: true });
  const news = { consented: true, sittings: [sitting(after(0), [given(0, 0, 1)])] };
  await expect(apply(news)).rejects.toThrow(code('closed'));
  expect(await apply({ consented: true, sittings: [sitting(after(0), [])] })).toMatchObject({ newEvents: 0 });
  expect(discarded).toHaveLength(3);
  const other = await withKit();
  await other.apply({ sittings: [sitting(after(0), [given(0, 0, 1)])] });
  await expect(other.apply({ declined: true })).rejects.toThrow(code('begun'));
  expect(other.record().state).toBe('active');
});

test('locked labels let in only what is known', async () => {
  const { apply, stored, record, workbench } = await withKit();
  const part = sitting(after(0), all(1));
  await apply({ sittings: [part], finished: true });
  const lock = { hash: 'a'.repeat(64), sessions: 1, labels: 9, reason: 'researcher' as const };
  stored.locks.set(record().studyId, lock, workbench.now());
  expect(await apply({ sittings: [part], finished: true })).toMatchObject({ newEvents: 0 });
  const more = sitting(after(1000), [given(0, 0, 2)]);
  await expect(apply({ sittings: [part, more] })).rejects.toThrow(code('locked'));
  const other = await withKit();
  await other.apply({ sittings: [part] });
  other.stored.locks.set(other.record().studyId, lock, start);
  expect(await other.apply({ sittings: [part] })).toMatchObject({ newEvents: 0 });
  await expect(other.apply({ sittings: [part], finished: true })).rejects.toThrow(code('locked'));
});

test('a file is of this study, of a known kit and of somebody who has not withdrawn', async () => {
  const { apply, kit } = await withKit();
  const refused = (part: object) => apply(part).catch((error: Error) => `${error.message}`);
  expect(await refused({ kit: randomUUID() })).toContain('This file comes from an unknown kit');
  expect(await refused({ session: 'A'.repeat(22) })).toContain('This file belongs to another study');
  expect(await refused({ kit })).not.toContain('kit');
});

test('events of a number differ neither from the log nor within the file', async () => {
  const { apply, look } = await withKit();
  const part = sitting(after(0), [given(0, 0, 1), given(1, 1, 1)]);
  await apply({ sittings: [part] });
  const changed = { ...part, events: [given(0, 0, 1), given(1, 1, 2)] };
  await expect(apply({ sittings: [changed] })).rejects.toThrow(code('event-conflict'));
  await expect(look({ sittings: [changed] })).rejects.toThrow(code('event-conflict'));
  const twice = sitting(after(0), [given(0, 2, 1), given(0, 2, 2)]);
  await expect(apply({ sittings: [twice] })).rejects.toThrow(code('event-conflict'));
  const same = sitting(after(0), [given(0, 2, 1), given(0, 2, 1)]);
  expect(await apply({ sittings: [same] })).toMatchObject({ newEvents: 2 });
  const other = sitting(after(0), [given(0, 3, 1)]);
  expect(await apply({ sittings: [same, { ...other, events: [given(0, 3, 2)] }] })).toMatchObject({ newEvents: 1 });
  await expect(apply({ sittings: [sitting(after(0), [given(0, 9, 1)])] })).rejects.toThrow(code('bad-trial'));
  await expect(apply({ sittings: [sitting(after(0), [given(0, 0, 3)])] })).rejects.toThrow(code('bad-choice'));
});

test('a finished session stays finished, with the labels of its log', async () => {
  const { apply, record, labels, clock } = await withKit();
  clock.now = start + 10_000;
  await apply({
    sittings: [sitting(after(1000), all(1).slice(0, 7))],
    finished: true,
    timeUp: true,
    finishedAt: after(2000),
  });
  expect(record()).toMatchObject({
    state: 'finished',
    imagesLeft: 2,
    startedAt: start + 1000,
    finishedAt: start + 2000,
  });
  expect(labels()).toEqual([1, 1, 1, 1, 1, 1, 1, null, null]);
  await apply({ sittings: [sitting(after(900), [given(0, 0, 2), given(1, 7, 2)])], finishedAt: after(3000) });
  expect(record()).toMatchObject({
    state: 'finished',
    imagesLeft: 1,
    startedAt: start + 1000,
    finishedAt: start + 3000,
  });
  expect(labels()).toEqual([1, 1, 1, 1, 1, 1, 1, 2, null]);
  const whole = await withKit();
  whole.clock.now = start + 10_000;
  const first = sitting(after(1000), all(1));
  await whole.apply({ sittings: [first], finished: true, finishedAt: after(2000) });
  await whole.apply({ sittings: [sitting(after(2000), [given(0, 0, 2)])], finishedAt: after(4000) });
  expect(whole.record()).toMatchObject({ state: 'finished', imagesLeft: null, finishedAt: start + 4000 });
  expect(whole.labels()).toEqual([2, ...new Array(8).fill(1)]);
  const ended = vi.spyOn(whole.stored.sessions, 'setState');
  await whole.apply({ sittings: [first], finished: true });
  expect(ended).not.toHaveBeenCalled();
});

test('an image’s limit is that of its sitting; an answer in time may be changed, an undo gives time again', async () => {
  const { apply, late, choices, stored, id } = await withKit(limit(5));
  const events = [
    // In time by a second's tolerance; changed at leisure; late; late for ever in this sitting.
    ...[given(0, 0, 1, 0, 6000), given(1, 0, 2, 0, 60_000), given(2, 1, 1, 0, 6001), given(3, 1, 1, 7000, 7100)],
    // Taken back: counted from then on.
    ...[given(4, 2, 1, 8000), given(5, 2, null, 9000), given(6, 2, 2, 8000, 15_000), given(7, 3, 1, 15_100)],
    ...[given(8, 3, null, 16_000), given(9, 3, 0, 8000, 22_001)],
    // A timeout ends the image; one after an answer does not count, and nothing does after it.
    ...[runOut(10, 4, 30_000), given(11, 4, 1, 30_000, 30_001), given(12, 5, 1, 31_000), runOut(13, 5, 40_000)],
    given(14, 5, 0, 41_000, 42_000),
  ];
  const part = sitting(after(0), events);
  await apply({ sittings: [part] });
  expect(late()).toEqual([
    ...[null, null, 'image', 'image', null, null, null, null, null, 'image', null, 'image', null, 'image', 'image'],
  ]);
  expect(choices()).toEqual([2, null, 2, null, null, 1, null, null, null]);
  // Another sitting has a clock of its own, and knows nothing of a late answer; of a timeout it does.
  const next = sitting(after(1000), [given(0, 1, 2, 100, 200), given(1, 4, 2, 300, 400), given(2, 3, 1, 500, 5400)]);
  await apply({ sittings: [part, next] });
  expect(
    stored.log
      .events(id)
      .slice(15)
      .map(({ late }) => late),
  ).toEqual([null, 'image', null]);
  // A later kit knows the answers of the earlier one.
  const last = sitting(after(2000), [given(0, 0, 1, 0, 50_000), runOut(1, 0, 60_000)]);
  await apply({ sittings: [last] });
  expect(
    stored.log
      .events(id)
      .slice(18)
      .map(({ late }) => late),
  ).toEqual([null, 'image']);
});

test('an event at the start of a sitting’s clock is one, and entries of one moment count in their order', async () => {
  const first = await withKit(limit(5));
  await first.apply({ sittings: [sitting(after(0), [given(0, 0, null, 0, 0), given(1, 0, 1, 0, 6001)])] });
  expect(first.late()).toEqual([null, 'image']);
  const second = await withKit(limit(null, 1));
  const notes = [note(3, 'break-ended', 10_000), note(2, 'break-began', 10_000), note(0, 'work-began', 0)];
  await second.apply({ sittings: [sitting(after(0), [given(4, 0, 1, 0, 61_001)], notes)] });
  expect(second.late()).toEqual(['session']);
});

test('the session’s limit adds up the sittings of a file; a session that is opened again has its time anew', async () => {
  const { apply, late, service, id, record, stored } = await withKit(limit(null, 1));
  const first = sitting(after(0), [given(1, 0, 1, 0, 40_000)], [note(0, 'work-began', 0)]);
  const second = sitting(
    after(50_000),
    [
      ...[given(1, 1, 1, 1000, 21_999), given(2, 2, 1, 21_999, 22_000), given(3, 3, 1, 22_000, 22_001)],
      given(4, 4, 1, 22_001, 23_000),
    ],
    [note(0, 'work-began', 1000)],
  );
  await apply({ sittings: [first, second], finished: true, timeUp: true });
  expect(late()).toEqual([null, null, null, 'session', 'session']);
  expect(record().imagesLeft).toBe(6);
  reopenSession(service, id);
  const third = sitting(
    after(90_000),
    [given(1, 5, 1, 0, 60_900), given(2, 6, 1, 61_000, 61_001)],
    [note(0, 'work-began', 0)],
  );
  await apply({ sittings: [first, second, third] });
  expect(
    stored.log
      .events(id)
      .slice(5)
      .map(({ late }) => late),
  ).toEqual([null, 'session']);
  // What is new in a sitting from before is held to the time of then.
  const longer = {
    ...first,
    events: [...first.events, given(2, 7, 1, 60_000, 61_000), given(3, 8, 1, 61_000, 61_001)],
  };
  await apply({ sittings: [longer, second, third] });
  expect(stored.log.findEvent(stored.log.sittingId(id, first.key) ?? 0, 2)?.late).toBeNull();
  expect(stored.log.findEvent(stored.log.sittingId(id, first.key) ?? 0, 3)?.late).toBe('session');
});

test('a sitting with a second window uses up no time of others', async () => {
  const { apply, late } = await withKit(limit(null, 1));
  const shared = sitting(
    after(0),
    [given(1, 0, 1, 0, 59_000)],
    [note(0, 'work-began', 0), note(2, 'second-window', 10)],
  );
  const other = sitting(
    after(100_000),
    [given(1, 1, 1, 0, 60_000), given(2, 2, 1, 60_000, 61_002)],
    [note(0, 'work-began', 0)],
  );
  await apply({ sittings: [shared, other] });
  expect(late()).toEqual([null, null, 'session']);
});

test('results change with new events and with the end, not with what is known', async () => {
  const { apply, service } = await withKit();
  const told = vi.spyOn(service.changes, 'publish');
  const part = sitting(after(0), [given(0, 0, 1)]);
  const topics = async (result: object) => {
    told.mockClear();
    await apply(result);
    return told.mock.calls.map(([topic]) => topic);
  };
  expect(await topics({ sittings: [part] })).toEqual(['labeling', 'studies']);
  expect(await topics({ sittings: [part] })).toEqual(['labeling']);
  expect(await topics({ sittings: [part], finished: true })).toEqual(['labeling', 'studies']);
});
