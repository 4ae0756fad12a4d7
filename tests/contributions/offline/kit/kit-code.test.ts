import { setTimeout } from 'node:timers/promises';
import { createElement } from 'react';
import { expect, test } from 'vitest';
import { SmallPage } from '../../../renderer/small-dom.ts';
import { lockedKit } from './kit-of.ts';

/** A kit for two people in a browser that has no database: what comes before a session. */
async function kitPage() {
  const page = await SmallPage.open(null);
  const { KitApp } = await import('../../../../renderer/contributions/offline/kit/kit-app.tsx');
  const { kit } = lockedKit('ABCD2345', 'WXYZ6789');
  await page.draw(createElement(KitApp, { kit }));
  /** Waits for a text: keys are derived outside the page's clock. */
  const read = (until: RegExp) =>
    expect
      .poll(
        async () => {
          await page.do(() => setTimeout(5));
          return page.text;
        },
        { interval: 1 },
      )
      .toMatch(until);
  const type = async (code: string, until: RegExp): Promise<void> => {
    const [field] = page.all('input');
    if (field) field.value = code;
    await page.dispatch(page.all('form')[0]!, 'submit');
    await read(until);
  };
  return { page, kit, type, read };
}

test('a wrong code is said, the next is taken, and whoever is not this person types another', async () => {
  const { page, type } = await kitPage();
  expect(page.buttons).toEqual(['Continue']);
  await type('ABCD9999', /wrong/);
  expect([page.withRole('status'), page.buttons]).toEqual([
    ['This code is wrong. Please check it, or ask the researcher.'],
    ['Continue'],
  ]);
  await type('ABCD2345', /One moment/);
  // Nobody has finished: neither the file nor the next person is due.
  expect(page.buttons).toEqual(['Save the result file']);
  expect(page.text).not.toContain('Then give it to the researcher');
  const result = page.all('aside').find((one) => one.getAttribute('aria-label') === 'Result file');
  expect(result?.getAttribute('data-ended')).toBeNull();
  await page.pass(600);
  expect(page.text).toContain('Please call the researcher');
});

test('a result that cannot be saved says so, and that the answers are safe', async () => {
  const { page, type } = await kitPage();
  await type('WXYZ6789', /One moment/);
  await page.click('Save the result file');
  await page.pass(20);
  expect(page.withRole('status').at(-1)).toBe(
    'Please call the researcher. The file could not be saved. Your answers are safe.',
  );
});

test('the page opens again with the code that was typed in this tab', async () => {
  const { page, kit, type, read } = await kitPage();
  await type('ABCD2345', /One moment/);
  expect(sessionStorage.getItem(`code ${kit.kit}`)).toBe('ABCD2345');
  await page.draw(null);
  const { KitApp } = await import('../../../../renderer/contributions/offline/kit/kit-app.tsx');
  await page.draw(createElement(KitApp, { kit }));
  await read(/One moment/);
  expect(page.buttons).toEqual(['Save the result file']);
});
