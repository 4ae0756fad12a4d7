import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { openStorage } from '../../main/storage/open.ts';
import type { Storage } from '../../main/storage/open.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** An empty storage in a folder of its own. */
export function temporaryStorage(): Storage {
  const storage = openStorage(temporaryFolder());
  onTestFinished(() => storage.close());
  return storage;
}

/** Runs SQL on the database beside the storage, as a person with sqlite3 might, and gives the rows. */
export function sql(folder: string, text: string): unknown[] {
  const database = new BetterSqlite3(join(folder, 'workbench.sqlite'));
  try {
    database.pragma('foreign_keys = ON');
    const statement = database.prepare(text);
    return statement.reader ? statement.all() : [statement.run()];
  } finally {
    database.close();
  }
}
