/** The log of sessions, against slow references, with another session and study beside. */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import type { Late, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { plan, screen } from '../../../services/labeling/labeling-helper.ts';
import { type LabelingTables, openLabelingTables } from './labeling-tables.ts';
import { study } from '../../../storage/records.ts';
import { removal } from '../../../temporary-folder.ts';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';

let storage: LabelingTables['storage'];
let b = 0;
let addSession: LabelingTables['addSession'];
beforeAll(() => {
  ({ storage, b, addSession } = openLabelingTables());
});
afterAll(() => {
  storage.close();
  rmSync(storage.folder, removal);
});

interface Stored extends TrialEvent {
  sitting: number;
  sittingAt: number;
  late: Late | null;
}

const sittings = [
  { medium: 'screen', openedAt: 1000 },
  { medium: 'kit', openedAt: 700 },
  { medium: 'kit', openedAt: 400 },
] as const;

/** Events as they arrive: sittings of kits in any order. */
const arrivals = fc.array(
  fc.record({
    sitting: fc.nat(2),
    trial: fc.nat(3),
    what: fc.constantFrom('answer', 'answer', 'undo', 'timeout'),
    choice: fc.integer({ min: -1, max: 2 }),
    shownMs: fc.integer({ min: 0, max: 5000 }),
    lasts: fc.integer({ min: 0, max: 60_000 }).map((ms) => ms / 16),
    late: fc.constantFrom<Late | null>(null, null, null, 'image', 'session'),
  }),
  { maxLength: 25 },
);

const inOrder = (events: readonly Stored[]): Stored[] =>
  events
    .map((event, id) => ({ event, id }))
    .sort((x, y) => x.event.sittingAt - y.event.sittingAt || x.id - y.id)
    .map(({ event }) => event);
const counted = (events: readonly Stored[], trial: number): Stored[] =>
  inOrder(events).filter((event) => event.trial === trial && event.late === null);
const choiceOf = (events: readonly Stored[], trial: number): number | null =>
  counted(events, trial).findLast(({ kind }) => kind !== 'timeout')?.choice ?? null;
/** Whether a trial ran out: a timeout or late answer after which nothing was undone. */
const ranOut = (events: readonly Stored[], trial: number, lateToo: boolean): boolean => {
  const all = inOrder(events).filter((event) => event.trial === trial);
  return all.some(
    ({ kind, late }, index) =>
      ((kind === 'timeout' && late === null) || (lateToo && kind === 'answer' && late === 'image')) &&
      !all.slice(index + 1).some((later) => later.kind === 'undo' && later.late === null),
  );
};

test('what a log says of its trials is what its events say one by one', () => {
  const { log, sessions } = deskTables(storage);
  fc.assert(
    fc.property(arrivals, (list) => {
      storage.transaction(() => {
        const [own, other] = [addSession(), addSession(b)];
        const open = (session: number): number[] =>
          sittings.map(({ medium, openedAt }, n) => log.ensureSitting(session, `s${n}`, { medium, openedAt, screen }));
        const ids = [open(own), open(other)];
        const stored: Stored[] = [];
        list.forEach(({ sitting, trial, what, choice, shownMs, lasts, late }, seq) => {
          const event = {
            seq,
            trial,
            kind: what as TrialEvent['kind'],
            choice: what === 'answer' ? choice : null,
            shownMs,
            atMs: shownMs + lasts,
          };
          const id = ids[0]?.[sitting] ?? 0;
          const before = deskTables(storage).log.readTrialBefore(own, trial, id);
          const mine = stored.filter((one) => one.trial === trial && one.sitting === sitting);
          expect(before).toEqual({
            choice: choiceOf(stored, trial),
            ranOut:
              mine.some((one) => one.late === 'image') ||
              (ranOut(stored, trial, false) && choiceOf(stored, trial) === null),
            lastMs: mine.length === 0 ? null : Math.max(...mine.map(({ atMs }) => atMs)),
          });
          expect(log.add(own, id, event, 5000 + seq, late)).toBe('added');
          // The neighbor answers every trial with 2 and undoes nothing.
          const beside = { seq, trial, kind: 'answer', choice: 2, shownMs: 0, atMs: 9 } as const;
          expect(log.add(other, ids[1]?.[sitting] ?? 0, beside, 1)).toBe('added');
          const { medium, openedAt } = sittings[sitting] ?? sittings[0];
          stored.push({ ...event, sitting, sittingAt: medium === 'kit' ? openedAt : 0, late });
        });
        const trials = [0, 1, 2, 3];
        const choices = trials.map((trial) => choiceOf(stored, trial));
        expect(trials.map((trial) => log.choice(own, trial))).toEqual(choices);
        expect(log.choices(own, 4)).toEqual(choices);
        expect(sessions.get(own)).toMatchObject({
          answered: choices.filter((choice) => choice !== null).length,
          atTrial: list.at(-1)?.trial ?? null,
          lastSeenAt: list.length === 0 ? null : 4999 + list.length,
        });
        expect(log.timedOutTrials(own)).toEqual(
          trials.filter((trial) => ranOut(stored, trial, true) && choiceOf(stored, trial) === null),
        );
        expect(log.timedOutTrials(other)).toEqual([]);
        const latest = trials.flatMap((trial) => {
          const all = counted(stored, trial);
          const last = all.findLast(({ kind }) => kind !== 'timeout') ?? all.at(-1);
          if (!last) return [];
          const responseMs = Math.round((last.atMs - last.shownMs) * 10) / 10;
          return [{ trial, choice: last.choice, responseMs, sittingAt: last.kind === 'timeout' ? 0 : last.sittingAt }];
        });
        expect(log.latestChoices(own).sort((x, y) => x.trial - y.trial)).toEqual(latest);
        for (const trial of trials) {
          const all = counted(stored, trial);
          const shown = all.filter(
            ({ kind }, index) =>
              kind !== 'timeout' ||
              (all.slice(0, index).findLast((one) => one.kind !== 'timeout')?.choice ?? null) === null,
          );
          expect(log.trialEvents(own, trial)).toEqual(
            shown.map(({ kind, choice, shownMs, atMs, sitting }) => ({
              kind,
              choice,
              shownMs,
              atMs,
              medium: sittings[sitting]?.medium,
              openedAt: sittings[sitting]?.openedAt,
            })),
          );
        }
        expect(log.events(own).map(({ seq, late, sittingId }) => [seq, late, sittingId])).toEqual(
          inOrder(stored).map(({ seq, late, sitting }) => [seq, late, ids[0]?.[sitting]]),
        );
        const moments = log.sittingMoments(own);
        expect(moments.map(({ moments: of }) => of.map(({ atMs }) => atMs))).toEqual(
          sittings.map((_, sitting) => {
            const all = stored.filter((one) => one.sitting === sitting);
            return all.length === 0 ? [] : [all[0]?.atMs, all.at(-1)?.atMs];
          }),
        );
      });
    }),
    { numRuns: 60 },
  );
});

describe('the log', () => {
  const answer = (seq: number, trial: number, choice = 1): TrialEvent => ({
    seq,
    trial,
    kind: 'answer',
    choice,
    shownMs: seq * 10,
    atMs: seq * 10 + 5,
  });

  test('an event is stored once; another one of its number is a conflict', () => {
    const { log } = deskTables(storage);
    const session = addSession();
    const sitting = log.ensureSitting(session, 's', { medium: 'screen', openedAt: 1, openedMs: 2.5, screen });
    const second = log.ensureSitting(session, 't', { medium: 'kit', openedAt: 3, claimedAt: 77, screen });
    expect(log.add(session, sitting, answer(1, 1), 10)).toBe('added');
    expect(log.add(session, sitting, answer(1, 1), 11)).toBe('known');
    expect(log.add(session, second, answer(1, 1), 12)).toBe('added');
    const changes = [{ trial: 2 }, { choice: 2 }, { kind: 'undo' as const }, { shownMs: 9 }, { atMs: 16 }];
    for (const change of changes) {
      expect(log.add(session, sitting, { ...answer(1, 1), ...change }, 13)).toBe('conflict');
    }
    expect(log.findEvent(sitting, 1)).toEqual({
      kind: 'answer',
      trial: 1,
      choice: 1,
      shownMs: 10,
      atMs: 15,
      late: null,
    });
    expect([log.findEvent(sitting, 2), log.findEvent(second, 0)]).toEqual([undefined, undefined]);
    expect(log.events(session).map(({ storedAt }) => storedAt)).toEqual([10, 12]);
    expect(storage.labeling.sessions.get(session)?.answered).toBe(1);
    expect(log.sittings(session)).toEqual([
      {
        id: sitting,
        sessionId: session,
        key: 's',
        medium: 'screen',
        openedAt: 1,
        openedMs: 2.5,
        claimedAt: null,
        screen,
      },
      { id: second, sessionId: session, key: 't', medium: 'kit', openedAt: 3, openedMs: null, claimedAt: 77, screen },
    ]);
    expect(log.trialEvents(session, 1).map(({ openedAt }) => openedAt)).toEqual([1 - 3, 3]);
  });

  test('sittings and notes are of one session, in order', () => {
    const { log } = deskTables(storage);
    const [own, other] = [addSession(), addSession()];
    const about = { medium: 'screen', openedAt: 1, screen } as const;
    const [first, second] = [log.ensureSitting(own, 'x', about), log.ensureSitting(own, 'y', about)];
    const beside = log.ensureSitting(other, 'x', about);
    expect(log.ensureSitting(own, 'x', about)).toBe(first);
    expect([log.sittingId(own, 'y'), log.sittingId(other, 'x'), log.sittingId(other, 'y')]).toEqual([
      ...[second, beside, undefined],
    ]);
    const note = (seq: number, atMs: number) => ({ seq, kind: 'focus-lost' as const, trial: 1, atMs });
    expect(log.addNote(own, second, note(1, 50), 1)).toBe(true);
    expect(log.addNote(own, first, note(2, 40), 1)).toBe(true);
    expect(log.addNote(own, first, note(3, 30), 1)).toBe(true);
    expect(log.addNote(own, first, note(1, 30), 1)).toBe(true);
    expect(log.addNote(own, first, note(1, 99), 1)).toBe(false);
    log.addNote(other, beside, note(1, 7), 1);
    expect(log.notes(own).map(({ sittingId, seq, atMs }) => [sittingId, seq, atMs])).toEqual([
      [first, 1, 30],
      [first, 3, 30],
      [first, 2, 40],
      [second, 1, 50],
    ]);
    log.add(own, first, answer(9, 1), 5);
    log.add(own, first, answer(4, 1), 5);
    log.add(own, first, answer(6, 1), 5);
    expect(log.sittingMoments(own)).toMatchObject([
      { id: first, key: 'x', openedAt: 1, openedMs: null, moments: [{ atMs: 45 }, { atMs: 95 }, {}, {}, {}] },
      { id: second, key: 'y', moments: [{ kind: 'focus-lost', atMs: 50 }] },
    ]);
    // A response is never deleted; a session that was only looked at leaves nothing.
    expect(() => log.deleteSittings(own)).toThrow('never deleted');
    const looked = addSession();
    log.addNote(looked, log.ensureSitting(looked, 'x', about), note(1, 1), 1);
    log.deleteSittings(looked);
    expect([log.sittings(looked), log.notes(looked)]).toEqual([[], []]);
    expect([log.sittings(own).length, log.notes(other).length]).toEqual([2, 1]);
  });
});

describe('plans', () => {
  test('a plan has a version, and each of its texts its own', () => {
    const { plans } = deskTables(storage);
    const [own, other] = ['plans', 'others'].map((name) => storage.studies.put(name, { ...study(), name }, 1)) as [
      number,
      number,
    ];
    const save = (change: object, now: number) => plans.save(own, plan(change), now);
    const first = save({}, 1);
    expect(first).toMatchObject({ studyId: own, version: 1, savedAt: 1 });
    expect(first.texts).toEqual({ question: 1, labels: 1, instructions: 1, consent: 1 });
    expect(save({}, 2)).toEqual(first);
    expect(save({ question: 'Which?' }, 3).texts).toEqual({ question: 2, labels: 1, instructions: 1, consent: 1 });
    expect(save({ question: 'Which?', cannotTell: 'No' }, 4).texts.labels).toBe(2);
    expect(save({ question: 'Which?', cannotTell: 'No', consent: 'Yes' }, 5)).toMatchObject({
      version: 4,
      texts: { question: 2, labels: 2, instructions: 1, consent: 2 },
    });
    plans.save(other, plan(), 6);
    expect(plans.newest(own)?.version).toBe(4);
    expect(plans.newest(other)?.version).toBe(1);
    expect(plans.ofStudy(own).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    expect(plans.get(first.id)).toEqual(first);
    expect([plans.newest(9999), plans.get(9999)]).toEqual([undefined, undefined]);
  });
});
