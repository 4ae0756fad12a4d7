import type { BrowserContext } from 'playwright';
import { randomStream } from '../../main/domain/random/random.ts';

/**
 * The seed of BOUNDARY_LATE, or null. With it the pages of the tests have a slower processor and a program that answers
 * late and unevenly, another way for each seed: what a test takes for granted about times then shows.
 */
export const lateness = process.env.BOUNDARY_LATE ? Number(process.env.BOUNDARY_LATE) : null;

/** Milliseconds that a message waits: mostly few, sometimes many. */
const usual = 20;
const longest = 600;

/** Delays what the pages of a context and the program say to each other, in order, and slows the pages down. */
export async function makeLate(context: BrowserContext, seed: number): Promise<void> {
  const random = randomStream(seed, 'late page');
  const wait = (): number => (random.float() < 0.15 ? longest : usual) * random.float();
  const inOrder = (send: (message: string | Buffer) => void) => {
    let last = Promise.resolve();
    return (message: string | Buffer): void => {
      const waited = new Promise((resolve) => setTimeout(resolve, wait()));
      last = Promise.all([last, waited])
        .then(() => send(message))
        .catch(() => undefined);
    };
  };
  await context.routeWebSocket(/\/calls$/, (page) => {
    const program = page.connectToServer();
    page.onMessage(inOrder((message) => program.send(message)));
    program.onMessage(inOrder((message) => page.send(message)));
  });
  context.on('page', async (page) => {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 + 3 * random.float() });
  });
}
