import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  kitResultFileSchema,
  type KitResultPayload,
  kitResultPayloadSchema,
} from '../../../../main/contributions/offline/kit-format.ts';
import type { Screen, SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { kitPort, resultFile } from '../../../../renderer/contributions/offline/kit/kit-port.ts';
import {
  KitStore,
  type StoredEntry,
  type StoredSitting,
  type StoredState,
} from '../../../../renderer/contributions/offline/kit/kit-store.ts';
import { viewOf } from '../../desk/page/view-of.ts';
import { grayOf, kitOf } from './kit-of.ts';

/** What a browser would store, in memory. */
class Memory extends KitStore {
  kept: StoredState;
  ofSittings: StoredSitting[] = [];
  ofEntries: StoredEntry[] = [];

  constructor(kit: string, token: string) {
    super(kit, false);
    this.kept = { token, kit, consented: false, consentedAt: null, finishedAt: null, state: 'open' };
  }

  override state = async (): Promise<StoredState> => this.kept;
  override putState = async (state: StoredState): Promise<void> => {
    this.kept = state;
  };
  override sittings = async (): Promise<StoredSitting[]> => [...this.ofSittings];
  override putSitting = async (sitting: StoredSitting): Promise<void> => void this.ofSittings.push(sitting);
  override entries = async (): Promise<StoredEntry[]> => [...this.ofEntries];
  override putEntries = async (entries: readonly StoredEntry[]): Promise<void> => void this.ofEntries.push(...entries);
  override async forget(): Promise<void> {
    [this.ofSittings, this.ofEntries] = [[], []];
  }
}

const screen: Screen = { refreshHz: 60, width: 100, height: 80, pixelRatio: 1, pixelsPerMm: null };
const [a, b] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
const began = Date.UTC(2026, 2, 1, 9);

beforeEach(() => {
  vi.useFakeTimers({ now: began, toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A kit in a browser; `opened` makes the port of one of its pages. */
function browserOf(change: Partial<VolunteerView> = {}, clock: { sitting: string; ms: number | null }[] = []) {
  const kit = kitOf(viewOf(change), clock);
  const { session } = kit;
  const store = new Memory(kit.kit, session.token);
  const states: boolean[] = [];
  const portOf = (sitting: string) =>
    kitPort({ kit, session, store, sitting, onState: (hasEnded) => states.push(hasEnded) });
  const result = async (): Promise<KitResultPayload> => {
    const file = kitResultFileSchema.parse(JSON.parse(await resultFile(kit, session, store)));
    const key = Buffer.from(session.key, 'base64');
    expect(file.signature).toBe(createHmac('sha256', key).update(file.payload).digest('hex'));
    return kitResultPayloadSchema.parse(JSON.parse(file.payload));
  };
  return { kit, session, store, states, portOf, result };
}

const event = (seq: number, trial: number, choice: number | null, kind: TrialEvent['kind'] = 'answer'): TrialEvent => ({
  seq,
  trial,
  kind,
  choice,
  shownMs: seq * 100,
  atMs: seq * 100 + 50,
});
const note = (seq: number, kind: SessionNote['kind'], atMs = seq * 100): SessionNote => ({
  seq,
  kind,
  trial: null,
  atMs,
});

test('a kit opens as the workbench made it, and stores that a sitting began once', async () => {
  const { session, store, states, portOf } = browserOf({ next: 2, hasPin: true });
  const port = portOf(a);
  vi.advanceTimersByTime(1234);
  expect(port.session).toBe(session.token);
  expect(await port.open(screen)).toEqual({ ...session.view, leftMs: null, next: 2, hasPin: false });
  await port.open(screen);
  const own = { token: session.token, kit: store.kept.kit, screen };
  expect(store.ofSittings).toEqual([
    { ...own, key: a, openedAt: new Date(began + 1234).toISOString(), openedMs: performance.now() },
  ]);
  expect(states).toEqual([false, false]);
  expect(await port.checkPin('1')).toEqual({ ok: false, waitSeconds: 0, study: null });
  // The clock of the computer was set back: the next sitting comes after the first even so.
  vi.setSystemTime(began - 3_600_000);
  await portOf(b).open(screen);
  expect(store.ofSittings[1]).toMatchObject({ key: b, openedAt: new Date(began + 1235).toISOString() });
});

test('a page that opens again has all answers so far, and goes on after the last one', async () => {
  const { portOf } = browserOf({ answers: [null, null, null, 1, null, null], timedOut: [4] });
  const port = portOf(a);
  await port.open(screen);
  await port.addEvents([event(0, 1, 2), event(1, 5, null, 'timeout')]);
  await port.addNotes([note(2, 'hidden')]);
  await port.addEvents([event(3, 1, 0), event(4, 2, 1)]);
  expect(await portOf(b).open(screen)).toMatchObject({
    state: 'active',
    answers: [null, 0, 1, 1, null, null],
    next: 0,
    timedOut: expect.arrayContaining([4, 5]),
  });
  await port.addEvents([event(5, 2, null, 'undo')]);
  expect(await portOf(b).open(screen)).toMatchObject({ answers: [null, 0, null, 1, null, null], next: 2 });
});

test('consent begins the sitting; without it nothing is stored, and declining forgets', async () => {
  const { store, session, states, portOf, result } = browserOf({ consent: 'May we?' });
  const port = portOf(a);
  expect(await port.open(screen)).toMatchObject({ consented: false, state: 'ready' });
  expect(store.ofSittings).toEqual([]);
  vi.advanceTimersByTime(5000);
  await port.consent(true);
  expect(store.ofSittings).toMatchObject([{ key: a, openedAt: new Date(began + 5000).toISOString() }]);
  const agreed = { consented: true, consentedAt: new Date(began + 5000).toISOString(), declined: false };
  expect(await result()).toMatchObject({ ...agreed, sittings: [] });
  expect(await portOf(b).open(screen)).toMatchObject({ consented: true });
  expect(states).toEqual([false, false, false]);
  await port.addEvents([event(0, 0, 1)]);
  await port.consent(false);
  expect(states.at(-1)).toBe(true);
  expect(await result()).toEqual({
    kit: store.kept.kit,
    session: session.token,
    pseudonym: 'P-17',
    consented: false,
    consentedAt: null,
    finished: false,
    timeUp: false,
    finishedAt: null,
    declined: true,
    sittings: [],
  });
  expect(await portOf(b).open(screen)).toMatchObject({ state: 'declined' });
  expect([store.ofSittings, store.ofEntries]).toEqual([[], []]);
});

test('consent that the workbench knew is not asked for again', async () => {
  const { store, portOf } = browserOf({ consent: 'May we?', consented: true });
  expect(await portOf(a).open(screen)).toMatchObject({ consented: true });
  expect(store.ofSittings).toHaveLength(1);
});

test('a result has the entries of each sitting in order, and no sitting without entries', async () => {
  const { store, portOf, result } = browserOf();
  const [first, second] = [portOf(a), portOf(b)];
  await first.open(screen);
  vi.advanceTimersByTime(1000);
  await second.open(screen);
  await portOf('cccccccc-0000-4000-8000-000000000003').open(screen);
  await second.addEvents([event(1, 0, 2)]);
  await second.addNotes([note(0, 'hidden')]);
  await first.addEvents([event(2, 1, 1), event(0, 0, 0)]);
  await first.addNotes([note(1, 'review')]);
  store.ofSittings.reverse();
  vi.advanceTimersByTime(500);
  await first.finish(true);
  const found = await result();
  expect(found).toMatchObject({ finished: true, timeUp: false, finishedAt: new Date(began + 1500).toISOString() });
  expect(found.sittings.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toMatchObject([
    { key: a, events: [event(0, 0, 0), event(2, 1, 1)], notes: [note(1, 'review')] },
    { key: b, events: [event(1, 0, 2)], notes: [note(0, 'hidden')] },
  ]);
  expect(await second.open(screen)).toMatchObject({ state: 'finished' });
});

test('the images of consecutive trials are those that the session names', async () => {
  const { portOf } = browserOf({ trials: 6 });
  const grays = (...trials: number[]): Uint8Array =>
    Uint8Array.from(trials.flatMap((trial) => new Array<number>(16).fill(grayOf(trial))));
  expect(await portOf(a).images(0, 6)).toEqual(grays(0, 1, 2, 3, 4, 5));
  expect(await portOf(a).images(2, 3)).toEqual(grays(2, 3, 4));
});

test('time that was used before counts; at none left the session is over, with that as its reason', async () => {
  const timeLimit = { imageSeconds: null, sessionMinutes: 1 };
  const used = [{ sitting: 'dddddddd-0000-4000-8000-000000000004', ms: 20_000 }];
  const { store, states, portOf, result } = browserOf({ timeLimit, leftMs: 40_000 }, used);
  const port = portOf(a);
  expect(await port.open(screen)).toMatchObject({ leftMs: 40_000 });
  await port.addNotes([note(0, 'work-began', 10_000), note(1, 'working', 49_999)]);
  expect(await portOf(b).open(screen)).toMatchObject({ leftMs: 1, state: 'active' });
  await port.addNotes([note(2, 'working', 50_000)]);
  vi.advanceTimersByTime(60_000);
  expect(await portOf(b).open(screen)).toMatchObject({ leftMs: 0, state: 'time-up' });
  expect(states.at(-1)).toBe(true);
  expect(await result()).toMatchObject({ timeUp: true, finishedAt: new Date(began + 60_000).toISOString() });
  vi.advanceTimersByTime(1000);
  await port.finish(false);
  expect(store.kept).toMatchObject({ state: 'time-up', finishedAt: new Date(began + 60_000).toISOString() });
});
