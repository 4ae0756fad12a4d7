import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { randomStream, type RandomStream } from '../../../../main/domain/random/random.ts';
import { hasBrowser, launchBrowser, openPage, startHostProcess } from '../../../renderer/harness.ts';
import { answersIn, focused, prepareSession, stored } from './sessions.ts';

/** Kills in the suite; BOUNDARY_KILLS=200 for what docs/performance.md reports. */
const kills = Number(process.env.BOUNDARY_KILLS ?? 2);
/** Other moments with another number. */
const seed = Number(process.env.BOUNDARY_SEED ?? 3);

/** Images on a page of the grid. */
const perPage = 20;

const names = ['Zero', 'One', 'Two'];

/** Presses keys until it is over, and writes down what the page shows as accepted, by trial. */
type Labeling = (page: Page, random: RandomStream, isOver: () => boolean, seen: Map<number, string>) => Promise<void>;

const onGrid: Labeling = async (page, random, isOver, seen) => {
  const shown = await everShown(page);
  const look = async (): Promise<void> => {
    for (const [trial, name] of await shown()) seen.set(trial, name);
  };
  while (!isOver()) {
    await page.keyboard.press(String(random.int(3) + 1));
    await look();
  }
  // Whatever the page showed until now was shown as accepted.
  await look();
};

/**
 * What the page shows as accepted from now on, by trial, also what it showed between two looks: two answers may be
 * accepted and the page turned meanwhile.
 */
async function everShown(page: Page): Promise<() => Promise<Map<number, string>>> {
  const labels = await page.evaluateHandle(() => {
    const all = new Set<string>();
    const note = (): void => {
      for (const canvas of document.querySelectorAll('.desk-cell canvas')) all.add(canvas.ariaLabel ?? '');
    };
    const observer = new MutationObserver(note);
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ['aria-label'] });
    note();
    return all;
  });
  return async () => answersIn(await labels.evaluate((all) => [...all]));
}

const oneAtATime: Labeling = async (page, random, isOver, seen) => {
  for (let [trial, choice] = [await inFocusAlone(page), -1]; !isOver(); ) {
    const now = await inFocusAlone(page);
    if ((await page.locator('.desk-choices:not([disabled])').count()) === 0) continue;
    // An answer is accepted when the next image comes.
    if (now === trial + 1 && choice >= 0) seen.set(trial, names[choice] ?? '');
    if (now !== trial || choice < 0) {
      [trial, choice] = [now, random.int(3)];
      await page.keyboard.press(String(choice + 1));
    }
  }
};

/** The trial that is on the page, one at a time. */
async function inFocusAlone(page: Page): Promise<number> {
  return Number(/\d+/.exec((await page.locator('canvas.desk-image').getAttribute('aria-label')) ?? '')?.[0]) - 1;
}

const ways: readonly {
  mode: 'grid' | 'single';
  rounds: number;
  label: Labeling;
  at: (page: Page) => Promise<number>;
}[] = [
  { mode: 'grid', rounds: kills, label: onGrid, at: focused },
  { mode: 'single', rounds: Math.ceil(kills / 4), label: oneAtATime, at: inFocusAlone },
];

test.skipIf(!hasBrowser).each(ways)(
  `$mode: labels through the page, the host killed -9 at $rounds random moments: what was seen accepted is there`,
  { timeout: 120_000 + kills * 15_000 },
  async ({ mode, rounds, label, at }) => {
    const session = await prepareSession(
      { mode, practice: 0, grid: { columns: 5, rows: perPage / 5 } },
      { alphas: 48 * rounds },
    );
    const browser = await launchBrowser();
    const random = randomStream(seed, 'kill-desk', mode);
    const seen = new Map<number, string>();
    for (let round = 0; round < rounds; round++) {
      const host = await startHostProcess({ dataFolder: session.dataFolder });
      const page = await openPage(host, { route: `/desk/${session.token}`, browser });
      await page.getByRole('button', { name: /Start|Continue/ }).click();
      const { answers } = stored(session);
      expectStored(seen, answers);
      await expect.poll(() => at(page)).toBe(answers.indexOf(null));
      const before = seen.size;
      let isOver = false;
      const kill = async (): Promise<void> => {
        await wait(100 + random.int(900));
        // However slow the machine is: some answers of this round are there to be lost.
        while (seen.size < before + 3) await wait(1);
        host.process.kill('SIGKILL');
        await wait(150);
        isOver = true;
      };
      const killed = kill();
      await label(page, random, () => isOver, seen);
      await killed;
      await page.context().close();
    }
    expect(seen.size).toBeGreaterThanOrEqual(rounds * 3);
    expectStored(seen, stored(session).answers);
  },
);

/**
 * All that was seen is stored, in its place; of what was not seen yet, one answer a kill at most, and the last one of each
 * page of the grid: the page turns as it is accepted.
 */
function expectStored(seen: Map<number, string>, answers: readonly (number | null)[]): void {
  for (const [trial, name] of seen) expect([trial, names[answers[trial] ?? -1]]).toEqual([trial, name]);
  const unseen = answers.flatMap((answer, trial) => (answer === null || seen.has(trial) ? [] : [trial]));
  expect(unseen.filter((trial) => (trial + 1) % perPage !== 0).length).toBeLessThanOrEqual(1);
  for (const trial of unseen) seen.set(trial, names[answers[trial] ?? -1] ?? '');
}
