import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  clockTolerance,
  isImageLate,
  workedInOtherSittings,
  remainingMs,
  momentAfterWork,
  workedPerSitting,
  workedMs,
  type ClockMoment,
} from '../../../../main/contributions/desk/analysis/time-limits.ts';

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
        kind,
        atMs: atMs + start,
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
    openedAt,
    openedMs,
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

test('periods that touch are one, and time between sittings is none', () => {
  const of = (from: number, to: number, kind = 'working') => [at('work-began', from), at(kind, to)];
  const window = (openedAt: number, from: number, to: number) => ({
    openedAt,
    openedMs: 0,
    moments: [...of(from, to), at('second-window', from)],
  });
  // 0 to 10 and 10 to 20 s touch; 5 to 15 s adds nothing; 30 to 40 s is apart.
  expect(
    workedPerSitting([
      window(0, 0, 10_000),
      window(10_000, 0, 10_000),
      window(5000, 0, 10_000),
      window(30_000, 0, 10_000),
    ]),
  ).toEqual([10_000, 10_000, 0, 10_000]);
  // The longer one comes first, and what lies within it is no end of it.
  expect(workedPerSitting([window(0, 0, 20_000), window(5000, 0, 5000), window(15_000, 0, 10_000)])).toEqual([
    ...[20_000, 0, 5000],
  ]);
  // Clocks of sittings begin anywhere.
  const shifted = { ...window(0, 100_000, 110_000), openedMs: 100_000 };
  expect(workedPerSitting([window(0, 0, 10_000), shifted])).toEqual([10_000, 0]);
});

test('two breaks, and a moment within the second period', () => {
  const moments = [
    ...[at('work-began', 0), at('break-began', 1000), at('break-ended', 2000), at('working', 2500)],
    ...[at('break-began', 3000), at('break-ended', 9000), at('working', 9500)],
  ];
  expect(workedMs(moments)).toBe(2500);
  expect([0, 1000, 1500, 1999, 2000, 2400, 2500].map((budget) => momentAfterWork(moments, budget))).toEqual([
    ...[0, 2000, 2500, 2999, 9000, 9400, null],
  ]);
});

test('three periods of work with several entries each', () => {
  const moments = [0, 10_000, 20_000].flatMap((start) => [
    ...[
      at(start === 0 ? 'work-began' : 'break-ended', start),
      at('working', start + 1000),
      at('working', start + 3000),
    ],
    at('break-began', start + 4000),
  ]);
  expect(workedMs(moments)).toBe(12_000);
  expect(momentAfterWork(moments, 11_000)).toBe(23_000);
  const window = { openedAt: 0, openedMs: 0, moments: [...moments, at('second-window', 0)] };
  expect(workedPerSitting([window, { ...window, openedAt: 2000 }])).toEqual([12_000, 6000]);
});

test('a page knows the work of sittings that ended before it was opened, and of no other window', () => {
  const other = (openedAt: number, openedMs: number | null, ...kinds: string[]) => ({
    openedAt,
    openedMs,
    moments: [at('work-began', 1000), ...kinds.map((kind) => at(kind, 2000)), at('working', 11_000)],
  });
  const page = { openedAt: 100_000 };
  expect(workedInOtherSittings(page, [])).toBe(0);
  expect(workedInOtherSittings(page, [other(0, 0), other(50_000, 0)])).toBe(20_000);
  expect(workedInOtherSittings(page, [other(0, 0, 'second-window'), other(0, 0)])).toBe(10_000);
  // It ends at 11 s of its clock: exactly when the page was opened, and a millisecond later.
  expect(workedInOtherSittings(page, [other(89_000, 0)])).toBe(10_000);
  expect(workedInOtherSittings(page, [other(89_001, 0)])).toBe(0);
  expect(workedInOtherSittings(page, [other(94_000, 5000), other(94_001, 5000)])).toBe(10_000);
  expect(workedInOtherSittings(page, [other(500_000, null)])).toBe(10_000);
});

const event = (kind: 'answer' | 'undo' | 'timeout', shownMs: number, atMs: number) => ({
  seq: 0,
  trial: 0,
  kind,
  shownMs,
  atMs,
  choice: kind === 'answer' ? 1 : null,
});
const fresh = { choice: null, ranOut: false, lastMs: null };

test('an answer is late after the limit of its image and the tolerance, counted from the last event', () => {
  expect(clockTolerance).toBe(1000);
  expect(isImageLate(event('answer', 500, 999_999), fresh, null)).toBe(false);
  expect(isImageLate(event('answer', 500, 3500), fresh, 2)).toBe(false);
  expect(isImageLate(event('answer', 500, 3501), fresh, 2)).toBe(true);
  expect(isImageLate(event('answer', 0, 3001), fresh, 2)).toBe(true);
  expect(isImageLate(event('answer', 500, 4000), { ...fresh, lastMs: 1000 }, 2)).toBe(false);
  expect(isImageLate(event('answer', 500, 4001), { ...fresh, lastMs: 1000 }, 2)).toBe(true);
  expect(isImageLate(event('answer', 2000, 5000), { ...fresh, lastMs: 1000 }, 2)).toBe(false);
});

test('the limit ends with the first answer, and a timeout does not undo one', () => {
  const answered = { ...fresh, choice: 0 };
  expect(isImageLate(event('answer', 0, 90_000), answered, 2)).toBe(false);
  expect(isImageLate(event('undo', 0, 90_000), fresh, 2)).toBe(false);
  expect(isImageLate(event('timeout', 0, 2000), fresh, 2)).toBe(false);
  expect(isImageLate(event('timeout', 0, 2000), answered, 2)).toBe(true);
  expect(isImageLate(event('answer', 0, 10), { ...fresh, ranOut: true }, 2)).toBe(true);
  expect(isImageLate(event('undo', 0, 10), { ...fresh, ranOut: true }, 2)).toBe(true);
});
