import { z } from 'zod';
import { backUp } from './backups.ts';
import type { Database } from './database.ts';
import { Settings } from './settings.ts';

/** The name of a setting: whether bytes of people who withdrew may still be in files. */
const owed = 'labeling.scrub-owed';

/** To be called with the deletion, so that a crash or a full disk does not forget what is left to do. */
export function oweScrub(database: Database, now: number): void {
  new Settings(database).set(owed, true, now);
}

export function isScrubOwed(database: Database): boolean {
  return new Settings(database).get(owed, z.boolean()) ?? false;
}

/**
 * Writes the database anew without what was deleted, empties its journal, and makes a backup that takes the place of all
 * others. Takes as long as copying the file twice; no other statement can run meanwhile. False where another process was
 * reading, so that the journal waits for its end.
 * @throws UserError `storage.disk-full`, `storage.read-only`, `storage.damaged`; it stays owed then
 */
export function scrub(database: Database, folder: string, now: number): boolean {
  database.exec('VACUUM');
  const isClean = database.pragma<{ busy: number }>('wal_checkpoint(TRUNCATE)')[0]?.busy === 0;
  backUp(database, folder, now, true);
  if (isClean) new Settings(database).set(owed, false, now);
  return isClean;
}
