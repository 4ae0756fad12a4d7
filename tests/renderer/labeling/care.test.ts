import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { hour, openedKit, resultFile, sitting } from '../../contributions/offline/kit-results.ts';
import {
  addStimuli,
  answer,
  fetched,
  labelAll,
  makeSessions,
  plan,
  screen,
  studyName,
  upload,
} from '../../services/labeling/labeling-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';
import { hasBrowser, openPage, screenshot, startHost, violations, violationsInAll } from '../harness.ts';
import { button, prepare, region, route } from './prepare.ts';

const plain = { practice: 0, attention: 0, repeats: 0 };

/** A kit's session here since Tuesday, and a file of it from Monday; a JSON of another study with three sessions. */
async function filled(it: TestLab) {
  const { client, lab } = it;
  const [kitRow] = await makeSessions(it, 1, plain, 'kit');
  const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [kitRow?.id ?? 0] }));
  const [own] = kit.sessions;
  if (!own) throw new Error('no session in the kit');
  const newer = sitting([answer(0, 0, 2), answer(1, 1, 2)], undefined, hour(6));
  const file = await upload(it, 'x.json', resultFile(kit, own, { sittings: [newer] }));
  await client.offline.applyResult({ study: studyName, upload: file });
  const older = sitting([answer(0, 0, 1), answer(1, 2, 1)], undefined, hour(5));
  await makeSessions(it, 1, plain);
  addStimuli(lab.workbench.storage, 11, 'other');
  await client.labeling.plan.save({ study: 'other', plan: plan(plain) });
  const rows = await client.labeling.sessions.create({ study: 'other', count: 3, medium: 'screen' });
  const [finished, excluded, open] = rows;
  if (!finished || !excluded || !open) throw new Error('no sessions');
  for (const { token } of [finished, excluded]) await labelAll(it, token);
  await client.labeling.sessions.exclude({ session: excluded.id, reason: 'asleep' });
  const page = { token: open.token, sitting: randomUUID() };
  await client.labeling.volunteer.open({ ...page, screen });
  await client.labeling.volunteer.addEvents({ ...page, events: [answer(0, 0, 1)] });
  const { files } = await client.labeling.tables.export({ study: 'other', format: 'json' });
  return { older: resultFile(kit, own, { sittings: [older] }), json: await fetched(it, files[0]?.address ?? '') };
}

test.skipIf(!hasBrowser)(
  'what cannot be taken back asks first; what is left out or older is told before it is stored, in both themes',
  async () => {
    let files = { older: '', json: '' };
    const dataFolder = await prepare(async (it) => {
      files = await filled(it);
    });
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `${route}?part=sessions` });
    const dialog = page.getByRole('dialog');

    await page.getByLabel('Result file of a kit').setInputFiles({
      name: 'old.json',
      mimeType: 'application/json',
      buffer: Buffer.from(files.older),
    });
    await dialog.getByText('The study has newer answers', { exact: false }).waitFor();
    expect(await violationsInAll(page, 'labeling-kit-older')).toEqual([]);
    await dialog.getByRole('button', { name: 'Import the answers' }).click();
    await dialog.waitFor({ state: 'detached' });

    const [kit, unused] = [
      page.getByRole('row', { name: /Another computer/ }),
      page.getByRole('row', { name: /Not started/ }),
    ];
    await kit.getByRole('button', { name: /^Actions for/ }).click();
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
      buffer: Buffer.from(files.json),
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
  'paper: what lacks is named, a blank is typed with Enter, and consent is asked for',
  async () => {
    const dataFolder = await prepare(async (it) => {
      await makeSessions(it, 1, { ...plain, perPerson: 4, consent: 'Do you agree?' }, 'paper');
    });
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `${route}?part=sessions` });
    await button(page, /^Enter the paper answers of/).click();
    const dialog = page.getByRole('dialog');
    const type = async (keys: readonly string[]): Promise<void> => {
      for (const [index, key] of keys.entries()) {
        await dialog
          .getByRole('textbox', { name: `Answer for image ${index + 1} on the sheet`, exact: true })
          .press(key);
      }
    };
    await type(['1', 'Enter', '3', '1']);
    await dialog.getByText('First entry (0 remaining)').waitFor();
    await dialog.getByText('Second entry (4 remaining)').click();
    await type(['1', 'Enter']);
    await dialog.getByText('Entered only once: images 3, 4.').waitFor();
    await screenshot(page, 'paper-lacks');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Answer for image 3 on the sheet', exact: true }).press('3');
    await dialog.getByRole('textbox', { name: 'Answer for image 4 on the sheet', exact: true }).press('1');
    const take = dialog.getByRole('button', { name: 'Accept the answers' });
    await dialog.getByText('Second entry (0 remaining)').waitFor();
    await expect.poll(() => take.isDisabled()).toBe(true);
    await dialog.getByLabel('Consent is ticked on the sheet').check();
    await take.click();
    await page
      .getByRole('row', { name: /Finished/ })
      .getByText('3 of 4')
      .waitFor();
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
