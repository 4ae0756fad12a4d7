import type { Page, WebSocket } from 'playwright';
import { expect } from 'vitest';
import { atRest } from '../at-rest.ts';

/** What a page has asked its host for and was not answered yet. Begins with the next load of the page. */
export class CallsWaiting {
  readonly #page: Page;
  readonly #waiting = new Set<string>();

  constructor(page: Page) {
    this.#page = page;
    page.on('websocket', (socket) => this.#follow(socket));
  }

  #follow(socket: WebSocket): void {
    const idOf = (payload: string | Buffer): string => /^\{"i":"(\d+)"/.exec(payload.toString())?.[1] ?? '';
    socket.on('framesent', ({ payload }) => {
      // A call; all else that is sent ends one.
      if (/^\{"i":"\d+","p":\{"u":/.test(payload.toString())) this.#waiting.add(idOf(payload));
      else this.#waiting.delete(idOf(payload));
    });
    socket.on('framereceived', ({ payload }) => this.#waiting.delete(idOf(payload)));
    socket.on('close', () => this.#waiting.clear());
  }

  /** The screen has the answers to all that it asked for, also to what it asked for after these, and nothing moves. */
  async answered(): Promise<void> {
    const frames = (): Promise<unknown> =>
      this.#page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await expect
      .poll(
        async () => {
          await frames();
          const before = this.#waiting.size;
          await frames();
          return before + this.#waiting.size;
        },
        { interval: 20, timeout: 60_000 },
      )
      .toBe(0);
    await atRest(this.#page);
  }
}
