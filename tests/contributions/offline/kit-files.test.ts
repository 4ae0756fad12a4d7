import { createDecipheriv, createHmac, randomUUID } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deskOf } from '../../../main/contributions/desk/service.ts';
import type { LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import type { TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { largest } from '../../../main/files/limits.ts';
import { makeKit } from '../../../main/contributions/offline/kit.ts';
import { KitFile } from '../../../main/contributions/offline/kit-file.ts';
import { savePlan } from '../../../main/contributions/desk/plans.ts';
import type { SittingPart } from '../../../main/contributions/offline/kit-format.ts';
import { createSessions } from '../../../main/contributions/desk/sessions.ts';
import { addEvents, finishSession, openSession, recordConsent } from '../../../main/contributions/desk/volunteer.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { openedKit } from './kit-results.ts';
import { addStimuli, plan, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

const key = Buffer.alloc(32, 7);
const kit = '3f2b8c5e-1d4a-4e6f-8a9b-0c1d2e3f4a5b';
const session = 'abcdefghijklmnopqrstuv';

const event = (seq: number): TrialEvent => ({ seq, trial: seq, kind: 'answer', choice: 1, shownMs: 0, atMs: seq });
const note = (seq: number) => ({ seq, kind: 'hidden' as const, trial: null, atMs: seq });
const sitting = (events: TrialEvent[], notes: ReturnType<typeof note>[] = []) => ({
  key: randomUUID() as string,
  openedAt: '2026-01-01T10:00:00.000Z',
  openedMs: 0,
  screen,
  events,
  notes,
});
const head = { kit, session, pseudonym: 'P-AAAA', finished: true, consented: false };

function write(payload: string, change: object = {}): string {
  const path = join(temporaryFolder(), 'result.json');
  const signature = createHmac('sha256', key).update(payload).digest('hex');
  const schema = 'boundary-workbench/labeling-kit-result/2';
  writeFileSync(path, JSON.stringify({ schema, payload, signature, ...change }));
  return path;
}

const open = (payload: unknown, change: object = {}) =>
  new KitFile(write(JSON.stringify(payload), change), 'result.json');

const refused = (what: string) =>
  expect.objectContaining({ code: 'labeling.kit-file', where: 'result.json', message: expect.stringContaining(what) });

/** Caps of files, put back when the test is over. */
function withCaps(caps: Partial<typeof largest>): void {
  const before = { ...largest };
  onTestFinished(() => void Object.assign(largest, before));
  Object.assign(largest, caps);
}

test('a result states its kit and session before it is parsed, and its content once it is verified', () => {
  const sittings = [sitting([event(0), event(1)], [note(2)]), sitting([])];
  const file = open({ ...head, sittings });
  expect([file.kit, file.session]).toEqual([kit, session]);
  const { head: read, parts } = file.read(key);
  expect(read).toEqual({ ...head, timeUp: false, consentedAt: null, declined: false, finishedAt: null });
  const all: SittingPart[] = [];
  for (let next = parts.next(); next.done !== true; next = parts.next()) all.push(...next.value);
  const [first, second] = sittings;
  expect(all).toEqual([{ ...first, events: [], notes: [] }, { ...first, notes: [] }, { ...first, events: [] }, second]);
  expect(() => open({ ...head, sittings }).read(Buffer.alloc(32, 8))).toThrow(refused('its signature does not match'));
  expect(() => open({ ...head, sittings }, { signature: 'a'.repeat(64) }).read(key)).toThrow(refused('signature'));
});

test('a result that is no result, or whose start and content differ, is refused', () => {
  expect(() => open({}, { schema: 'other' })).toThrow(refused('This is not a result file of a labeling kit'));
  const damaged = refused('This result file is damaged');
  expect(() => open({ ...head, kit: 'x' })).toThrow(damaged);
  expect(() => open({ ...head, session: 'x' })).toThrow(damaged);
  expect(() => open({ ...head, sittings: 1 }).read(key)).toThrow(damaged);
  // JSON takes the last of two entries, its start has the first.
  const twice = (first: object) =>
    new KitFile(
      write(`${JSON.stringify(first).slice(0, -1)},${JSON.stringify({ ...head, sittings: [] }).slice(1)}`),
      'result.json',
    );
  expect(() => twice({ kit: randomUUID() }).read(key)).toThrow(damaged);
  expect(() => twice({ session: 'b'.repeat(22) }).read(key)).toThrow(damaged);
  expect(twice({ kit, session }).read(key).head.kit).toBe(kit);
});

test('kit and session stand in the first 64 KiB of a result', () => {
  const late = (blanks: number) => {
    const start = `{"kit":"${kit}","pseudonym":"P","finished":true,"consented":false,"sittings":[]`;
    const end = `,"session":"${session}"`;
    return new KitFile(
      write(`${start}${' '.repeat(65_536 - start.length - end.length + blanks)}${end}}`),
      'result.json',
    );
  };
  expect(late(0).session).toBe(session);
  expect(() => late(1)).toThrow(refused('This result file is damaged'));
});

test('a result has at most so many bytes, events and notes', () => {
  expect(largest).toMatchObject({ kitResult: 64 * 2 ** 20, kitEvents: 100_000, kitHead: 65_536 });
  withCaps({ kitResult: 3 * 2 ** 20, kitEvents: 5 });
  const tooLarge = refused('This file is too large for a result of a kit: at most 3 MiB and 5 events');
  const path = write('{}');
  truncateSync(path, largest.kitResult);
  expect(() => new KitFile(path, 'result.json')).toThrow(refused('This is not a result file'));
  truncateSync(path, largest.kitResult + 1);
  expect(() => new KitFile(path, 'result.json')).toThrow(tooLarge);
  const many = (more: number) => {
    const events = Array.from({ length: 2 + more }, (_, seq) => event(seq));
    return open({ ...head, sittings: [sitting(events, [note(9)]), sitting([event(0)], [note(1)])] });
  };
  expect(many(0).read(key).head.kit).toBe(kit);
  expect(() => many(1).read(key)).toThrow(tooLarge);
});

async function withSessions(count: number, change: Partial<LabelingPlan> = {}, alphas = 3) {
  const { lab } = openLab();
  const { workbench } = lab;
  const service = deskOf(lab);
  const hash = addStimuli(workbench.storage, alphas);
  const order = { seed: 5, apart: 1, blocks: 1 };
  savePlan(service, studyName, plan({ practice: 0, attention: 0, repeats: 0, order, ...change }));
  const rows = await createSessions(service, studyName, count, 'kit');
  const { storage } = workbench;
  const pixels = storage.blobs.get(storage.stimulusSets.header(hash)?.pixels ?? '');
  const ids = storage.stimulusSets.ids(hash);
  const make = (sessions = rows.map(({ id }) => id)) => makeKit(service, studyName, sessions);
  const pixelsOf = (image: number) => pixels.subarray(ids.indexOf(image) * 36, ids.indexOf(image) * 36 + 36);
  return { service, storage, rows, make, pixelsOf, trials: (id: number) => sessionTables(storage).sessions.trials(id) };
}

const encryptedBytes = 16 + 36;

test('a kit holds each image as often as one of its sessions shows it at most, and each trial has a copy of its own', async () => {
  const it = await withSessions(2, { repeats: 3, repeatApart: 1, perPerson: 5, attention: 2 });
  const made = openedKit(await it.make([...it.rows, ...it.rows].map(({ id }) => id)));
  expect(made.sessions.map(({ token }) => token)).toEqual(it.rows.map(({ token }) => token));
  const most = new Map<number, number>();
  for (const { id } of it.rows) {
    const own = new Map<number, number>();
    for (const { image } of it.trials(id)) own.set(image, (own.get(image) ?? 0) + 1);
    for (const [image, count] of own) most.set(image, Math.max(most.get(image) ?? 0, count));
  }
  expect(Math.max(...most.values())).toBeGreaterThan(1);
  expect(made.images).toHaveLength([...most.values()].reduce((sum, count) => sum + count, 0));
  const imageKey = Buffer.from(made.imageKey, 'base64');
  expect(imageKey).toHaveLength(32);
  for (const [at, { images }] of made.sessions.entries()) {
    expect(new Set(images).size).toBe(images.length);
    const shown = images.map((image) => {
      const bytes = Buffer.from(made.images[image] ?? '', 'base64');
      expect(bytes).toHaveLength(encryptedBytes);
      const cipher = createDecipheriv('aes-256-ctr', imageKey, bytes.subarray(0, 16));
      return Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]);
    });
    expect(shown).toEqual(it.trials(it.rows[at]?.id ?? 0).map(({ image }) => Buffer.from(it.pixelsOf(image))));
  }
});

test('images come in random order', async () => {
  const it = await withSessions(1, { perPerson: 2 });
  const orders = new Set<string>();
  for (let time = 0; time < 25; time++) orders.add((await it.make()).kit.session?.images.join() ?? '');
  expect(orders).toEqual(new Set(['0,1', '1,0']));
});

test('a kit for one person has no code and holds the answers; one for several has codes and none', async () => {
  const it = await withSessions(2, { consent: 'Do you agree?', timeLimit: { imageSeconds: 5, sessionMinutes: 1 } });
  const [first, second] = it.rows;
  if (!first || !second) throw new Error('no sessions');
  const page = { token: first.token, sitting: randomUUID() };
  recordConsent(it.service, first.token, true);
  openSession(it.service, page, { screen, openedMs: 0 });
  const runOut = { ...event(1), kind: 'timeout' as const, choice: null };
  addEvents(it.service, page, [event(0), runOut]);
  const one = await it.make([first.id, first.id]);
  expect(one.codes).toEqual([]);
  expect(one.kit.locked).toBeNull();
  expect(one.kit.session).toMatchObject({
    token: first.token,
    view: { state: 'active', consented: true, next: 2, timedOut: [1], trials: 9 },
    clock: [{ sitting: page.sitting, ms: 1 }],
  });
  expect(Buffer.from(one.kit.session?.key ?? '', 'base64')).toHaveLength(32);
  expect(offlineTables(it.storage).kits.get(one.kit.kit, first.id)?.key.toString('base64')).toBe(one.kit.session?.key);
  const made = await it.make();
  expect(made.codes.map(({ pseudonym }) => pseudonym)).toEqual([first.pseudonym, second.pseudonym]);
  for (const { code } of made.codes) expect(code).toMatch(/^[A-HJ-NP-Z2-9]{12}$/);
  expect(made.kit.session).toBeNull();
  expect(made.kit.locked?.iterations).toBe(200_000);
  expect(Buffer.from(made.kit.locked?.salt ?? '', 'base64')).toHaveLength(16);
  const opened = openedKit(made);
  for (const [at, { view, key: own }] of opened.sessions.entries()) {
    expect(view).toMatchObject({ state: 'ready', next: 0, timedOut: [], answers: new Array(9).fill(null) });
    expect(
      offlineTables(it.storage)
        .kits.get(made.kit.kit, it.rows[at]?.id ?? 0)
        ?.key.toString('base64'),
    ).toBe(own);
  }
  finishSession(it.service, page, true);
  await expect(it.make()).rejects.toMatchObject({ code: 'labeling.closed' });
  recordConsent(it.service, second.token, false);
  await expect(it.make([second.id])).rejects.toMatchObject({ code: 'labeling.closed' });
  const [screenRow] = await createSessions(it.service, studyName, 1, 'screen');
  await expect(it.make([screenRow?.id ?? 0])).rejects.toMatchObject({ code: 'labeling.medium' });
  addStimuli(it.storage, 4, 'other');
  await expect(makeKit(it.service, 'other', [second.id])).rejects.toMatchObject({ code: 'labeling.no-session' });
});

test('people with one image each begin with it', async () => {
  const it = await withSessions(2, { perPerson: 1 });
  expect(openedKit(await it.make()).sessions.map(({ view }) => view)).toMatchObject([
    { trials: 1, next: 0 },
    { trials: 1, next: 0 },
  ]);
});
