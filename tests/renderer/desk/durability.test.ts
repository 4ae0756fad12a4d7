import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { randomStream } from '../../../main/domain/random.ts';
import { hasBrowser, openPage, startHost } from '../harness.ts';
import { focused, prepareSession, shownAnswers, stored } from './sessions.ts';

/** Kills in the suite; BOUNDARY_KILLS=200 for what docs/performance.md reports. */
const kills = Number(process.env.BOUNDARY_KILLS ?? 8);

const names = ['Zero', 'One', 'Two'];

test.skipIf(!hasBrowser)(
  `labels through the page, the host killed -9 at ${kills} random moments: what was seen accepted is there, in its place`,
  { timeout: 120_000 + kills * 15_000 },
  async () => {
    const session = await prepareSession({ practice: 0, grid: { columns: 10, rows: 10 } }, { alphas: 12 * kills });
    const random = randomStream(3, 'kill-desk');
    const seen = new Map<number, string>();
    let answered = 0;
    for (let round = 0; round < kills; round++) {
      const host = await startHost({ dataFolder: session.dataFolder });
      const page = await openPage(host, { route: `/desk/${session.token}` });
      await page.getByRole('button', { name: /Begin|Go on/ }).click();
      const { answers } = stored(session);
      for (const [trial, name] of seen) expect([trial, names[answers[trial] ?? -1]]).toEqual([trial, name]);
      expect(await focused(page)).toBe(answers.indexOf(null));
      const killAt = Date.now() + 100 + random.int(900);
      const killed = wait(killAt - Date.now()).then(() => host.process.kill('SIGKILL'));
      while (Date.now() < killAt + 150) {
        await page.keyboard.press(String(random.int(3) + 1));
        for (const [trial, name] of await shownAnswers(page)) seen.set(trial, name);
      }
      await killed;
      // Whatever the page showed until now was shown as accepted.
      for (const [trial, name] of await shownAnswers(page)) seen.set(trial, name);
      await page.context().close();
      answered = seen.size;
    }
    expect(answered).toBeGreaterThan(kills * 2);
    const { answers } = stored(session);
    for (const [trial, name] of seen) expect([trial, names[answers[trial] ?? -1]]).toEqual([trial, name]);
  },
);
