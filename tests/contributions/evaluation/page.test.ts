import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import {
  hasBrowser,
  type HostProcess,
  openPage,
  screenshot,
  startHostProcess,
  violations,
} from '../../renderer/harness.ts';
import { putTrained, study } from '../../services/runs/trained-mlps.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** Stops a child process of the host (SIGSTOP) when it appears, before it can have done anything; gives its id. */
async function stopWhenStarted(host: HostProcess, entry: string): Promise<number> {
  for (;;) {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
    const child = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(
        ([, parent, ...words]) => Number(parent) === host.process.pid && words.some((word) => word.includes(entry)),
      );
    if (child) {
      process.kill(Number(child[0]), 'SIGSTOP');
      return Number(child[0]);
    }
  }
}

test.skipIf(!hasBrowser)(
  'the drawer of a run shows counts as they come, and keeps the places of what is still missing',
  { timeout: 240_000 },
  async () => {
    const dataFolder = temporaryFolder();
    await putTrained(dataFolder);
    const host = await startHostProcess({ dataFolder });
    const page = await openPage(host, { route: `/studies/${study}/models` });
    await page.getByRole('grid').getByText('MLP1', { exact: true }).click();
    await page.getByRole('heading', { name: /^MLP1/ }).waitFor();
    // The matrix, and places for the mistakes, are there before the evaluation has begun.
    const stopped = stopWhenStarted(host, 'evaluation-child');
    await page.getByRole('tab', { name: 'Test images' }).click();
    const evaluation = await stopped;
    await page.getByText(/^Evaluating 0 of [\d,]+ test images/).waitFor();
    await expect.poll(() => page.locator('.confusion tbody tr').count()).toBe(2);
    await expect.poll(() => page.locator('.picture-list li').count()).toBeGreaterThan(0);
    const mistakes = page.getByRole('heading', { name: 'Most confident mistakes' });
    const place = await mistakes.boundingBox();
    process.kill(evaluation, 'SIGCONT');
    await page
      .getByRole('img', { name: /^Test image/ })
      .first()
      .waitFor({ timeout: 60_000 });
    expect((await mistakes.boundingBox())?.y).toBe(place?.y);
    await expect.poll(() => page.locator('.confusion tbody tr').count()).toBe(2);
    expect(
      await page.getByRole('img', { name: /^Test image \d+: (zero|one), predicted as (zero|one)$/ }).count(),
    ).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    // The snapshot was chosen for its accuracy, so no interval stands beside it.
    expect(await page.getByText(/\[\d[\d.]* to [\d.]+ %\]/).count()).toBe(0);
    await screenshot(page, 'models-test-images');
  },
);
