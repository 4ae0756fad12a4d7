import BetterSqlite3 from 'better-sqlite3';
import { databaseError } from './database-errors.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;
type Parameters = readonly (SqlValue | Record<string, SqlValue>)[];

/**
 * One connection to one SQLite file: prepared statements by their text, transactions, and errors that a person can act
 * on. Callers name the type of a row; the tables are STRICT, so a column holds what its declaration says.
 */
export class Database {
  readonly path: string;
  readonly #connection: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement<unknown[]>>();
  #afterCommit: (() => void)[] = [];

  /** @throws UserError `storage.*` if the file cannot be opened. */
  constructor(path: string, options: { readOnly?: boolean; mustExist?: boolean } = {}) {
    this.path = path;
    const readonly = options.readOnly ?? false;
    this.#connection = this.#explained(
      () =>
        new BetterSqlite3(path, { readonly, fileMustExist: readonly || (options.mustExist ?? false), timeout: 5000 }),
    );
  }

  /** Runs statements without parameters, e.g. a migration. */
  exec(sql: string): void {
    this.#explained(() => this.#connection.exec(sql));
  }

  /** A pragma's rows. */
  pragma<Row = Record<string, unknown>>(pragma: string): Row[] {
    return this.#explained(() => this.#connection.pragma(pragma)) as Row[];
  }

  /** A pragma's single value. */
  pragmaValue(pragma: string): unknown {
    return this.#explained(() => this.#connection.pragma(pragma, { simple: true }));
  }

  all<Row>(sql: string, ...parameters: Parameters): Row[] {
    return this.#explained(() => this.#statement(sql).all(...parameters)) as Row[];
  }

  get<Row>(sql: string, ...parameters: Parameters): Row | undefined {
    return this.#explained(() => this.#statement(sql).get(...parameters)) as Row | undefined;
  }

  /** Runs a writing statement; gives the number of rows changed and the id of the last one inserted. */
  run(sql: string, ...parameters: Parameters): { changes: number; id: number } {
    const result = this.#explained(() => this.#statement(sql).run(...parameters));
    return { changes: result.changes, id: Number(result.lastInsertRowid) };
  }

  /** All of `work` or nothing of it. Inside another transaction it becomes a part of that one. */
  transaction<T>(work: () => T): T {
    if (this.#connection.inTransaction) return work();
    this.exec('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = work();
      this.exec('COMMIT');
    } catch (error) {
      this.#afterCommit = [];
      // A full disk has SQLite roll back by itself.
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
    const actions = this.#afterCommit;
    this.#afterCommit = [];
    for (const action of actions) action();
    return result;
  }

  /** Does `action` once the running transaction is on disk; at once where none is running. Dropped on a roll-back. */
  afterCommit(action: () => void): void {
    if (this.#connection.inTransaction) this.#afterCommit.push(action);
    else action();
  }

  close(): void {
    this.#connection.close();
  }

  #statement(sql: string): BetterSqlite3.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare<unknown[]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #explained<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw databaseError(error, this.path);
    }
  }
}
