import { expect, test } from 'vitest';
import { pageOf } from './page-of.ts';

const single = { mode: 'single' as const, trials: 4 };
/** Milliseconds between two frames of the small page, which draws an image two frames after it is there. */
const frameMs = 16;

test('an answer counts from the frame that shows its image, and none counts before', async () => {
  const it = await pageOf({ ...single, fixationMs: 500 });
  await it.start();
  const cross = () => it.page.all('span').filter((one) => one.getAttribute('class') === 'desk-cross').length;
  expect([cross(), it.page.images]).toEqual([1, []]);
  await it.page.press('1');
  await it.page.pass(499);
  expect(cross()).toBe(1);
  await it.page.pass(1);
  expect([cross(), it.page.images]).toEqual([0, ['Image 1']]);
  expect(it.page.buttons).not.toContain('Zero1');
  await it.page.press('1');
  await it.page.pass(2 * frameMs);
  expect(it.page.buttons).toContain('Zero1');
  const now = performance.now();
  const shown = now - (now % frameMs);
  expect(it.stored).toEqual([]);
  await it.page.pass(300);
  // It was pressed before the image was painted, and comes late.
  await it.page.press('1', { timeStamp: shown - 1 });
  expect(it.stored).toEqual([]);
  await it.page.press('2');
  expect(it.stored).toEqual([{ kind: 'answer', trial: 0, choice: 1, shownMs: shown, atMs: now + 300 }]);
  expect(cross()).toBe(1);
});

test('a key in the very frame of its image counts', async () => {
  const it = await pageOf(single);
  await it.start();
  await it.page.pass(3 * frameMs);
  const shown = it.page.images;
  expect(shown).toEqual(['Image 1']);
  await it.page.press('3');
  const [event] = it.stored;
  await it.page.pass(3 * frameMs);
  await it.page.press('1', { timeStamp: 0 });
  expect(it.events()).toEqual(['0=2']);
  expect(event?.shownMs).toBeLessThanOrEqual(event?.atMs ?? 0);
  expect((event?.shownMs ?? 1) % frameMs).toBe(0);
});

test('Backspace takes the last answer back once, however long it is held; before the first there is none', async () => {
  const it = await pageOf(single);
  await it.start();
  await it.page.pass(50);
  expect(await it.page.press('Backspace')).toBe(true);
  expect(await it.page.press('x')).toBe(false);
  expect(it.stored).toEqual([]);
  await it.page.press('1');
  await it.page.pass(50);
  expect(await it.page.press('2', { repeat: true })).toBe(false);
  await it.page.press('2');
  await it.page.pass(50);
  await it.page.press('Backspace');
  expect(await it.page.press('Backspace', { repeat: true })).toBe(false);
  expect([it.events(), it.page.images]).toEqual([['0=0', '1=1', '1='], ['Image 2']]);
  expect(it.stored.at(-1)?.shownMs).toBe(it.stored.at(-1)?.atMs);
  await it.page.press('Backspace');
  expect([it.events().slice(3), it.page.images]).toEqual([['0='], ['Image 1']]);
  await it.page.pass(50);
  await it.page.press('Backspace');
  expect(it.events()).toHaveLength(4);
});

test('a first key that was pressed before the image appeared is forgotten', async () => {
  const options = ['ca', 'co', 'd'].map((key, choice) => ({ choice, name: `class ${choice}`, key }));
  const it = await pageOf({ ...single, options });
  await it.start();
  await it.page.press('c');
  await it.page.pass(50);
  await it.page.press('a');
  expect(it.events()).toEqual([]);
  await it.page.press('c');
  expect(it.page.withRole('status')[0]).toContain('Now press the second key');
  const next = it.page.all('button').map((one) => one.getAttribute('data-next'));
  expect(next.slice(0, 3)).toEqual(['true', 'true', null]);
  await it.page.press('Backspace');
  await it.page.press('o');
  expect(it.events()).toEqual([]);
  await it.page.press('c');
  await it.page.press('o');
  expect(it.events()).toEqual(['0=1']);
});

test('an image has its time from its frame; then it stays without an answer', async () => {
  const it = await pageOf({ ...single, fixationMs: 100, timeLimit: { imageSeconds: 2, sessionMinutes: null } });
  await it.start();
  for (let ms = 0; ms < 200 && !it.page.buttons.includes('Zero1'); ms++) await it.page.pass(1);
  const shown = performance.now();
  expect(shown % frameMs).toBe(0);
  await it.page.pass(1999);
  expect(it.stored).toEqual([]);
  await it.page.pass(1);
  expect(it.stored).toEqual([{ kind: 'timeout', trial: 0, choice: null, shownMs: shown, atMs: shown + 2000 }]);
  await it.page.pass(150);
  expect(it.page.images).toEqual(['Image 2']);
  // Not back to it: there is nothing to take back.
  await it.page.press('Backspace');
  expect(it.page.images).toEqual(['Image 2']);
});

test('an image is drawn as its trial is, and a break comes before its block', async () => {
  const it = await pageOf({ ...single, breaks: [2], interpolation: 'smooth' });
  await it.start();
  for (const [trial, key] of [
    [0, '1'],
    [1, '2'],
  ] as const) {
    await it.page.pass(50);
    const [canvas] = it.page.all('canvas');
    const gray = trial + 1;
    expect(canvas?.getAttribute('data-drawn')).toBe(new Array(16).fill(`${gray} ${gray} ${gray} 255`).join(' '));
    expect(canvas?.getAttribute('data-drawn-at')).toBe('0 0');
    expect(canvas?.getAttribute('data-smooth')).toBe('true');
    await it.page.press(key);
  }
  expect(it.page.text).toContain('Time for a break');
  expect(it.notes()).toEqual(['break-began']);
  await it.page.pass(5000);
  await it.page.press('1');
  await it.page.click('Continue');
  expect([it.events(), it.notes()]).toEqual([
    ['0=0', '1=1'],
    ['break-began', 'break-ended'],
  ]);
  expect(it.stored.at(-1)?.trial).toBe(2);
  await it.page.pass(50);
  expect(it.page.images).toEqual(['Image 3']);
});
