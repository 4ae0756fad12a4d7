import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TrialImages } from '../../../../renderer/contributions/desk/page/use-desk.ts';
import { portOf } from './desk-of.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** @param failures how many requests fail first */
function loading(trials: number, failures = 0) {
  const asked: [from: number, count: number, atMs: number][] = [];
  const missing: boolean[] = [];
  let left = failures;
  const began = Date.now();
  const port = portOf({
    images: async (from, count) => {
      asked.push([from, count, Date.now() - began]);
      if (left-- > 0) throw new Error('the program does not answer');
      return new Uint8Array(count);
    },
  });
  const images = new TrialImages(port, trials, { width: 1, height: 1, channels: 1 }, (is) => missing.push(is));
  return { images, asked, missing };
}

test('images come fifty at a time, once each, and none past the last trial', async () => {
  const { images, asked, missing } = loading(120);
  images.prepare(0, 1);
  images.prepare(49, 1);
  expect(asked).toEqual([[0, 50, 0]]);
  images.prepare(49, 2);
  images.prepare(60, 1000);
  images.prepare(110, 50);
  expect(asked.slice(1)).toEqual([
    [50, 50, 0],
    [100, 20, 0],
  ]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(missing).toEqual([]);
  const other = loading(100);
  other.images.prepare(40, 60);
  expect(other.asked.map(([from]) => from)).toEqual([0, 50]);
  const last = loading(100);
  last.images.prepare(99, 200);
  expect(last.asked.map(([from]) => from)).toEqual([50]);
});

test('images that do not come are asked for every second, and the page says so until they come', async () => {
  const { images, asked, missing } = loading(10, 2);
  const leave = images.keepLoading();
  images.prepare(0, 10);
  await vi.advanceTimersByTimeAsync(999);
  expect(missing).toEqual([true]);
  await vi.advanceTimersByTimeAsync(1);
  expect(missing).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(missing).toEqual([true, true, false]);
  expect(asked.map(([, , atMs]) => atMs)).toEqual([0, 1000, 2000]);
  leave();
});

test('a page that closes asks no more and says nothing; one that is back does', async () => {
  const { images, asked, missing } = loading(10, 3);
  images.keepLoading()();
  images.prepare(0, 10);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toHaveLength(1);
  expect(missing).toEqual([]);
  const back = loading(10, 1);
  back.images.keepLoading()();
  back.images.keepLoading();
  back.images.prepare(0, 10);
  await vi.advanceTimersByTimeAsync(1000);
  expect(back.missing).toEqual([true, false]);
  const closing = loading(10, 1);
  const leave = closing.images.keepLoading();
  closing.images.prepare(0, 10);
  await vi.advanceTimersByTimeAsync(500);
  leave();
  await vi.advanceTimersByTimeAsync(5000);
  expect(closing.missing).toEqual([true]);
});
