import type { Database } from '../database.ts';

/**
 * What has to change for another answer. `models`: which ones a study has or declares; `lists`: also what runs are called, are
 * to do and where, and which are hidden; `runs`: anything that tables say of them, but a worker's sign of life and its progress.
 */
type Until = 'models' | 'lists' | 'runs';

/** Writes by table. */
type Writes = Record<string, readonly string[]>;

const everyWrite = ['INSERT', 'DELETE', 'UPDATE'];
const writes: Record<Until, Writes> = {
  models: { study_run: everyWrite, study_spec: everyWrite },
  lists: {
    run: ['INSERT', 'DELETE', 'UPDATE OF task, label, archived, place'],
    study: ['UPDATE OF place'],
    placement: everyWrite,
  },
  runs: {
    run: ['UPDATE OF state, attempts, ran_on, ended_at, result, failure_message, held, rank, note'],
    run_attempt: ['INSERT', 'DELETE', 'UPDATE OF ended_at'],
    snapshot: everyWrite,
    run_tag: everyWrite,
  },
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
  readonly #kept: Record<Until, Kept> = {
    models: { seen: '', values: new Map() },
    lists: { seen: '', values: new Map() },
    runs: { seen: '', values: new Map() },
  };
  #isWatching = false;

  constructor(database: Database) {
    this.#db = database;
  }

  /** @param key names the question with all that its answer depends on besides */
  kept<Value>(key: string, make: () => Value, until: Until = 'runs'): Value {
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

  #changes(until: Until): string {
    if (!this.#isWatching) this.#watch();
    const own = this.#db.get<Record<Until, number>>('SELECT models, lists, runs FROM temp.run_changes');
    return `${own?.[until]} ${String(this.#db.pragmaValue('data_version'))}`;
  }

  #watch(): void {
    this.#db.exec(`CREATE TEMP TABLE IF NOT EXISTS run_changes
        (models INTEGER NOT NULL, lists INTEGER NOT NULL, runs INTEGER NOT NULL);
      INSERT INTO run_changes SELECT 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM run_changes);
      ${triggers('models', 'models = models + 1, lists = lists + 1, runs = runs + 1')}
      ${triggers('lists', 'lists = lists + 1, runs = runs + 1')} ${triggers('runs', 'runs = runs + 1')}`);
    this.#isWatching = true;
  }
}

const triggers = (until: Until, counting: string): string =>
  Object.entries(writes[until])
    .flatMap(([table, each]) => each.map((write) => ({ table, write, event: write.split(' ')[0] })))
    .map(
      ({ table, write, event }) =>
        `CREATE TEMP TRIGGER IF NOT EXISTS ${table}_${event}_of_${until} AFTER ${write} ON main.${table}
         BEGIN UPDATE run_changes SET ${counting}; END;`,
    )
    .join('\n');
