import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { Database } from '../../main/storage/database.ts';
import { ImportedNames } from '../../main/storage/imported-names.ts';
import { Labelers } from '../../main/storage/labelers.ts';
import { migrate } from '../../main/storage/migrate.ts';
import { Panels } from '../../main/contributions/answers/storage/panels.ts';
import { StimulusSets } from '../../main/storage/stimulus-sets.ts';
import { Studies } from '../../main/storage/studies.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hash, stimulusSet, study } from './records.ts';

let db: Database;
let names: ImportedNames;
let path: string;
beforeEach(() => {
  const folder = temporaryFolder();
  db = new Database(join(folder, 'workbench.sqlite'));
  onTestFinished(() => db.close());
  migrate(db);
  names = new ImportedNames(db, folder);
  path = join(folder, 'names', 'imported.json');
});

const people = (...pairs: [name: string, pseudonym: string][]) =>
  pairs.map(([name, pseudonym]) => ({ name, pseudonym }));
const [ann, ben, cid] = [
  { name: 'ann', pseudonym: 'P-1' },
  { name: 'ben', pseudonym: 'P-2' },
  { name: 'cid', pseudonym: 'P-3' },
] as const;
const store = (source: string, ...pseudonyms: string[]): number[] =>
  pseudonyms.map((pseudonym) => new Labelers(db).ensure({ pseudonym, source, simulated: false }, 1));

test('people of each table stay under their source; the same name again takes the newer pseudonym', () => {
  names.add('csv:1', 'first.csv', [ann, ben]);
  names.add('csv:2', 'second.csv', [cid]);
  store('csv:1', 'P-1', 'P-2', 'P-9');
  store('csv:2', 'P-3', 'P-1');
  for (const source of ['csv:1', 'csv:2']) names.settle(source);
  expect([names.people('csv:1'), names.people('csv:2'), names.people('csv:3')]).toEqual([[ann, ben], [cid], []]);
  const of = names.origins();
  const origin = (source: string, pseudonym: string) => of({ source, pseudonym });
  expect(origin('csv:1', 'P-2')).toEqual({ name: 'ben', file: 'first.csv' });
  expect(origin('csv:1', 'P-3')).toEqual({ name: null, file: 'first.csv' });
  expect(origin('csv:2', 'P-3')).toEqual({ name: 'cid', file: 'second.csv' });
  expect(origin('csv:3', 'P-1')).toEqual({ name: null, file: null });
  names.add('csv:1', 'renamed.csv', people(['ben', 'P-9']));
  names.settle('csv:1');
  expect(names.people('csv:1')).toEqual(people(['ann', 'P-1'], ['ben', 'P-9']));
  expect(names.origins()({ source: 'csv:1', pseudonym: 'P-1' }).file).toBe('renamed.csv');
  expect(names.people('csv:2')).toEqual([cid]);
  // The same file without new people changes nothing.
  const before = readFileSync(path, 'utf8');
  names.add('csv:1', 'renamed.csv', []);
  names.settle('csv:1');
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('names go with their people, but not while their import has not ended', () => {
  names.add('csv:1', 'first.csv', [ann, ben]);
  names.prune();
  expect(names.people('csv:1')).toEqual([ann, ben]);
  const [first = 0] = store('csv:1', 'P-1', 'P-2');
  // Of another table, with the same pseudonyms.
  store('csv:2', 'P-1', 'P-2');
  names.settle('csv:1');
  db.run('INSERT INTO withdrawing (labeler_id) VALUES (?)', first);
  names.prune();
  expect(names.people('csv:1')).toEqual([ben]);
  // An import that failed before anybody was stored.
  names.add('csv:3', 'third.csv', [cid]);
  expect(names.people('csv:3')).toEqual([cid]);
  names.settle('csv:3');
  expect(names.people('csv:3')).toEqual([]);
  expect(names.origins()({ source: 'csv:3', pseudonym: 'P-3' })).toEqual({ name: null, file: null });
  expect(names.people('csv:1')).toEqual([ben]);
  db.run('INSERT INTO withdrawing SELECT id FROM labeler WHERE source = ? AND pseudonym = ?', 'csv:1', 'P-2');
  names.prune();
  expect(existsSync(path)).toBe(false);
});

test('a panel of counts keeps the name of its file until it is removed, and no other panel does', () => {
  const studyId = new Studies(db).put('a', { ...study('a'), name: 'a' }, 1);
  new StimulusSets(db).put(stimulusSet(10), 1);
  const findings = { rows: 1, images: 1, unknownImages: { count: 0, names: [] }, empty: 0, withdrawn: 0 };
  const panels = new Panels(db);
  const id = panels.add({ studyId, setHash: hash(10), kind: 'counts', source: 'csv:1', key: hash(1), findings }, 1);
  for (const source of ['csv:1', 'csv:2']) {
    names.add(source, `${source}.csv`, []);
    names.settle(source);
  }
  const file = (source: string) => names.origins()({ source, pseudonym: 'x' }).file;
  expect([file('csv:1'), file('csv:2')]).toEqual(['csv:1.csv', null]);
  panels.markRemoved(id);
  names.prune();
  expect([file('csv:1'), existsSync(path)]).toEqual([null, false]);
});

test('tables are forgotten by their source; a damaged list is named, has nobody, and is written anew', () => {
  for (const [source, person] of [
    ['csv:1', ann],
    ['csv:2', ben],
  ] as const) {
    names.add(source, 'x.csv', [person]);
    store(source, person.pseudonym);
    names.settle(source);
  }
  expect(names.damagedFile).toBeNull();
  names.forget(new Set(['csv:1', 'csv:9']));
  expect([names.people('csv:1'), names.people('csv:2')]).toEqual([[], [ben]]);
  for (const text of ['{', '{"schema": "other/1", "tables": []}']) {
    writeFileSync(path, text);
    expect(() => names.people('csv:2')).toThrow('The list of names from imported tables cannot be read');
    expect(() => names.add('csv:2', 'x.csv', [ben])).toThrow(
      expect.objectContaining({ code: 'names.damaged', where: path }),
    );
    expect(names.damagedFile).toBe(path);
    expect(names.origins()({ source: 'csv:2', pseudonym: 'P-2' })).toEqual({ name: null, file: null });
  }
  names.forget(new Set());
  expect([existsSync(path), names.damagedFile]).toEqual([false, null]);
  mkdirSync(path);
  expect(names.damagedFile).toBe(path);
});
