import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  remainingMs,
  momentAfterWork,
  workedPerSitting,
  workedMs,
  type ClockMoment,
} from '../../../main/domain/labeling/time-limits.ts';

const at = (kind: string, atMs: number): ClockMoment => ({ kind, atMs });

test('from the first image to the last entry, without breaks', () => {
  const answer = { kind: 'answer', shownMs: 1500, atMs: 2000 };
  expect(workedMs([])).toBe(0);
  expect(workedMs([at('focus-lost', 500)])).toBe(0);
  expect(workedMs([at('focus-lost', 500), at('work-began', 1000), answer])).toBe(1000);
  // Sittings of earlier versions have no note of their beginning.
  expect(workedMs([at('focus-lost', 500), answer, at('review', 2600)])).toBe(1100);
  const pause = [at('break-began', 3000), at('focus-lost', 9000), at('break-ended', 60_000)];
  expect(workedMs([at('work-began', 1000), answer, ...pause])).toBe(2000);
  expect(workedMs([at('work-began', 1000), answer, ...pause, at('working', 61_000)])).toBe(3000);
  // Cut off in the break: what came after its beginning does not count.
  expect(workedMs([at('work-began', 1000), answer, ...pause.slice(0, 2)])).toBe(2000);
});

test('what is left is never below nothing, and there is no end without a limit', () => {
  expect(remainingMs(null, [5])).toBeNull();
  expect(remainingMs(1, [])).toBe(60_000);
  expect(remainingMs(1, [20_000, 15_000.5])).toBe(24_999.5);
  expect(remainingMs(1, [50_000, 20_000])).toBe(0);
});

/** A sitting as a page writes it: steps of work, breaks between some of them. */
const sitting = fc
  .array(fc.record({ kind: fc.constantFrom('answer', 'undo', 'working', 'focus-lost', 'break'), ms: fc.nat(90_000) }), {
    maxLength: 40,
  })
  .map((steps) => {
    const moments = [at('work-began', 0)];
    let [now, worked] = [0, 0];
    for (const { kind, ms } of steps) {
      if (kind === 'break') {
        moments.push(at('break-began', now), at('break-ended', now + ms));
      } else {
        moments.push(kind === 'answer' ? { kind, shownMs: now, atMs: now + ms } : at(kind, now + ms));
        worked += ms;
      }
      now += ms;
    }
    return { moments, worked };
  });

test('work counts and breaks do not, whatever the order of the entries and the beginning of the clock', () => {
  fc.assert(
    fc.property(sitting, fc.nat(1e9), ({ moments, worked }, start) => {
      expect(workedMs(moments)).toBe(worked);
      const shifted = moments.map(({ shownMs, atMs, kind }) => ({
        ...{ kind, atMs: atMs + start },
        ...(shownMs === undefined ? {} : { shownMs: shownMs + start }),
      }));
      expect(workedMs(shifted)).toBe(worked);
      expect(workedMs(moments.filter(({ kind }) => !kind.startsWith('break')).toReversed())).toBeGreaterThanOrEqual(
        worked,
      );
    }),
  );
});

test('a sitting that is cut off anywhere counts no more than the whole, and what comes after adds to it', () => {
  fc.assert(
    fc.property(sitting, fc.nat(60), ({ moments, worked }, cut) => {
      const before = workedMs(moments.slice(0, cut + 1));
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThanOrEqual(worked);
      expect(workedMs(moments.slice(0, cut + 2))).toBeGreaterThanOrEqual(before);
    }),
  );
});

test('sittings add up: the time that is left falls by what each worked', () => {
  fc.assert(
    fc.property(fc.array(sitting, { maxLength: 6 }), fc.integer({ min: 1, max: 1440 }), (sittings, minutes) => {
      const total = sittings.reduce((sum, { worked }) => sum + worked, 0);
      const left = remainingMs(
        minutes,
        sittings.map(({ moments }) => workedMs(moments)),
      );
      expect(left).toBe(Math.max(0, minutes * 60_000 - total));
    }),
  );
});

test('the moment at which a time is spent, without breaks', () => {
  const moments = [at('work-began', 1000), at('break-began', 3000), at('break-ended', 9000), at('working', 12_000)];
  expect(momentAfterWork(moments, 500)).toBe(1500);
  expect(momentAfterWork(moments, 2500)).toBe(9500);
  expect(momentAfterWork(moments, 5000)).toBeNull();
  expect(momentAfterWork(moments, -1)).toBe(1000);
  expect(momentAfterWork([], 0)).toBeNull();
});

test('windows that were open at once count once; a clock that was set makes no windows of sittings', () => {
  const open = (openedAt: number, openedMs: number | null, shared: boolean) => ({
    ...{ openedAt, openedMs },
    moments: [at('work-began', 5000), ...(shared ? [at('second-window', 5001)] : []), at('working', 65_000)],
  });
  expect(workedPerSitting([open(0, 0, true), open(20_000, 0, true)])).toEqual([60_000, 20_000]);
  // One of two has crashed before it could say so, and its own clock began elsewhere.
  expect(workedPerSitting([open(0, 0, false), open(25_000, 5000, true), open(30_000, 10_000, true)])).toEqual([
    ...[60_000, 20_000, 0],
  ]);
  expect(workedPerSitting([open(0, 0, false), open(20_000, 0, false)])).toEqual([60_000, 60_000]);
  expect(workedPerSitting([open(0, null, true), open(20_000, null, true)])).toEqual([60_000, 60_000]);
});

test('times side by side are never more than their sum, nor less than the longest', () => {
  const window = fc.record({
    openedAt: fc.nat(1e6),
    openedMs: fc.nat(1e6),
    moments: sitting.map(({ moments }) => moments),
  });
  fc.assert(
    fc.property(fc.array(window, { maxLength: 6 }), (windows) => {
      const shared = windows.map((one) => ({ ...one, moments: [...one.moments, at('second-window', 0)] }));
      const alone = shared.map(({ moments }) => workedMs(moments));
      const once = workedPerSitting(shared).reduce((sum, ms) => sum + ms, 0);
      expect(once).toBeLessThanOrEqual(alone.reduce((sum, ms) => sum + ms, 0) + 1e-3);
      expect(once).toBeGreaterThanOrEqual(Math.max(0, ...alone) - 1e-3);
    }),
  );
});
