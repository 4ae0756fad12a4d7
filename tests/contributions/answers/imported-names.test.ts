import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { privacyWords } from '../../../main/contributions/archives/import-archive.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { addStimuli, fetched, filesWith, studyName as study, upload } from '../../services/labeling/labeling-helper.ts';
import { singleLabels } from './single-labels.ts';

const table = 'image,labeler,label\n0,ann-of-the-file,1\n1,ben-of-the-file,0\n2,P-7KQM,0\n';

async function take({ client, ...it }: TestLab, text: string, names: 'replace' | 'keep' = 'replace') {
  return client.answers.importTable({
    study,
    upload: await upload(it, 'anns-answers.csv', text),
    names,
    mapping: singleLabels({ 0: 0, 1: 1 }),
  });
}

const list = async ({ client }: TestLab) => client.labeling.others.list({ study });
const named = async (it: TestLab, wanted: string) => (await list(it)).find(({ name }) => name === wanted);

test('names of a table are kept apart from the labels; they withdraw, and go for good', async () => {
  const it = openLab();
  const { client, lab, dataFolder } = it;
  addStimuli(lab.workbench.storage);
  const kept = join(dataFolder, 'names', 'imported.json');
  expect(await take(it, table)).toMatchObject({ labelers: 3, labels: 3 });
  const people = await list(it);
  expect(people.map(({ name }) => name).sort()).toEqual(['ann-of-the-file', 'ben-of-the-file', null]);
  expect(people.map(({ pseudonym }) => pseudonym)).toContain('P-7KQM');
  for (const { pseudonym, file } of people) {
    expect(pseudonym).toMatch(/^P-[A-Z2-9]{4}$/);
    expect(file).toBe('anns-answers.csv');
  }
  expect((await client.labeling.state({ study })).otherLabelers).toEqual({ people: 3, simulated: 0, named: 0 });

  // Neither the database, nor backups, nor archives, nor exports have them.
  lab.workbench.storage.backUp();
  const path = join(temporaryFolder(), 'archive.zip');
  const outcome = await exportArchive(lab.workbench, { study, path, weights: false });
  expect(privacyWords(outcome)).toBe('');
  const archive = Object.values(unzipSync(readFileSync(path))).map((bytes) => strFromU8(bytes, true));
  const { files } = await client.answers.exportTable({ study, format: 'humans' });
  const out = await Promise.all(files.map(({ address }) => fetched(it, address)));
  for (const secret of ['ann-of-the-file', 'ben-of-the-file', 'anns-answers']) {
    expect(filesWith(dataFolder, secret), secret).toEqual([kept]);
    expect([...archive, ...out].filter((text) => text.includes(secret))).toEqual([]);
  }
  const { address } = await client.labeling.others.saveNames({ study });
  expect(await fetched(it, address)).toContain(`${(await named(it, 'ann-of-the-file'))?.pseudonym},ann-of-the-file,`);

  // The same table again is the same people, whatever is chosen now.
  await take(it, table);
  await take(it, table, 'keep');
  expect(await list(it)).toEqual(people);

  const ann = await named(it, 'ann-of-the-file');
  await client.labeling.others.withdraw({ study, labeler: ann?.labeler ?? 0 });
  expect(filesWith(dataFolder, 'ann-of-the-file')).toEqual([]);
  expect(filesWith(dataFolder, ann?.pseudonym ?? '')).toEqual([]);
  expect((await client.desk.board({ study })).withdrawn).toHaveLength(1);
  expect(await take(it, table)).toMatchObject({ leftOut: { withdrawn: 1 } });
  // Another file with the name, and an export with the pseudonym, do not bring her back either.
  const others = `image,labeler,label\n3,ann-of-the-file,1\n4,${ann?.pseudonym},1\n5,cleo,1\n`;
  expect(await take(it, others)).toMatchObject({ labelers: 1, leftOut: { withdrawn: 2 } });
  expect((await list(it)).map(({ name }) => name).sort()).toEqual(['ben-of-the-file', 'cleo', null]);

  await client.labeling.others.deleteNames({ study });
  for (const secret of ['ben-of-the-file', 'cleo', 'anns-answers']) expect(filesWith(dataFolder, secret)).toEqual([]);
  expect((await list(it)).map(({ name, file }) => [name, file])).toEqual(Array(3).fill([null, null]));
  expect((await client.labeling.state({ study })).people).toBe(3);
  await expect(take(it, table)).rejects.toThrow(/list of its names was deleted/);
  expect(it.defects).toEqual([]);
});

test('names that are kept are said to be kept; a table of the command line shows its file', async () => {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  await take(it, table, 'keep');
  expect((await list(it)).map(({ pseudonym, name }) => [pseudonym, name])).toEqual([
    ['P-7KQM', null],
    ['ann-of-the-file', null],
    ['ben-of-the-file', null],
  ]);
  expect((await it.client.labeling.state({ study })).otherLabelers).toMatchObject({ people: 3, named: 2 });
  const path = join(temporaryFolder(), 'archive.zip');
  const outcome = await exportArchive(it.lab.workbench, { study, path, weights: false });
  expect(privacyWords(outcome)).toBe(' It names 2 people as imported tables do.');
  const file = join(temporaryFolder(), 'humans.csv');
  writeFileSync(file, 'image,pair_i,pair_j,alpha,labeler,label\n0,0,1,0,cleo,1\n');
  expect((await importResponses(it.lab.workbench, study, file)).detail).toContain('name them as the table does');
  expect((await list(it)).map((labeler) => [labeler.pseudonym, labeler.file])).toEqual([['cleo', 'humans.csv']]);
});

test('names of an import that a crash ended go at the next start; a damaged list keeps nobody from working', async () => {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  storage.importedNames.add('csv:cut-off', 'a.csv', [{ name: 'never-stored', pseudonym: 'P-AAAA' }]);
  expect(filesWith(it.dataFolder, 'never-stored')).toHaveLength(1);
  await it.lab.close();
  const next = openLab(it.dataFolder);
  await next.lab.removals.complete();
  expect(filesWith(it.dataFolder, 'never-stored')).toEqual([]);
  await take(next, table);
  writeFileSync(join(it.dataFolder, 'names', 'imported.json'), '{"schema":');
  expect((await list(next)).map(({ name }) => name)).toEqual([null, null, null]);
  await expect(take(next, 'image,labeler,label\n0,dora,1\n')).rejects.toThrow(/cannot be read/);
  const [first] = await list(next);
  const { remains } = await next.client.labeling.others.withdraw({ study, labeler: first?.labeler ?? 0 });
  expect(remains.map(({ path }) => path)).toContain(join(it.dataFolder, 'names', 'imported.json'));
  expect(await list(next)).toHaveLength(2);
});
