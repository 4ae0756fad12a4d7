import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  acceptPaper,
  enterPaper,
  paperConsent,
  paperSheet,
  paperState,
} from '../../../main/contributions/offline/paper.ts';
import { reopenSession } from '../../../main/contributions/desk/sessions.ts';
import { code, start, withSession } from '../desk/services/session-helper.ts';

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
