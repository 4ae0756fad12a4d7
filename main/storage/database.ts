import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { UserError } from '../contract/wire/errors.ts';
import { createPrivateFile } from '../files/private.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;
type Parameters = readonly (SqlValue | Record<string, SqlValue>)[];

interface DatabaseOptions {
  readOnly?: boolean;
  mustExist?: boolean;
  /** Called before each statement, also within a migration: tests end the process there. */
  onStatement?: (() => void) | undefined;
}

/** Rows of an archive come with their names from a process that read a file of others: a name must not be more SQL. */
function columnOf(name: string): string {
  if (!/^[a-zA-Z]+$/.test(name)) throw new Error(`${name} is no name of a value`);
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Pages of a journal that is moved into the database: SQLite's default, and 64 MiB. */
const [usualJournal, largeJournal] = [1000, 16_384];

/**
 * One connection to one SQLite file: prepared statements by their text, transactions, and errors that a person can act
 * on. Callers name the type of a row; the tables are STRICT, so a column holds what its declaration says.
 */
export class Database {
  readonly path: string;
  readonly #connection: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement<unknown[]>>();
  /** SQL of `insert` by table, names and conflict. */
  readonly #inserts = new Map<string, string>();
  #afterCommit: (() => void)[] = [];
  #guard: () => void = () => undefined;
  #onWrite: (() => void) | null = null;
  readonly #journalLimits = new Set<{ pages: number }>();

  /** @throws UserError `storage.*` if the file cannot be opened. */
  constructor(path: string, { readOnly = false, mustExist = false, onStatement }: DatabaseOptions = {}) {
    this.path = path;
    // The log and its index get the permissions of the database.
    if (!readOnly && !mustExist) createPrivateFile(path);
    const options = { readonly: readOnly, fileMustExist: readOnly || mustExist, timeout: 5000 };
    this.#connection = this.#translateErrors(
      () => new BetterSqlite3(path, { ...options, ...(onStatement && { verbose: () => onStatement() }) }),
    );
  }

  /** Runs statements without parameters, e.g. a migration. */
  exec(sql: string): void {
    this.#translateErrors(() => this.#connection.exec(sql));
  }

  /** A pragma's rows. */
  pragma<Row = Record<string, unknown>>(pragma: string): Row[] {
    return this.#translateErrors(() => this.#connection.pragma(pragma)) as Row[];
  }

  /** A pragma's single value. */
  pragmaValue(pragma: string): unknown {
    return this.#translateErrors(() => this.#connection.pragma(pragma, { simple: true }));
  }

  all<Row>(sql: string, ...parameters: Parameters): Row[] {
    return this.#translateErrors(() => this.#statement(sql).all(...parameters)) as Row[];
  }

  get<Row>(sql: string, ...parameters: Parameters): Row | undefined {
    return this.#translateErrors(() => this.#statement(sql).get(...parameters)) as Row | undefined;
  }

  /** Runs a writing statement; gives the number of rows changed and the id of the last one inserted. */
  run(sql: string, ...parameters: Parameters): { changes: number; id: number } {
    const isAlone = !this.#connection.inTransaction;
    if (isAlone) this.#beforeWrite();
    const result = this.#translateErrors(() => this.#statement(sql).run(...parameters));
    if (isAlone) this.#guard();
    return { changes: result.changes, id: Number(result.lastInsertRowid) };
  }

  /**
   * Inserts a row, as `run`: a value `setHash` goes into the column set_hash; true and false are stored as 1 and 0.
   * @param conflict what happens where such a row exists, e.g. `ON CONFLICT DO NOTHING`; default: an error
   */
  insert(
    table: string,
    row: Readonly<Record<string, SqlValue | boolean>>,
    conflict = '',
  ): { changes: number; id: number } {
    const names = Object.keys(row);
    const key = `${table} ${names.join()} ${conflict}`;
    let sql = this.#inserts.get(key);
    if (sql === undefined) {
      const columns = names.map(columnOf);
      sql = `INSERT INTO ${table} (${columns.join()}) VALUES (${names.map(() => '?').join()}) ${conflict}`;
      this.#inserts.set(key, sql);
    }
    const values = Object.values(row);
    return this.run(sql, ...values.map((value) => (typeof value === 'boolean' ? Number(value) : value)));
  }

  /** Whether what is written now may still be undone. */
  get inTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  /** All of `work` or nothing of it. Inside another transaction it becomes a part of that one. */
  transaction<T>(work: () => T): T {
    if (this.#connection.inTransaction) return work();
    this.#beforeWrite();
    this.exec('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = work();
      this.exec('COMMIT');
      this.#guard();
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

  /**
   * Has `guard` called before each transaction, and after its commit before anybody hears of it. It throws to refuse. A
   * statement outside of a transaction is one by itself.
   */
  guardWrites(guard: () => void): void {
    this.#guard = guard;
  }

  /**
   * Runs `work`, in which another process may hold the write lock. `stop` is called before this process writes, and ends
   * what holds the lock. Meanwhile this process leaves the journal to the other.
   */
  async whileOtherWrites<T>(work: () => Promise<T>, stop: () => void): Promise<T> {
    this.#onWrite = stop;
    try {
      return await this.leaveJournal(work, 0);
    } finally {
      this.#onWrite = null;
    }
  }

  /**
   * Runs `work`, in which another process moves the journal into the database, which waits for the disk. This one does so
   * only for a journal of `pages`; 0: never.
   */
  async leaveJournal<T>(work: () => Promise<T>, pages = largeJournal): Promise<T> {
    const limit = { pages };
    this.#journalLimits.add(limit);
    this.#limitJournal();
    try {
      return await work();
    } finally {
      this.#journalLimits.delete(limit);
      this.#limitJournal();
    }
  }

  #limitJournal(): void {
    const limits = [...this.#journalLimits].map(({ pages }) => pages);
    // The program may have closed the database meanwhile.
    if (this.#connection.open)
      this.pragma(`wal_autocheckpoint = ${limits.length === 0 ? usualJournal : Math.min(...limits)}`);
  }

  /**
   * Calls `action` once the current transaction is committed; at once if there is none. Never called after a rollback.
   */
  afterCommit(action: () => void): void {
    if (this.#connection.inTransaction) this.#afterCommit.push(action);
    else action();
  }

  /** The bytes of its file. */
  serialize(): Uint8Array {
    return this.#translateErrors(() => this.#connection.serialize());
  }

  close(): void {
    // SQLite removes the log: nothing is lost.
    this.#guard = () => undefined;
    this.#connection.close();
  }

  #beforeWrite(): void {
    this.#onWrite?.();
    this.#guard();
  }

  #statement(sql: string): BetterSqlite3.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare<unknown[]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #translateErrors<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw toUserError(error, this.path);
    }
  }
}

/** With fewer free bytes an input/output error is taken for a full disk. */
const nearlyFull = 256 * 1024;

type Explanation = readonly [code: string, what: string, remedy: string];

const diskFull: Explanation = [
  'storage.disk-full',
  'The disk is full: the database cannot be written',
  'Free some space and start again; all earlier work is kept.',
];
const checkPermissions = 'Check the permissions of the data folder, or choose another with --data.';
const damaged: Explanation = [
  'storage.damaged',
  'The database is damaged',
  'Start again: the file is then renamed and the latest good backup is restored.',
];
const ioError = 'Check the disk and its free space, then start again.';

/** By the start of SQLite's error code. */
const explanations: readonly (readonly [prefix: string, explanation: Explanation])[] = [
  ['SQLITE_FULL', diskFull],
  ['SQLITE_READONLY', ['storage.read-only', 'The database cannot be written', checkPermissions]],
  ['SQLITE_CANTOPEN', ['storage.cannot-open', 'The database cannot be opened', checkPermissions]],
  ['SQLITE_PERM', ['storage.cannot-open', 'No permission for the database', checkPermissions]],
  ['SQLITE_CORRUPT', damaged],
  ['SQLITE_NOTADB', damaged],
  ['SQLITE_BUSY', ['storage.busy', 'Another process is using the database', 'End the other process, or wait for it.']],
  ['SQLITE_IOERR', ['storage.io', 'The disk reported an error', ioError]],
];

/**
 * Turns SQLite's errors about the disk, the file or another process into errors that a person can act on. A violated
 * constraint is a defect of the program and is returned unchanged.
 */
function toUserError(error: unknown, path: string): unknown {
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  const known = explanations.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  if (!known) return error;
  const [code, what, remedy] = error.code.startsWith('SQLITE_IOERR') && isNearlyFull(path) ? diskFull : known;
  return new UserError(code, what, path, remedy, { cause: error });
}

function isNearlyFull(path: string): boolean {
  try {
    const disk = statfsSync(dirname(path));
    return disk.bavail * disk.bsize < nearlyFull;
  } catch {
    return false;
  }
}
