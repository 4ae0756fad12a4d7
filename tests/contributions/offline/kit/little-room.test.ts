import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { hasBrowser, screenshot } from '../../../renderer/harness.ts';
import { openKit, otherComputer, savedKit } from './computers.ts';
import { doubled, expectInSight, expectWhole, proposed } from '../../desk/page/in-sight.ts';
import { focused } from '../../desk/page/sessions.ts';

test.skipIf(!hasBrowser)('a kit at 200 %: the same, and the button for the result file covers nothing', async () => {
  const { address } = await savedKit(1, { ...proposed, size: { unit: 'px', value: 76 } });
  const other = await otherComputer(join(temporaryFolder(), 'profile'), doubled);
  const kit = await openKit(other, address);
  await kit.getByRole('button', { name: 'Start' }).click();
  for (let trial = 0; trial < 15; trial++) {
    await expect.poll(() => focused(kit)).toBe(trial);
    await expectInSight(kit, [
      '.desk-question',
      '.desk-cell[aria-current="true"]',
      '.desk-choice',
      '.kit-result button',
    ]);
    if (trial === 12) await screenshot(kit, 'kit-grid-200');
    if (trial < 14) await kit.keyboard.press('2');
  }
  await expectWhole(kit);
});
