import type { Screen, SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';

export interface StoredSitting {
  token: string;
  key: string;
  /** Id of the kit that it was opened in. */
  kit: string;
  /** ISO 8601, by the clock of this computer; never before an earlier sitting. */
  openedAt: string;
  /** The sitting's clock at that time, in milliseconds. Kits of earlier versions did not store it. */
  openedMs?: number;
  screen: Screen;
}

/** One entry of the log, identified by sitting and number. */
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

/** Answers given in kits, in the browser's database. A promise resolves once the data is on disk. */
export class KitStore {
  readonly #kit: string;
  readonly #sharesSittings: boolean;
  readonly #database: Promise<IDBDatabase>;

  /**
   * @param kit its id
   * @param sharesSittings whether sittings of the same person in other kits count: true if the kit holds no answers itself
   */
  constructor(kit: string, sharesSittings: boolean) {
    this.#kit = kit;
    this.#sharesSittings = sharesSittings;
    this.#database = openDatabase('labeling-kits');
    // Calls that wait for it report the error.
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

  /** Deletes what this kit stored about a person, except the state. */
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
    return this.#sharesSittings ? found : found.filter(({ kit }) => kit === this.#kit);
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
    // Without this, WebKit commits only after the page received each result. A page that is left at this moment and kept
    // for Back never receives them, and would block all further writes.
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
