import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeFileAtomic } from '../../main/files/atomic.ts';
import { Database } from '../../main/storage/database.ts';
import { openStorage } from '../../main/storage/open.ts';
import { databaseVersion } from '../../main/storage/migrate.ts';
import { smallDisk } from '../small-disk.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { environment } from './records.ts';

const isRoot = process.getuid?.() === 0;

function code(expected: string) {
  return expect.objectContaining({ name: 'UserError', code: expected });
}

describe('one writer', () => {
  test('a second writer is refused, a reader is not; after closing the folder is free', () => {
    const folder = temporaryFolder();
    const writer = openStorage(folder);
    expect(() => openStorage(folder)).toThrow(code('storage.in-use'));
    expect(() => openStorage(folder)).toThrow(`process ${process.pid}`);
    const reader = openStorage(folder, { readOnly: true });
    writer.runs.ensure(newRun(classifierTask(1)), 1);
    expect(reader.runs.counts().queued).toBe(1);
    expect(() => reader.runs.ensure(newRun(classifierTask(2)), 1)).toThrow(code('storage.read-only'));
    reader.close();
    writer.close();
    openStorage(folder).close();
  });

  test('another process that holds the folder is named; when it is killed, the folder is free at once', async () => {
    const folder = temporaryFolder();
    const module = join(import.meta.dirname, '../../main/storage/open.ts');
    const script = `import { openStorage } from ${JSON.stringify(`file://${module}`)};
      const storage = openStorage(${JSON.stringify(folder)}); console.log('open');
      setInterval(() => storage.runs.counts(), 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => other.stdout.once('data', resolve));
    expect(() => openStorage(folder)).toThrow(`process ${other.pid}`);
    const ended = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await ended;
    openStorage(folder).close();
  });

  test('a lock left over by a process of long ago means nothing', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'writer.lock'), '');
    writeFileSync(join(folder, 'writer.json'), JSON.stringify({ process: 1, host: 'here', since: '2020' }));
    openStorage(folder).close();
  });
});

