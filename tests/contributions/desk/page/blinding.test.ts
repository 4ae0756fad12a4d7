import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost } from '../../../renderer/harness.ts';
import { focused, prepareSession } from './sessions.ts';

/** Words that would tell a volunteer what the images are, or what others said. */
const telling =
  /pair|alpha|predict|softmax|\bsnapshot|labeler|interpolat(?!ion":"(?:pixelated|smooth))|latent|hash|setHash|imageId/i;

test.skipIf(!hasBrowser)(
  'nothing of a labeling page tells of pairs, alphas, predictions or others: page, storage, network',
  async () => {
    const session = await prepareSession({ practice: 2 });
    const host = await startHost({ dataFolder: session.dataFolder });
    const page = await openPage(host, { route: '/nowhere' });
    const messages: string[] = [];
    const requests: string[] = [];
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => messages.push(String(payload)));
      socket.on('framesent', ({ payload }) => messages.push(String(payload)));
    });
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    await page.evaluate((token) => {
      window.location.hash = `#/desk/${token}`;
      window.location.reload();
    }, session.token);
    await page.getByRole('button', { name: 'Start' }).click();
    messages.length = 0;
    await page.reload();
    await page.getByRole('button', { name: 'Start' }).click();
    for (let trial = 0; trial < session.trials; trial++) {
      await expect.poll(() => focused(page)).toBe(trial);
      await page.keyboard.press('1');
    }
    await page.getByText('All images have an answer.').waitFor();
    const calls = messages.flatMap((message) => /"u":"([^"]*)"/.exec(message)?.[1] ?? []);
    expect(new Set(calls.filter((call) => !call.startsWith('/desk/volunteer/')))).toEqual(new Set());
    expect(calls.length).toBeGreaterThan(session.trials);
    for (const message of messages) expect(withoutPixels(message)).not.toMatch(telling);
    expect(
      requests.filter(
        (path) =>
          path !== '/' &&
          !path.startsWith('/assets/') &&
          path !== '/calls' &&
          // Limits the browser to this session.
          path !== '/limit' &&
          !path.endsWith('.html') &&
          !/favicon|icon/.test(path),
      ),
    ).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toMatch(telling);
    const kept = await page.evaluate(async () => ({
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases: (await indexedDB.databases()).map(({ name }) => name),
      cookie: document.cookie,
    }));
    expect(JSON.stringify(kept)).not.toMatch(telling);
    expect(kept.databases).toEqual([]);
    expect(kept.cookie).toBe('');
  },
);

/** Base64 of images can spell anything. */
const withoutPixels = (message: string): string => message.replace(/"pixels":"[^"]*"/g, '');
