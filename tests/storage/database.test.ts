import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../main/storage/database.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function withTable(): Database {
  const database = new Database(join(temporaryFolder(), 'rows.sqlite'));
  onTestFinished(() => database.close());
  database.exec(`CREATE TABLE sample (id INTEGER PRIMARY KEY, set_hash TEXT NOT NULL UNIQUE, label_count INTEGER DEFAULT 7,
    used INTEGER) STRICT`);
  return database;
}

const rowsOf = (database: Database): unknown[] =>
  database.all('SELECT set_hash, label_count, used FROM sample ORDER BY id').map((row) => Object.values(row as object));

test('values go into the columns of their names in any order, null is stored and what is left out has its default', () => {
  const database = withTable();
  expect(database.insert('sample', { setHash: 'a', labelCount: 1, used: true })).toEqual({ changes: 1, id: 1 });
  database.insert('sample', { used: false, labelCount: 2, setHash: 'b' });
  database.insert('sample', { setHash: 'c', labelCount: null, used: null });
  database.insert('sample', { setHash: 'd' });
  expect(rowsOf(database)).toEqual([
    ['a', 1, 1],
    ['b', 2, 0],
    ['c', null, null],
    ['d', 7, null],
  ]);
});

test('a row that exists is an error, or what the conflict says', () => {
  const database = withTable();
  database.insert('sample', { setHash: 'a', labelCount: 1 });
  expect(() => database.insert('sample', { setHash: 'a', labelCount: 2 })).toThrow('UNIQUE');
  expect(database.insert('sample', { setHash: 'a', labelCount: 2 }, 'ON CONFLICT DO NOTHING').changes).toBe(0);
  const replaces = 'ON CONFLICT DO UPDATE SET label_count = excluded.label_count';
  expect(database.insert('sample', { setHash: 'a', labelCount: 3 }, replaces).changes).toBe(1);
  expect(rowsOf(database)).toEqual([['a', 3, null]]);
});

test.each(['set_hash) VALUES (?) --', 'set_hash', 'setHash,used', '"used"', ''])('%j names no value', (name) => {
  const database = withTable();
  expect(() => database.insert('sample', { [name]: 'a' })).toThrow('is no name of a value');
  expect(rowsOf(database)).toEqual([]);
});
