import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { Sitting } from '../../../../renderer/contributions/desk/page/sitting.ts';

const never = (): Promise<never> => new Promise(() => undefined);

/** Where a sitting stores, in memory; while `refusals` is above 0, it refuses. */
class Shelf {
  readonly session = 't';
  readonly stored: (TrialEvent | SessionNote | string)[] = [];
  readonly attempts: number[] = [];
  refusals = 0;
  open = never;
  images = never;
  consent = never;
  checkPin = never;
  addEvents = (events: readonly TrialEvent[]): Promise<void> => this.#keep(...events);
  addNotes = (notes: readonly SessionNote[]): Promise<void> => this.#keep(...notes);
  finish = (leaveBlank: boolean): Promise<void> => this.#keep(`finished ${leaveBlank}`);
  timeUp = (): Promise<void> => this.#keep('time up');

  async #keep(...entries: (TrialEvent | SessionNote | string)[]): Promise<void> {
    this.attempts.push(performance.now());
    if (this.refusals-- > 0) throw new Error('no room');
    this.stored.push(...entries);
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const answer = { trial: 3, kind: 'answer' as const, choice: 0, shownMs: 100 };
const agree = (): boolean => true;

function begun() {
  const shelf = new Shelf();
  const troubles: boolean[] = [];
  return { shelf, troubles, sitting: new Sitting(shelf, (isTrouble) => troubles.push(isTrouble)) };
}

test('events and notes are numbered as they come, each with its own time, never before its image', async () => {
  const { shelf, sitting, troubles } = begun();
  await vi.advanceTimersByTimeAsync(700);
  await Promise.all([
    sitting.note('review', null, 20),
    sitting.add(answer, 250),
    sitting.note('hidden', 3),
    sitting.add({ ...answer, kind: 'undo', choice: null }, 99),
  ]);
  expect(shelf.stored).toEqual([
    { seq: 0, kind: 'review', trial: null, atMs: 20 },
    { ...answer, seq: 1, atMs: 250 },
    { seq: 2, kind: 'hidden', trial: 3, atMs: 700 },
    { ...answer, kind: 'undo', choice: null, seq: 3, atMs: 100 },
  ]);
  expect(troubles).toEqual([]);
  sitting.close();
});

test('what is refused is tried again every 400 ms with the same number, and what follows waits for it', async () => {
  const { shelf, sitting, troubles } = begun();
  shelf.refusals = 2;
  const [first, second] = [sitting.add(answer, 100), sitting.note('focus-lost', null, 150)];
  await vi.advanceTimersByTimeAsync(0);
  expect(troubles).toEqual([true]);
  await vi.advanceTimersByTimeAsync(799);
  expect(shelf.stored).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await Promise.all([first, second, Sitting.stored()]);
  expect(troubles).toEqual([true, true, false]);
  expect(shelf.attempts).toEqual([0, 400, 800, 800]);
  expect(shelf.stored).toMatchObject([{ seq: 0 }, { seq: 1 }]);
  sitting.close();
});

test('a page that closes stops trying; what all pages had to store until then is what is waited for', async () => {
  const { shelf, sitting } = begun();
  shelf.refusals = 1000;
  const lost = sitting.add(answer, 100);
  lost.catch(() => undefined);
  let isStored = false;
  void Sitting.stored().then(() => {
    isStored = true;
  });
  await vi.advanceTimersByTimeAsync(900);
  expect(isStored).toBe(false);
  sitting.close();
  await vi.advanceTimersByTimeAsync(400);
  await expect(lost).rejects.toThrow('closed');
  expect(isStored).toBe(true);
  await Sitting.stored();
  expect(shelf.attempts).toEqual([0, 400, 800]);
});

test('a session ends once everything is stored and the person still agrees', async () => {
  const { shelf, sitting } = begun();
  shelf.refusals = 1;
  const stored = sitting.add(answer, 100);
  const asked: number[] = [];
  const ended = sitting.finish(true, () => {
    asked.push(shelf.stored.length);
    return true;
  });
  await vi.advanceTimersByTimeAsync(400);
  expect(await ended).toBe(true);
  await stored;
  expect(asked).toEqual([1]);
  expect(shelf.stored).toEqual([{ ...answer, seq: 0, atMs: 100 }, 'finished true']);
  // Its time is up afterwards: it stays finished.
  await sitting.timeUp();
  expect(shelf.stored).toHaveLength(2);
  sitting.close();
});

test('a person who no longer agrees, or is refused, goes on', async () => {
  const { shelf, sitting, troubles } = begun();
  expect(await sitting.finish(false, () => false)).toBe(false);
  shelf.refusals = 1;
  await expect(sitting.finish(false, agree)).rejects.toThrow('no room');
  expect(troubles).toEqual([]);
  await sitting.add(answer, 100);
  await vi.advanceTimersByTimeAsync(300);
  await sitting.timeUp();
  expect(shelf.stored).toEqual([
    { ...answer, seq: 0, atMs: 100 },
    { seq: 1, kind: 'time-up', trial: null, atMs: 300 },
    'time up',
  ]);
  sitting.close();
});
