import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../main/domain/random/random.ts';
import { Database } from '../../main/storage/database.ts';
import { openStorage } from '../../main/storage/open.ts';
import { databaseVersion, migrate } from '../../main/storage/migrate.ts';
import { migrations } from '../../main/storage/migrations/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/**
 * Kills from each old version, spread over all statements of opening. `BOUNDARY_KILLS=1000` kills at each of them.
 */
const kills = Number(process.env.BOUNDARY_KILLS ?? 3);
const seed = Number(process.env.BOUNDARY_SEED ?? 5);

const kept = join(import.meta.dirname, '..', 'kept', '0.1.0', 'data', 'workbench.sqlite');
const file = (folder: string): string => join(folder, 'workbench.sqlite');

/** A data folder of an old version, with the labels of tests/kept as far as its tables have room for them, and runs. */
function folderAt(version: number): string {
  const folder = temporaryFolder();
  const database = new Database(file(folder));
  database.pragma('journal_mode = WAL');
  migrate(database, migrations.slice(0, version));
  cpSync(kept, join(folder, 'kept.sqlite'));
  database.pragma('foreign_keys = OFF');
  database.exec(`ATTACH '${join(folder, 'kept.sqlite')}' AS kept`);
  const tables = database.all<{ name: string }>(
    `SELECT name FROM main.sqlite_schema JOIN kept.sqlite_schema AS other USING (name)
     WHERE main.sqlite_schema.type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
  );
  for (const { name } of tables) {
    const columns = database
      .all<{ name: string }>(
        `SELECT name FROM pragma_table_info($name, 'main') JOIN pragma_table_info($name, 'kept') USING (name)`,
        { name },
      )
      .map((column) => column.name)
      .join(', ');
    database.exec(`INSERT OR IGNORE INTO main.${name} (${columns}) SELECT ${columns} FROM kept.${name}`);
  }
  for (let n = 0; n < 3 && version >= 2; n++) {
    database.exec(`INSERT INTO run (key, kind, label, task, engine, priority, state, queued_at)
      VALUES ('${String(n).repeat(64)}', 'classifier', 'run ${n}', '{"kind": "classifier"}', 'wasm', 0, 'queued', 1);
      INSERT INTO metric SELECT max(id), 'loss', 1, 0.5 FROM run`);
  }
  database.exec('DETACH kept');
  database.close();
  return folder;
}

interface Dump {
  version: number;
  content: unknown;
}

/** Schema and all rows, but for the id that a database gets when it is first opened. */
function dump(path: string): Dump {
  const database = new Database(path);
  try {
    const schema = database.all<{ type: string; name: string; sql: string }>(
      'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name',
    );
    const tables = schema.filter(({ type }) => type === 'table');
    const rows = tables.map(({ name }) => [name, database.all(`SELECT * FROM ${name}`).filter(isNoId)]);
    expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    return { version: databaseVersion(database), content: { schema, rows } };
  } finally {
    database.close();
  }
}

const isNoId = (row: unknown): boolean => !JSON.stringify(row).includes('storage.database-id');

/** What the folder's database holds at its own version and at each later one. */
function expectedDumps(folder: string): Dump[] {
  const copy = join(temporaryFolder(), 'copy.sqlite');
  cpSync(file(folder), copy);
  const dumps = [dump(copy)];
  for (let version = (dumps[0]?.version ?? 0) + 1; version <= migrations.length; version++) {
    const database = new Database(copy);
    migrate(database, migrations.slice(0, version));
    database.close();
    dumps.push(dump(copy));
  }
  return dumps;
}

function copyOf(folder: string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function countStatements(folder: string): number {
  let count = 0;
  openStorage(copyOf(folder), { onStatement: () => count++ }).close();
  return count;
}

/** Each stands before migrations that put new tables in the place of old ones: 5 and 10. */
describe.each([1, 4, 9])('killed while opening a database of version %i', (version) => {
  test('it is complete at an old or new version, and the next start completes it', { timeout: 600_000 }, () => {
    const folder = folderAt(version);
    const expected = expectedDumps(folder);
    const statements = countStatements(folder);
    expect(statements).toBeGreaterThan(5 * (migrations.length - version));
    const random = randomStream(seed, 'migration-kills', String(version));
    const share = statements / Math.min(kills, statements);
    const versionsMet = new Set<number>();
    for (let n = 0; n < Math.min(kills, statements); n++) {
      // One in each equal part of the statements.
      const at = Math.floor(n * share) + random.int(Math.max(1, Math.floor(share)));
      const killed = copyOf(folder);
      expect(killedAt(killed, at), `statement ${at}`).toBe('SIGKILL');
      const found = dump(file(killed));
      versionsMet.add(found.version);
      expect(found, `statement ${at}`).toEqual(expected.find((one) => one.version === found.version));
      const storage = openStorage(killed);
      expect(storage.health()).toMatchObject({ version: migrations.length, problems: [] });
      expect(storage.notices).toEqual([]);
      storage.close();
      expect(dump(file(killed)), `statement ${at}, opened again`).toEqual(expected.at(-1));
      expect(readdirSync(join(killed, 'backups')).filter((name) => name.includes('.tmp'))).toEqual([]);
      expect(existsSync(`${file(killed)}-wal`)).toBe(false);
    }
    if (kills >= statements) expect([...versionsMet].sort((a, b) => a - b)).toEqual(expected.map((one) => one.version));
  });
});

function killedAt(folder: string, statement: number): string | null {
  const child = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'opening-child.ts'), folder, String(statement)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  return child.signal;
}
