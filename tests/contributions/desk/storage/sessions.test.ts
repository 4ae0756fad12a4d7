/** Sessions of labeling and their states, with another session and study beside. */
import { rmSync } from 'node:fs';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { screen } from '../../../services/labeling/labeling-helper.ts';
import { addKit, addPaper, type LabelingTables, openLabelingTables, trialsOf } from './labeling-tables.ts';
import { hash, study } from '../../../storage/records.ts';
import { removal } from '../../../temporary-folder.ts';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';

let storage: LabelingTables['storage'];
let [a, b] = [0, 0];
let addSession: LabelingTables['addSession'];
beforeAll(() => {
  ({ storage, a, b, addSession } = openLabelingTables());
});
afterAll(() => {
  storage.close();
  rmSync(storage.folder, removal);
});

describe('sessions', () => {
  test('are found by id, token, labeler and study, with their trials', () => {
    const { sessions } = deskTables(storage);
    const [first, second, beside] = [addSession(b, { now: 7 }), addSession(b), addSession(a)];
    const found = sessions.get(first);
    expect(found).toMatchObject({
      id: first,
      studyId: b,
      setHash: hash(10),
      medium: 'screen',
      trialCount: 5,
      state: 'planned',
      answered: 0,
      atTrial: null,
      createdAt: 7,
      consentedAt: null,
      startedAt: null,
      lastSeenAt: null,
      finishedAt: null,
      imagesLeft: null,
      clockAfter: 0,
      excluded: null,
    });
    expect(sessions.byToken(sessions.get(second)?.token ?? '')?.id).toBe(second);
    expect(sessions.findByLabeler(found?.labelerId ?? 0)?.id).toBe(first);
    expect([sessions.get(9999), sessions.byToken('none'), sessions.findByLabeler(9999)]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    const ofB = sessions.ofStudy(b);
    expect(ofB.map(({ studyId }) => studyId)).toEqual(ofB.map(() => b));
    expect(ofB.slice(-2).map(({ id }) => id)).toEqual([first, second]);
    expect(ofB.map(({ place }) => place)).toEqual(ofB.map((_, place) => place));
    expect(sessions.nextPlace(b)).toBe(ofB.length);
    expect(sessions.trials(first)).toEqual(trialsOf(5));
    expect(sessions.trials(9999)).toEqual([]);
    expect(sessions.nextPlace(9999)).toBe(0);
    const removed = sessions.get(second)?.labelerId ?? 0;
    sessions.remove(second);
    expect(sessions.get(second)).toBeUndefined();
    expect([storage.labelers.get(removed), storage.labelers.get(found?.labelerId ?? 0)?.id]).toEqual([
      undefined,
      found?.labelerId,
    ]);
    sessions.remove(second);
    expect(sessions.get(beside)?.studyId).toBe(a);
  });

  test('states have their times; what came first stays', () => {
    const { sessions } = deskTables(storage);
    const [own, other] = [addSession(), addSession()];
    const times = (id: number) => {
      const { state, consentedAt, startedAt, finishedAt, lastSeenAt, imagesLeft } = sessions.get(id) ?? {};
      return [state, consentedAt, startedAt, finishedAt, lastSeenAt, imagesLeft];
    };
    sessions.recordConsent(own, 10);
    sessions.recordConsent(own, 11);
    expect(times(own)).toEqual(['planned', 10, null, null, 11, null]);
    sessions.setState(own, 'active', 20);
    sessions.setState(own, 'active', 21);
    expect(times(own)).toEqual(['active', 10, 20, null, 21, null]);
    sessions.setState(own, 'finished', 30, 4);
    sessions.setState(own, 'finished', 31, 5);
    expect(times(own)).toEqual(['finished', 10, 20, 30, 31, 5]);
    sessions.setTimes(own, { startedAt: 5, finishedAt: null });
    expect(times(own)).toEqual(['finished', 10, 5, 30, 31, 5]);
    sessions.setTimes(own, { startedAt: null, finishedAt: 40 });
    expect(times(own)).toEqual(['finished', 10, 5, 40, 31, 5]);
    sessions.setState(own, 'active', 50);
    expect(times(own)).toEqual(['active', 10, 5, null, 50, null]);
    sessions.setTimes(own, { startedAt: null, finishedAt: 60 });
    expect(times(own)).toEqual(['active', 10, 5, null, 50, null]);
    sessions.withdrawConsent(own);
    sessions.markSeen(own, 55);
    expect(times(own)).toEqual(['active', null, 5, null, 55, null]);
    sessions.recordConsent(own, 56);
    sessions.setState(own, 'declined', 60);
    expect(times(own)).toEqual(['declined', null, null, null, 60, null]);
    sessions.setState(own, 'active', 70);
    sessions.setState(own, 'planned', 71);
    expect(times(own)).toEqual(['planned', null, null, null, 71, null]);
    sessions.setExcluded(own, 'asleep');
    expect([sessions.get(own)?.excluded, sessions.get(other)?.excluded]).toEqual(['asleep', null]);
    expect(times(other)).toEqual(['planned', null, null, null, null, null]);
  });

  test('the clock starts again after the sittings that there are', () => {
    const { sessions, log } = deskTables(storage);
    const [own, other] = [addSession(), addSession()];
    sessions.restartClock(own);
    expect(sessions.get(own)?.clockAfter).toBe(0);
    const about = { medium: 'screen', openedAt: 1, screen } as const;
    log.ensureSitting(own, 'x', about);
    const last = log.ensureSitting(own, 'y', about);
    log.ensureSitting(other, 'x', about);
    sessions.restartClock(own);
    expect([sessions.get(own)?.clockAfter, sessions.get(other)?.clockAfter]).toEqual([last, 0]);
  });

  test('use and start: a page, a kit, paper, in this study and on this set', () => {
    const { sessions, log } = deskTables(storage);
    const fresh = storage.studies.put('fresh', { ...study(), name: 'fresh' }, 1);
    const make = (): number => addSession(fresh, { set: 20 });
    const unused = make();
    const state = () => [sessions.hasStartedOn(fresh, hash(20)), sessions.hasStartedOn(fresh, hash(10))];
    expect([sessions.readUse(unused), ...state(), sessions.hasStartedOn(b, hash(20))]).toEqual([
      null,
      false,
      false,
      false,
    ]);
    const onPaper = make();
    addPaper(storage, onPaper, null);
    expect([sessions.readUse(onPaper), ...state()]).toEqual(['paper', true, false]);
    storage.database.run('DELETE FROM labeling_paper WHERE session_id = ?', onPaper);
    expect([sessions.readUse(onPaper), ...state()]).toEqual([null, false, false]);
    const inKit = make();
    addKit(storage, inKit);
    addPaper(storage, inKit, 1);
    expect([sessions.readUse(inKit), sessions.readUse(unused), ...state()]).toEqual(['kit', null, true, false]);
    const opened = make();
    log.ensureSitting(opened, 'x', { medium: 'screen', openedAt: 1, screen });
    expect(sessions.readUse(opened)).toBe('sitting');
    const consented = make();
    sessions.recordConsent(consented, 1);
    const declined = make();
    sessions.setState(declined, 'declined', 1);
    const started = make();
    sessions.setState(started, 'active', 1);
    expect([consented, declined, started].map((id) => sessions.readUse(id))).toEqual(['sitting', 'sitting', 'sitting']);
    expect(sessions.readUse(9999)).toBeNull();
    const board = sessions.board(fresh);
    expect(board.map(({ id, isUsed }) => [id, isUsed])).toEqual([
      ...[unused, onPaper].map((id) => [id, false]),
      ...[inKit, opened, consented, declined, started].map((id) => [id, true]),
    ]);
    expect(sessions.isAnyActiveBetween(1, 1e9)).toBe(true);
    expect(sessions.isAnyActiveBetween(1e9, 2e9)).toBe(false);
  });

  test('the board counts sittings, second windows, and every time that the window lost the focus, once', () => {
    const { sessions, log } = deskTables(storage);
    const fresh = storage.studies.put('board', { ...study(), name: 'board' }, 1);
    const [own, other] = [addSession(fresh), addSession(fresh)];
    const about = { medium: 'screen', openedAt: 1, screen } as const;
    const [x, y] = [log.ensureSitting(own, 'x', about), log.ensureSitting(own, 'y', about)];
    const kinds = [
      'focus-lost',
      'hidden',
      'visible',
      'hidden',
      'focus-back',
      'working',
      'focus-lost',
      'second-window',
    ] as const;
    kinds.forEach((kind, seq) => {
      log.addNote(own, x, { seq, kind, trial: 0, atMs: seq }, 1);
    });
    log.addNote(own, y, { seq: 0, kind: 'hidden', trial: 0, atMs: 0 }, 1);
    log.addNote(own, y, { seq: 1, kind: 'second-window', trial: 0, atMs: 0 }, 1);
    log.add(own, x, { seq: 50, trial: 3, kind: 'answer', choice: 0, shownMs: 0, atMs: 5 }, 1);
    const shared = { planVersion: 1, blocks: 3, at: null };
    expect(sessions.board(fresh)).toMatchObject([
      { ...shared, id: own, sittings: 2, focusLost: 4, secondWindows: 2 },
      { ...shared, id: other, sittings: 0, focusLost: 0, secondWindows: 0 },
    ]);
    // Only somebody who is labeling is at a trial: at the one of the last event, or the first.
    for (const id of [own, other]) sessions.setState(id, 'active', 9);
    expect(sessions.board(fresh).map(({ at }) => at)).toEqual([trialsOf(5)[3], trialsOf(5)[0]]);
  });
});
