import { expect, test } from 'vitest';
import { isImageLate } from '../../../../main/contributions/desk/analysis/time-limits.ts';
import { limitStart } from '../../../../renderer/contributions/desk/page/time-limits.ts';

test('the time of an image whose answer was taken back in sight counts from that key, as on the host', () => {
  // Seen at 0, answered after 400 ms, taken back at 10 s; that was stored at 12 s.
  const until = limitStart(12_000, 0, 10_000) + 5000 - 400;
  const event = { seq: 2, trial: 0, kind: 'answer' as const, choice: 2, shownMs: 0, atMs: until };
  expect(isImageLate(event, { choice: null, ranOut: false, lastMs: 10_000 }, 5)).toBe(false);
  // It came into sight afterwards, by being taken back; or nothing was taken back.
  expect(limitStart(12_000, 11_900, 10_000)).toBe(12_000);
  expect(limitStart(12_000, 0, undefined)).toBe(12_000);
});
