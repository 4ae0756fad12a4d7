/** Sessions of archives: their clocks, dates and places, and who is left out. */
import { describe, expect, test } from 'vitest';
import type { Storage } from '../../../main/storage/open.ts';
import { plan, screen } from '../../services/labeling/labeling-helper.ts';
import { begin, fillStudy, person, type PieceOf } from './full-study.ts';
import { hash, stimulusSet } from '../../storage/records.ts';
import { sql, temporaryStorage } from '../../storage/storage-helper.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

describe('sessions', () => {
  const come = (
    storage: Storage,
    change: { clockAfter?: number; now?: number; sittings?: object[]; events?: object[] },
  ) => {
    storage.stimulusSets.put(stimulusSet(10), 1);
    const { take, finish, incoming } = begin(storage, change.now);
    take({ kind: 'sets', sets: [{ hash: hash(10), linkedAt: 1, replacedAt: null }] });
    const texts = { question: 1, labels: 1, instructions: 1, consent: 1 };
    take({ kind: 'plans', plans: [{ version: 3, plan: plan(), texts, savedAt: 1 }] });
    const times = { createdAt: 1, consentedAt: null, startedAt: null, lastSeenAt: null, finishedAt: null };
    const session = {
      pseudonym: 'P',
      source: `labeling:${hash(1)}`,
      plan: 3,
      setHash: hash(10),
      medium: 'kit',
      place: 4,
      trials: [0, 1, 2].map((image) => [image, 2, 1]),
      state: 'planned',
      atTrial: null,
      imagesLeft: null,
      ...times,
      clockAfter: change.clockAfter ?? 0,
      excluded: null,
    } as unknown as PieceOf<'session'>['session'];
    take({ kind: 'session', session });
    const rows = { sittings: change.sittings ?? [], events: change.events ?? [] };
    take({ kind: 'session-rows', rows: rows as PieceOf<'session-rows'>['rows'] });
    take({ kind: 'session-end' });
    expect(finish()).toMatchObject({ sessions: { added: 1, here: 0, withdrawn: 0 } });
    const [stored] = storage.labeling.sessions.ofStudy(incoming.studyId);
    if (!stored) throw new Error('no session');
    const { log } = sessionTables(storage);
    return { session: stored, sittings: log.sittings(stored.id), ...storage.labeling, log };
  };
  const sitting = (key: string, openedAt: number, change = {}) => ({
    key,
    medium: 'kit',
    openedAt,
    openedMs: 2.5,
    screen,
    ...change,
  });
  const event = (index: number, seq: number, storedAt: number, change = {}) => ({
    sitting: index,
    seq,
    trial: seq,
    kind: 'answer',
    choice: 1,
    shownMs: 1,
    atMs: 2,
    storedAt,
    late: null,
    ...change,
  });

  test('their clock counts the sittings that it counted', () => {
    const three = [sitting('a', 1), sitting('b', 1), sitting('c', 1)];
    for (const clockAfter of [0, 1, 3]) {
      const { session, sittings } = come(temporaryStorage(), { clockAfter, sittings: three });
      expect(session).toMatchObject({ place: 4, answered: 0, trialCount: 3 });
      expect(session.clockAfter).toBe(clockAfter === 0 ? 0 : sittings[clockAfter - 1]?.id);
    }
    const events = [event(0, 0, 1), event(0, 1, 1), event(0, 2, 1, { kind: 'undo', choice: null, trial: 1 })];
    expect(come(temporaryStorage(), { sittings: three, events }).session.answered).toBe(1);
  });

  test('of people who withdrew stay out, and links that held their labelers go', () => {
    const storage = temporaryStorage();
    const own = fillStudy(storage, 'own', 300);
    const beside = fillStudy(storage, 'beside', 400);
    const [gone, here] = storage.labeling.sessions.ofStudy(own);
    if (!gone || !here) throw new Error('no sessions');
    storage.labeling.withdrawals.withdraw(gone, 950);
    const links = () => storage.labelers.ofStudy(beside).map(({ pseudonym }) => pseudonym);
    const before = links();
    const { take, finish, incoming } = begin(storage);
    const texts = { question: 1, labels: 1, instructions: 1, consent: 1 };
    take({ kind: 'plans', plans: [{ version: 1, plan: plan(), texts, savedAt: 1 }] });
    take({ kind: 'sets', sets: [{ hash: hash(300_050), linkedAt: 1, replacedAt: null }] });
    const source = (n: number) => `labeling:${hash(n)}`;
    const session = {
      plan: 1,
      setHash: hash(300_050),
      medium: 'screen',
      place: 0,
      trials: [[0, 2, 1]],
      state: 'planned',
      atTrial: null,
      createdAt: 1,
      consentedAt: null,
      startedAt: null,
      lastSeenAt: null,
      finishedAt: null,
      imagesLeft: null,
      clockAfter: 0,
      excluded: null,
    } as unknown as PieceOf<'session'>['session'];
    take({ kind: 'labeler', labeler: { ...person('New', source(7)), links: [] }, firstAt: null });
    take({ kind: 'labeler-end' });
    for (const [pseudonym, n] of [
      ['New', 7],
      [here.pseudonym, 301],
      [gone.pseudonym, 300],
    ] as const) {
      take({ kind: 'session', session: { ...session, pseudonym, source: source(n), place: n } });
      take({ kind: 'session-end' });
    }
    expect(finish()).toMatchObject({ sessions: { added: 1, here: 1, withdrawn: 1 } });
    expect(storage.labeling.sessions.ofStudy(incoming.studyId).map(({ pseudonym }) => pseudonym)).toEqual(['New']);
    expect(storage.labeling.withdrawals.datesOfStudy(incoming.studyId)).toEqual([950]);
    expect(sql(storage.folder, `SELECT * FROM study_labeler WHERE study_id = ${incoming.studyId}`)).toEqual([]);
    expect(links()).toEqual(before);
  });

  test('that are being deleted at the last step stop the import', () => {
    const storage = temporaryStorage();
    const own = fillStudy(storage, 'own', 300);
    fillStudy(storage, 'beside', 400);
    const [here] = archivesOf(storage).sessions(own);
    if (!here) throw new Error('no session');
    const { take, finish } = begin(storage);
    const { clockAfter, row } = here;
    take({ kind: 'session', session: { ...row, clockAfter, trials: [[0, 2, 1]] } });
    storage.removals.markStudy(own);
    expect(finish).toThrow(expect.objectContaining({ code: 'archive.deleted-meanwhile' }));
  });

  test('a kit’s sitting began before its first event was stored, and before now', () => {
    const dates = (sittings: object[], events: object[], now = 10_000_000) => {
      const found = come(temporaryStorage(), { sittings, events, now });
      const rows = found.log.events(found.session.id);
      return [
        ...found.sittings.map(({ openedAt, openedMs, claimedAt }) => [openedAt, openedMs, claimedAt]),
        rows.length,
      ];
    };
    const stored = 1_000_000;
    const one = (openedAt: number, change = {}) => dates([sitting('a', openedAt, change)], [event(0, 0, stored)]);
    expect(one(stored)).toEqual([[stored, 2.5, null], 1]);
    expect(one(stored + 1)).toEqual([[stored, null, null], 1]);
    expect(one(stored + 300_000)).toEqual([[stored, null, null], 1]);
    expect(one(stored + 300_001)).toEqual([[stored, null, stored + 300_001], 1]);
    expect(one(stored + 300_001, { claimedAt: 77 })).toEqual([[stored, null, 77], 1]);
    expect(one(stored + 5, { medium: 'screen' })).toEqual([[stored + 5, 2.5, null], 1]);
    // Only its first event counts, and no event was stored after now.
    const two = [event(0, 0, stored + 9), event(0, 1, stored)];
    expect(dates([sitting('a', stored + 9)], two)).toEqual([[stored + 9, 2.5, null], 2]);
    expect(dates([sitting('a', stored + 9)], two, stored + 3)).toEqual([[stored + 3, null, null], 2]);
    expect(dates([sitting('a', stored + 9)], [])).toEqual([[stored + 9, 2.5, null], 0]);
  });

  test('answers of kits count by the date of their sitting, others as they came', () => {
    const storage = temporaryStorage();
    const sittings = [sitting('a', 50), sitting('b', 40), sitting('c', 60, { medium: 'screen' })];
    const events = [event(0, 0, 100), event(1, 0, 100, { choice: 2 }), event(2, 0, 100, { choice: 0 })];
    const { log, session } = come(storage, { sittings, events });
    expect(log.events(session.id).map(({ choice }) => choice)).toEqual([0, 2, 1]);
    expect(log.choice(session.id, 0)).toBe(1);
    // Without the kits, the next answer on the page counts, as it comes later.
    const other = temporaryStorage();
    const page = { medium: 'screen' };
    const imported = come(other, { sittings: [sitting('a', 50, page)], events: [event(0, 0, 100)] });
    const later = deskTables(other).log.ensureSitting(imported.session.id, 'b', {
      medium: 'screen',
      openedAt: 9,
      screen,
    });
    const answer = { seq: 0, trial: 0, kind: 'answer', choice: 2, shownMs: 1, atMs: 2 } as const;
    deskTables(other).log.add(imported.session.id, later, answer, 200);
    expect(sessionTables(other).log.choice(imported.session.id, 0)).toBe(2);
  });

  test('a snapshot leaves out what came later, and who is being deleted', () => {
    const storage = temporaryStorage();
    const own = fillStudy(storage, 'own', 300);
    const other = fillStudy(storage, 'other', 400);
    const [first, second, third] = archivesOf(storage).sessions(own);
    if (!first || !second || !third) throw new Error('no sessions');
    const exported = () => JSON.stringify(archivesOf(storage).session(first));
    const before = exported();
    const { log } = deskTables(storage);
    const late = log.ensureSitting(first.id, 'late', { medium: 'screen', openedAt: 1, screen });
    log.add(first.id, late, { seq: 0, trial: 0, kind: 'answer', choice: 1, shownMs: 1, atMs: 2 }, 900);
    expect(exported()).toBe(before);
    expect(archivesOf(storage).session(archivesOf(storage).sessions(own)[0] ?? first)?.sittings).toHaveLength(3);
    const labelerOf = storage.labeling.sessions.get(second.id);
    if (!labelerOf) throw new Error('no session');
    storage.labeling.withdrawals.withdraw(labelerOf, 901);
    expect(archivesOf(storage).session(second)).toBeUndefined();
    expect(archivesOf(storage).session(third)?.place).toBe(2);
    storage.removals.markStudy(own);
    expect(archivesOf(storage).session(third)).toBeUndefined();
    expect([own, other].map((id) => archivesOf(storage).sessions(id).length)).toEqual([0, 3]);
    expect(archivesOf(temporaryStorage()).sessions(1)).toEqual([]);
  });
});
