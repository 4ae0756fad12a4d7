import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { openStorage } from '../../../../main/storage/open.ts';
import { makeSessions } from '../make-sessions.ts';
import { plan, studyName } from '../../../services/labeling/labeling-helper.ts';
import { focused } from '../page/sessions.ts';
import { hasBrowser, openPage, screenshot, startHost, violations, violationsInAll } from '../../../renderer/harness.ts';
import { button, prepare, region, route, threePeople } from './prepare.ts';

/** Another browser of this computer goes on with the session of a row, and leaves it. */
async function goOnElsewhere(page: Page, row: Locator): Promise<void> {
  await row.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: 'Address for another browser' }).click();
  const dialog = page.getByRole('dialog', { name: 'Address for another browser' });
  const address = (await dialog.locator('code').textContent()) ?? '';
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'labeling-address');
  await page.keyboard.press('Escape');
  const context = await page.context().browser()?.newContext();
  const desk = (await context?.newPage()) ?? expect.fail();
  await desk.goto(address);
  await desk.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await button(desk, 'Researcher').click();
  await desk.getByLabel('PIN of the researcher').fill('4711');
  await button(desk, 'Leave').click();
  await desk.getByRole('heading', { name: 'You have left the session' }).waitFor();
  expect(await violations(desk)).toEqual([]);
  await screenshot(desk, 'desk-left');
  await desk.reload();
  await desk.getByText('This browser has no access to the workbench').waitFor();
  await context?.close();
}

test.skipIf(!hasBrowser)(
  'sessions are made, one is started here, and the board tells where it is, not what',
  async () => {
    const dataFolder = await prepare(async ({ client }) => {
      await client.desk.plan.save({
        study: studyName,
        plan: plan({ practice: 0, people: 2, size: { unit: 'mm', value: 40 } }),
      });
    });
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route });
    await page.getByRole('heading', { name: 'No sessions yet' }).waitFor();
    const needsPin = page.getByText('Leaving it needs the PIN.');
    expect(await needsPin.count()).toBe(0);
    await page.getByLabel('PIN for leaving a session').fill('4711');
    await page.keyboard.press('Enter');
    await page.getByText('A PIN is set.', { exact: false }).waitFor();
    await needsPin.waitFor();
    await button(page, 'Create 2 sessions').press('Enter');
    await page
      .getByRole('row', { name: /Not started/ })
      .nth(1)
      .waitFor();
    await button(page, 'Create 1 more session').waitFor();
    await page.getByText('All sessions of the plan are created.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.evaluate(() => localStorage.setItem('boundary-pixels-per-mm', '5'));
    const opening = page.waitForEvent('popup');
    await button(page, /^Start .* on this screen$/)
      .first()
      .click();
    const desk = await opening;
    await button(desk, /^Start$/).click();
    // The window has the size of the screen that was measured on the other page: 40 mm.
    const large = desk.getByRole('img', { name: 'The large image' });
    await expect.poll(async () => (await large.boundingBox())?.width).toBeCloseTo(200, 0);
    for (let trial = 0; trial < 4; trial++) {
      await expect.poll(() => focused(desk)).toBe(trial);
      await desk.keyboard.press('2');
    }
    const row = page.getByRole('row', { name: /In progress/ });
    await row.getByText('4 of 39').waitFor();
    await row.getByRole('button', { name: /^Continue / }).waitFor();
    await page.getByRole('main').getByText('Partly done', { exact: true }).first().waitFor();
    const edge = (await page.getByRole('grid').boundingBox()) ?? { x: 0, width: 0 };
    const seen = (await page.getByRole('columnheader', { name: 'Last seen' }).boundingBox()) ?? { x: 9999, width: 0 };
    expect(seen.x + seen.width).toBeLessThanOrEqual(edge.x + edge.width);
    await screenshot(page, 'labeling-board');
    // The answer was "One".
    expect(await page.getByRole('grid').textContent()).not.toMatch(/\bOne\b|zero|two/i);
    await button(desk, 'Researcher').click();
    await desk.getByLabel('PIN of the researcher').fill('4711');
    const closing = desk.waitForEvent('close');
    await button(desk, 'Leave').click();
    await closing;
    await goOnElsewhere(page, row);
    // The page of the researcher goes on.
    await button(page, 'Create 1 more session').click();
    await page
      .getByRole('row', { name: /Not started/ })
      .nth(1)
      .waitFor();
  },
);

