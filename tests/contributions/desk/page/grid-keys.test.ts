import { expect, test } from 'vitest';
import { pageOf } from './page-of.ts';

const nine = { trials: 9, grid: { columns: 3, rows: 2 } };

test('arrows, Home and End lead to images of the page, and to no image before the first or after the last', async () => {
  const it = await pageOf(nine);
  await it.start();
  const at = async (key: string, trial: number) => {
    expect(await it.page.press(key)).toBe(true);
    const label = it.page.all('button').find((one) => one.getAttribute('aria-current') === 'true');
    expect(it.page.all('canvas', label)[0]?.getAttribute('aria-label')).toBe(`Image ${trial + 1}, no answer yet`);
    expect(it.page.lastScrolled).toBe(label);
  };
  await at('ArrowLeft', 0);
  await at('ArrowUp', 0);
  await at('ArrowRight', 1);
  await at('ArrowDown', 4);
  await at('ArrowUp', 1);
  await at('ArrowLeft', 0);
  await at('End', 5);
  // Six images are on the first page, and three on the second.
  await at('ArrowRight', 6);
  expect(it.page.images.slice(0, -1)).toHaveLength(3);
  await at('ArrowDown', 8);
  await at('ArrowDown', 8);
  await at('ArrowRight', 8);
  await at('Home', 6);
  await at('End', 8);
  await at('ArrowUp', 5);
  await at('Home', 0);
  expect(await it.page.press('x')).toBe(false);
  expect(it.stored).toEqual([]);
});

test('a key that is held answers one image, and takes one answer back; arrows that are held go on', async () => {
  const it = await pageOf(nine);
  await it.start();
  await it.page.press('1');
  expect(await it.page.press('1', { repeat: true })).toBe(true);
  await it.page.press('2');
  await it.page.press('2', { repeat: true });
  expect([it.events(), it.focus()]).toEqual([['0=0', '1=1'], 2]);
  await it.page.press('ArrowRight', { repeat: true });
  await it.page.press('ArrowRight', { repeat: true });
  expect(it.focus()).toBe(4);
  await it.page.press('Home');
  await it.page.press('ArrowRight');
  await it.page.press('Backspace');
  expect(await it.page.press('Backspace', { repeat: true })).toBe(false);
  expect([it.events(), it.focus()]).toEqual([['0=0', '1=1', '1='], 1]);
  // An image without an answer: the one before it, which has one, is taken back.
  await it.page.press('Backspace');
  expect([it.events().slice(3), it.focus()]).toEqual([['0='], 0]);
  // Before the first there is none.
  expect(await it.page.press('Backspace')).toBe(true);
  expect([it.events().slice(4), it.focus()]).toEqual([[], 0]);
});

test('Backspace leads to a neighbor without an answer, and takes back what led here', async () => {
  const it = await pageOf({ ...nine, answers: [null, null, 1, null, null, null, null, null, null] });
  await it.start('Continue');
  await it.page.press('ArrowRight');
  await it.page.press('Backspace');
  expect([it.events(), it.focus()]).toEqual([[], 0]);
  await it.page.press('ArrowRight');
  await it.page.press('3');
  // Past the third, which has an answer.
  expect(it.focus()).toBe(3);
  await it.page.pass(40);
  await it.page.press('Backspace');
  expect([it.events(), it.focus()]).toEqual([['1=2', '1='], 1]);
  expect(it.stored.at(-1)).toMatchObject({ shownMs: it.stored.at(-1)?.atMs });
  await it.page.press('Backspace');
  expect([it.events().slice(2), it.focus()]).toEqual([[], 0]);
});

test('the time of an answer counts from when its image came into focus, or back into sight', async () => {
  const it = await pageOf(nine);
  await it.start();
  const began = performance.now();
  await it.page.pass(700);
  await it.page.press('1');
  await it.page.pass(300);
  await it.page.press('ArrowRight');
  await it.page.pass(50);
  await it.page.press('2');
  expect(it.stored.map(({ trial, shownMs, atMs }) => [trial, (shownMs ?? 0) - began, atMs - began])).toEqual([
    [0, 0, 700],
    [2, 1000, 1050],
  ]);
});

test('answers of two keys: Backspace forgets the first, the next image too, and help says which was pressed', async () => {
  const options = ['ca', 'co', 'd'].map((key, choice) => ({ choice, name: `class ${choice}`, key }));
  const it = await pageOf({ ...nine, options });
  await it.start();
  await it.page.press('c');
  expect(it.page.withRole('status')).toEqual(['c Now press the second key. Backspace: start again.']);
  await it.page.press('Backspace');
  expect(it.page.withRole('status')).toEqual(['Arrow keys: move. Backspace: take your answer back.']);
  await it.page.press('o');
  expect(it.events()).toEqual([]);
  await it.page.press('c');
  await it.page.press('ArrowRight');
  await it.page.press('a');
  expect(it.events()).toEqual([]);
  await it.page.press('c');
  await it.page.press('o');
  await it.page.press('d');
  expect([it.events(), it.focus()]).toEqual([['1=1', '2=2'], 3]);
});

test('a click brings an image into focus; its answer and those of others are on the page', async () => {
  const it = await pageOf({ ...nine, answers: [0, 2, ...new Array<null>(7).fill(null)], timedOut: [3] });
  await it.start('Continue');
  expect(it.page.images).toEqual([
    ...['Image 1, answer Zero', 'Image 2, answer Two', 'Image 3, no answer yet', 'Image 4, time is up'],
    ...['Image 5, no answer yet', 'Image 6, no answer yet', 'The large image'],
  ]);
  const cells = it.page.all('button').slice(0, 6);
  expect(cells.map(({ textContent }) => textContent)).toEqual(['Zero', 'Two', '\u00a0', '–', '\u00a0', '\u00a0']);
  expect(cells.map((cell) => cell.getAttribute('tabIndex') ?? cell.getAttribute('tabindex'))).toEqual([
    ...['0', '-1', '-1', '-1', '-1', '-1'],
  ]);
  expect(cells.map((cell) => cell.getAttribute('data-answered'))).toEqual(['true', 'true', null, null, null, null]);
  const pressed = () =>
    it.page.all('button').flatMap((one) => (one.getAttribute('aria-pressed') === 'true' ? [one.textContent] : []));
  expect(pressed()).toEqual(['Zero1']);
  await it.page.dispatch(cells[1]!, 'click');
  expect([it.focus(), pressed()]).toEqual([1, ['Two3']]);
  await it.page.dispatch(cells[2]!, 'click');
  expect(pressed()).toEqual([]);
  // The time of the fourth was up: no answer of it is taken.
  await it.page.dispatch(cells[3]!, 'click');
  expect(it.page.buttons).not.toContain('Zero1');
  await it.page.press('1');
  expect([it.focus(), it.events()]).toEqual([3, []]);
  // The planned size, and half of it in a grid of few columns.
  const sizes = it.page.all('canvas').map(({ style }) => [style.width, style.height]);
  expect(sizes).toEqual([...new Array(6).fill(['40px', '40px']), ['80px', '80px']]);
});

test.for([
  [7, '45px'],
  [8, '30px'],
] as const)('in a grid of %i columns, small images of 90 pixels have %s', async ([columns, width]) => {
  const it = await pageOf({ trials: columns, grid: { columns, rows: 1 }, size: { unit: 'px', value: 90 } });
  await it.start();
  expect(it.page.all('canvas').map(({ style }) => style.width)).toEqual([...new Array(columns).fill(width), '90px']);
});
