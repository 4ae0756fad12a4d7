import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright';
import { expect, test } from 'vitest';
import { kitResultFileSchema, kitResultPayloadSchema } from '../../../../main/contributions/offline/kit-format.ts';
import { randomStream, type RandomStream } from '../../../../main/domain/random/random.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { focused, shownAnswers } from '../../desk/page/sessions.ts';
import { hasBrowser } from '../../../renderer/harness.ts';
import { button } from '../../desk/screen/prepare.ts';
import { openKit, otherComputer, saveResult, savedKit } from './computers.ts';

/** Kills in the suite; BOUNDARY_KILLS=200 for what docs/performance.md reports. */
const kills = Number(process.env.BOUNDARY_KILLS ?? 2);
/** Other moments with another number. */
const seed = Number(process.env.BOUNDARY_SEED ?? 3);

const names = ['Zero', 'One', 'Two'];

test.skipIf(!hasBrowser)(
  `a browser killed at ${kills} random moments loses no answer that was shown as accepted`,
  { timeout: 120_000 + kills * 15_000 },
  async () => {
    const { address } = await savedKit(
      1,
      { practice: 0, repeats: 0, attention: 0, grid: { columns: 10, rows: 10 } },
      { alphas: 24 * kills },
    );
    const profile = join(temporaryFolder(), 'profile');
    const random = randomStream(seed, 'kill-kit');
    const seen = new Map<number, string>();
    const keys = { pressed: 0 };
    for (let round = 0; round < kills; round++) {
      const context = await otherComputer(profile);
      const kit = await openKit(context, address);
      await button(kit, /^(Start|Continue)$/).click();
      const at = await focused(kit);
      expectStored(seen, await storedAnswers(kit), keys.pressed);
      expect(at).toBe(seen.size);
      const labeling = labelUntilGone(kit, random, seen, keys);
      await wait(100 + random.int(900));
      await killBrowser(context);
      await labeling;
    }
    const kit = await openKit(await otherComputer(profile), address);
    await kit.getByRole('heading', { name: /What to do|Welcome back/ }).waitFor();
    expect(seen.size).toBeGreaterThan(kills);
    expectStored(seen, await storedAnswers(kit), keys.pressed);
  },
);

/** Presses keys, and writes down what the page shows as accepted, by trial. */
async function labelUntilGone(
  kit: Page,
  random: RandomStream,
  seen: Map<number, string>,
  keys: { pressed: number },
): Promise<void> {
  try {
    for (;;) {
      keys.pressed += 1;
      await kit.keyboard.press(String(random.int(3) + 1));
      for (const [trial, name] of await shownAnswers(kit)) seen.set(trial, name);
    }
  } catch (error) {
    // The browser is gone, as is wanted; anything else is a fault.
    if (!/closed|crashed|disconnected/i.test(String(error))) throw error;
  }
}

/** All that was seen is stored, in its place, and no more than was typed: what is shown comes after what is stored. */
function expectStored(seen: Map<number, string>, answers: Record<number, number | null>, pressed: number): void {
  for (const [trial, name] of seen) expect([trial, names[answers[trial] ?? -1]]).toEqual([trial, name]);
  const unseen = Object.entries(answers).filter(([trial]) => !seen.has(Number(trial)));
  expect(Object.keys(answers).length).toBeLessThanOrEqual(pressed);
  for (const [trial, answer] of unseen) seen.set(Number(trial), names[answer ?? -1] ?? '');
}

/** Current answers by trial, as the result file has them. */
async function storedAnswers(kit: Page): Promise<Record<number, number | null>> {
  const file = kitResultFileSchema.parse(JSON.parse(readFileSync(await saveResult(kit, 'now.json'), 'utf8')));
  const { sittings } = kitResultPayloadSchema.parse(JSON.parse(file.payload));
  const inTime = sittings.toSorted((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt));
  return Object.fromEntries(inTime.flatMap(({ events }) => events.map(({ trial, choice }) => [trial, choice])));
}

/** Ends the browser at once: through its own page for crashes, which nothing can catch. */
async function killBrowser(context: BrowserContext): Promise<void> {
  const page = context.pages().at(-1);
  const session = page && (await context.newCDPSession(page));
  const gone = new Promise<void>((resolve) => context.once('close', () => resolve()));
  session?.send('Browser.crash').catch(() => undefined);
  await gone;
}
