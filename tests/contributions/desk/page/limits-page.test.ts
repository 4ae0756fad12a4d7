import { expect, test } from 'vitest';
import { pageOf } from './page-of.ts';

const six = { trials: 6, grid: { columns: 3, rows: 2 } };
const images = (imageSeconds: number) => ({ ...six, timeLimit: { imageSeconds, sessionMinutes: null } });
const session = (leftMs: number, sessionMinutes = 2) => ({
  ...six,
  leftMs,
  timeLimit: { imageSeconds: null, sessionMinutes },
});

test('all visits to an image add up to its time, and none counts while the page is held', async () => {
  const it = await pageOf(images(10), {}, { onLeave: async () => undefined });
  await it.start();
  await it.page.pass(3000, 1);
  await it.page.click('Researcher');
  await it.page.pass(60_000);
  await it.page.press('1');
  await it.page.click('Back');
  await it.page.pass(1000, 1);
  await it.page.press('ArrowRight');
  await it.page.pass(3000, 1);
  await it.page.press('ArrowLeft');
  await it.page.pass(5999, 1);
  expect([it.events(), it.focus()]).toEqual([[], 0]);
  await it.page.pass(1);
  expect([it.events(), it.focus()]).toEqual([['0 timeout'], 1]);
  await it.page.pass(6999, 1);
  expect(it.events()).toEqual(['0 timeout']);
  await it.page.pass(1);
  expect([it.events(), it.focus()]).toEqual([['0 timeout', '1 timeout'], 2]);
});

test('an answer in the last millisecond counts, and a key after the time is none though it comes before the page knows', async () => {
  const it = await pageOf(images(2));
  await it.start();
  const began = performance.now();
  await it.page.press('1', { timeStamp: began + 2000.5 });
  expect(it.events()).toEqual([]);
  await it.page.press('1', { timeStamp: began + 2000 });
  expect([it.events(), it.focus()]).toEqual([['0=0'], 1]);
});

test('an answer that was taken back has the time that was left, from the key on', async () => {
  const it = await pageOf(images(5));
  await it.start();
  await it.page.pass(1000, 1);
  await it.page.press('1');
  await it.page.pass(500, 1);
  await it.page.press('Backspace');
  await it.page.pass(3999, 1);
  expect(it.events()).toEqual(['0=0', '0=']);
  await it.page.pass(1);
  expect(it.events()).toEqual(['0=0', '0=', '0 timeout']);
  // The next image had half a second of its five.
  await it.page.pass(4499, 1);
  expect(it.events()).toHaveLength(3);
  await it.page.pass(1);
  expect(it.events().slice(3)).toEqual(['1 timeout']);
});

test('a timeout that comes while an answer is being stored is tried again', async () => {
  let allow = (): void => undefined;
  const held: string[] = [];
  const it = await pageOf(images(1), {
    addEvents: (events) =>
      new Promise((resolve) => {
        held.push(...events.map(({ trial, kind }) => `${trial} ${kind}`));
        allow = resolve;
      }),
  });
  await it.start();
  await it.page.pass(500, 1);
  await it.page.press('1');
  await it.page.press('ArrowRight');
  await it.page.pass(1100);
  expect(held).toEqual(['0 answer']);
  await it.page.do(() => allow());
  await it.page.pass(200);
  expect(held).toEqual(['0 answer', '1 timeout']);
});

test('the minutes of a session are rounded up; its end is stored once, and no later key counts', async () => {
  let ends = 0;
  const it = await pageOf(session(61_000), { timeUp: async () => void ends++ });
  await it.start();
  const began = performance.now();
  expect(it.page.withRole('timer')).toEqual(['About 2 minutes left']);
  expect(it.stored).toEqual([{ kind: 'work-began', trial: null, choice: null, shownMs: null, atMs: began }]);
  await it.page.pass(900);
  expect(it.page.withRole('timer')).toEqual(['About 2 minutes left']);
  await it.page.pass(350);
  expect(it.page.withRole('timer')).toEqual(['Less than a minute left']);
  await it.page.pass(18_740);
  expect(it.notes()).toEqual(['work-began']);
  await it.page.pass(10);
  expect(it.notes()).toEqual(['work-began', 'working']);
  await it.page.pass(40_000);
  expect(it.notes()).toEqual(['work-began', 'working', 'working', 'working']);
  await it.page.pass(990);
  await it.page.press('1', { timeStamp: began + 60_999 });
  expect([it.events(), ends]).toEqual([['0=0'], 0]);
  await it.page.press('2', { timeStamp: began + 61_000 });
  expect(it.events()).toEqual(['0=0']);
  await it.page.pass(10);
  expect([it.notes().at(-1), ends]).toEqual(['time-up', 1]);
  expect(it.page.text).toContain('The time is up. You are done.');
  await it.page.pass(60_000);
  expect([it.notes().length, ends]).toEqual([5, 1]);
});

test('a clock that is not watched ends a session within a quarter of a second', async () => {
  const it = await pageOf(session(1000));
  await it.start();
  await it.page.pass(990);
  expect(it.notes()).toEqual(['work-began']);
  await it.page.pass(10);
  expect(it.notes()).toEqual(['work-began', 'time-up']);
});

test('taking an answer back after the end is no undo', async () => {
  const it = await pageOf({ ...session(1005), answers: [2, null, null, null, null, null] });
  await it.start('Continue');
  await it.page.pass(1004, 1);
  expect(it.notes()).toEqual(['work-began']);
  await it.page.pass(1);
  await it.page.press('Backspace');
  expect([it.events(), it.notes()]).toEqual([[], ['work-began', 'time-up']]);
});

test('time stands still in breaks, in which no sign of work is stored', async () => {
  const it = await pageOf({ ...session(30_000), breaks: [1] });
  await it.start();
  await it.page.pass(10_000);
  await it.page.press('1');
  expect(it.page.text).toContain('The time stops until you continue.');
  await it.page.pass(100_000);
  expect(it.notes()).toEqual(['work-began', 'break-began']);
  expect(it.page.text).toContain('Time for a break');
  await it.page.click('Continue');
  await it.page.pass(19_500);
  expect(it.notes().filter((kind) => kind !== 'working')).toEqual(['work-began', 'break-began', 'break-ended']);
  expect(it.page.withRole('timer')).toEqual(['Less than a minute left']);
  await it.page.pass(750);
  expect(it.notes().at(-1)).toBe('time-up');
});

test('without a limit there is no clock', async () => {
  const it = await pageOf(six);
  await it.start();
  await it.page.pass(60_000);
  expect([it.page.withRole('timer'), it.stored]).toEqual([[], []]);
});
