import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallDisk } from '../../../small-disk.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../../renderer/harness.ts';
import { focused, prepareSession, stopIn, stored } from './sessions.ts';

test.skipIf(!hasBrowser)(
  'a full disk: the volunteer is told to stop, nothing accepted is lost, and it goes on once there is room',
  async (context) => {
    const disk = smallDisk(16 * 1024);
    if (disk === null) {
      process.stderr.write('No right to mount a tmpfs: labeling on a full disk is not tried.\n');
      return context.skip('needs the right to mount a tmpfs');
    }
    const plain = { practice: 0, repeats: 0, attention: 0, grid: { columns: 10, rows: 12 } };
    const session = await prepareSession(plain, { alphas: 40, folder: disk });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: `/desk/${session.token}` });
    const stop = stopIn(page);
    await page.getByRole('button', { name: 'Start' }).click();
    for (let trial = 0; trial < 3; trial++) {
      await expect.poll(() => focused(page)).toBe(trial);
      await page.keyboard.press(String((trial % 3) + 1));
    }
    await expect.poll(() => focused(page)).toBe(3);
    fill(disk, 'ballast', 64 * 1024);
    let accepted = 3;
    for (; accepted < session.trials; accepted++) {
      await page.keyboard.press(String((accepted % 3) + 1));
      const isThere = async (): Promise<boolean> => (await stop.count()) > 0 || (await focused(page)) === accepted + 1;
      await expect.poll(isThere).toBe(true);
      if ((await focused(page)) === accepted) break;
    }
    expect(accepted).toBeLessThan(session.trials);
    fill(disk, 'rest', 0);
    await expect.poll(() => stop.count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'desk-full-disk');
    const labels = Array.from({ length: accepted }, (_, trial) => trial % 3);
    await expect.poll(() => stored(session).answers.slice(0, accepted + 1)).toEqual([...labels, null]);
    // What is pressed meanwhile stands for nothing, and the image stays.
    await page.keyboard.press('3');
    // Two looks that the page draws anew between: a key that counted would have moved on by the second.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await expect.poll(() => focused(page)).toBe(accepted);
    // Nor can the session be opened anew; there is a way out, and a way to try again.
    const other = await openPage(host, { route: `/desk/${session.token}` });
    await other.getByRole('heading', { name: 'Please call the researcher' }).waitFor();
    await other.getByText('disk is full', { exact: false }).waitFor();
    await other.getByRole('button', { name: 'Researcher' }).waitFor();
    for (const name of ['ballast', 'rest']) rmSync(join(disk, name));
    await expect.poll(() => focused(page)).toBe(accepted + 1);
    await expect.poll(() => stop.count()).toBe(0);
    await page.keyboard.press('1');
    await expect.poll(() => focused(page)).toBe(accepted + 2);
    await other.getByRole('button', { name: 'Try again' }).click();
    await other.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await host.stop();
    expect(stored(session).answers.slice(0, accepted + 3)).toEqual([...labels, accepted % 3, 0, null]);
  },
);

/** Fills a disk up to so many bytes. */
function fill(disk: string, name: string, left: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, name), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}
