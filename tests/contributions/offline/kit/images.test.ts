import { expect, test } from 'vitest';
import { focused } from '../../desk/page/sessions.ts';
import { viewOf } from '../../desk/page/view-of.ts';
import { hasBrowser } from '../../../renderer/harness.ts';
import { grayOf, kitOf } from './kit-of.ts';
import { timedContext, TimedPage } from './timed-kit.ts';

test.skipIf(!hasBrowser)('each image is that of its trial, over all parts in which images are fetched', async () => {
  const it = await TimedPage.open(await timedContext(), kitOf(viewOf({ trials: 120, grid: { columns: 12, rows: 9 } })));
  const { page } = it;
  /** The gray of the first and the last pixel of each image on the page, the large one last. */
  const shown = () =>
    page.locator('canvas.desk-image').evaluateAll((all) =>
      all.map((canvas) => {
        const drawn =
          canvas instanceof HTMLCanvasElement ? canvas.getContext('2d')?.getImageData(0, 0, 4, 4).data : null;
        return [drawn?.[0], drawn?.[60], drawn?.[63]];
      }),
    );
  const grays = (from: number, to: number, large: number) =>
    [...Array.from({ length: to - from }, (_, index) => from + index), large].map((trial) => [
      grayOf(trial),
      grayOf(trial),
      255,
    ]);
  await page.getByRole('button', { name: 'Start' }).click();
  await expect.poll(shown).toEqual(grays(0, 108, 0));
  await page.keyboard.press('End');
  await expect.poll(() => focused(page)).toBe(107);
  await expect.poll(shown).toEqual(grays(0, 108, 107));
  await page.keyboard.press('ArrowRight');
  await expect.poll(shown).toEqual(grays(108, 120, 108));
});
