import { expect, test } from 'vitest';
import { openStorage } from '../../../main/storage/open.ts';
import { hour, openedKit, resultFile, sitting } from './kit-results.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, answer, plan, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { hasBrowser, openPage, screenshot, startHost, violations, violationsInAll } from '../../renderer/harness.ts';
import { button, prepare, route } from '../desk/screen/prepare.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';

const plain = { practice: 0, attention: 0, repeats: 0 };

/** More classes than there are keys. */
const names = Array.from({ length: 40 }, (_, index) => `class ${index}`);

test.skipIf(!hasBrowser)(
  'paper: digits of any keyboard, Caps Lock, the numeric pad, and answers without a key; any image can be gone to',
  async () => {
    let session = { id: 0, trials: 0 };
    const dataFolder = await prepare(async ({ client, lab }) => {
      addStimuli(lab.workbench.storage, 12, 'many', names);
      const many = plan({ ...plain, perPerson: 12, names, cannotTell: 'Can’t tell' });
      await client.desk.plan.save({ study: 'many', plan: many });
      const made = await client.desk.sessions.create({ study: 'many', count: 1, medium: 'paper' });
      session = made[0] ?? session;
    });
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/many/labeling?part=sessions', height: 1000 });
    await button(page, /^Enter the paper answers of/).click();
    const dialog = page.getByRole('dialog');
    const field = (image: number) =>
      dialog.getByRole('textbox', { name: `Answer for image ${image} on the sheet`, exact: true });
    // As an AZERTY keyboard, Caps Lock, the pad with NumLock off, and a US one say it.
    const pressed = [
      { key: 'é', code: 'Digit2' },
      { key: 'A', code: 'KeyA' },
      { key: 'PageDown', code: 'Numpad3' },
      { key: '.', code: 'NumpadDecimal' },
      { key: 'z', code: 'KeyZ' },
    ];
    for (const [index, key] of pressed.entries()) {
      await field(index + 1).dispatchEvent('keydown', { ...key, bubbles: true, cancelable: true });
      await field(index + 2).waitFor();
    }
    await field(6).press('?');
    await dialog.getByText('? is not one of the answers').waitFor();
    const byName = dialog.getByRole('combobox', { name: 'Answer without a key' });
    await byName.fill('class 39');
    await page.getByRole('option', { name: 'class 39' }).click();
    await field(7).waitFor();
    await dialog.getByRole('textbox', { name: 'Go to image' }).fill('12');
    await page.keyboard.press('Enter');
    await expect.poll(() => field(12).evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.press('1');
    await dialog.getByRole('textbox', { name: 'All images are entered' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByText('First entry (5 remaining)').waitFor();
    await dialog.getByText('Second entry (12 remaining)').click();
    await field(1).press('1');
    await dialog.getByText('1 image differs between the two entries.', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'paper-any-answer');
    // The sheet says neither.
    await dialog.getByRole('combobox', { name: 'Image 1 is another answer' }).fill('class 38');
    await page.getByRole('option', { name: 'class 38' }).click();
    await dialog.getByText('between the two entries', { exact: false }).waitFor({ state: 'detached' });
    await host.stop();
    const storage = openStorage(dataFolder, { readOnly: true });
    const typed = offlineTables(storage).paper.entries(session.id);
    storage.close();
    const first = typed.filter(({ pass }) => pass === 1).map(({ trial, choice }) => [trial, choice]);
    expect(first.sort(([a], [b]) => Number(a) - Number(b))).toEqual([
      [0, 38],
      [1, 10],
      [2, 2],
      [3, -1],
      [4, 35],
      [5, 39],
      [11, 0],
    ]);
    expect(typed.filter(({ pass }) => pass === 2).map(({ choice }) => choice)).toEqual([38]);
  },
);

test.skipIf(!hasBrowser)('a kit’s answers that differ are called what the plan calls them', async () => {
  let file = '';
  const dataFolder = await prepare(async (it) => {
    const { client } = it;
    await client.desk.plan.save({
      study: studyName,
      plan: plan({ ...plain, names: ['1', '2', '7'], cannotTell: 'No idea' }),
    });
    const [row] = await client.desk.sessions.create({ study: studyName, count: 1, medium: 'kit' });
    const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [row?.id ?? 0] }));
    const [own] = kit.sessions;
    if (!own) throw new Error('no session in the kit');
    const here = sitting([answer(0, 0, 2), answer(1, 1, 0)]);
    const id = await upload(it, 'x.json', resultFile(kit, own, { sittings: [here] }));
    await client.offline.applyResult({ study: studyName, upload: id });
    const later = sitting([answer(0, 0, 1), answer(1, 1, -1)], undefined, hour(3));
    file = resultFile(kit, own, { sittings: [later] });
  });
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `${route}?part=sessions` });
  await page.getByLabel('Result file of a kit').setInputFiles({
    name: 'new.json',
    mimeType: 'application/json',
    buffer: Buffer.from(file),
  });
  await page.getByRole('dialog').getByRole('row', { name: '1 7 2', exact: true }).waitFor();
  await page.getByRole('dialog').getByRole('row', { name: '2 1 No idea', exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
});

test.skipIf(!hasBrowser)('kits for more people than one kit serves are saved in several files', async () => {
  const pseudonyms: string[] = [];
  const dataFolder = await prepare(async ({ client }) => {
    await client.desk.plan.save({ study: studyName, plan: plan({ ...plain, perPerson: 2 }) });
    for (const count of [300, 1]) {
      const made = await client.desk.sessions.create({ study: studyName, count, medium: 'kit' });
      pseudonyms.push(...made.map(({ pseudonym }) => pseudonym));
    }
  });
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `${route}?part=sessions` });
  await button(page, /^Save a kit for 151 people, /).waitFor();
  const saved = page.waitForEvent('download');
  await button(page, /^Save a kit for 150 people, /).click();
  expect((await saved).suggestedFilename()).toBe('labeling-150-people.html');
  await expect.poll(() => page.getByLabel('Codes of the kit').locator('dt').count()).toBe(150);
  const names = await page.getByLabel('Codes of the kit').locator('dt').allTextContents();
  expect(pseudonyms).toEqual(expect.arrayContaining(names));
});

test.skipIf(!hasBrowser)('a result that is older than what the study has is told before it is stored', async () => {
  let file = '';
  const dataFolder = await prepare(async (it) => {
    const { client } = it;
    const [row] = await makeSessions(it, 1, plain, 'kit');
    const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [row?.id ?? 0] }));
    const [own] = kit.sessions;
    if (!own) throw new Error('no session in the kit');
    const newer = sitting([answer(0, 0, 2), answer(1, 1, 2)], undefined, hour(6));
    const id = await upload(it, 'x.json', resultFile(kit, own, { sittings: [newer] }));
    await client.offline.applyResult({ study: studyName, upload: id });
    file = resultFile(kit, own, { sittings: [sitting([answer(0, 0, 1), answer(1, 2, 1)], undefined, hour(5))] });
  });
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `${route}?part=sessions` });
  const dialog = page.getByRole('dialog');
  await page.getByLabel('Result file of a kit').setInputFiles({
    name: 'old.json',
    mimeType: 'application/json',
    buffer: Buffer.from(file),
  });
  await dialog.getByText('The study has newer answers', { exact: false }).waitFor();
  expect(await violationsInAll(page, 'labeling-kit-older')).toEqual([]);
  await dialog.getByRole('button', { name: 'Import the answers' }).click();
  await dialog.waitFor({ state: 'detached' });
});
