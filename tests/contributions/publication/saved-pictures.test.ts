import { join } from 'node:path';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { useGallery } from '../../renderer/gallery/browse.ts';
import { hasBrowser } from '../../renderer/harness.ts';
import { saved, savedLines } from './saved.ts';

const savedSvg = async (page: Page, title: string): Promise<string> =>
  (await saved(page, title, 'Save as SVG')).bytes.toString('utf8');

/** A line an element, and the machine's own fonts by one name, so that a file can be read and compared anywhere. */
const readable = (svg: string): string =>
  `${svg
    .replaceAll(/font-family(?:="[^"]*"|: [^;]*;)/g, (found) =>
      found.includes('=') ? 'font-family="system"' : 'font-family: system;',
    )
    .replaceAll('><', '>\n<')}\n`;

describe.skipIf(!hasBrowser)('saved pictures', () => {
  const open = useGallery();

  test.each(['Spread', 'Curves', 'Bars', 'Scatter'])(
    '%s: the same bytes twice, those of the stored file',
    async (title) => {
      const twice: string[] = [];
      for (let run = 0; run < 2; run++) {
        const page = await open('small');
        await page.locator('svg.recharts-surface').nth(3).waitFor();
        twice.push(readable(await savedSvg(page, title)));
        await page.context().close();
      }
      expect(twice[1]).toBe(twice[0]);
      expect(twice[0]).not.toContain('var(--');
      await expect(twice[0]).toMatchFileSnapshot(join(import.meta.dirname, 'saved', `${title.toLowerCase()}.svg`));
    },
  );

  test('a chart is saved as SVG, PNG and CSV with its title, its legend and no formula', async () => {
    const page = await open('charts');
    const svg = await savedSvg(page, 'Loss');
    expect(svg).toContain('>Loss</text>');
    expect(svg).toContain('=mlp &lt;b&gt;');
    expect(svg).not.toContain('var(--');
    const { bytes: png } = await saved(page, 'Loss', 'Save as PNG');
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(png.readUInt32BE(16)).toBeGreaterThan(1500);
    const [head] = await savedLines(page, 'Loss');
    expect(head).toMatch(/^Steps,'=mlp <b>,'=mlp <b>: low,'=mlp <b>: high,'=cnn <b>,/);
    await page.context().close();
  });

  test('what is simulated says so: in the picture, in the name of the file and in each row', async () => {
    const page = await open('small');
    const svg = await savedSvg(page, 'Curves');
    expect(svg).toContain('REHEARSAL: labels are simulated, not from people');
    expect(await savedSvg(page, 'Spread')).not.toContain('REHEARSAL');
    const { name, bytes } = await saved(page, 'Curves', 'Save as CSV');
    expect(name).toBe('rehearsal-curves.csv');
    const [head = '', ...rows] = bytes.toString('utf8').trim().split('\r\n');
    expect(head).toBe('Alpha,people,people: low,people: high,networks,Marked,Rehearsal');
    expect(rows.every((row) => row.endsWith(',simulated labels'))).toBe(true);
    await page.context().close();
  });

  test('a narrow picture has room for its words, plain colors, and no character that XML cannot have', async () => {
    const page = await open('narrow');
    const svg = await savedSvg(page, 'Narrow');
    expect(Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1])).toBeGreaterThan(400);
    expect(svg).toContain('>x</text>');
    expect(svg).not.toMatch(/color\(|color-mix/);
    expect((await saved(page, 'Narrow', 'Save as PNG')).bytes.readUInt32BE(16)).toBeGreaterThan(800);
    await page.context().close();
  });

  test('a picture that PNG could have only smaller than it is is saved as SVG', async () => {
    const page = await open('grid');
    await page.getByRole('button', { name: 'Copy or save: Many images' }).click();
    await page.getByRole('menuitem', { name: 'Save as PNG' }).click();
    await page.getByText('The picture is too large for PNG: save it as SVG').waitFor();
    expect((await savedSvg(page, 'Many images')).match(/<image /g)).toHaveLength(20_000);
    await page.context().close();
  });
});