describe('a folder that cannot be used', () => {
  test('a file in its place', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, '');
    expect(() => openStorage(path)).toThrow(expect.objectContaining({ name: 'UserError' }));
    expect(() => openStorage(join(path, 'below'))).toThrow(expect.objectContaining({ name: 'UserError' }));
  });

  test('a folder in place of the database', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'workbench.sqlite'));
    expect(() => openStorage(folder)).toThrow(expect.objectContaining({ name: 'UserError' }));
    expect(existsSync(join(folder, 'workbench.sqlite'))).toBe(true);
  });

  test('a file system that refuses even root', { skip: process.platform !== 'linux' }, () => {
    expect(() => openStorage('/proc/boundary')).toThrow(expect.objectContaining({ name: 'UserError' }));
  });

  test('no permission to write', { skip: isRoot || process.platform === 'win32' }, () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(() => openStorage(folder)).toThrow(code('storage.cannot-open'));
    chmodSync(folder, 0o700);
  });

  test('nothing there to read', () => {
    const folder = temporaryFolder();
    expect(() => openStorage(folder, { readOnly: true })).toThrow(code('storage.not-there'));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('beside the writer', () => {
  test('small changes can be written, each sees what the other wrote, and a reader changes nothing', () => {
    const folder = temporaryFolder();
    const writer = openStorage(folder);
    const { id } = writer.runs.ensure(newRun(classifierTask(1)), 1);
    const beside = openStorage(folder, { beside: true });
    const reader = openStorage(folder, { readOnly: true });
    expect([writer.readOnly, beside.readOnly, reader.readOnly]).toEqual([false, false, true]);
    expect([writer, beside, reader].map((each) => each.changedElsewhere())).toEqual([false, false, false]);
    beside.runs.cancel(id, 2);
    expect([writer, beside, reader].map((each) => each.changedElsewhere())).toEqual([true, false, true]);
    expect([writer, beside, reader].map((each) => each.changedElsewhere())).toEqual([false, false, false]);
    expect(writer.runs.get(id)?.state).toBe('cancelled');
    expect(() => beside.runNotes.tag([id], { add: ['x'.repeat(41)], remove: [] })).toThrow(/CHECK/);
    expect(() => reader.runs.setHeld(id, true)).toThrow(code('storage.read-only'));
    const { bytes, health } = writer;
    expect(writer.emptyJournal()).toBe(true);
    expect(bytes()).toBe(health().bytes);
    for (const each of [reader, beside, writer]) each.close();
  });

  test('a database of an earlier version is refused until a writer has upgraded it', () => {
    const folder = temporaryFolder();
    openStorage(folder).close();
    const database = new Database(join(folder, 'workbench.sqlite'));
    const version = databaseVersion(database);
    const becomes = (to: number) => {
      database.pragma(`user_version = ${to}`);
      for (const access of [{ readOnly: true }, { beside: true }]) openStorage(folder, access).close();
    };
    expect(() => becomes(version - 1)).toThrow(code('storage.older'));
    expect(() => becomes(version + 1)).toThrow(code('storage.newer'));
    becomes(version);
    database.close();
  });

  test('other files in the folder stay open to others, and its own are closed', {
    skip: process.platform === 'win32',
  }, () => {
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    for (const foreign of [true, false]) {
      const folder = temporaryFolder();
      openStorage(folder).close();
      if (foreign) writeFileSync(join(folder, 'notes.txt'), '');
      mkdirSync(join(folder, 'logs'), { recursive: true });
      const paths = ['', 'workbench.sqlite', 'logs', ...(foreign ? ['notes.txt'] : [])].map((name) =>
        join(folder, name),
      );
      for (const path of paths) chmodSync(path, 0o755);
      openStorage(folder).close();
      expect(paths.map(mode)).toEqual(foreign ? ['755', '700', '700', '755'] : ['700', '700', '700']);
      expect(existsSync(join(folder, 'uploads'))).toBe(foreign);
    }
  });
});

test('a transaction tells of its commit once, and of none after an error; a guard sees each before and after', () => {
  const database = new Database(join(temporaryFolder(), 'some.sqlite'));
  database.exec('CREATE TABLE number (n INTEGER)');
  const seen: string[] = [];
  const insert = (n: number) => database.run('INSERT INTO number VALUES (?)', n);
  database.afterCommit(() => seen.push('at once'));
  database.guardWrites(() => seen.push('guard'));
  expect(insert(1)).toEqual({ changes: 1, id: 1 });
  expect(seen.splice(0)).toEqual(['at once', 'guard', 'guard']);
  const given = database.transaction(() => {
    database.afterCommit(() => seen.push('outer'));
    database.transaction(() => {
      insert(2);
      database.afterCommit(() => seen.push('inner'));
    });
    insert(3);
    seen.push('work');
    return 'result';
  });
  expect(given).toBe('result');
  expect(seen.splice(0)).toEqual(['guard', 'work', 'guard', 'outer', 'inner']);
  const failing = () =>
    database.transaction(() => {
      insert(4);
      database.afterCommit(() => seen.push('never'));
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  insert(5);
  expect(seen.splice(0)).toEqual(['guard', 'guard', 'guard']);
  expect(database.all('SELECT n FROM number ORDER BY n')).toEqual([1, 2, 3, 5].map((n) => ({ n })));
  database.close();
  expect(() => new Database(join(temporaryFolder(), 'none.sqlite'), { readOnly: true })).toThrow(
    code('storage.cannot-open'),
  );
  expect(() => new Database(join(temporaryFolder(), 'none.sqlite'), { mustExist: true })).toThrow(
    code('storage.cannot-open'),
  );
});

test('what a killed writer left half-written among the blobs goes after a day, and nothing else', () => {
  const folder = temporaryFolder();
  const storage = openStorage(folder);
  const blob = storage.blobs.path(storage.blobs.put(Buffer.from('kept')));
  storage.close();
  const leftover = join(blob, '..', '.half.3f0c2d8e-8d0a-4f5e-9b1f-6f2f3c1d7a55.tmp');
  writeFileSync(leftover, 'half');
  const now = Date.now();
  openStorage(folder, { now: () => now + 1000 }).close();
  expect(existsSync(leftover)).toBe(true);
  openStorage(folder, { now: () => now + 25 * 3600 * 1000 }).close();
  expect([existsSync(leftover), existsSync(blob)]).toEqual([false, true]);
});

test('what killed writers left elsewhere goes at the next start, unless it may still be written', () => {
  const folder = temporaryFolder();
  openStorage(folder).close();
  const id = '3f0c2d8e-8d0a-4f5e-9b1f-6f2f3c1d7a55';
  const atOnce = [`.writer.json.${id}.tmp`, 'workbench.sqlite.restoring.tmp', 'backups/workbench-2026.sqlite.tmp'];
  const later = [`studies/small/report/.index.html.${id}.tmp`, `imports/.set.zip.${id}.tmp`, `blobs/ab/.abc.${id}.tmp`];
  const kept = ['studies/small/report/index.html', '.notes.tmp'];
  for (const path of [...atOnce, ...later, ...kept]) writeFileAtomic(join(folder, path), '');
  const left = (paths: string[]) => paths.filter((path) => existsSync(join(folder, path)));
  openStorage(folder).close();
  expect([left(atOnce), left(later), left(kept)]).toEqual([[], later, kept]);
  openStorage(folder, { now: () => Date.now() + 25 * 3600 * 1000 }).close();
  expect([left(later), left(kept)]).toEqual([[], kept]);
});

test('an unfinished backup of another process is left to it', () => {
  const folder = temporaryFolder();
  openStorage(folder).close();
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const paths = [process.ppid, ended, process.pid].map((pid) => `backups/workbench-2026.sqlite.${pid}.tmp`);
  for (const path of paths) writeFileAtomic(join(folder, path), '');
  const storage = openStorage(folder);
  storage.backUp();
  storage.close();
  expect(paths.map((path) => existsSync(join(folder, path)))).toEqual([true, false, false]);
});

describe('a full disk', () => {
  test('while working: a clear error, what was stored is kept, and with space again it goes on', (context) => {
    const folder = smallDisk(4096);
    if (!folder) return context.skip('needs the right to mount a tmpfs');
    const storage = openStorage(folder);
    const { id } = storage.runs.ensure(newRun(classifierTask(1)), 1);
    storage.runs.claimNext(['wasm'], environment, 2);
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(1024 * 1024));
    let stored = 0;
    const fill = () => {
      for (;;) {
        const points = Array.from({ length: 200 }, (_, n) => ({ series: 'loss', step: stored * 200 + n, value: n }));
        storage.runs.applyEvent(id, { type: 'metrics', points }, 3);
        stored++;
      }
    };
    expect(fill).toThrow(code('storage.disk-full'));
    expect(stored).toBeGreaterThan(0);
    expect(storage.runHistory.metrics(id, 'loss')).toHaveLength(stored * 200);
    writeFileSync(join(folder, 'ballast'), '');
    storage.runs.applyEvent(id, { type: 'metrics', points: [{ series: 'loss', step: stored * 200, value: 1 }] }, 4);
    expect(storage.health().problems).toEqual([]);
    storage.close();
    const again = openStorage(folder);
    expect(again.notices).toEqual([]);
    expect(again.runHistory.metrics(id, 'loss')).toHaveLength(stored * 200 + 1);
    again.close();
  });

  test('an error of a disk with space is not called a full one', () => {
    let isBroken = false;
    const database = new Database(join(temporaryFolder(), 'workbench.sqlite'), {
      onStatement: () => {
        if (isBroken) throw new BetterSqlite3.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE');
      },
    });
    onTestFinished(() => database.close());
    database.exec('CREATE TABLE a (b INTEGER) STRICT');
    isBroken = true;
    expect(() => database.run('INSERT INTO a VALUES (1)')).toThrow(code('storage.io'));
  });

  test('at the first start: a clear error', (context) => {
    const folder = smallDisk(64);
    if (!folder) return context.skip('needs the right to mount a tmpfs');
    expect(() => openStorage(folder)).toThrow(expect.objectContaining({ code: expect.stringMatching(/disk-full$/) }));
  });

  test('no space for the daily backup: a notice, and the work goes on', (context) => {
    const folder = smallDisk(2048);
    if (!folder) return context.skip('needs the right to mount a tmpfs');
    const storage = openStorage(folder);
    storage.runs.ensure(newRun(classifierTask(1)), 1);
    storage.close();
    const used = readFileSync(join(folder, 'workbench.sqlite')).length;
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(2048 * 1024 - used - 160 * 1024));
    const again = openStorage(folder);
    expect(again.notices).toMatchObject([{ code: 'storage.no-backup' }]);
    again.runs.ensure(newRun(classifierTask(2)), 1);
    expect(again.runs.counts().queued).toBe(2);
    again.close();
    expect(readdirSync(join(folder, 'backups'))).toEqual([]);
  });
});
