import { expect, test } from 'vitest';
import { openStorage } from '../../../../main/storage/open.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../../renderer/harness.ts';
import { button, prepare, region, route } from './prepare.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

test.skipIf(!hasBrowser)('a plan is made by keyboard, shows what it comes to, and is saved with versions', async () => {
  const dataFolder = await prepare();
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route });
  await region(page, 'Summary').getByText('Not saved yet').waitFor();
  await page.getByText(/With 10 people, .* of 33 images are/).waitFor();
  const perPerson = page.getByRole('textbox', { name: 'Images per person' });
  await perPerson.fill('17');
  await page.getByText(/With 10 people, .* of 33 images with 5 or 6 labelers each are/).waitFor();
  await page.getByRole('textbox', { name: 'Number of images to try' }).fill('100');
  // Ten people with 17 each give 70 of the 100 two labelers: the drawing is of as many.
  await page.getByText(/With 10 people, .* of 70 images/).waitFor();
  await page.getByText('n = 70 images').first().waitFor();
  await page.getByRole('textbox', { name: 'Number of images to try' }).fill('200');
  await page.getByText('With 10 people, no image gets two labelers, so disagreement').waitFor();
  await perPerson.fill('');
  await page.getByText(/With 10 people, .* of 200 images are/).waitFor();
  await page.getByRole('textbox', { name: 'Number of images to try' }).fill('33');
  const question = page.getByRole('textbox', { name: 'Question' });
  await question.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.getByText('Question: enter a text.').waitFor();
  await expect.poll(() => button(page, 'Save the plan').isDisabled()).toBe(true);
  await page.keyboard.type('Which digit do you see?');
  await page.getByRole('textbox', { name: 'Answer for class one' }).fill('A one');
  const key = page.getByRole('textbox', { name: 'Key for class one' });
  await expect.poll(() => key.inputValue()).toBe('a');
  await key.focus();
  await page.keyboard.type('T');
  await page.getByText('Two answers have the key “t”.').waitFor();
  await page.getByText('Two keys', { exact: true }).click();
  await expect.poll(() => key.inputValue()).toBe('ao');
  await page.getByText('One key per answer', { exact: true }).click();
  await key.focus();
  await page.keyboard.type('o');
  const attention = page.getByRole('textbox', { name: 'Attention trials' });
  await attention.fill('50');
  await page.getByText(/There are 6 clear images/).waitFor();
  await attention.fill('4');
  // A field shows where it counts, and takes what its schema accepts.
  const cross = page.getByRole('textbox', { name: 'Cross before an image (ms)' });
  expect(await cross.count()).toBe(0);
  await page.getByRole('combobox', { name: 'Images' }).click();
  await page.getByRole('option', { name: 'One at a time' }).click();
  await cross.fill('20000');
  await cross.blur();
  await expect.poll(() => cross.inputValue()).toBe('10000');
  await cross.fill('250');
  await page.getByRole('textbox', { name: 'Time limit per image (s)' }).fill('2.5');
  await page.getByRole('switch', { name: 'Ask for consent on screen' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('textbox', { name: 'Consent' }).waitFor();
  await page.getByText('33 analyzed, 5 practice, 3 repeats, 4 attention').waitFor();
  await screenshot(page, 'labeling-plan');
  expect(await violations(page)).toEqual([]);
  await button(page, 'Save the plan').press('Enter');
  await page.getByText(/Version 1, saved/).waitFor();
  await page.getByRole('textbox', { name: /^Instructions/ }).fill('Look, then press a key.');
  await page.getByText('Differs from version 1').waitFor();
  await button(page, 'Save the plan').click();
  await page.getByText(/Version 2, saved/).waitFor();
  await page.getByRole('textbox', { name: 'Instructions (saved: version 2)' }).waitFor();
  await page.getByRole('textbox', { name: 'Consent (saved: version 1)' }).waitFor();
  await host.stop();
  const storage = openStorage(dataFolder, { readOnly: true });
  const study = storage.studies.byName('small');
  const saved = study && sessionTables(storage).plans.newest(study.id);
  storage.close();
  expect(saved?.plan).toMatchObject({
    question: 'Which digit do you see?',
    names: ['zero', 'A one', 'two'],
    keys: ['z', 'o', 't'],
    attention: 4,
    mode: 'single',
    fixationMs: 250,
    timeLimit: { imageSeconds: 2.5, sessionMinutes: null },
    perPerson: null,
    instructions: 'Look, then press a key.',
  });
});

test.skipIf(!hasBrowser)(
  'more people find more images that divide them; in the dark and on a large screen too',
  async () => {
    const host = await startHost({ dataFolder: await prepare() });
    const page = await openPage(host, { route, colorScheme: 'dark', width: 1920, height: 1080 });
    await page.getByText(/With 10 people, /).waitFor();
    await page.getByRole('textbox', { name: 'People', exact: true }).fill('40');
    await page.getByText(/With 40 people, .* of 33 images/).waitFor();
    await screenshot(page, 'labeling-plan-dark');
    expect(await violations(page)).toEqual([]);
    const share = /people, ([\d.]+)/;
    const of = async (people: number): Promise<number> => {
      await page.getByRole('textbox', { name: 'People', exact: true }).fill(String(people));
      const said = page.getByText(new RegExp(`With ${people} people, `));
      return Number(share.exec((await said.textContent()) ?? '')?.[1]);
    };
    expect(await of(3)).toBeLessThan(await of(30));
  },
);
