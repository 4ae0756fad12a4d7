import { describe, expect, test } from 'vitest';
import { saved } from '../../contributions/publication/saved.ts';
import { useGallery } from '../gallery/browse.ts';
import { hasBrowser, violations } from '../harness.ts';
import { byLightness } from '../layout.ts';

describe.skipIf(!hasBrowser)('pieces in a browser', () => {
  const open = useGallery();

  test.for(['pieces', 'strip', 'grid', 'table'])(
    '%s: nothing that axe would object to, light and dark',
    async (name) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(name, { colorScheme });
        expect(await violations(page)).toEqual([]);
        await page.context().close();
      }
    },
  );

  test('what was done can be undone from its toast', async () => {
    const page = await open('pieces');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Brought back').waitFor();
    await page.getByText('Deleted "Quick study"').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('where people and networks agree, a badge claims no type B: exceptions are in that cell', async () => {
    const page = await open('pieces');
    const badges = page.locator('.type-badge');
    await badges.first().waitFor();
    await expect
      .poll(() => badges.allTextContents())
      .toEqual([
        'AType A: only networks disagree',
        '≠People and networks disagree (type B)',
        '=People and networks agree (type B or exception)',
        'CType C: only people disagree',
        '=Type B: people and networks agree',
        '=Exception: people and networks agree, each on another label',
      ]);
    await page.context().close();
  });

  test('an image on screen has the pixels that it was given, in gray and in color, light and dark', async () => {
    const { colorPicture, picture } = await import('../gallery/images.ts');
    const gray = [...picture(3)].flatMap((value) => [value, value, value]);
    const [blob, inColor] = ['A blob', 'A blob in color'];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('pieces', { colorScheme });
      const drawn = (name: string) =>
        page.getByRole('img', { name, exact: true }).evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, 28, 28);
          return [...data].filter((_, i) => i % 4 < 3);
        });
      await expect.poll(() => drawn(blob)).toEqual(gray);
      await expect.poll(() => drawn(inColor)).toEqual([...colorPicture(3)]);
      const around = await page.getByRole('img', { name: inColor, exact: true }).evaluate((canvas) => {
        const styles: CSSStyleDeclaration[] = [];
        for (let each: Element | null = canvas; each; each = each.parentElement) styles.push(getComputedStyle(each));
        return styles.flatMap(({ filter, mixBlendMode, opacity }) => [filter, mixBlendMode, opacity]);
      });
      expect([...new Set(around)]).toEqual(['none', 'normal', '1']);
      await page.context().close();
    }
  });

  test('a strip says its votes and flips in words, and opens an image', async () => {
    const page = await open('strip');
    const votes = page.getByRole('region', { name: 'Votes' });
    await expect.poll(() => votes.getByRole('img', { name: 'Networks: 8 × 4, 3 × 3, 5 × 2' }).count()).toBe(1);
    await expect
      .poll(() => votes.getByRole('img', { name: /Networks flip from 3 to 8 at alpha 0.45/ }).count())
      .toBe(1);
    await expect.poll(() => votes.getByText('Rehearsal').isVisible()).toBe(true);
    await expect.poll(() => page.getByRole('region', { name: 'No votes' }).getByText('Networks').count()).toBe(0);
    for (const voters of ['people', 'networks'])
      expect(await byLightness(votes.locator(`[data-voters="${voters}"] > [data-place]`))).toEqual(['i', 'other', 'j']);
    await votes.getByRole('button', { name: '3 to 8, alpha 0.4' }).press('Enter');
    await page.getByText('opened 4').waitFor();
    await page.context().close();
  });

  test('a grid of 20,000 images is walked by keyboard, on one small canvas', async () => {
    const page = await open('grid');
    const grid = page.getByRole('listbox', { name: 'Many images' });
    await grid.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'Space', 'End', 'Enter']) await page.keyboard.press(key);
    await page.getByText('opened 19999; selected 2;').waitFor();
    await expect.poll(() => grid.getByRole('option').getAttribute('aria-posinset')).toBe('20000');
    await expect.poll(() => grid.locator('canvas').count()).toBe(1);
    const size = await grid.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width * canvas.height);
    expect(size).toBeLessThan(1280 * 800);
    const seen = await page.getByText(/seen \d+ to 19999/).textContent();
    expect(Number(/seen (\d+)/.exec(seen ?? '')?.[1])).toBeGreaterThan(19_700);
    await page.context().close();
  });

  test('a click opens the image under it, also after scrolling', async () => {
    const page = await open('grid');
    const grid = page.getByRole('listbox', { name: 'Many images' });
    await grid.evaluate((element) => element.scrollTo(0, 6000));
    await grid.click({ position: { x: 70, y: 30 } });
    const columns = 20;
    await page.getByText(new RegExp(`opened ${Math.floor((6000 + 30 - 5) / 60) * columns + 1};`)).waitFor();
    await page.context().close();
  });

  test('a table of 5,000 rows: sorted, filtered, walked, selected and opened by keyboard', async () => {
    const page = await open('table');
    const table = page.getByRole('grid', { name: 'Runs' });
    await expect.poll(() => table.getByRole('row').count()).toBeLessThan(60);
    await page.getByRole('button', { name: 'Accuracy (%)' }).press('Enter');
    await page.getByRole('button', { name: 'Accuracy (%)' }).press('Enter');
    await expect
      .poll(() => table.getByRole('columnheader', { name: /Accuracy/ }).getAttribute('aria-sort'))
      .toBe('descending');
    await expect.poll(() => table.getByRole('row').nth(1).textContent()).toContain('99.99');
    await table.press('/');
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('cnn 4999');
    await page.getByText('1 of 5,000 rows').waitFor();
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('mlp 4');
    await page.keyboard.press('Enter');
    for (const key of ['j', 'Space', 'j', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await page.getByText(/opened run \d*4\d*; selected \d*4\d*$/).waitFor();
    await page.context().close();
  });

  test('a table groups its rows, remembers its view, and leaves as CSV without formulas', async () => {
    const page = await open('table');
    await page.getByRole('combobox', { name: 'Group by' }).click();
    await page.getByRole('option', { name: 'Architecture' }).click();
    await page.getByText('cnn (1,667)').waitFor();
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'State' }).click();
    await page.reload();
    await page.getByText('cnn (1,667)').waitFor();
    await expect.poll(() => page.getByRole('columnheader', { name: 'State' }).count()).toBe(0);
    const { name, bytes } = await saved(page, 'Runs', 'Save as CSV');
    const text = bytes.toString('utf8');
    expect(name).toBe('runs.csv');
    expect(text.split('\r\n').length).toBe(5002);
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
    expect(text).toMatch(/^Name,Architecture,Accuracy \(%\),Note/);
    await page.context().close();
  });

  test('a table without rows says so', async () => {
    const page = await open('table');
    await expect.poll(() => page.getByRole('heading', { name: 'No runs yet' }).isVisible()).toBe(true);
    await page.context().close();
  });
});
