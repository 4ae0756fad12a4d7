import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** A module that the host and its processes load first: the one that evaluates stops itself before it has done anything. */
function stoppingItself(folder: string): string {
  const path = join(folder, 'stop.cjs');
  const stop = "if (process.argv[1]?.includes('evaluation-child')) process.kill(process.pid, 'SIGSTOP');";
  writeFileSync(path, stop);
  return path;
}

/** The id of a child process of the host once it is stopped. */
async function stoppedChild(host: HostProcess, entry: string): Promise<number> {
  for (;;) {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,state=,args=']);
    const child = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(
        ([, parent, state, ...words]) =>
          Number(parent) === host.process.pid && state === 'T' && words.some((word) => word.includes(entry)),
      );
    if (child) return Number(child[0]);
  }
}

test.skipIf(!hasBrowser)(
  'the drawer of a run shows counts as they come, and keeps the places of what is still missing',
  { timeout: 240_000 },
  async () => {
    const dataFolder = temporaryFolder();
    await putTrained(dataFolder);
    const environment = { NODE_OPTIONS: `--require ${stoppingItself(temporaryFolder())}` };
    const host = await startHostProcess({ dataFolder, environment });
    const page = await openPage(host, { route: `/studies/${study}/models` });
    await page.getByRole('grid').getByText('MLP1', { exact: true }).click();
    await page.getByRole('heading', { name: /^MLP1/ }).waitFor();
    // The matrix, and places for the mistakes, are there before the evaluation has begun.
    await page.getByRole('tab', { name: 'Test images' }).click();
    const evaluation = await stoppedChild(host, 'evaluation-child');
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
