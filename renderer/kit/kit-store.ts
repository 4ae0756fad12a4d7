import type { Screen, SessionNote, TrialEvent } from '../../main/contract/labeling/volunteer.ts';

/** A sitting as it is kept in this browser. */
export interface StoredSitting {
  token: string;
  key: string;
  /** The kit that it was opened in. */
  kit: string;
  /** ISO 8601, by the clock of this computer; never before an earlier sitting. */
  openedAt: string;
  /** Where the clock of its times stood then. Kits of earlier versions did not keep it. */
  openedMs?: number;
  screen: Screen;
}

/** One entry of the log. Sitting and number make it what it is. */
export type StoredEntry = { token: string; sitting: string; seq: number; kit: string } & (
  | { event: TrialEvent }
  | { note: SessionNote }
);

export interface StoredState {
  token: string;
  kit: string;
  consented: boolean;
  /** When consent was given and when the session was finished, by the clock of this computer; null: not. */
  consentedAt: string | null;
  finishedAt: string | null;
  state: 'open' | 'finished' | 'time-up' | 'declined';
}

const stores = {
  sittings: ['token', 'key'],
  entries: ['token', 'sitting', 'seq'],
  states: ['token', 'kit'],
} as const;
type StoreName = keyof typeof stores;

/** What people answered with kits, in this browser's own database. Whatever resolves is on disk. */
export class KitStore {
  readonly #kit: string;
  readonly #goesOn: boolean;
  readonly #database: Promise<IDBDatabase>;

  /**
   * @param kit its id
   * @param goesOn whether sittings in other kits of the same person count: where the kit holds no answers itself
   */
  constructor(kit: string, goesOn: boolean) {
    this.#kit = kit;
    this.#goesOn = goesOn;
    this.#database = openDatabase('labeling-kits');
    // Whoever waits for it hears of it.
    this.#database.catch(() => undefined);
  }

  sittings = (token: string): Promise<StoredSitting[]> => this.#all('sittings', token);
  entries = (token: string): Promise<StoredEntry[]> => this.#all('entries', token);

  async state(token: string): Promise<StoredState> {
    const database = await this.#database;
    const found: StoredState | undefined = await answered(
      database.transaction('states').objectStore('states').get([token, this.#kit]),
    );
    return found ?? { token, kit: this.#kit, consented: false, consentedAt: null, finishedAt: null, state: 'open' };
  }

  putSitting = (sitting: StoredSitting): Promise<void> => this.#put('sittings', [sitting]);
  putEntries = (entries: readonly StoredEntry[]): Promise<void> => this.#put('entries', entries);
  putState = (state: StoredState): Promise<void> => this.#put('states', [state]);

  /** Takes away what was stored of a person in this kit, but for the state. */
  async forget(token: string): Promise<void> {
    const [sittings, entries] = [await this.sittings(token), await this.entries(token)];
    const database = await this.#database;
    const transaction = database.transaction(['sittings', 'entries'], 'readwrite', { durability: 'strict' });
    for (const { key } of sittings) transaction.objectStore('sittings').delete([token, key]);
    for (const { sitting, seq } of entries) transaction.objectStore('entries').delete([token, sitting, seq]);
    await committed(transaction);
  }

  async #all<Value extends { kit: string }>(name: StoreName, token: string): Promise<Value[]> {
    const database = await this.#database;
    const found: Value[] = await answered(
      database
        .transaction(name)
        .objectStore(name)
        .getAll(IDBKeyRange.bound([token], [token, []])),
    );
    return this.#goesOn ? found : found.filter(({ kit }) => kit === this.#kit);
  }

  async #put(name: StoreName, values: readonly object[]): Promise<void> {
    const database = await this.#database;
    const transaction = database.transaction(name, 'readwrite', { durability: 'strict' });
    for (const value of values) transaction.objectStore(name).put(value);
    await committed(transaction);
  }
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser stored nothing'));
    // By itself it would end only once the page has heard of each value: a page that is left at this moment, and kept by
    // the browser for the way back, never does, and then nobody could write any more (WebKit).
    transaction.commit();
  });
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(stores)) {
        request.result.createObjectStore(store, { keyPath: [...keyPath] });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(`This browser keeps nothing (${request.error?.message ?? 'no reason'}).`));
  });
}

function answered<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser gave nothing'));
  });
}
