import { expect, test } from 'vitest';
import { findStimuli, findStudy } from '../../../main/services/workbench/find.ts';
import { hasBrowser, openPage, startHost, violations, violationsInAll } from '../../renderer/harness.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test.skipIf(!hasBrowser)('models of a table are added, compared as a group of their own, and removed', async () => {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  const images = findStimuli(workbench, findStudy(workbench, 'sample').id)?.images ?? [];
  workbench.storage.close();
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: '/studies/sample/models' });
  const go = (next: string) => page.goto(`${new URL(host.address).origin}/#/studies${next}`);
  await page.getByRole('link', { name: 'Outside models' }).click();
  await page.getByText('No outside models yet').waitFor();
  await expect.poll(() => page.title()).toBe('Outside models · sample · Boundary Workbench');
  expect(await violations(page)).toEqual([]);
  const ids = images.map(({ id }) => id);
  const rows = ['first', 'second'].flatMap((model, m) =>
    ids.map((id) => `img-${id}.png,${model},${(id + m) % 4 === 0 ? 'cat' : id % 10}`),
  );
  const table = Buffer.from(['file,model,guess', ...rows, 'img-9999.png,first,3'].join('\n'));
  await page.getByLabel('Table of answers').setInputFiles({ name: 'others.csv', mimeType: 'text/csv', buffer: table });
  const dialog = page.getByRole('dialog', { name: 'Add models of others.csv' });
  const status = dialog.getByRole('status');
  await expect.poll(() => status.textContent()).toBe('Choose the column with the label, or softmax of each class.');
  await dialog.getByRole('combobox', { name: 'Label', exact: true }).click();
  await page.getByRole('option', { name: 'guess' }).click();
  await expect.poll(() => status.textContent()).toBe('Choose a class for cat.');
  expect(
    await violationsInAll(page, 'outside-mapping', {
      see: async () => expect(await dialog.getByText('1 row of images that this study does not have').count()).toBe(1),
    }),
  ).toEqual([]);
  await dialog.getByRole('combobox', { name: /^cat/ }).click();
  await page.getByRole('option', { name: '7', exact: true }).click();
  await expect.poll(() => status.textContent()).toBe('2 models: first, second.');
  await dialog.getByRole('button', { name: 'Add 2 models' }).click();
  const list = page.getByRole('grid', { name: 'Outside models of sample' });
  await list.getByText('second').waitFor();
  expect(await violationsInAll(page, 'outside-models')).toEqual([]);

  await go('/sample/results/softmax?group=outside');
  await expect
    .poll(() => page.getByRole('combobox', { name: 'Networks', exact: true }).inputValue())
    .toMatch(/^Outside models \(2\)/);
  await page.getByText(/Distributions by type are not defined. Of a model of this group only its labels/).waitFor();
  expect(await violationsInAll(page, 'outside-results')).toEqual([]);
  await go('/sample/results/agreement?group=outside');
  await page.getByRole('application').first().waitFor();

  await go('/sample/stimuli?image=3');
  const votes = page.getByRole('dialog', { name: 'Image 3' }).getByRole('row', { name: /^first / });
  await expect.poll(() => votes.getByRole('cell').first().textContent()).toBe('3');

  await go('/sample/models/outside');
  await list.getByText('second').waitFor();
  await page.getByRole('checkbox', { name: /all/i }).check();
  await page.getByRole('button', { name: 'Remove 2 models' }).click();
  await page.getByText('No outside models yet').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await list.getByText('second').waitFor();
  await page.getByRole('checkbox', { name: /all/i }).check();
  await page.getByRole('button', { name: 'Remove 2 models' }).click();
  await page.getByText('No outside models yet').waitFor();
});
