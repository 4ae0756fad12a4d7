import type { Database } from '../database.ts';

/** Writes that change what tables of a study's runs say; a worker's sign of life and its progress are none. */
const watched: Record<string, readonly string[]> = {
  run: [
    'INSERT',
    'DELETE',
    'UPDATE OF task, label, state, attempts, ran_on, ended_at, result, failure_message, held, archived, place, rank, note',
  ],
  run_attempt: ['INSERT', 'DELETE', 'UPDATE OF ended_at'],
  study_run: ['INSERT', 'DELETE', 'UPDATE'],
  snapshot: ['INSERT', 'DELETE', 'UPDATE'],
  run_tag: ['INSERT', 'DELETE', 'UPDATE'],
  study: ['UPDATE OF place'],
  study_spec: ['INSERT', 'DELETE', 'UPDATE'],
  placement: ['INSERT', 'DELETE', 'UPDATE'],
};

/** Answers that are kept; tables of a few studies ask for fewer. */
const most = 64;

/**
 * What was read of runs, kept until one of them or a study's declaration changes. This connection's own writes are counted by triggers, those of
 * others by SQLite, so a table of 100,000 runs is read again only where it has become another one.
 */
export class RunMemo {
  readonly #db: Database;
  readonly #values = new Map<string, unknown>();
  #isWatching = false;
  #seen = '';

  constructor(database: Database) {
    this.#db = database;
  }

  /** @param key names the question with all that its answer depends on besides */
  kept<Value>(key: string, make: () => Value): Value {
    // What a transaction writes may be undone, and the count of it with it.
    if (this.#db.inTransaction) return make();
    const now = this.#changes();
    if (now !== this.#seen || this.#values.size >= most) this.#values.clear();
    this.#seen = now;
    if (this.#values.has(key)) return this.#values.get(key) as Value;
    const made = make();
    this.#values.set(key, made);
    return made;
  }

  #changes(): string {
    if (!this.#isWatching) this.#watch();
    const own = this.#db.get<{ n: number }>('SELECT n FROM temp.run_changes')?.n;
    return `${own} ${String(this.#db.pragmaValue('data_version'))}`;
  }

  #watch(): void {
    const triggers = Object.entries(watched).flatMap(([table, writes]) =>
      writes.map(
        (
          write,
        ) => `CREATE TEMP TRIGGER IF NOT EXISTS ${table}_${write.slice(0, 6).toLowerCase()}_seen AFTER ${write} ON main.${table}
          BEGIN UPDATE run_changes SET n = n + 1; END;`,
      ),
    );
    this.#db.exec(`CREATE TEMP TABLE IF NOT EXISTS run_changes (n INTEGER NOT NULL);
      INSERT INTO run_changes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM run_changes);
      ${triggers.join('\n')}`);
    this.#isWatching = true;
  }
}
