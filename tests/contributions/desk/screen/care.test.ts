import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { labelAll, makeSessions } from '../make-sessions.ts';
import { addStimuli, answer, fetched, plan, screen } from '../../../services/labeling/labeling-helper.ts';
import type { TestLab } from '../../../services/lab/lab-helper.ts';
import { hasBrowser, openPage, screenshot, startHost, violations, violationsInAll } from '../../../renderer/harness.ts';
import { button, prepare, region, route } from './prepare.ts';

const plain = { practice: 0, attention: 0, repeats: 0 };

/** A session that somebody has open, and one that nobody used; a JSON of another study with three sessions. */
async function filled(it: TestLab) {
  const { client, lab } = it;
  const [used] = await makeSessions(it, 1, plain);
  const mine = { token: used?.token ?? '', sitting: randomUUID() };
  await client.desk.volunteer.open({ ...mine, screen });
  await client.desk.volunteer.addEvents({ ...mine, events: [answer(0, 0, 2)] });
  await makeSessions(it, 1, plain);
  addStimuli(lab.workbench.storage, 11, 'other');
  await client.desk.plan.save({ study: 'other', plan: plan(plain) });
  const rows = await client.desk.sessions.create({ study: 'other', count: 3, medium: 'screen' });
  const [finished, excluded, open] = rows;
  if (!finished || !excluded || !open) throw new Error('no sessions');
  for (const { token } of [finished, excluded]) await labelAll(it, token);
  await client.desk.sessions.exclude({ session: excluded.id, reason: 'asleep' });
  const page = { token: open.token, sitting: randomUUID() };
  await client.desk.volunteer.open({ ...page, screen });
  await client.desk.volunteer.addEvents({ ...page, events: [answer(0, 0, 1)] });
  const { files } = await client.answers.exportTable({ study: 'other', format: 'json' });
  return fetched(it, files[0]?.address ?? '');
}

test.skipIf(!hasBrowser)(
  'what cannot be taken back asks first; what is left out is told before it is stored, in both themes',
  async () => {
    let json = '';
    const dataFolder = await prepare(async (it) => {
      json = await filled(it);
    });
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `${route}?part=sessions` });
    const dialog = page.getByRole('dialog');

    const [used, unused] = [
      page.getByRole('row', { name: /In progress/ }),
      page.getByRole('row', { name: /Not started/ }),
    ];
    await used.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Withdraw the person' }).waitFor();
    await expect.poll(() => page.getByRole('menuitem', { name: 'Remove' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await unused.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await dialog.getByText('This cannot be undone', { exact: false }).waitFor();
    const background = (name: string) =>
      dialog.getByRole('button', { name }).evaluate((element) => getComputedStyle(element).backgroundColor);
    const see = async (): Promise<void> => expect(await background('Remove the session')).toBe('rgb(138, 75, 18)');
    expect(await violationsInAll(page, 'labeling-remove', { see })).toEqual([]);
    // Enter would take the button that removes nothing.
    await dialog.getByRole('button', { name: 'Remove the session' }).press('Enter');
    await unused.waitFor({ state: 'detached' });

    const after = await openPage(host, { route: `${route}?part=after` });
    await after.getByLabel('Table of labels').setInputFiles({
      name: 'labels.json',
      mimeType: 'application/json',
      buffer: Buffer.from(json),
    });
    const mapping = after.getByRole('dialog', { name: 'Import labels.json' });
    await mapping.getByText('1 had not finished; 1 excluded in the table').waitFor();
    expect(await violationsInAll(after, 'labeling-left-out')).toEqual([]);
    await mapping.getByRole('button', { name: /^Import / }).click();
    await after.getByText('People left out: 1 had not finished; 1 excluded in the table.').waitFor();

    await after.getByRole('tab', { name: 'Plan' }).click();
    await after.getByRole('textbox', { name: 'Question' }).fill('Which digit is this?');
    await after.getByRole('button', { name: 'Save the plan' }).click();
    const question = after.getByRole('dialog', { name: 'Change the plan during the study?' });
    await question.getByText('1 person has begun or finished', { exact: false }).waitFor();
    await question.getByText('differ in: question.', { exact: false }).waitFor();
    expect(await violationsInAll(after, 'labeling-plan-change')).toEqual([]);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await after.getByText('Differs from version 1').waitFor();
    await after.getByRole('button', { name: 'Save the plan' }).click();
    await question.getByRole('button', { name: 'Save as version 2' }).click();
    await after.getByText(/^Version 2, saved/).waitFor();
  },
);

test.skipIf(!hasBrowser)(
  'words of a table without a class come first, and all the others can be looked through',
  async () => {
    const dataFolder = await prepare();
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `${route}?part=after` });
    // 240 spellings of two indexes, and one that every object has without being told.
    const spellings = Array.from({ length: 240 }, (_, row) => `${1 + (row % 2)}.${'0'.repeat(1 + (row >> 1))}`);
    const rows = [...spellings, 'constructor'].map((label, row) => `${row % 33},P${Math.floor(row / 33)},${label}\n`);
    await page.getByLabel('Table of labels').setInputFiles({
      name: 'words.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`image,labeler,label\n${rows.join('')}`),
    });
    const dialog = page.getByRole('dialog', { name: 'Import words.csv' });
    await dialog.getByText('Choose a class for constructor.').waitFor();
    await dialog.getByText('1 to 100 of 241', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('combobox', { name: /^constructor / }).click();
    await page.getByRole('option', { name: 'zero' }).click();
    await dialog.getByText('241 labels of 8 labelers about 33 images.').waitFor();
    await button(page, 'Next labels').click();
    await dialog.getByText('101 to 200 of 241', { exact: false }).waitFor();
    await button(page, 'Next labels').click();
    await dialog.getByText('201 to 241 of 241', { exact: false }).waitFor();
    await expect.poll(() => dialog.getByRole('button', { name: 'Next labels' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: /^Import / }).click();
    await page.getByText('Imported 241 labels of 8 labelers').waitFor();

    // The names are apart, with the file that they come from, until they are deleted.
    const others = region(page, 'Imported labelers');
    const first = others.getByRole('row', { name: /^P-.... P0 words.csv/ });
    await first.getByRole('button', { name: 'Withdraw P0' }).waitFor();
    await page.getByText('People appear under pseudonyms. Each file', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'labeling-names');
    await others.getByRole('button', { name: 'Delete 8 names …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 8 names' }).click();
    await first.waitFor({ state: 'detached' });
    await expect.poll(() => others.getByRole('row', { name: /^P-.... table [0-9a-f]{8}/ }).count()).toBe(8);
  },
);
