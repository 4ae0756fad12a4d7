/** What a large data folder needs at a start is done after it, and a kill on the way loses no request. */
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { onTestFinished, expect, test } from 'vitest';
import { ForkLauncher, type Launcher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { DatabaseTasks } from '../../../main/services/tasks/database-tasks.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { Database } from '../../../main/storage/database.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { repository } from '../../architecture/tools.ts';
import { sql } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { callHost, type CalledHost } from '../labeling/host-client.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, filesWith } from '../labeling/labeling-helper.ts';
import { openLab } from './lab-helper.ts';

/** Makes the database so large that a start leaves what takes long. */
const fill = (folder: string): unknown =>
  sql(folder, "INSERT INTO setting (name, value, set_at) VALUES ('filler', json_quote(hex(zeroblob(5000000))), 1)");

const isPending = (folder: string): boolean =>
  sql(folder, "SELECT 1 FROM setting WHERE name = 'labeling.scrub-owed' AND value = 'true'").length > 0;

/** A large folder as a crash leaves it in which somebody withdrew whose rows and bytes are all still there. */
async function withdrawnAndCrashed(): Promise<{ folder: string; pseudonym: string; stays: string }> {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  const [gone, other] = await makeSessions(it, 2);
  if (!gone || !other) throw new Error('no sessions');
  for (const { token } of [gone, other]) await labelAll(it, token);
  fill(it.dataFolder);
  // So long ago that nobody labels now.
  sql(it.dataFolder, 'UPDATE labeling_session SET last_seen_at = 1');
  storage.backUp();
  const session = storage.labeling.sessions.get(gone.id);
  if (!session) throw new Error('no session');
  storage.labeling.withdrawals.withdraw(session, Date.now());
  const folder = join(temporaryFolder(), 'data');
  cpSync(it.dataFolder, folder, { recursive: true });
  await it.lab.close();
  expect(filesWith(folder, gone.pseudonym)).not.toEqual([]);
  return { folder, pseudonym: gone.pseudonym, stays: other.pseudonym };
}

async function killed(host: CalledHost): Promise<void> {
  host.process.kill('SIGKILL');
  await host.ended;
}

function openLater(dataFolder: string): Lab {
  const options = { root: repository, resources: join(repository, 'resources'), dataFolder, upkeep: 'later' } as const;
  const lab = new Lab({ workbench: openWorkbench(options), launcher: new ForkLauncher(), host: 'test' });
  onTestFinished(() => lab.close());
  return lab;
}

test('a start leaves what takes long, shows nothing of who withdrew, and the lab then removes every byte', async () => {
  const { folder, pseudonym, stays } = await withdrawnAndCrashed();
  const rows = () => sql(folder, 'SELECT 1 FROM labeler').length;
  const backups = readdirSync(join(folder, 'backups'));
  const storage = openStorage(folder, { upkeep: 'later' });
  // The host prints its address here.
  expect([storage.upkeepIsDue, isPending(folder), rows()]).toEqual([true, true, 2]);
  expect(readdirSync(join(folder, 'backups'))).toEqual(backups);
  expect(storage.labeling.sessions.ofStudy(1).map((each) => each.pseudonym)).toEqual([stays]);
  storage.close();
  const lab = openLater(folder);
  await lab.upkeep;
  expect([isPending(folder), rows(), lab.notices]).toEqual([false, 1, []]);
  expect(filesWith(folder, pseudonym)).toEqual([]);
  expect(readdirSync(join(folder, 'backups'))).toHaveLength(1);
  expect(sql(folder, 'SELECT count(*) AS n FROM labeling_event WHERE session_id = 2')).not.toEqual([{ n: 0 }]);
});

test('a command without a page does all of it at its start, and so does a start with a small database', async () => {
  const { folder, pseudonym } = await withdrawnAndCrashed();
  const storage = openStorage(folder);
  expect([storage.upkeepIsDue, storage.isErasurePending()]).toEqual([false, false]);
  expect(filesWith(folder, pseudonym)).toEqual([]);
  storage.close();
  const small = openStorage(temporaryFolder(), { upkeep: 'later' });
  expect(small.upkeepIsDue).toBe(false);
  small.close();
});

test('a host that is killed while it rewrites leaves the request, and the next start completes it', async () => {
  const { folder, pseudonym } = await withdrawnAndCrashed();
  // While this one reads, no rewriting is complete: whenever the kill comes, something is left to do.
  const reader = new BetterSqlite3(join(folder, 'workbench.sqlite'), { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM labeler').get();
  const host = await callHost(folder);
  const database = new BetterSqlite3(join(folder, 'workbench.sqlite'), { timeout: 0 });
  onTestFinished(() => void database.close());
  const isLocked = (): boolean => {
    try {
      database.exec('BEGIN IMMEDIATE; ROLLBACK');
      return false;
    } catch {
      return true;
    }
  };
  const journal = join(folder, 'workbench.sqlite-wal');
  const isRewritten = (): boolean => readFileSync(journal).length > 8 * 2 ** 20;
  while (!isLocked() && !isRewritten()) await wait(1);
  await killed(host);
  reader.close();
  expect(isPending(folder)).toBe(true);
  // Its process ends with it.
  while (isLocked()) await wait(10);
  database.close();

  const next = await callHost(folder);
  while (isPending(folder)) await wait(50);
  await killed(next);
  expect(filesWith(folder, pseudonym)).toEqual([]);
});

test('what this process stores interrupts a rewriting and never waits for it; the request stays', async () => {
  const { folder } = await withdrawnAndCrashed();
  const { lab } = openLab(folder);
  const { workbench, changes, jobs } = lab;
  const { storage } = workbench;
  const launched = Promise.withResolvers<number | undefined>();
  const launcher: Launcher = {
    launch: (options, listeners) => {
      const child = new ForkLauncher().launch(options, listeners);
      launched.resolve(child.pid);
      return child;
    },
  };
  const tasks = new DatabaseTasks({ workbench, changes, jobs, launcher });
  onTestFinished(() => tasks.close());
  const outcome = tasks.rewrite();
  await launched.promise;
  storage.settings.set('stored-meanwhile', 1, 1);
  expect(await outcome).toBe('interrupted');
  // Not in the way of what is stored later, and complete when nothing is.
  storage.settings.set('stored-later', 1, 1);
  expect(await tasks.rewrite()).toBe('complete');
  expect(sql(folder, "SELECT count(*) AS n FROM setting WHERE name LIKE 'stored%'")).toEqual([{ n: 2 }]);
});

test('a process that holds the lock is stopped before the host writes', async () => {
  const folder = temporaryFolder();
  const storage = openStorage(folder);
  onTestFinished(() => storage.close());
  const other = new BetterSqlite3(join(folder, 'workbench.sqlite'));
  onTestFinished(() => void other.close());
  const stops: string[] = [];
  const stop = (): void => {
    if (other.inTransaction) other.exec('ROLLBACK');
    stops.push('stopped');
  };
  const work = async (): Promise<void> => {
    other.exec('BEGIN IMMEDIATE');
    await setImmediate();
    storage.settings.set('one', 1, 1);
    storage.transaction(() => storage.settings.set('two', 2, 1));
  };
  await storage.whileOtherWrites(work, stop);
  expect(stops).toHaveLength(2);
  storage.settings.set('three', 3, 1);
  expect(stops).toHaveLength(2);
});

test('while another process moves the journal, this one does not, however the times overlap', async () => {
  const path = join(temporaryFolder(), 'workbench.sqlite');
  const database = new Database(path);
  onTestFinished(() => database.close());
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE page (content BLOB)');
  const limit = () => database.pragmaValue('wal_autocheckpoint');
  const write = (): unknown => database.run('INSERT INTO page VALUES (zeroblob(6000000))');
  const before = limit();
  write();
  const bytes = statSync(path).size;
  expect(bytes).toBeGreaterThan(6_000_000);
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const leaving = database.leaveJournal(() => first.promise);
  write();
  expect(statSync(path).size).toBe(bytes);
  const rewriting = database.whileOtherWrites(
    () => second.promise,
    () => undefined,
  );
  expect(limit()).toBe(0);
  first.resolve();
  await leaving;
  expect(limit()).toBe(0);
  second.resolve();
  await rewriting;
  expect(limit()).toBe(before);
  write();
  expect(statSync(path).size).toBeGreaterThan(bytes + 6_000_000);
});

test('a row that contradicts its index is told of after the start', async () => {
  const { folder, stays } = await withdrawnAndCrashed();
  openStorage(folder).close();
  const path = join(folder, 'workbench.sqlite');
  const bytes = readFileSync(path);
  // In the row or in its index.
  bytes.write('p', bytes.indexOf(stays));
  writeFileSync(path, bytes);
  const lab = openLater(folder);
  expect(lab.notices).toEqual([]);
  await lab.upkeep;
  expect(lab.notices).toEqual([expect.stringContaining('Stored rows were changed outside of the program')]);
});
