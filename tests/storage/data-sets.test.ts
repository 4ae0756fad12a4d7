import { expect, test } from 'vitest';
import type { DataSetSource } from '../../main/contract/studies/study.ts';
import { uploadedName, uploadedPath } from '../../main/domain/data/data-sources.ts';
import { openStorage } from '../../main/storage/open.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { folderSource } from '../folder-source.ts';

const [first, second] = ['a'.repeat(64), 'b'.repeat(64)] as const;

const record = (hash: string, source: DataSetSource) => ({
  hash,
  name: 'pets',
  classes: ['cat', 'dog'],
  width: 8,
  height: 8,
  channels: 3 as const,
  trainCount: 4,
  testCount: 4,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  source,
});

test('what was read last counts, even after the clock was set back, and more than what came with an archive', () => {
  const storage = openStorage(temporaryFolder());
  const { dataSets } = storage;
  const source = folderSource('/pets');
  const read = { findings: null, fingerprint: null };
  dataSets.putPrepared(record(first, source), read, 2000);
  dataSets.putPrepared(record(second, source), read, 1000);
  expect(dataSets.prepared(source)?.record.hash).toBe(second);
  dataSets.putPrepared(record(first, source), read, 1500);
  dataSets.putImported(record('c'.repeat(64), source), 3000);
  expect(dataSets.prepared(source)).toMatchObject({ record: { hash: first }, preparedAt: 1500 });
  storage.close();
});

test('names of test images are those of one source and one content', () => {
  const storage = openStorage(temporaryFolder());
  const { dataSets } = storage;
  const [cats, dogs] = [folderSource('/cats'), folderSource('/dogs')];
  const read = (...testFiles: string[]) => ({ findings: null, fingerprint: null, testFiles });
  dataSets.putPrepared(record(first, cats), read('old.png'), 1000);
  dataSets.putPrepared(record(second, cats), read('new.png'), 2000);
  dataSets.putPrepared(record(second, dogs), read('dog.png'), 3000);
  expect(dataSets.testFiles(first, cats)).toEqual(['old.png']);
  expect(dataSets.testFiles(second, cats)).toEqual(['new.png']);
  expect(dataSets.testFiles(second, dogs)).toEqual(['dog.png']);
  expect(dataSets.testFiles(first, dogs)).toBeNull();
  expect(dataSets.fromSource(second, dogs)?.hash).toBe(second);
  expect(dataSets.fromSource(first, dogs)).toBeUndefined();
  dataSets.putPrepared(record(first, dogs), { findings: null, fingerprint: null }, 4000);
  expect(dataSets.testFiles(first, dogs)).toBeNull();
  storage.close();
});

test('an archive cannot give an uploaded file other images than those of its hash', () => {
  const storage = openStorage(temporaryFolder());
  const source = folderSource(uploadedPath(first, 'pets.zip'));
  storage.dataSets.putImported(record(second, source), 1000);
  expect(storage.dataSets.prepared(source)).toBeUndefined();
  storage.dataSets.putImported(record(first, source), 1000);
  expect(storage.dataSets.prepared(source)?.record.hash).toBe(first);
  storage.close();
});

test('names of uploaded files are names', () => {
  const names = ['pets.zip', '..', '../../x', 'a\\b', 'a\nb', ' '].map((name) =>
    uploadedName(uploadedPath(first, name)),
  );
  expect(names).toEqual(['pets.zip', 'images', '.. .. x', 'a b', 'a b', 'images']);
  for (const path of ['uploaded:aaaaaaaaaaaa/..', 'uploaded:aaaaaaaaaaaa/a\\b', 'uploaded:aaaaaaaaaaaa/a\u0000'])
    expect(uploadedName(path)).toBeNull();
});
