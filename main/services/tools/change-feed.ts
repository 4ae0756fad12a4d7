import { randomUUID } from 'node:crypto';
import type { Change, ChangeEvent, Topic } from '../../contract/api/changes.ts';
import { maxIds } from '../../contract/api/changes.ts';

/** Milliseconds for which changes are gathered before pages hear of them: a page need not draw more often. */
const gatherFor = 250;
/** Changes that are remembered for pages that come back. */
const remembered = 1000;

/**
 * What changed, for every page that listens. Changes of one topic within a moment become one. A listener takes at its
 * own pace: what it has not taken yet waits here, and one that is too far behind is told that it missed some.
 */
export class ChangeFeed {
  /** Names this life of the program: sequence numbers of another one mean nothing here. */
  readonly life = randomUUID();
  readonly #gathered = new Map<Topic, Set<number> | null>();
  readonly #waiting = new Set<() => void>();
  #changes: Change[] = [];
  #seq = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param ids what of the topic changed; left out: anything. */
  tell(topic: Topic, ids?: readonly number[]): void {
    const known = this.#gathered.get(topic);
    if (ids === undefined || known === null) this.#gathered.set(topic, null);
    else this.#gathered.set(topic, new Set([...(known ?? []), ...ids]));
    this.#timer ??= setTimeout(() => this.#publish(), gatherFor);
  }

  /**
   * `hello`, then everything after `after` until `signal` aborts.
   * @param after where the page stopped; null: it is new.
   */
  async *listen(after: { life: string; seq: number } | null, signal?: AbortSignal): AsyncGenerator<ChangeEvent> {
    const isBack = after !== null && after.life === this.life && after.seq <= this.#seq;
    let seen = isBack ? after.seq : this.#seq;
    const missed = after !== null && (!isBack || this.#forgot(seen));
    if (missed) seen = this.#seq;
    yield { type: 'hello', life: this.life, seq: seen, missed };
    while (!signal?.aborted) {
      if (this.#forgot(seen)) {
        seen = this.#seq;
        yield { type: 'hello', life: this.life, seq: seen, missed: true };
      }
      const changes = this.#changes.filter((change) => change.seq > seen);
      if (changes.length === 0) {
        await this.#next(signal);
        continue;
      }
      seen = changes.at(-1)?.seq ?? seen;
      yield { type: 'changes', changes };
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #forgot(seen: number): boolean {
    return seen < this.#seq - this.#changes.length;
  }

  #publish(): void {
    this.#timer = undefined;
    for (const [topic, ids] of this.#gathered) {
      this.#seq += 1;
      this.#changes.push({ seq: this.#seq, topic, ids: ids === null || ids.size > maxIds ? null : [...ids] });
    }
    this.#gathered.clear();
    this.#changes = this.#changes.slice(-remembered);
    for (const wake of [...this.#waiting]) wake();
  }

  #next(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
      if (signal?.aborted) wake();
    });
  }
}
