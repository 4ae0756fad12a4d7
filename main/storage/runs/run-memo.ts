import type { Database } from '../database.ts';

type Writes = Record<string, readonly string[]>;

/** Writes that change which models a study has and declares. */
const ofModels: Writes = {
  study_run: ['INSERT', 'DELETE', 'UPDATE'],
  study_spec: ['INSERT', 'DELETE', 'UPDATE'],
};

/** Writes that change what tables of a study's runs say; a worker's sign of life and its progress are none. */
const ofRuns: Writes = {
  run: [
    'INSERT',
    'DELETE',
    'UPDATE OF task, label, state, attempts, ran_on, ended_at, result, failure_message, held, archived, place, rank, note',
  ],
  run_attempt: ['INSERT', 'DELETE', 'UPDATE OF ended_at'],
  snapshot: ['INSERT', 'DELETE', 'UPDATE'],
  run_tag: ['INSERT', 'DELETE', 'UPDATE'],
  study: ['UPDATE OF place'],
  placement: ['INSERT', 'DELETE', 'UPDATE'],
};

/** Answers that are kept; tables of a few studies ask for fewer. */
const most = 64;

/** Answers that were true when `seen` was read. */
interface Kept {
  seen: string;
  values: Map<string, unknown>;
}

/**
 * What was read of runs, kept until one of them or a study's declaration changes. This connection's own writes are counted
 * by triggers, those of others by SQLite, so a table of 100,000 runs is read again only where it has become another one.
 */
export class RunMemo {
  readonly #db: Database;
  readonly #kept: Record<'runs' | 'models', Kept> = {
    runs: { seen: '', values: new Map() },
    models: { seen: '', values: new Map() },
  };
  #isWatching = false;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * @param key names the question with all that its answer depends on besides
   * @param until what has to change for another answer; `models`: which ones a study has or declares
   */
  kept<Value>(key: string, make: () => Value, until: 'runs' | 'models' = 'runs'): Value {
    // What a transaction writes may be undone, and the count of it with it.
    if (this.#db.inTransaction) return make();
    const kept = this.#kept[until];
    const now = this.#changes(until);
    if (now !== kept.seen || kept.values.size >= most) kept.values.clear();
    kept.seen = now;
    if (kept.values.has(key)) return kept.values.get(key) as Value;
    const made = make();
    kept.values.set(key, made);
    return made;
  }

  #changes(until: 'runs' | 'models'): string {
    if (!this.#isWatching) this.#watch();
    const own = this.#db.get<{ runs: number; models: number }>('SELECT runs, models FROM temp.run_changes');
    return `${own?.[until]} ${String(this.#db.pragmaValue('data_version'))}`;
  }

  #watch(): void {
    this.#db.exec(`CREATE TEMP TABLE IF NOT EXISTS run_changes (runs INTEGER NOT NULL, models INTEGER NOT NULL);
      INSERT INTO run_changes SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM run_changes);
      ${triggers(ofRuns, 'runs = runs + 1')} ${triggers(ofModels, 'runs = runs + 1, models = models + 1')}`);
    this.#isWatching = true;
  }
}

const triggers = (writes: Writes, counting: string): string =>
  Object.entries(writes)
    .flatMap(([table, each]) => each.map((write) => ({ table, write, event: write.split(' ')[0] })))
    .map(
      ({ table, write, event }) =>
        `CREATE TEMP TRIGGER IF NOT EXISTS ${table}_${event}_seen AFTER ${write} ON main.${table}
         BEGIN UPDATE run_changes SET ${counting}; END;`,
    )
    .join('\n');
