import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../main/contract/errors.ts';
import { makeFolder, writeFileAtomic } from '../../main/files/atomic.ts';
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
