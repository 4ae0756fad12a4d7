import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStorage, type StorageOptions } from '../../main/storage/open.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const first = { name: 'notes', migrations: ['CREATE TABLE notes_note (text TEXT NOT NULL) STRICT'] };
const second = {
  name: 'notes',
  migrations: [...first.migrations, 'ALTER TABLE notes_note ADD COLUMN at INTEGER NOT NULL DEFAULT 7'],
};

const open = (folder: string, options: StorageOptions = {}) => {
  const storage = openStorage(folder, options);
  onTestFinished(() => storage.close());
  return storage;
};
function backups(folder: string): number {
  const place = join(folder, 'backups');
  return existsSync(place) ? readdirSync(place).length : 0;
}

test('tables of a contribution are made by the writer that first asks, and kept', () => {
  const folder = join(temporaryFolder(), 'data');
  const storage = open(folder);
  const [reader, beside] = [open(folder, { readOnly: true }), open(folder, { beside: true })];
  expect([reader.tablesOf(first), beside.tablesOf(first)]).toEqual([null, null]);
  expect(storage.contributors()).toEqual([]);
  storage.tablesOf(first)?.insert('notes_note', { text: 'kept' });
  expect([storage, reader, beside].map((each) => each.contributors())).toEqual([['notes'], ['notes'], ['notes']]);
  expect(reader.tablesOf(first)?.all('SELECT text FROM notes_note')).toEqual([{ text: 'kept' }]);
  storage.close();
  expect(open(folder).tablesOf(first)?.all('SELECT text FROM notes_note')).toEqual([{ text: 'kept' }]);
});

test('older tables are changed by a writer, after a backup; others say who can', () => {
  const folder = join(temporaryFolder(), 'data');
  const storage = open(folder);
  storage.tablesOf(first)?.insert('notes_note', { text: 'kept' });
  const before = backups(folder);
  const reader = open(folder, { readOnly: true });
  expect(() => reader.tablesOf(second)).toThrow('Data of notes are from an older version');
  expect(storage.tablesOf(second)?.all('SELECT * FROM notes_note')).toEqual([{ text: 'kept', at: 7 }]);
  expect(backups(folder)).toBe(before + 1);
  expect(storage.tablesOf(second)).not.toBeNull();
  expect(backups(folder)).toBe(before + 1);
});

test('each contribution has tables of its own', () => {
  const storage = open(join(temporaryFolder(), 'data'));
  storage.tablesOf(first);
  const other = { name: 'other', migrations: ['CREATE TABLE other_row (n INTEGER NOT NULL) STRICT'] };
  expect(storage.tablesOf(other)?.all('SELECT * FROM other_row')).toEqual([]);
  expect(storage.contributors()).toEqual(['notes', 'other']);
});

test('newer tables are refused and stay as they are', () => {
  const storage = open(join(temporaryFolder(), 'data'));
  storage.tablesOf(second)?.insert('notes_note', { text: 'newer' });
  expect(() => storage.tablesOf(first)).toThrow('Data of notes are from a newer version');
  expect(storage.tablesOf(second)?.all('SELECT * FROM notes_note')).toEqual([{ text: 'newer', at: 7 }]);
});

test('a change that fails leaves the tables as they were', () => {
  const storage = open(join(temporaryFolder(), 'data'));
  storage.tablesOf(first)?.insert('notes_note', { text: 'kept' });
  const broken = { name: 'notes', migrations: [...second.migrations, 'DROP TABLE no_such_table'] };
  expect(() => storage.tablesOf(broken)).toThrow('no_such_table');
  expect(storage.tablesOf(first)?.all('SELECT * FROM notes_note')).toEqual([{ text: 'kept' }]);
});
