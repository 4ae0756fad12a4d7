import { describe, expect, test } from 'vitest';
import { useGallery } from '../gallery/browse.ts';
import { hasBrowser, violations } from '../harness.ts';

describe.skipIf(!hasBrowser)('fields of settings in a browser', () => {
  const open = useGallery();

  test('a number outside the limits becomes the limit, by Enter and by leaving the field', async () => {
    const page = await open('settings');
    const workers = page.getByRole('textbox', { name: 'Workers' });
    await workers.fill('5000');
    await workers.press('Enter');
    await page.getByText('workers: 1024', { exact: true }).waitFor();
    await workers.fill('0');
    await workers.press('Tab');
    await page.getByText('workers: 1', { exact: true }).waitFor();
    expect(await workers.inputValue()).toBe('1');
    await workers.fill('08');
    await workers.press('Tab');
    await page.getByText('workers: 8', { exact: true }).waitFor();
    expect(await workers.inputValue()).toBe('8');
    await page.context().close();
  });

  test('Enter submits the form with the number that its field shows', async () => {
    const page = await open('settings');
    const steps = page.getByRole('textbox', { name: 'Steps', exact: true });
    await steps.fill('600');
    await steps.press('Enter');
    await page.getByText('saved steps: 600', { exact: true }).waitFor();
    await steps.fill('0');
    await steps.press('Enter');
    await page.getByText('saved steps: 600 1', { exact: true }).waitFor();
    expect(await steps.inputValue()).toBe('1');
    await page.context().close();
  });

  test('a list that is not valid stays in its field with the reason, and is passed on whole', async () => {
    const page = await open('settings');
    const list = page.getByRole('textbox', { name: 'Temperatures to choose from' });
    await list.press('ControlOrMeta+a');
    await page.keyboard.type('0.5, 1, 10o');
    await page.keyboard.press('Tab');
    await page.getByText('temperatures: 0.5 1 10o', { exact: true }).waitFor();
    expect(await list.inputValue()).toBe('0.5, 1, 10o');
    await page.getByText('"10o" is not a number', { exact: true }).waitFor();
    expect(await list.getAttribute('aria-invalid')).toBe('true');
    expect(await violations(page)).toEqual([]);
    for (const name of ['Hide', 'Show']) await page.getByRole('button', { name, exact: true }).click();
    expect(await list.inputValue()).toBe('0.5, 1, 10o');
    await list.fill('0.5; 1 10');
    await list.press('Tab');
    await page.getByText('temperatures: 0.5 1 10', { exact: true }).waitFor();
    expect(await list.inputValue()).toBe('0.5, 1, 10');
    expect(await list.getAttribute('aria-invalid')).not.toBe('true');
    await page.context().close();
  });
});
