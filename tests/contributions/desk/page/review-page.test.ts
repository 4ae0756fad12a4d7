import { createElement } from 'react';
import { expect, test } from 'vitest';
import { Review } from '../../../../renderer/contributions/desk/page/review.tsx';
import { SmallPage } from '../../../renderer/small-dom.ts';
import { viewOf } from './view-of.ts';

/** A review, whose page ends when the test says so. */
async function review(answers: (number | null)[], timedOut: number[] = []) {
  const asked: number[] = [];
  const opened: number[] = [];
  let pending = Promise.withResolvers<boolean>();
  const element = (own: (number | null)[]) =>
    createElement(Review, {
      desk: {
        view: viewOf(),
        answers: own,
        timedOut: new Set(timedOut),
        finish: (blank) => {
          asked.push(blank);
          pending = Promise.withResolvers<boolean>();
          return pending.promise;
        },
      },
      onTrial: (trial) => opened.push(trial),
    });
  const page = await SmallPage.open(element(answers));
  const ended = (hasEnded: boolean) => page.do(() => pending.resolve(hasEnded));
  const refused = () => page.do(() => pending.reject(new Error('the program does not answer')));
  return { page, asked, opened, ended, refused, draw: (own: (number | null)[]) => page.draw(element(own)) };
}

test('a complete session ends with one press, and nothing can be pressed meanwhile', async () => {
  const { page, asked, ended } = await review([0, 1, 0]);
  expect(page.buttons).toEqual(['See the images again', 'Finish']);
  await page.click('Finish');
  expect([asked, page.buttons]).toEqual([[0], []]);
  await ended(true);
  expect([asked, page.buttons, page.withRole('alert')]).toEqual([[0], [], []]);
});

test('images without an answer are asked about once more before the end', async () => {
  const { page, asked, opened } = await review([0, null, null, 1]);
  expect(page.buttons).toEqual(['Answer them', 'Finish without them']);
  expect(page.withRole('status')).toEqual([]);
  await page.click('Finish without them');
  expect([asked, page.buttons]).toEqual([[], ['Answer them', 'Finish']]);
  expect(page.withRole('status')).toEqual(['You cannot answer them later. Do you want to finish?']);
  await page.click('Answer them');
  expect(opened).toEqual([1]);
  await page.click('Finish');
  expect([asked, page.buttons]).toEqual([[2], []]);
});

test('an answer that was taken back meanwhile is asked about anew', async () => {
  const { page, asked, opened, ended, draw } = await review([0, 1, 0]);
  await page.click('Finish');
  await draw([null, 1, 0]);
  await ended(false);
  expect(page.text).toContain('1 image has no answer.');
  expect(page.buttons).toEqual(['Answer it', 'Finish without it']);
  await page.click('Finish without it');
  expect(page.withRole('status')).toEqual(['You cannot answer it later. Do you want to finish?']);
  await page.click('Finish');
  expect(asked).toEqual([0, 1]);
  // Another one: what was agreed to was one.
  await draw([null, null, 0]);
  await ended(false);
  expect(page.buttons).toEqual(['Answer them', 'Finish without them']);
  expect(page.withRole('status')).toEqual([]);
  await page.click('Answer them');
  expect(opened).toEqual([0]);
});

test('where the end is refused, the page says so and takes the next press', async () => {
  const { page, asked, opened, refused, ended } = await review([0, 1, 0]);
  await page.click('Finish');
  await refused();
  expect(page.withRole('alert')).toEqual(['Please call the researcher. Your answers are safe.']);
  expect(page.buttons).toEqual(['See the images again', 'Finish']);
  await page.click('See the images again');
  expect(opened).toEqual([0]);
  await page.click('Finish');
  expect([asked, page.withRole('alert'), page.buttons]).toEqual([[0, 0], [], []]);
  await ended(true);
  expect(page.withRole('alert')).toEqual([]);
});
