import type { QueryClient } from '@tanstack/react-query';
import type { Change, Topic } from '../../main/contract/api/changes.ts';
import type { WorkbenchClient } from './client.ts';
import { detach } from '../../main/contract/wire/detach.ts';

/** Areas of the contract whose answers may change with a topic. */
const areas: Record<Topic, readonly string[]> = {
  studies: ['studies', 'overview', 'work', 'results', 'clusters'],
  runs: ['runs', 'overview'],
  jobs: ['jobs', 'work'],
  stimuli: ['stimuli', 'overview', 'results'],
  predictions: ['results', 'overview'],
  generator: ['generator', 'overview'],
  machine: [],
  settings: ['work'],
  labeling: ['labeling', 'overview', 'results'],
  clusters: ['clusters', 'overview'],
  app: ['app'],
};

export type ChangeListener = (changes: readonly Change[]) => void;

/** Milliseconds before a broken stream is opened again. */
const retryAfter = 500;

/**
 * Receives changes while the page is open and invalidates the queries that they affect. Queries with
 * `meta: { live: 'self' }` are not fetched again at once: their screens filter by id themselves (`onChanges`). They count as
 * old, so that a screen that missed changes asks when it is shown next. No change affects those with `live: 'never'`. Queries
 * of contributions name the topics that affect them: `meta: { follows: ['labeling'] }`.
 */
export class Changes {
  readonly #client: WorkbenchClient;
  readonly #queries: QueryClient;
  readonly #listeners = new Set<ChangeListener>();
  #after: { life: string; seq: number } | null = null;

  constructor(client: WorkbenchClient, queries: QueryClient) {
    this.#client = client;
    this.#queries = queries;
  }

  /** Returns the function that unsubscribes. */
  onChanges(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listens until `signal` aborts. */
  async listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of await this.#client.changes.listen({ after: this.#after }, { signal })) {
          if (event.type === 'hello') this.#hello(event);
          else this.#changed(event.changes);
        }
      } catch {
        // The connection broke or the program ended; the frame shows it.
      }
      await new Promise((resolve) => setTimeout(resolve, retryAfter));
    }
  }

  #hello({ life, seq, missed }: { life: string; seq: number; missed: boolean }): void {
    this.#after = { life, seq };
    if (missed) detach(this.#queries.invalidateQueries());
  }

  #changed(changes: readonly Change[]): void {
    const last = changes.at(-1);
    if (!last || !this.#after) return;
    this.#after = { life: this.#after.life, seq: last.seq };
    const topics = new Set<unknown>(changes.map(({ topic }) => topic));
    const touched = new Set(changes.flatMap(({ topic }) => areas[topic]));
    const areStimuli = changes.some(({ topic }) => topic === 'stimuli');
    detach(
      this.#queries.invalidateQueries({
        predicate: ({ queryKey, meta }) =>
          meta?.live === undefined &&
          (touched.has(callArea(queryKey)) || isAmong(meta?.follows, topics)) &&
          (areStimuli || !isPixelQuery(queryKey)),
      }),
    );
    detach(this.#queries.invalidateQueries({ predicate: ({ meta }) => meta?.live === 'self', refetchType: 'none' }));
    for (const listener of this.#listeners) listener(changes);
  }
}

/** The first part of a call's path; query keys begin with the path: `[['runs', 'table'], ...]`. */
function callArea([path]: readonly unknown[]): string {
  return Array.isArray(path) ? String(path[0]) : '';
}

/** Whether a query follows one of the topics. */
const isAmong = (follows: unknown, topics: ReadonlySet<unknown>): boolean =>
  Array.isArray(follows) && follows.some((topic) => topics.has(topic));

/** Pixels of frozen stimuli never change: fetching these large answers again would be wasted. */
function isPixelQuery([path]: readonly unknown[]): boolean {
  return Array.isArray(path) && path[0] === 'results' && (path[1] === 'pictures' || path[1] === 'picture');
}
