import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../main/contract/errors.ts';
import { makeFolder, removeTemporaries, removeTemporariesOf, writeFileAtomic } from '../../main/files/atomic.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('writeFileAtomic', () => {
  it('makes the folders above, replaces what is there, and leaves nothing else', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    const path = join(folder, 'file');
    writeFileAtomic(path, 'old');
    writeFileAtomic(path, Uint8Array.of(110, 101, 119));
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('keeps the old file, and says why, when it cannot be written', () => {
    const folder = temporaryFolder();
    const [file, taken] = [join(folder, 'file'), join(folder, 'taken')];
    writeFileSync(file, 'old');
    mkdirSync(join(taken, 'inside'), { recursive: true });
    expect(() => writeFileAtomic(join(file, 'below'), 'new')).toThrow(UserError);
    expect(() => writeFileAtomic(taken, 'new')).toThrow(UserError);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });
});

it.skipIf(process.platform !== 'linux')('makeFolder gives up where a folder cannot be made, as below /proc', () => {
  expect(() => makeFolder('/proc/nothing/here')).toThrow(UserError);
  expect(() => writeFileAtomic('/proc/nothing/here/file', 'text')).toThrow(UserError);
});

it('removes temporary files that are older than a day, in all folders, and nothing else', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'below'));
  const now = Date.now();
  const minute = 60_000;
  const age = (name: string, minutes: number): void => {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), new Date(now), new Date(now - minutes * minute));
  };
  for (const name of ['.old.tmp', 'below/.old.tmp', '.hidden', 'own.tmp', 'file']) age(name, 24 * 60 + 1);
  age('.young.tmp', 24 * 60 - 1);
  removeTemporaries(folder, now);
  expect(readdirSync(folder).sort()).toEqual(['.hidden', '.young.tmp', 'below', 'file', 'own.tmp']);
  expect(readdirSync(join(folder, 'below'))).toEqual([]);
  expect(() => removeTemporaries(join(folder, 'missing'), now)).not.toThrow();
});

it('removes the temporary files of one file, however young', () => {
  const folder = temporaryFolder();
  for (const name of ['.a.json.1.tmp', '.a.json.2.tmp', '.b.json.1.tmp', '.a.json', 'a.json.1.tmp', 'a.json']) {
    writeFileSync(join(folder, name), '');
  }
  removeTemporariesOf(join(folder, 'a.json'));
  expect(readdirSync(folder).sort()).toEqual(['.a.json', '.b.json.1.tmp', 'a.json', 'a.json.1.tmp']);
});
