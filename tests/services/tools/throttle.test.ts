import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from '../../../main/services/tools/throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('tells at once, then once for all that came meanwhile, and nothing after its end', () => {
  const say = vi.fn();
  const sparingly = new Throttle(say, 30_000);
  sparingly.tell();
  expect(say).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 5; i++) sparingly.tell();
  vi.advanceTimersByTime(29_999);
  expect(say).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(say).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(60_000);
  expect(say).toHaveBeenCalledTimes(2);
  sparingly.tell();
  expect(say).toHaveBeenCalledTimes(3);
  sparingly.tell();
  sparingly.close();
  vi.advanceTimersByTime(60_000);
  expect(say).toHaveBeenCalledTimes(3);
});
