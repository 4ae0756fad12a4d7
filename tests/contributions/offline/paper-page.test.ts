import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStorage } from '../../../main/storage/open.ts';
import { readPdf } from '../../reports/pdf.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../renderer/harness.ts';
import { button, prepare, route } from '../desk/screen/prepare.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

test.skipIf(!hasBrowser)(
  'paper: sheets in the own order, answers typed twice, a difference settled, then taken',
  async () => {
    let session = { id: 0, trials: 0 };
    const dataFolder = await prepare(async (it) => {
      const change = { practice: 0, repeats: 0, attention: 0, perPerson: 10 };
      session = (await makeSessions(it, 1, change, 'paper'))[0] ?? session;
    });
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: `${route}?part=sessions` });
    const saved = async (format: string): Promise<Buffer> => {
      const download = page.waitForEvent('download');
      await button(page, /^Save the sheets of/).press('Enter');
      await page.getByRole('menuitem', { name: format }).click();
      const path = join(temporaryFolder(), 'sheets');
      await (await download).saveAs(path);
      return readFileSync(path);
    };
    const sheet = (await saved('HTML page')).toString('utf8');
    expect(sheet.match(/<img /g)).toHaveLength(10);
    expect(sheet).not.toMatch(/alpha|pair|predict/i);
    const { pages } = readPdf(await saved('PDF, A4'));
    expect(pages.join(' ').replace(/\s+/g, ' ')).toContain('Page 1 of 1 ');
    await page.getByText('Print at 100 %', { exact: false }).first().waitFor();
    await button(page, /^Enter the paper answers of/).click();
    const dialog = page.getByRole('dialog');
    const typeAll = async (keys: string): Promise<void> => {
      await dialog.getByRole('textbox', { name: 'Answer for image 1 on the sheet', exact: true }).focus();
      for (const [index, key] of [...keys].entries()) {
        await dialog
          .getByRole('textbox', { name: `Answer for image ${index + 1} on the sheet`, exact: true })
          .waitFor();
        await page.keyboard.press(key);
      }
      await dialog.getByRole('textbox', { name: 'All images are entered' }).waitFor();
    };
    await typeAll('1231231231');
    await dialog.getByText('First entry (0 remaining)').waitFor();
    await dialog.getByText('Second entry (10 remaining)').click();
    expect(await violations(page)).toEqual([]);
    await typeAll('1231231232');
    await dialog.getByText('1 image differs between the two entries.', { exact: false }).waitFor();
    await screenshot(page, 'paper-entry');
    const take = dialog.getByRole('button', { name: 'Accept the answers' });
    await expect.poll(() => take.isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Image 10 is Zero' }).click();
    await dialog.getByText('between the two entries', { exact: false }).waitFor({ state: 'detached' });
    await take.click();
    await page
      .getByRole('row', { name: /Finished/ })
      .getByText('10 of 10')
      .waitFor();
    await host.stop();
    const storage = openStorage(dataFolder, { readOnly: true });
    const answers = sessionTables(storage).log.choices(session.id, session.trials);
    storage.close();
    expect(answers).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
  },
);

test.skipIf(!hasBrowser)(
  'paper: what lacks is named, a blank is typed with Enter, and consent is asked for',
  async () => {
    const dataFolder = await prepare(async (it) => {
      await makeSessions(
        it,
        1,
        { practice: 0, repeats: 0, attention: 0, perPerson: 4, consent: 'Do you agree?' },
        'paper',
      );
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
