import { rmSync, statSync } from 'node:fs';
import type { BlobStore } from '../../files/blobs.ts';
import type { Database } from '../database.ts';

/**
 * Milliseconds between forgetting a blob and deleting its file. Another run may make the same bytes (the same training
 * for other targets): its worker finds the file there and names it a moment later. It marks the file as new by that, so
 * a file that nobody named or marked for this long is not about to be named.
 */
const grace = 60_000;

/** Puts a blob down for deletion. Inside the transaction that forgets it, so that no crash leaves the file for good. */
export function doom(db: Database, hash: string, now: number): void {
  db.run('INSERT INTO doomed_blob (hash, since) VALUES (?, ?) ON CONFLICT DO NOTHING', hash, now);
}

/** Deletes the files of doomed blobs whose time has come, and pardons those that are named again. */
export function deleteDoomed(db: Database, blobs: BlobStore, now: number): void {
  const due = db.all<{ hash: string }>('SELECT hash FROM doomed_blob WHERE since <= ?', now - grace);
  for (const { hash } of due) {
    if (isNamed(db, hash)) {
      db.run('DELETE FROM doomed_blob WHERE hash = ?', hash);
    } else if (lastMarked(blobs.path(hash)) <= now - grace) {
      rmSync(blobs.path(hash), { force: true });
      db.run('DELETE FROM doomed_blob WHERE hash = ?', hash);
    }
  }
}

function isNamed(db: Database, hash: string): boolean {
  const row = db.get(
    `SELECT 1 WHERE EXISTS (SELECT 1 FROM checkpoint WHERE hash = $hash)
       OR EXISTS (SELECT 1 FROM snapshot WHERE weights = $hash)
       OR EXISTS (SELECT 1 FROM sample_grid WHERE weights = $hash)`,
    { hash },
  );
  return row !== undefined;
}

function lastMarked(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
