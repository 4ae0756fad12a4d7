import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Database } from '../../main/storage/database.ts';
import { databaseVersion, migrate } from '../../main/storage/migrate.ts';
import { migrations } from '../../main/storage/migrations/index.ts';
import { openStorage } from '../../main/storage/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const latest = migrations.length;

/** A database as version `version` of the product left it. */
function databaseAt(folder: string, version: number): Database {
  const database = new Database(join(folder, 'workbench.sqlite'));
  migrate(database, migrations.slice(0, version));
  return database;
}

function schemaOf(database: Database): unknown[] {
  return database.all('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name');
}

test.each(migrations.map((_, version) => version))(
  'from version %i to the latest, with its rows and a backup',
  (version) => {
    const folder = temporaryFolder();
    const old = databaseAt(folder, version);
    if (version > 0) old.run("INSERT INTO study (name, created_at) VALUES ('kept', 1)");
    old.close();
    const storage = openStorage(folder);
    expect(storage.health()).toMatchObject({ version: latest, problems: [], journalMode: 'wal' });
    expect(storage.health().backups).toHaveLength(version > 0 ? 1 : 0);
    storage.close();
    const database = new Database(join(folder, 'workbench.sqlite'));
    const fresh = databaseAt(temporaryFolder(), latest);
    expect(schemaOf(database)).toEqual(schemaOf(fresh));
    expect(database.all('SELECT name FROM study')).toEqual(version > 0 ? [{ name: 'kept' }] : []);
    database.close();
    fresh.close();
  },
);

test('runs keep all that belongs to them when they may be on webgpu', () => {
  const database = databaseAt(temporaryFolder(), 4);
  const addRun = (engine: string, key: string): number =>
    database.run(
      `INSERT INTO run (key, kind, label, task, engine, priority, state, queued_at)
       VALUES (?, 'classifier', 'a run', '{"kind": "classifier"}', ?, 0, 'queued', 1)`,
      key.repeat(64),
      engine,
    ).id;
  const kept = addRun('wasm', 'a');
  database.run(
    "INSERT INTO run_attempt (run_id, attempt, engine, environment, claimed_at) VALUES (?, 1, 'wasm', '{}', 1)",
    kept,
  );
  database.run("INSERT INTO metric VALUES (?, 'loss', 1, 0.5)", kept);
  const deleted = addRun('wasm', 'b');
  database.run('DELETE FROM run WHERE id = ?', deleted);
  expect(() => addRun('webgpu', 'c')).toThrow();
  const rows = () => ['run', 'run_attempt', 'metric'].map((table) => database.all(`SELECT * FROM ${table}`));
  const before = rows();
  migrate(database, migrations.slice(0, 5));
  expect(rows()).toEqual(before);
  expect(database.pragmaValue('foreign_keys')).toBe(1);
  expect(addRun('webgpu', 'c')).toBeGreaterThan(deleted);
  expect(() => database.run("UPDATE run SET state = 'done' WHERE id = ?", kept)).toThrow('cannot change its state');
  expect(database.all('SELECT * FROM study_model')).toEqual([]);
  database.close();
});

describe('a migration that fails', () => {
  test('leaves the version before it, with everything in its place', () => {
    const database = databaseAt(temporaryFolder(), latest);
    database.run("INSERT INTO study (name, created_at) VALUES ('kept', 1)");
    const before = schemaOf(database);
    expect(() => migrate(database, [...migrations, 'CREATE TABLE half (x) STRICT; nonsense;'])).toThrow();
    expect(() =>
      migrate(database, [...migrations, 'DELETE FROM study; CREATE TABLE run (x INTEGER) STRICT;']),
    ).toThrow();
    expect(databaseVersion(database)).toBe(latest);
    expect(schemaOf(database)).toEqual(before);
    expect(database.all('SELECT name FROM study')).toEqual([{ name: 'kept' }]);
    database.close();
  });

  test('keeps the steps before it', () => {
    const database = databaseAt(temporaryFolder(), 0);
    const steps = ['CREATE TABLE one (x INTEGER) STRICT', 'nonsense'];
    expect(() => migrate(database, steps)).toThrow();
    expect(databaseVersion(database)).toBe(1);
    database.close();
  });

  test('may not leave a row without what it refers to', () => {
    const database = databaseAt(temporaryFolder(), latest);
    const orphan = "PRAGMA defer_foreign_keys = ON; INSERT INTO metric VALUES (7, 'loss', 1, 0.5)";
    expect(() => migrate(database, [...migrations, orphan])).toThrow();
    expect(databaseVersion(database)).toBe(latest);
    database.close();
  });
});

test('every table is strict, and every column that names another table is a foreign key', () => {
  const database = databaseAt(temporaryFolder(), latest);
  const loose = database.all(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
  );
  expect(loose).toEqual([]);
  const columns = database.all<{ t: string; c: string }>(
    `SELECT t.name AS t, c.name AS c FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
     WHERE t.schema = 'main' AND t.type = 'table'
       AND c.name IN ('run_id', 'study_id', 'labeler_id', 'set_hash')
       AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name) AS f WHERE f."from" = c.name)`,
  );
  expect(columns).toEqual([]);
  database.close();
});

test('migration files are numbered without a gap', () => {
  const names = readdirSync(join(import.meta.dirname, '../../main/storage/migrations')).filter((name) =>
    /^\d/.test(name),
  );
  expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(migrations.map((_, index) => index + 1));
});
