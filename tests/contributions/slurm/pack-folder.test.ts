import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AttemptLine } from '../../../main/contributions/slurm/contract/placement.ts';
import { PackFolder } from '../../../main/contributions/slurm/tasks/pack-folder.ts';
import { temporaryFolder } from '../../training/small-data.ts';

async function makePack(): Promise<{ pack: PackFolder; path: (attempt: number) => string }> {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const pack = new PackFolder(join(folder, 'packs/one'), folder);
  await pack.write({ threads: 1 }, []);
  return { pack, path: (attempt) => join(pack.path, 'attempts', `7-${attempt}.jsonl`) };
}

const beat = (at: number): AttemptLine => ({ at, event: { type: 'heartbeat' } });
const checkpoint = (at: number): AttemptLine => ({ at, event: { type: 'checkpoint', step: at, hash: 'a'.repeat(64) } });
const ats = ({ lines }: { lines: AttemptLine[] }): number[] => lines.map(({ at }) => at);

test('a line that is not complete yet is left, however often the file is read while it grows', async () => {
  const { pack, path } = await makePack();
  const text = [1, 2, 3].map((at) => `${JSON.stringify(beat(at))}\n`).join('');
  const file = openSync(path(1), 'a');
  const seen: number[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 7) {
    writeSync(file, text.slice(at, at + 7));
    const read = await pack.readLines(7, 1, from);
    expect(read.isDamaged).toBe(false);
    seen.push(...ats(read));
    from = read.next;
  }
  closeSync(file);
  expect(seen).toEqual([1, 2, 3]);
  expect(from).toBe(text.length);
  expect(ats(await pack.readLines(7, 1, from))).toEqual([]);
});

