import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DataSets } from '../../main/storage/data-sets.ts';
import { Database } from '../../main/storage/database.ts';
import { databaseVersion, migrate } from '../../main/storage/migrate.ts';
import { migrations } from '../../main/storage/migrations/index.ts';
import { openStorage } from '../../main/storage/open.ts';
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

test('data sets and stimulus sets of earlier versions are gray, with the same mean and deviation', () => {
  const database = databaseAt(temporaryFolder(), 20);
  const hash = 'a'.repeat(64);
  const [mean, std] = [0.1306604762738429, 0.3081078038564627];
  database.run(
    `INSERT INTO data_set VALUES (?, 'digits', '["0","1"]', 28, 27, 6, 1, ?, ?, '{"source":"mnist"}', 5)`,
    hash,
    mean,
    std,
  );
  migrate(database, migrations);
  expect(new DataSets(database).get(hash)).toEqual({
    hash,
    name: 'digits',
    classes: ['0', '1'],
    height: 28,
    width: 27,
    channels: 1,
    trainCount: 6,
    testCount: 1,
    mean: [mean],
    std: [std],
    source: { source: 'mnist' },
  });
  expect(database.all('SELECT added_at, channels FROM data_set')).toEqual([{ added_at: 5, channels: 1 }]);
  expect(database.all('SELECT channels FROM stimulus_set')).toEqual([]);
  const colours = { channels: 3 as const, mean: [0.1, 0.2, 0.3], std: [0.3, 0.2, 0.1] };
  const colour = { ...new DataSets(database).list()[0]!, hash: 'b'.repeat(64), ...colours };
  new DataSets(database).put(colour, 6);
  expect(new DataSets(database).get(colour.hash)).toEqual(colour);
  expect(() => new DataSets(database).put({ ...colour, hash: 'c'.repeat(64), mean: [0.1] }, 7)).toThrow('CHECK');
  database.close();
});

test('what was read from a source stays, one row for each of its data sets', () => {
  const database = databaseAt(temporaryFolder(), 22);
  const source = { source: 'npz' as const, name: 'pets', path: '/pets.npz', classes: ['cat', 'dog'] };
  const [hash, later] = ['a'.repeat(64), 'b'.repeat(64)];
  const findings = {
    classes: [],
    leftOut: [],
    comparedAll: true,
    notes: ['a note'],
    sameInTest: { count: 0, examples: [] },
    nearInTest: { count: 0, examples: [] },
    inTwoClasses: { count: 0, examples: [] },
  };
  const text = JSON.stringify(source, Object.keys(source).toSorted());
  const row = [hash, 'pets', '["a","b"]', 8, 8, 1, 6, 1, '[0.5]', '[0.5]', text, 5];
  database.run('INSERT INTO data_set VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', ...row);
  const values = [text, hash, '["cat","dog"]', JSON.stringify(findings), 7];
  database.run('INSERT INTO prepared_data_set VALUES (?, ?, ?, ?, ?)', ...values);
  migrate(database, migrations);
  const dataSets = new DataSets(database);
  const { record, ...kept } = dataSets.prepared(source) ?? expect.fail('nothing is kept');
  expect(kept).toEqual({ findings, fingerprint: null, preparedAt: 7 });
  expect(record).toMatchObject({ hash, classes: ['cat', 'dog'] });
  dataSets.putPrepared({ ...record, hash: later, classes: ['eel', 'fox'] }, { findings, fingerprint: hash }, 7);
  expect(dataSets.prepared(source)).toMatchObject({
    record: { hash: later, classes: ['eel', 'fox'] },
    fingerprint: hash,
  });
  expect(dataSets.fromSource(hash, source)).toEqual(record);
  // What an archive brings is known here, but not the last that was read.
  dataSets.putImported({ ...record, hash: 'c'.repeat(64) }, 9);
  expect(dataSets.bySource(source)?.hash).toBe(later);
  database.close();
});

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

test('sittings of kits that were dated after their import count as of it', () => {
  const folder = temporaryFolder();
  const old = databaseAt(folder, 14);
  const hash = 'a'.repeat(64);
  old.exec(`
    INSERT INTO study (id, name, created_at) VALUES (1, 'small', 1);
    BEGIN;
    INSERT INTO stimulus (set_hash, image_id, pair_i, pair_j, alpha) VALUES ('${hash}', 0, 0, 1, 0.5);
    INSERT INTO stimulus_set (hash, width, height, classes, image_count, source, provenance, pixels, frozen_at)
      VALUES ('${hash}', 1, 1, '["a", "b"]', 1, 'imported', '{}', '${hash}', 1);
    COMMIT;
    INSERT INTO labeler (id, pseudonym, simulated, source, added_at) VALUES (1, 'P-1', 0, 'labeling', 1);
    INSERT INTO labeling_plan (id, study_id, version, plan, texts, saved_at) VALUES (1, 1, 1, '{}', '{}', 1);
    INSERT INTO labeling_session (id, study_id, plan_id, set_hash, labeler_id, token, medium, place, trials, trial_count,
      answered, created_at) VALUES (1, 1, 1, '${hash}', 1, '${'t'.repeat(22)}', 'kit', 0, '[]', 3, 3, 1);`);
  const never = 253_402_300_799_000;
  const import1 = 1_000_000_000;
  const at = [never, import1 + 300_000, import1 + 300_001, import1 + 500_000, never];
  for (const [index, openedAt] of at.entries()) {
    const medium = index === 4 ? 'screen' : 'kit';
    const add = `INSERT INTO labeling_sitting (id, session_id, key, medium, opened_at, opened_ms, screen)
      VALUES (?, 1, ?, ?, ?, 5, '{}')`;
    old.run(add, index + 1, `s${index}`, medium, openedAt);
    const tell = `INSERT INTO labeling_event (session_id, sitting_id, seq, trial, kind, choice, shown_ms, at_ms, stored_at,
      sitting_at) VALUES (1, ?, 0, ?, ?, ?, 0, 0, ?, ?)`;
    // The fourth was imported later, after it took place; it takes the answer of the first back.
    const [kind, choice] = index === 3 ? ['undo', null] : ['answer', index];
    const storedAt = index === 3 ? import1 + 600_000 : import1;
    old.run(tell, index + 1, index === 3 ? 0 : index % 4, kind, choice, storedAt, medium === 'kit' ? openedAt : 0);
  }
  migrate(old);
  expect(
    old.all('SELECT opened_at AS at, claimed_at AS claimed, opened_ms AS ms FROM labeling_sitting ORDER BY id'),
  ).toEqual([
    { at: import1, claimed: never, ms: null },
    { at: import1, claimed: null, ms: null },
    { at: import1, claimed: import1 + 300_001, ms: null },
    { at: import1 + 500_000, claimed: null, ms: 5 },
    { at: never, claimed: null, ms: 5 },
  ]);
  const order = old.all<{ at: number }>('SELECT sitting_at AS at FROM labeling_event ORDER BY id').map((row) => row.at);
  expect(order).toEqual([import1, import1, import1, import1 + 500_000, 0]);
  expect(old.get('SELECT answered FROM labeling_session')).toEqual({ answered: 2 });
  expect(() => old.run('UPDATE labeling_event SET trial = 1')).toThrow(/never changes/);
  old.close();
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
