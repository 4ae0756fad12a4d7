import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { kitResultFileSchema, kitResultPayloadSchema } from '../../../../main/contributions/offline/kit-format.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { focused, stopIn } from '../../desk/page/sessions.ts';
import { hasBrowser, screenshot, violations } from '../../../renderer/harness.ts';
import { button } from '../../desk/screen/prepare.ts';
import { labelOn, openKit, otherComputer, saveResult, savedKit } from './computers.ts';

test.skipIf(!hasBrowser)(
  'a browser without room for answers: told to stop, nothing accepted lost, and on once there is room',
  async () => {
    const { address } = await savedKit(1, { practice: 0, repeats: 0, attention: 0 });
    const context = await otherComputer(join(temporaryFolder(), 'profile'));
    await context.addInitScript(() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...values: Parameters<typeof put>) {
        if (sessionStorage.getItem('full')) throw new DOMException('no room', 'QuotaExceededError');
        return put.apply(this, values);
      };
    });
    const kit = await openKit(context, address);
    const setFull = (isFull: boolean): Promise<void> =>
      kit.evaluate(
        (full) => (full ? sessionStorage.setItem('full', 'yes') : sessionStorage.removeItem('full')),
        isFull,
      );
    const stop = stopIn(kit);
    await button(kit, 'Start').click();
    await labelOn(kit, 3, () => '2');
    await expect.poll(() => focused(kit)).toBe(3);
    await setFull(true);
    await kit.keyboard.press('1');
    await stop.waitFor();
    // No program answers a kit, so none can be lost.
    expect(await stop.getByText('For the researcher').count()).toBe(0);
    expect(await violations(kit)).toEqual([]);
    await screenshot(kit, 'kit-full');
    // What is pressed meanwhile stands for nothing, and the image stays.
    await kit.keyboard.press('3');
    await expect.poll(() => focused(kit)).toBe(3);
    expect(await storedChoices(kit, 'full.json')).toEqual([1, 1, 1]);
    await setFull(false);
    await expect.poll(() => focused(kit)).toBe(4);
    await expect.poll(() => stop.count()).toBe(0);
    // Opened while there is no room, it keeps what it has, and gives it out.
    await setFull(true);
    await kit.reload();
    await kit.getByRole('heading', { name: 'Please call the researcher' }).waitFor();
    expect(await violations(kit)).toEqual([]);
    expect(await storedChoices(kit, 'opened-full.json')).toEqual([1, 1, 1, 0]);
    await setFull(false);
    await button(kit, 'Try again').click();
    await button(kit, 'Continue').click();
    await labelOn(kit, 5, () => '3');
    await expect.poll(() => focused(kit)).toBe(5);
    expect(await storedChoices(kit, 'later.json')).toEqual([1, 1, 1, 0, 2]);
  },
);

/** Answers in the order in which they were given, as the result file has them. */
async function storedChoices(kit: Page, name: string): Promise<(number | null)[]> {
  const file = kitResultFileSchema.parse(JSON.parse(readFileSync(await saveResult(kit, name), 'utf8')));
  const { sittings } = kitResultPayloadSchema.parse(JSON.parse(file.payload));
  // A result file has sittings in the order of their keys, which are random.
  const inTurn = sittings.toSorted((a, b) => a.openedAt.localeCompare(b.openedAt));
  return inTurn.flatMap(({ events }) => events.map(({ choice }) => choice));
}
