import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from '../../../main/services/tools/throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('runs at once, then once for all calls in between, and never after it was closed', () => {
  const action = vi.fn();
  const throttle = new Throttle(action, 30_000);
  throttle.trigger();
  expect(action).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 5; i++) throttle.trigger();
  vi.advanceTimersByTime(29_999);
  expect(action).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(60_000);
  expect(action).toHaveBeenCalledTimes(2);
  throttle.trigger();
  expect(action).toHaveBeenCalledTimes(3);
  throttle.trigger();
  throttle.close();
  vi.advanceTimersByTime(60_000);
  expect(action).toHaveBeenCalledTimes(3);
});