test('many lines are given some at a time, each once, and a line of any length', async () => {
  const { pack, path } = await makePack();
  const long: AttemptLine = { at: 0, event: { type: 'log', level: 'info', message: 'x'.repeat(300_000) } };
  const all = [...Array.from({ length: 1000 }, (_, index) => beat(index + 1)), long];
  writeFileSync(path(1), all.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const seen: AttemptLine[] = [];
  for (let from = 0, isEnd = false; !isEnd; ) {
    const { lines, next } = await pack.readLines(7, 1, from);
    expect(lines.length).toBeLessThan(1000);
    seen.push(...lines);
    isEnd = lines.length === 0;
    from = next;
  }
  expect(seen).toEqual(all);
});

test('a damaged line ends what can be read, until it is well', async () => {
  const { pack, path } = await makePack();
  const well = `${JSON.stringify(beat(2))}\n`;
  const first = `${JSON.stringify(beat(1))}\n`;
  // A network file system may show zeros where data has not arrived.
  writeFileSync(path(1), `${first}${'\0'.repeat(well.length - 1)}\n${JSON.stringify(beat(3))}\n`);
  const read = await pack.readLines(7, 1, 0);
  expect(read).toMatchObject({ next: first.length, isDamaged: true });
  expect(ats(read)).toEqual([1]);
  expect(await pack.readLines(7, 1, read.next)).toEqual({ lines: [], next: first.length, isDamaged: true });
  writeFileSync(path(1), `${first}${well}${JSON.stringify(beat(3))}\n`);
  expect(ats(await pack.readLines(7, 1, read.next))).toEqual([2, 3]);
});

test('a hostile line is no event: names that lead elsewhere, unknown keys, wrong types, more than a schema allows', async () => {
  const { pack, path } = await makePack();
  const hostile = [
    { at: 1, event: { type: 'checkpoint', step: 1, hash: '../../../etc/passwd' } },
    { at: 1, event: { type: 'checkpoint', step: 1, hash: 'A'.repeat(64) } },
    { at: 1, event: { type: 'progress', done: '1', total: 2, note: '' } },
    { at: 1, event: { type: 'heartbeat', __proto__: null, more: 1 } },
    { at: 1, event: { type: 'eval', code: 'process.exit()' } },
    { at: '1; DROP TABLE run', event: { type: 'heartbeat' } },
    { at: 1, attempt: { environment: {}, engine: 'wasm', job: null, restart: 0, checkpoint: null } },
    { at: 1, attempt: { engine: 'other' }, event: { type: 'heartbeat' } },
    [],
    null,
    'x'.repeat(2 ** 21),
  ];
  for (const line of hostile) {
    writeFileSync(path(1), `${JSON.stringify(line)}\n${JSON.stringify(beat(2))}\n`);
    expect(await pack.readLines(7, 1, 0), JSON.stringify(line)?.slice(0, 80)).toEqual({
      lines: [],
      next: 0,
      isDamaged: true,
    });
  }
});

test('a line without an end, a link and a pipe are no lines, and take neither memory nor time', async () => {
  const { pack, path } = await makePack();
  const nothing = { lines: [], next: 0, isDamaged: true };
  writeFileSync(path(1), '');
  truncateSync(path(1), 2 ** 40);
  expect(await pack.readLines(7, 1, 0)).toEqual(nothing);
  writeFileSync(join(pack.path, 'elsewhere'), `${JSON.stringify(beat(1))}\n`);
  symlinkSync(join(pack.path, 'elsewhere'), path(2));
  expect(await pack.readLines(7, 2, 0)).toEqual(nothing);
  execFileSync('mkfifo', [path(3)]);
  expect(await pack.readLines(7, 3, 0)).toEqual(nothing);
  symlinkSync(join(pack.path, 'elsewhere'), join(pack.path, 'log/0.txt'));
  expect(await pack.log(0, 1000)).toBe('');
});

test('files that only look like attempts hide none', async () => {
  const { pack, path } = await makePack();
  for (let begun = 0; begun < 3; begun++) pack.beginAttempt(7).close();
  for (const name of [path(999_999_999), path(5), path(1).replace('7-1', '7-01'), path(1).replace('7-1', '07-1')])
    writeFileSync(name, `${JSON.stringify(beat(1))}\n`);
  expect(await pack.listAttempts()).toEqual(new Map([[7, [1, 2, 3]]]));
});

test('attempts that the shared folder does not show now are not taken for none', async () => {
  const { pack, path } = await makePack();
  symlinkSync(path(1), path(1));
  expect(() => pack.attempts(7)).toThrow('ELOOP');
});

test('a listing that does not show an attempt yet hides nothing from the one that comes after', async () => {
  const { pack } = await makePack();
  const first = pack.beginAttempt(7);
  const second = pack.beginAttempt(7);
  expect([first.number, second.number]).toEqual([1, 2]);
  expect([first.isGivenUp(), second.isGivenUp()]).toEqual([true, false]);
  first.add(checkpoint(1));
  first.add(beat(2));
  expect(await pack.hasCheckpointAfter(7, [1, 2], { attempt: 1, next: 0 })).toBe(true);
  const { next } = await pack.readLines(7, 1, 0);
  expect(await pack.hasCheckpointAfter(7, [1, 2], { attempt: 1, next })).toBe(false);
  second.add(checkpoint(3));
  expect(await pack.hasCheckpointAfter(7, [1], { attempt: 1, next })).toBe(false);
  expect(await pack.hasCheckpointAfter(7, [1, 2], { attempt: 1, next })).toBe(true);
  for (const each of [first, second]) each.close();
});

test('a pack that the host removed is told from a shared folder that is not mounted', async () => {
  const { pack } = await makePack();
  expect(pack.isRemoved()).toBe(false);
  expect(() => pack.check()).not.toThrow();
  rmSync(pack.path, { recursive: true });
  expect(pack.isRemoved()).toBe(true);
  expect(() => pack.check()).toThrow();
  rmSync(join(pack.path, '..'), { recursive: true });
  expect(pack.isRemoved()).toBe(false);
  mkdirSync(pack.path, { recursive: true });
});
