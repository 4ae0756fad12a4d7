import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { focused } from './sessions.ts';

/** What a volunteer did, as it is to be stored: written down by the test, not by the page. */
export interface Diary {
  events: TrialEvent[];
  notes: SessionNote[];
}

/** A page whose time only passes where a test lets it. */
export interface Volunteer {
  page: Page;
  /** Milliseconds of the page's own clock. */
  now: () => Promise<number>;
  pass: (milliseconds: number) => Promise<void>;
}

/** Two images for practice, and two blocks of three. Keys 1 to 3 choose the answers Zero to Two. */
export const sittingPlan = { trials: 8, practice: 2, breaks: [5], columns: 5 };

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const answer = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Answers' }).getByText(name, { exact: true });

/** Whether the page uses a key, which then has no other effect. */
const takes = (page: Page, key: string): Promise<boolean> =>
  page.evaluate((pressed) => {
    const event = new KeyboardEvent('keydown', { key: pressed, cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  }, key);

/** Milliseconds between frames of a page whose time stands still. */
export const frameMs = 16;
/** When an image that was drawn at a moment is painted: the frame after the next. */
export const painted = (drawnMs: number): number => (Math.floor(drawnMs / frameMs) + 2) * frameMs;

/** Begins before `Start`. Writes down what is done at each moment. */
export class Writer {
  readonly diary: Diary = { events: [], notes: [] };
  readonly #volunteer: Volunteer;
  #seq = 0;
  #now = 0;

  constructor(volunteer: Volunteer) {
    this.#volunteer = volunteer;
  }

  get now(): number {
    return this.#now;
  }

  async start(): Promise<void> {
    const { page } = this.#volunteer;
    // Whether a browser enters full screen, and when, is its own.
    await page.evaluate(() => Reflect.deleteProperty(Element.prototype, 'requestFullscreen'));
    this.#now = await this.#volunteer.now();
    await button(page, 'Start').click();
  }

  async pass(milliseconds: number): Promise<void> {
    await this.#volunteer.pass(milliseconds);
    this.#now += milliseconds;
  }

  event(kind: TrialEvent['kind'], trial: number, choice: number | null, shownMs: number): void {
    this.diary.events.push({ seq: this.#seq++, trial, kind, choice, shownMs, atMs: this.#now });
  }

  note(kind: SessionNote['kind'], trial: number | null): void {
    this.noteAt(kind, this.#now, trial);
  }

  /** Of a moment that has passed. */
  noteAt(kind: SessionNote['kind'], atMs: number, trial: number | null = null): void {
    this.diary.notes.push({ seq: this.#seq++, kind, trial, atMs });
  }
}

/** A whole sitting at the grid by keyboard and mouse, with detours, up to the end. */
export async function labelGrid(volunteer: Volunteer): Promise<Diary> {
  const { page } = volunteer;
  const writer = new Writer(volunteer);
  const inFocus = (trial: number) => expect.poll(() => focused(page)).toBe(trial);
  await writer.start();
  await inFocus(0);
  await page.getByText('Practice: these answers do not count.').waitFor();
  expect(await button(page, 'Check answers').count()).toBe(0);
  // Nothing is wrong, and keys that are not the page's keep their effect.
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await takes(page, 'x')).toBe(false);
  expect(await takes(page, 'ArrowLeft')).toBe(true);

  let shown = writer.now;
  await writer.pass(700);
  await page.keyboard.press('1');
  writer.event('answer', 0, 0, shown);
  await inFocus(1);
  // A key without an answer, and one with Control, do nothing. A step back, and another answer.
  await writer.pass(430);
  await page.keyboard.press('9');
  await page.keyboard.press('Control+2');
  await page.keyboard.press('ArrowLeft');
  await inFocus(0);
  shown = writer.now;
  await writer.pass(250);
  await page.keyboard.press('2');
  writer.event('answer', 0, 1, shown);
  await inFocus(1);
  // Backspace takes the last answer back, which brings its image into focus.
  await writer.pass(150);
  await page.keyboard.press('Backspace');
  writer.event('undo', 0, null, writer.now);
  await inFocus(0);
  shown = writer.now;
  await writer.pass(333);
  await answer(page, 'Two').click();
  writer.event('answer', 0, 2, shown);
  await inFocus(1);
  // A key that is held down answers one image.
  shown = writer.now;
  await writer.pass(1200);
  await page.keyboard.down('1');
  writer.event('answer', 1, 0, shown);
  await inFocus(2);
  expect(await page.getByText('Practice: these answers do not count.').count()).toBe(0);
  await writer.pass(40);
  for (let repeats = 0; repeats < 3; repeats++) await page.keyboard.down('1');
  await page.keyboard.up('1');
  // Home, End and arrows stay among the images, and answer none.
  await page.keyboard.press('End');
  await inFocus(4);
  await page.keyboard.press('ArrowLeft');
  await inFocus(3);
  await page.keyboard.press('Home');
  await inFocus(2);
  await page.keyboard.press('ArrowUp');
  await inFocus(0);
  await page.keyboard.press('ArrowRight');
  await inFocus(1);
  await page.locator('.desk-cell').nth(0).click();
  await inFocus(0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await inFocus(2);
  await page.keyboard.press('End');
  await inFocus(4);
  shown = writer.now;
  await writer.pass(2);
  await page.keyboard.press('2');
  writer.event('answer', 4, 1, shown);

  // Past the first block is a break.
  await page.getByRole('heading', { name: 'Time for a break' }).waitFor();
  writer.note('break-began', 5);
  expect(await page.getByText('The time stops', { exact: false }).count()).toBe(0);
  await writer.pass(61_000);
  await page.keyboard.press('1');
  await button(page, 'Continue').click();
  writer.note('break-ended', 5);
  await inFocus(5);
  shown = writer.now;
  await writer.pass(901);
  await page.keyboard.press('Numpad3');
  writer.event('answer', 5, 2, shown);
  await inFocus(6);
  // Back before the break, and forth: it comes once.
  await page.keyboard.press('ArrowLeft');
  await inFocus(5);
  await page.keyboard.press('ArrowLeft');
  await inFocus(4);
  shown = writer.now;
  await writer.pass(77);
  await page.keyboard.press('Backspace');
  writer.event('undo', 4, null, shown);
  await expect.poll(() => page.getByRole('img', { name: 'Image 5, no answer yet' }).count()).toBe(1);
  await writer.pass(23);
  await page.keyboard.press('3');
  writer.event('answer', 4, 2, shown);
  // On to the next without an answer, past the fifth.
  await inFocus(6);
  await button(page, 'Check answers').click();
  await page.getByText('4 images have no answer.').waitFor();
  writer.note('review', null);
  await writer.pass(15);
  await button(page, 'Answer them').click();
  for (const [trial, key] of [
    [2, '1'],
    [3, '2'],
    [6, '3'],
    [7, '1'],
  ] as const) {
    await inFocus(trial);
    if (trial === 7) {
      // No arrow leads past the last image.
      expect(await takes(page, 'ArrowDown')).toBe(true);
      await inFocus(7);
    }
    shown = writer.now;
    await writer.pass(500 + trial);
    await page.keyboard.press(key);
    writer.event('answer', trial, Number(key) - 1, shown);
  }
  await page.getByText('All images have an answer.').waitFor();
  writer.note('review', null);
  await writer.pass(3000);
  await button(page, 'Finish').click();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  return writer.diary;
}

/** Milliseconds of the cross before each image in `labelSingly`. */
export const fixationMs = 500;

/** A whole sitting of one image at a time, up to the end. */
export async function labelSingly(volunteer: Volunteer): Promise<Diary> {
  const { page } = volunteer;
  const writer = new Writer(volunteer);
  const answers = page.getByRole('group', { name: 'Answers' });
  const open = answers.locator(':scope:not([disabled])');
  const closed = answers.locator(':scope[disabled]');
  const image = (trial: number) => page.getByRole('img', { name: `Image ${trial + 1}`, exact: true });
  /** Lets the cross pass, and the two frames that paint the image. Gives when it was painted. */
  const see = async (trial: number): Promise<number> => {
    await page.locator('.desk-cross').waitFor();
    await writer.pass(fixationMs - 1);
    expect(await page.locator('.desk-cross').count()).toBe(1);
    // No answer counts before its image.
    await page.keyboard.press('1');
    await writer.pass(1);
    await image(trial).waitFor();
    await closed.waitFor();
    await page.keyboard.press('1');
    const shown = painted(writer.now);
    await writer.pass(shown - writer.now);
    await open.waitFor();
    return shown;
  };
  await writer.start();
  let shown = await see(0);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await takes(page, 'x')).toBe(false);
  expect(await takes(page, 'Backspace')).toBe(true);
  await writer.pass(700);
  await page.keyboard.press('1');
  writer.event('answer', 0, 0, shown);
  // Taken back from the cross of the next image.
  await page.locator('.desk-cross').waitFor();
  await writer.pass(100);
  await page.keyboard.press('Backspace');
  writer.event('undo', 0, null, writer.now);
  await page.locator('[role="progressbar"][aria-valuenow="0"]').waitFor();
  shown = await see(0);
  await writer.pass(123);
  await answer(page, 'Two').click();
  writer.event('answer', 0, 2, shown);
  for (let trial = 1; trial < sittingPlan.trials; trial++) {
    if (trial === 5) {
      await page.getByRole('heading', { name: 'Time for a break' }).waitFor();
      writer.note('break-began', 5);
      await writer.pass(61_000);
      await button(page, 'Continue').click();
      writer.note('break-ended', 5);
    }
    if (trial === 3) {
      // Held down, Backspace takes back one answer.
      await page.locator('.desk-cross').waitFor();
      await page.keyboard.down('Backspace');
      writer.event('undo', 2, null, writer.now);
      await page.locator('[role="progressbar"][aria-valuenow="25"]').waitFor();
      for (let repeats = 0; repeats < 3; repeats++) await page.keyboard.down('Backspace');
      await page.keyboard.up('Backspace');
      shown = await see(2);
      await page.keyboard.press('2');
      writer.event('answer', 2, 1, shown);
      await image(2).waitFor({ state: 'detached' });
    }
    shown = await see(trial);
    // In the very frame, if that can be.
    await writer.pass((trial - 1) * 100);
    // Held down, it answers one image.
    await page.keyboard.down(String((trial % 3) + 1));
    writer.event('answer', trial, trial % 3, shown);
    await image(trial).waitFor({ state: 'detached' });
    await page.keyboard.down(String((trial % 3) + 1));
    await page.keyboard.up(String((trial % 3) + 1));
  }
  await page.getByText('All images have an answer.').waitFor();
  writer.note('review', null);
  expect(await button(page, 'See the images again').count()).toBe(0);
  await writer.pass(50);
  await button(page, 'Finish').click();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  return writer.diary;
}
