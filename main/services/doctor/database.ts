import { existsSync } from 'node:fs';
import { UserError } from '../../contract/errors.ts';
import { openStorage } from '../../storage/index.ts';
import type { Health } from '../../storage/index.ts';

export type DatabaseState =
  | { state: 'none' }
  | { state: 'read'; health: Health }
  /** Opened by no means; what a person is told. */
  | { state: 'unreadable'; message: string };

/** Reads the whole database, also while a study is running. */
export function databaseState(dataFolder: string): DatabaseState {
  try {
    if (!existsSync(dataFolder)) return { state: 'none' };
    const storage = openStorage(dataFolder, { readOnly: true });
    try {
      return { state: 'read', health: storage.health() };
    } finally {
      storage.close();
    }
  } catch (error) {
    if (error instanceof UserError && error.code === 'storage.not-there') return { state: 'none' };
    return { state: 'unreadable', message: error instanceof UserError ? error.format() : String(error) };
  }
}
