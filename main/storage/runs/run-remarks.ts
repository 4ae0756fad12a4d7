import type { Database } from '../database.ts';

/** What people write at runs: tags and notes. */
export class RunRemarks {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  note(runId: number): string {
    return this.#db.get<{ note: string }>('SELECT note FROM run WHERE id = ?', runId)?.note ?? '';
  }

  /** @param note at most 10,000 characters; empty: none. */
  setNote(runId: number, note: string): void {
    this.#db.run('UPDATE run SET note = ? WHERE id = ?', note, runId);
  }

  /** In alphabetical order. */
  tags(runId: number): string[] {
    return this.#db
      .all<{ tag: string }>('SELECT tag FROM run_tag WHERE run_id = ? ORDER BY tag', runId)
      .map(({ tag }) => tag);
  }

  /** Gives tags to runs and takes others from them, all or nothing. Runs that are not there are passed over. */
  tag(runIds: readonly number[], { add, remove }: { add: readonly string[]; remove: readonly string[] }): void {
    const ids = JSON.stringify(runIds);
    this.#db.transaction(() => {
      this.#db.run(
        `DELETE FROM run_tag WHERE run_id IN (SELECT value FROM json_each(?))
           AND tag IN (SELECT value FROM json_each(?))`,
        ids,
        JSON.stringify(remove),
      );
      this.#db.run(
        `INSERT INTO run_tag (run_id, tag) SELECT run.id, tags.value FROM run, json_each(?) AS tags
         WHERE run.id IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING`,
        JSON.stringify(add),
        ids,
      );
    });
  }
}