test.skipIf(!hasBrowser)(
  'times, consistency and advice; exclusion with a reason and back; a lock and its hash',
  async () => {
    const dataFolder = await prepare(threePeople);
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `${route}?part=after`, colorScheme: 'dark' });
    await region(page, 'Advice')
      .getByText(/answers are the same/)
      .first()
      .waitFor();
    const row = page.getByRole('row', { name: /100 % \(4 of 4\)/ });
    await row.getByTitle(/, for this person and all images, of which these are a random sample$/).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'labeling-after-dark');
    await button(page, /^Actions for/)
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Exclude with a reason' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('Talked on the phone');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Exclude' }).click();
    await page.getByRole('row', { name: /Talked on the phone/ }).waitFor();
    await button(page, 'Undo').click();
    await page.getByRole('row', { name: /Talked on the phone/ }).waitFor({ state: 'detached' });
    await button(page, 'Lock the labels').click();
    await region(page, 'The labels are locked').getByText('66 labels of 2 people').waitFor();
    const hash = await region(page, 'The labels are locked').locator('code').textContent();
    await host.stop();
    const storage = openStorage(dataFolder, { readOnly: true });
    const study = storage.studies.byName(studyName);
    const lock = study && storage.labeling.locks.current(study.id);
    storage.close();
    expect(hash).toBe(lock?.hash);
  },
);

test.skipIf(!hasBrowser)('withdrawing asks first, then deletes, and says what is left elsewhere', async () => {
  const dataFolder = await prepare(threePeople);
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `${route}?part=after` });
  await button(page, /^Actions for/)
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Withdraw the person' }).click();
  await page.getByText('This cannot be undone.', { exact: false }).waitFor();
  expect(await violations(page)).toEqual([]);
  await button(page, 'Delete all answers').click();
  await page.getByText('A date and hashes are kept', { exact: false }).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('tab', { name: 'Sessions' }).click();
  await page.getByText('1 withdrawal so far', { exact: false }).waitFor();
  await host.stop();
  const storage = openStorage(dataFolder, { readOnly: true });
  const study = storage.studies.byName(studyName);
  const sessions = study ? storage.labeling.sessions.ofStudy(study.id) : [];
  storage.close();
  expect(sessions).toHaveLength(2);
});

test.skipIf(!hasBrowser)(
  'labels go out, and another table comes in once its columns and words are in place',
  async () => {
    const dataFolder = await prepare(async (it) => void (await makeSessions(it)));
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `${route}?part=after` });
    const saved = page.waitForEvent('download');
    await button(page, 'Every event (CSV)').click();
    expect((await saved).suggestedFilename()).toMatch(/\.csv$/);
    const rows = Array.from({ length: 33 }, (_, image) => `stimulus_${image}.png,P7,${['nil', 'uno', ''][image % 3]}`);
    await page.getByLabel('Table of labels').setInputFiles({
      name: 'old.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(['bild,wer,antwort', ...rows].join('\n')),
    });
    const dialog = page.getByRole('dialog', { name: 'Import old.csv' });
    const choose = async (label: string | RegExp, option: string): Promise<void> => {
      await dialog.getByRole('combobox', { name: label }).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    await dialog.getByText('Choose the column that names the image.').waitFor();
    await choose('Image', 'bild');
    await choose('Person', 'wer');
    await choose('Label', 'antwort');
    await dialog.getByText(/^Choose a class for .*nil/).waitFor();
    await choose(/^nil/, 'zero');
    await choose(/^uno/, 'one');
    await choose(/^\(empty\)/, 'Left blank');
    await dialog.getByText('22 labels of 1 labeler about 33 images.').waitFor();
    await screenshot(page, 'labeling-import');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Import 33 rows' }).click();
    await page.getByText('Imported 22 labels of 1 labeler').waitFor();
    await region(page, 'Imported labelers').getByText('P7', { exact: true }).waitFor();

    await page.getByLabel('Table of labels').setInputFiles({
      name: 'counts.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('file,zero,one,two\nstimulus_0.png,9,1,0\nstimulus_5.png,2,2,6\nother_77.png,1,0,0\n'),
    });
    const counts = page.getByRole('dialog', { name: 'Import counts.csv' });
    await counts.getByText('20 labels about 2 images.', { exact: false }).waitFor();
    await counts.getByText('1 image that the study does not have, such as other_77.png', { exact: false }).waitFor();
    expect(await violationsInAll(page, 'labeling-panel')).toEqual([]);
    await counts.getByRole('combobox', { name: 'Image' }).click();
    await page.getByRole('option', { name: 'Row by row, from image 0' }).click();
    await counts.getByText('the table has 3 rows while the last image is 32', { exact: false }).waitFor();
    await expect.poll(() => counts.getByRole('button', { name: 'Import 3 rows' }).isDisabled()).toBe(true);
    await counts.getByRole('combobox', { name: 'Image' }).click();
    await page.getByRole('option', { name: 'file', exact: true }).click();
    await counts.getByRole('button', { name: 'Import 3 rows' }).click();
    await page.getByText('Imported 20 labels. Results of this study now use them').waitFor();
    const used = region(page, 'Answers in use');
    await expect.poll(() => used.getByRole('radio', { name: /^Counts of labels: 20 labels/ }).isChecked()).toBe(true);
    expect(await violationsInAll(page, 'labeling-panels')).toEqual([]);
    await used.getByRole('radio', { name: /^Counts of labels/ }).focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => used.getByRole('radio', { name: /^Labels of this study/ }).isChecked()).toBe(true);
    await used.getByRole('button', { name: 'Delete Counts of labels of counts.csv' }).click();
    await button(page, 'Delete the answers').click();
    await used.waitFor({ state: 'detached' });
  },
);
