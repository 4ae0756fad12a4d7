import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FolderWatch } from '../../../main/contributions/slurm/executor/folder-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<void>(() => undefined);

/** A watch with how often it told, and how an end of work stands. */
function setUp() {
  const tell = vi.fn();
  const watch = new FolderWatch(1000, tell);
  const ended = (work: Promise<void>) => {
    const state = { is: false };
    void watch.endOf(work).then(() => {
      state.is = true;
    });
    return state;
  };
  return { tell, watch, ended };
}

test('a folder that does not answer for so long is told once, one that answers in time is not', async () => {
  const { tell, watch } = setUp();
  expect(await watch.during(Promise.resolve(7))).toBe(7);
  await expect(watch.during(Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(5000);
  expect(tell).not.toHaveBeenCalled();
  void watch.during(never());
  await vi.advanceTimersByTimeAsync(999);
  expect(tell).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(tell).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(5000);
  expect(tell).toHaveBeenCalledOnce();
});

test('nobody waits for work in a folder that is silent, until it answers again', async () => {
  const { watch, ended } = setUp();
  const answer = Promise.withResolvers<void>();
  void watch.during(answer.promise);
  await vi.advanceTimersByTimeAsync(1000);
  const silent = ended(never());
  await vi.advanceTimersByTimeAsync(0);
  expect([silent.is, vi.getTimerCount()]).toEqual([true, 0]);
  answer.resolve();
  await vi.advanceTimersByTimeAsync(0);
  const waiting = ended(never());
  await vi.advanceTimersByTimeAsync(999);
  expect(waiting.is).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(waiting.is).toBe(true);
});

test('an end waits for its work, or until the folder turns out to be silent', async () => {
  const { watch, ended } = setUp();
  const work = Promise.withResolvers<void>();
  const first = ended(work.promise);
  await vi.advanceTimersByTimeAsync(500);
  expect(first.is).toBe(false);
  work.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect([first.is, vi.getTimerCount()]).toEqual([true, 0]);
  void watch.during(never());
  await vi.advanceTimersByTimeAsync(600);
  const second = ended(never());
  await vi.advanceTimersByTimeAsync(399);
  expect(second.is).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(second.is).toBe(true);
});
