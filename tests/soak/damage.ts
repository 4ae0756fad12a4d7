import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import type { RandomStream } from '../../main/domain/random/random.ts';
import type { Attack, Step } from './campaign.ts';
import { type Client, Host, refusalCode } from './host.ts';
import { acknowledgedBy, copyData, labelersOf } from './world.ts';

const pick = <T>(random: RandomStream, items: readonly T[]): T => items[random.int(items.length)] as T;

const targets = [
  ...['workbench.sqlite', 'workbench.sqlite', 'workbench.sqlite-wal', 'workbench.sqlite-shm', 'blob', 'blobs'],
  ...['writer.lock', 'writer.json', 'backup', 'backups', 'uploads', 'setting'],
] as const;

/** The file that a target stands for; undefined: there is none. */
function pathOf(target: (typeof targets)[number], dataFolder: string, random: RandomStream): string | undefined {
  const files = (folder: string): string[] =>
    existsSync(join(dataFolder, folder))
      ? readdirSync(join(dataFolder, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [];
  if (target === 'blob') return pick(random, files('blobs'));
  if (target === 'backup') return pick(random, files('backups'));
  return existsSync(join(dataFolder, target)) ? join(dataFolder, target) : undefined;
}

const ways = ['flip', 'flip', 'zeros', 'garbage', 'cut', 'empty', 'gone', 'page', 'folder in its place'] as const;

/** Damages a file at rest; says how. */
function damage(path: string, random: RandomStream): string {
  if (statSync(path).isDirectory()) {
    rmSync(path, { recursive: true });
    return 'gone';
  }
  const way = pick(random, ways);
  const { size } = statSync(path);
  if (way === 'gone') rmSync(path);
  else if (way === 'empty') writeFileSync(path, '');
  else if (way === 'folder in its place') {
    rmSync(path);
    mkdirSync(path);
  } else change(path, (file) => changeBytes(file, way, size, random));
  return way;
}

function change(path: string, work: (file: number) => void): void {
  const file = openSync(path, 'r+');
  try {
    work(file);
  } finally {
    closeSync(file);
  }
}

function changeBytes(file: number, way: string, size: number, random: RandomStream): void {
  if (size === 0) return;
  if (way === 'cut') return ftruncateSync(file, random.int(size));
  const length = way === 'flip' ? 1 : way === 'page' ? 4096 : 1 + random.int(Math.min(size, 20_000));
  const at = way === 'page' ? 4096 * random.int(Math.ceil(size / 4096)) : random.int(size);
  const bytes = Buffer.alloc(length);
  if (way === 'flip') {
    readSync(file, bytes, 0, 1, at);
    bytes.writeUInt8(bytes.readUInt8(0) ^ (1 + random.int(255)));
  } else if (way !== 'zeros') for (let n = 0; n < length; n++) bytes.writeUInt8(random.int(256), n);
  writeSync(file, bytes, 0, Math.max(1, Math.min(length, size - at)), at);
}

/** Answers of every session, as rows of the log in their order; null: this is no database. */
function logOf(path: string): string[] | null {
  let database: BetterSqlite3.Database | undefined;
  try {
    database = new BetterSqlite3(path, { readonly: true });
    return database
      .prepare<[], object>(
        'SELECT session_id, seq, trial, kind, choice, shown_ms, at_ms FROM labeling_event ORDER BY id',
      )
      .all()
      .map((row) => JSON.stringify(row));
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

/** A host was killed while people labeled, and something damages its files while nothing runs. */
async function step(step: Step): Promise<void> {
  const { random, tally } = step;
  const dataFolder = await crashedFolder(step);
  const copy = copyData(step, dataFolder, 'intact');
  const before = logOf(join(copy, 'workbench.sqlite')) ?? [];
  const inBackup = backupLogs(dataFolder)[0] ?? [];
  const target = pick(random, targets);
  const path = target === 'setting' ? dataFolder : pathOf(target, dataFolder, random);
  if (path === undefined) return;
  const what = `${target}: ${target === 'setting' ? damageSetting(dataFolder, random) : damage(path, random)}`;
  tally.count('damages');
  tally.count(what);
  const isNoticeable = target !== 'workbench.sqlite' || !isConsistent(copyData(step, dataFolder, 'damaged'));
  const host = new Host(step, { dataFolder, during: null });
  const started = await Promise.race([host.address.then(() => true), host.ended.then(() => false)]);
  if (!started) return refused(step, host, what);
  const client = await host.connect();
  const { notices } = await client.app.info({});
  const shown = (await client.studies.list({})).studies.map(({ name }) => name);
  for (const look of looks)
    await look(client, step.template.open[0]?.token ?? '').catch((error: unknown) => fault(step, what, error));
  tally.faults.push(...host.defects.map((each) => `${what}: ${each}`));
  await host.stop();
  const after = logOf(join(dataFolder, 'workbench.sqlite')) ?? [];
  const missing = notIn(before, after);
  const isSaid = notices.length > 0;
  tally.count(isSaid ? 'of them, said in a notice' : 'of them, without harm or word');
  const added = notIn(after, before);
  if (missing.length + added.length > 0 && !isNoticeable) {
    return tally.count('of them, rows changed that SQLite cannot notice');
  }
  if ([after, ...backupLogs(dataFolder)].every((log) => notIn(inBackup, log).length > 0))
    tally.lost.push(`${what}: answers of the backup are missing`);
  if (missing.length > 0 && !isSaid)
    tally.lost.push(`${what}: ${missing.length} of ${before.length} answers missing, and not a word`);
  if (added.length > 0 && !isSaid) tally.faults.push(`${what}: ${added[0]} is shown, which nobody answered`);
  if (!shown.includes('small') && !isSaid) tally.lost.push(`${what}: the study is missing, and not a word`);
}

/** SQLite has no checksums: a byte of a row that no index has can change and pass all of its checks. */
function isConsistent(dataFolder: string): boolean {
  let database: BetterSqlite3.Database | undefined;
  try {
    database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'), { readonly: true });
    return JSON.stringify(database.pragma('integrity_check')) === '[{"integrity_check":"ok"}]';
  } catch {
    return false;
  } finally {
    database?.close();
  }
}

/** What pages ask for first. */
const looks: readonly ((client: Client, token: string) => Promise<unknown>)[] = [
  (client) => client.desk.board({ study: 'small' }),
  (client) => client.overview.get({ study: 'small' }),
  (client) => client.machine.settings({}),
  (client) => client.runs.views({ study: 'small' }),
  (client) => client.jobs.list({}),
  (client, token) => client.desk.volunteer.images({ token, from: 0, count: 5 }),
];

function fault({ tally }: Step, what: string, error: unknown): void {
  if (refusalCode(error) === null) tally.faults.push(`${what}: ${error}`);
}

/** A setting has a value that no version ever wrote. */
function damageSetting(dataFolder: string, random: RandomStream): string {
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'));
  const names = [...database.prepare<[], string>('SELECT name FROM setting').pluck().all(), 'machine', 'run-views'];
  const value = pick(random, ['null', '0', '""', '[]', '{}', '[[[]]]', '{"workers":-1}', '"x"', '[1e308]']);
  database
    .prepare('INSERT INTO setting (name, value, set_at) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE SET value = ?')
    .run(pick(random, names), value, value);
  database.close();
  return value;
}

/** Each row as often as it is in `rows` and not in `others`. */
function notIn(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}

function backupLogs(dataFolder: string): string[][] {
  const folder = join(dataFolder, 'backups');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => logOf(join(folder, name)) ?? []);
}

/** It does not start: in words that say what, where and how to mend it, and it is not another fault. */
function refused({ tally }: Step, host: Host, what: string): void {
  tally.count('of them, refused in words');
  if (!/where:.*\n.*fix:/.test(host.errors) || host.defects.length > 0) tally.faults.push(`${what}: ${host.errors}`);
}

async function crashedFolder(step: Step): Promise<string> {
  const dataFolder = copyData(step, step.template.data);
  const labelers = labelersOf(step, 1);
  const host = new Host(step, { dataFolder, during: null });
  const client = await host.connect();
  for (const labeler of labelers) await labeler.open(client);
  const labeling = labelers.map((labeler) => labeler.label(client, () => host.process.exitCode !== null));
  const answers = 20 + step.random.int(60);
  while (acknowledgedBy(labelers) < answers && host.process.exitCode === null) await wait(1);
  await host.kill();
  await Promise.race([Promise.all(labeling), wait(20)]);
  return dataFolder;
}

export const damages: Attack = { name: 'damage', unit: 'damages', weight: 1, obstacle: () => null, step };
