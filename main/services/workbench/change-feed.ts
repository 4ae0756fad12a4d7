import { randomUUID } from 'node:crypto';
import { type Change, type ChangeEvent, maxIds, type Topic } from '../../contract/api/changes.ts';

/** Milliseconds for which changes are gathered before pages get them: a page need not draw more often. */
const gatherFor = 250;
const keptChanges = 1000;

/**
 * What changed, for every page that listens. Changes of one topic within `gatherFor` ms become one. Each listener reads
 * at its own pace; one that is more than `keptChanges` behind gets `missed: true` and has to load everything again.
 */
export class ChangeFeed {
  /** Id of this start of the program. Sequence numbers of another start mean nothing here. */
  readonly life = randomUUID();
  readonly #gathered = new Map<Topic, Set<number> | null>();
  readonly #waiting = new Set<() => void>();
  #changes: Change[] = [];
  #seq = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param ids which records of the topic changed; without it, any of them may have. */
  publish(topic: Topic, ids?: readonly number[]): void {
    const known = this.#gathered.get(topic);
    if (ids === undefined || known === null) this.#gathered.set(topic, null);
    else this.#gathered.set(topic, new Set([...(known ?? []), ...ids]));
    this.#timer ??= setTimeout(() => this.#flush(), gatherFor);
  }

  /** `hello`, then everything after `after`, the last change that the page has; null for a new page. */
  async *listen(after: { life: string; seq: number } | null, signal?: AbortSignal): AsyncGenerator<ChangeEvent> {
    const isBack = after !== null && after.life === this.life && after.seq <= this.#seq;
    let seen = isBack ? after.seq : this.#seq;
    const missed = after !== null && (!isBack || this.#dropped(seen));
    if (missed) seen = this.#seq;
    yield { type: 'hello', life: this.life, seq: seen, missed };
    while (!signal?.aborted) {
      if (this.#dropped(seen)) {
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

  #dropped(seen: number): boolean {
    return seen < this.#seq - this.#changes.length;
  }

  #flush(): void {
    this.#timer = undefined;
    for (const [topic, ids] of this.#gathered) {
      this.#seq += 1;
      this.#changes.push({ seq: this.#seq, topic, ids: ids === null || ids.size > maxIds ? null : [...ids] });
    }
    this.#gathered.clear();
    this.#changes = this.#changes.slice(-keptChanges);
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
