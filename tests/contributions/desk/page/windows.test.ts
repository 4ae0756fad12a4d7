import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hasStrayed, markStrayed, watchWindows } from '../../../../renderer/contributions/desk/page/kiosk.ts';

/** Windows of one browser, whose messages arrive at once. */
class Channel {
  static all: Channel[] = [];
  onmessage: ((message: { data: unknown }) => void) | null = null;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    Channel.all.push(this);
  }

  postMessage(data: unknown): void {
    if (!Channel.all.includes(this)) return;
    for (const each of [...Channel.all]) if (each !== this && each.#name === this.#name) each.onmessage?.({ data });
  }

  close(): void {
    Channel.all = Channel.all.filter((each) => each !== this);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Channel.all = [];
  vi.stubGlobal('BroadcastChannel', Channel);
  vi.stubGlobal('window', new EventTarget());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Watches in one more window; `has` is the last that it was told. */
function open(name = 'a') {
  const told: boolean[] = [];
  const close = watchWindows(name, (hasOthers) => told.push(hasOthers));
  return { close, told, has: () => told.at(-1) ?? false };
}

test('windows of one session know each other, and when the last other one closes', () => {
  const first = open();
  expect(first.told).toEqual([]);
  const [second, stranger] = [open(), open('b')];
  expect([first.has(), second.has(), stranger.has()]).toEqual([true, true, false]);
  const third = open();
  expect(third.has()).toBe(true);
  second.close();
  expect(first.has()).toBe(true);
  third.close();
  expect(first.has()).toBe(false);
  first.close();
  expect(Channel.all).toHaveLength(1);
});

test('a window that crashed is missed after a check, which those that are left answer', () => {
  const [first, second, third] = [open(), open(), open()];
  // It says nothing any more, and hears nothing.
  const crash = (channel: Channel | undefined): void => {
    Channel.all = Channel.all.filter((each) => each !== channel);
  };
  crash(Channel.all[1]);
  vi.advanceTimersByTime(2999);
  const before = first.told.length;
  vi.advanceTimersByTime(1);
  // The third one answered.
  expect(first.told.slice(before).every(Boolean)).toBe(true);
  vi.advanceTimersByTime(2000);
  expect([first.has(), third.has()]).toEqual([true, true]);
  crash(Channel.all[1]);
  vi.advanceTimersByTime(1000 + 1999);
  expect(first.has()).toBe(true);
  vi.advanceTimersByTime(1);
  expect(first.has()).toBe(false);
  const after = first.told.length;
  // Alone, it asks nobody.
  vi.advanceTimersByTime(30_000);
  expect(first.told).toHaveLength(after);
  second.close();
  third.close();
  first.close();
});

test('an attempt to leave is remembered until somebody asks', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  expect(hasStrayed()).toBe(false);
  markStrayed();
  expect([hasStrayed(), hasStrayed()]).toEqual([true, false]);
});
