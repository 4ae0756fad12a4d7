import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { focused } from '../../desk/page/sessions.ts';
import { hasBrowser, screenshot, violations } from '../../../renderer/harness.ts';
import { button } from '../../desk/screen/prepare.ts';
import { labelOn, openKit, otherComputer, readIn, saveKit, saveResult, savedKit } from './computers.ts';

test.skipIf(!hasBrowser)(
  'a kit works without network, goes on after a reload, and its result comes home once',
  async () => {
    const { page, address } = await savedKit(1, { practice: 2, repeats: 0, attention: 0, consent: 'May we?' });
    const other = await otherComputer(join(temporaryFolder(), 'profile'));
    const requests: string[] = [];
    other.on('request', (request) => requests.push(request.url()));
    const kit = await openKit(other, address);
    await button(kit, 'I agree').press('Enter');
    await button(kit, 'Start').press('Enter');
    await labelOn(kit, 12, (trial) => String((trial % 3) + 1));
    await expect.poll(() => focused(kit)).toBe(12);
    expect(await violations(kit)).toEqual([]);
    await screenshot(kit, 'kit-grid');
    const half = await saveResult(kit, 'half.json');
    await kit.reload();
    await button(kit, 'Continue').click();
    expect(await focused(kit)).toBe(12);
    await kit.keyboard.press('Backspace');
    await expect.poll(() => focused(kit)).toBe(11);
    await kit.keyboard.press('1');
    await expect.poll(() => focused(kit)).toBe(12);
    await labelOn(kit, 35, () => '2');
    await button(kit, 'Finish').click();
    await kit.getByRole('heading', { name: 'Thank you' }).waitFor();
    await screenshot(kit, 'kit-end');
    expect(await violations(kit)).toEqual([]);
    const whole = await saveResult(kit, 'whole.json');
    expect(requests.filter((url) => !url.startsWith('file:') && !/^(blob|data):/.test(url))).toEqual([]);
    expect(await kit.content()).not.toMatch(
      /alpha"|"pair|predict|attention trial|hidden repeat|models see it|response times|aim of the study/i,
    );

    const dialog = page.getByRole('dialog');
    await readIn(page, half);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Import the answers' }).click();
    await page.getByText(/^Imported 12 new events/).waitFor();
    await readIn(page, whole);
    await dialog.getByRole('row', { name: '12 Two Zero' }).waitFor();
    await screenshot(page, 'kit-differences');
    await dialog.getByRole('button', { name: 'Import the answers' }).click();
    await page
      .getByRole('row', { name: /Finished/ })
      .getByText('35 of 35')
      .waitFor();
    await readIn(page, whole);
    await dialog.getByText('The study already has everything in this file', { exact: false }).waitFor();
  },
);

test.skipIf(!hasBrowser)('one kit for several asks for the code, and keeps people apart', async () => {
  const { page, address } = await savedKit(2, { practice: 0 });
  const shown = page.locator('[aria-label="Codes of the kit"] code');
  await expect.poll(() => shown.count()).toBe(2);
  const codes = await shown.allTextContents();
  await screenshot(page, 'kit-codes');
  const other = await otherComputer(join(temporaryFolder(), 'profile'));
  const kit = await openKit(other, address);
  await kit.getByLabel('The code from the researcher').fill('WRONG2');
  await button(kit, 'Continue').click();
  await kit.getByText('This code is wrong.', { exact: false }).waitFor();
  expect(await violations(kit)).toEqual([]);
  await screenshot(kit, 'kit-code');
  await kit.getByLabel('The code from the researcher').fill((codes[0] ?? '').toLowerCase());
  await button(kit, 'Continue').click();
  await button(kit, 'Start').click();
  // The next person at this computer must not find the code in the history.
  expect(kit.url()).toBe(address);
  await labelOn(kit, 3, () => '1');
  await expect.poll(() => focused(kit)).toBe(3);
  await kit.reload();
  await kit.getByText(/^Your name in this study: P-/).waitFor();
  expect(await violations(kit)).toEqual([]);
  await button(kit, 'This is not me').click();
  await kit.getByLabel('The code from the researcher').fill(codes[0] ?? '');
  await button(kit, 'Continue').click();
  await kit.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await screenshot(kit, 'kit-welcome-back');
  await button(kit, 'Continue').click();
  expect(await focused(kit)).toBe(3);
  const second = await openKit(other, address);
  await second.getByLabel('The code from the researcher').fill(codes[1] ?? '');
  await button(second, 'Continue').click();
  await button(second, 'Start').click();
  expect(await focused(second)).toBe(0);

  // Once results came home, a kit made again tells nobody's answers; whoever goes on here goes on from this browser.
  await readIn(page, await saveResult(kit, 'part.json'));
  await page.getByRole('dialog').getByRole('button', { name: 'Import the answers' }).click();
  await page.getByText(/^Imported 3 new events/).waitFor();
  const again = await saveKit(page, 2);
  expect(readFileSync(again, 'utf8')).not.toMatch(/"answers":\[[^\]]*\d/);
  const later = await openKit(other, pathToFileURL(again).href);
  const code = await page.locator('[aria-label="Codes of the kit"] code').first().textContent();
  await later.getByLabel('The code from the researcher').fill(code ?? '');
  await button(later, 'Continue').click();
  await later.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await button(later, 'Continue').click();
  expect(await focused(later)).toBe(3);
  await labelOn(later, 5, () => '2');
  await expect.poll(() => focused(later)).toBe(5);
  await readIn(page, await saveResult(later, 'more.json'));
  await page.getByRole('dialog').getByRole('button', { name: 'Import the answers' }).click();
  await page.getByText(/^Imported 2 new events/).waitFor();

  // Whoever is done makes room for the next.
  await button(later, 'Check answers').click();
  await button(later, /^Finish without/).click();
  await button(later, 'Finish').click();
  await later.getByRole('heading', { name: 'Thank you' }).waitFor();
  await screenshot(later, 'kit-next-person');
  await button(later, 'Next person').click();
  await later.getByLabel('The code from the researcher').waitFor();
  await later.reload();
  await later.getByLabel('The code from the researcher').waitFor();
});
