import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { labelCounts } from '../../../main/analysis/labels/labels.ts';
import { setsByImage } from '../../../main/analysis/responses/response-sets.ts';
import { answersArchiveSchemaName } from '../../../main/contributions/archives/format.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { stimulusSetHash } from '../../../main/domain/plans/identity.ts';
import { exportPanel, panelRows } from '../../../main/contributions/answers/panels/export.ts';
import { choosePanel, listPanels } from '../../../main/contributions/answers/panels/panels.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { isLabeledByPeople } from '../../../main/services/stimuli/state.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { analyzeFolder } from '../../../main/contributions/folders/analyze-folder.ts';
import { differences } from '../../analysis/same.ts';
import { study } from '../../storage/records.ts';
import { sql } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { filesOf, jsonOf, newBench } from '../archives/archive-helper.ts';
import { archiveOf } from '../archives/archived.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { addStimuli, filesWith, removeStudy, studyName } from '../../services/labeling/labeling-helper.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { answersOf, benchWithStimuli, file, inUse } from './panel-helper.ts';
import { panelsOf } from '../../../main/contributions/answers/storage/panels.ts';

const schemaOf = (archive: string) => jsonOf(filesOf(archive), 'manifest.json').schema;

const refused = (what: RegExp, where?: RegExp) => ({
  code: 'labeling.table',
  message: expect.stringMatching(what),
  ...(where && { where: expect.stringMatching(where) }),
});

test('counts of labels are taken by the names of their columns; images that the study does not have are set aside', async () => {
  const { bench, take, used } = benchWithStimuli();
  const said = await take('file,zero,one,two\nimg_0001.png,3,0,1\n0,0,2,\n40.png,1,1,1\n');
  expect(said).toBe(
    'Counts of labels: 6 labels about 2 images; set aside: 1 image that the study does not have, such as 40.png',
  );
  const answers = used();
  if (answers?.kind !== 'counts') throw new Error('no counts');
  expect([...answers.counts.counts.subarray(0, 9)]).toEqual([0, 2, 0, 3, 0, 1, 0, 0, 0]);
  expect([...answers.counts.present.subarray(0, 3)]).toEqual([2, 4, 0]);
  const own = bench.storage.studies.byName(studyName);
  const hash = bench.storage.studies.stimuli(1) ?? '';
  expect(own && isLabeledByPeople(bench, own, hash)).toBe(true);
  expect(listPanels(bench, studyName)).toMatchObject([
    { kind: 'counts', people: null, file: 'answers.csv', counts: true },
  ]);
});

test('people and models in one column of a model-vs-human table are told apart, or as its user says', async () => {
  const { bench, take, newest } = benchWithStimuli();
  const rows = (name: string, answer: string): string[] =>
    [0, 1, 2].map((image) => `${name},1,${image},NaN,${image === 2 ? 'na' : answer},zero,0,${image}`);
  const text = [
    'subj,Session,trial,rt,object_response,category,condition,imagename',
    ...['subject-01', 'subject-02', 'resnet50'].flatMap((name) => rows(name, 'one')),
  ].join('\n');
  expect(await take(text)).toBe(
    'Labels or “can’t tell”: 4 answers of 2 labelers about 2 images; set aside: 2 rows without an answer, rows of 1 other, such as resnet50',
  );
  expect(newest()).toMatchObject({ kind: 'abstain', labelers: { length: 2 } });
  const path = file(text.replaceAll('subject-', 'observer '));
  await importResponses(bench, studyName, path);
  expect(newest()).toMatchObject({ labelers: { length: 3 } });
  await importResponses(bench, studyName, path, { kind: null, total: null, aside: ['observer 01', 'resnet50'] });
  expect(newest()).toMatchObject({ labelers: { length: 1 } });
});

test('a file with one wrong row stores nothing', async () => {
  const { bench, take } = benchWithStimuli();
  const start = 'image,zero,one,two\n0,1,0,0\n';
  for (const [row, what] of [
    ['1,1.5,0,0', /one|zero is "1.5", not a number of labels/],
    ['1,-1,0,0', /not a number of labels/],
    ['0,1,0,0', /Image 0 occurs twice/],
    ['1,9999999999,0,0', /not a number of labels/],
  ] as const) {
    await expect(take(`${start}${row}\n`)).rejects.toMatchObject(refused(what, /row 3/));
  }
  await expect(take('image,zero,one,two\n90,1,0,0\n')).rejects.toMatchObject(refused(/none of the 1 images/));
  await expect(take('image,zero,one,two\n1,0,0,0\n')).rejects.toMatchObject(refused(/contains no answers/));
  expect(listPanels(bench, studyName)).toEqual([]);
  expect(sql(bench.storage.folder, 'SELECT * FROM panel_answer')).toEqual([]);
  expect(sql(bench.storage.folder, 'SELECT * FROM study')).toHaveLength(1);
});

test('shares become counts only where they come out whole within their rounding', async () => {
  const { take, used } = benchWithStimuli();
  const shares = 'image,zero,one,two\n0,0.667,0.333,0\n1,1,0,0\n';
  await expect(take(shares)).rejects.toMatchObject({
    remedy: expect.stringContaining('how many labels each image has'),
  });
  await expect(take(shares, 'counts', 4)).rejects.toMatchObject(refused(/"0.667" of 4 is 2.67/, /row 2/));
  await take(shares, 'counts', 3);
  const answers = used();
  if (answers?.kind !== 'counts') throw new Error('no counts');
  expect([...answers.counts.counts.subarray(0, 6)]).toEqual([2, 1, 0, 3, 0, 0]);
  await expect(take('image,zero,one,two\n0,0.6666,0.3333,0.0001\n', 'counts', 3)).rejects.toMatchObject(
    refused(/not counts of 3/),
  );
  await take('image,zero,one,two,n\n0,0.5,0.5,0,2\n1,0.25,0.75,0,4\n');
  expect(used()).toMatchObject({ counts: { counts: expect.objectContaining({ 0: 1, 1: 1, 3: 1, 4: 3 }) } });
});

test('answers of people are read by kind, and kinds stay apart', async () => {
  const { bench, take, newest, used } = benchWithStimuli();
  await take('image,labeler,label\n0,B,one\n0,A,?\n1,A,two\n1,B,\n2,A,na\n');
  const abstain = used();
  if (abstain?.kind !== 'abstain') throw new Error('no answers');
  expect(abstain.labelers).toEqual(['A', 'B']);
  const { labels } = abstain;
  expect([...labelCounts(labels).counts.subarray(0, 6)]).toEqual([0, 1, 0, 0, 0, 1]);
  // By labeler, then image: A could not tell of image 0.
  expect(labels.unanswered?.indexOf(1)).toBe(0);
  expect(labels.unanswered?.lastIndexOf(1)).toBe(0);

  await take('image,labeler,labels\n3,A,two|zero\n3,B,zero\n4,B,\n');
  const sets = used();
  if (sets?.kind !== 'set') throw new Error('no sets');
  expect(setsByImage({ images: 33, answers: sets.answers }).slice(3, 5)).toEqual([[[0, 2], [0]], []]);

  await take('image,labeler,label,rating\n5,A,zero,0.25\n5,A,one,1\n6,B,two,-2\n');
  expect(newest()).toEqual({
    kind: 'graded',
    labelers: ['A', 'B'],
    answers: [
      {
        image: 5,
        labeler: 0,
        ratings: [
          { label: 0, rating: 0.25 },
          { label: 1, rating: 1 },
        ],
      },
      { image: 6, labeler: 1, ratings: [{ label: 2, rating: -2 }] },
    ],
  });
  await take('image,random_label1,random_label2,random_label3\n0,zero,zero,one\n1,two,,two\n');
  expect(used()).toMatchObject({ kind: 'counts', counts: { present: expect.objectContaining({ 0: 3, 1: 2 }) } });

  const kinds = listPanels(bench, studyName).map(({ id, kind, counts, people }) => ({ id, kind, counts, people }));
  expect(kinds).toEqual([
    { id: 4, kind: 'counts', counts: true, people: null },
    { id: 3, kind: 'graded', counts: false, people: 2 },
    { id: 2, kind: 'set', counts: false, people: 2 },
    { id: 1, kind: 'abstain', counts: false, people: 2 },
  ]);
  choosePanel(bench, studyName, 2);
  expect(used()).toEqual(sets);
  choosePanel(bench, studyName, null);
  expect(used()).toBeNull();
  expect(() => choosePanel(bench, studyName, 9)).toThrow('There is no panel 9');
  // None of them are the study's own labels.
  expect(bench.storage.labelers.ofStudy(bench.storage.studies.byName(studyName)?.id ?? 0)).toEqual([]);
});

/** A study with the images of shared-fixture-3, whose pixels nobody asks for. */
function addFixtureStudy(storage: Storage): void {
  const rows = readFileSync(join(fixture, 'images.csv'), 'utf8').trim().split('\n').slice(1);
  const images = rows.map((row) => {
    const [id, pairI, pairJ, alpha] = row.split(',').map(Number) as [number, number, number, number];
    return { id, pairI, pairJ, alpha, z: null };
  });
  images.sort((a, b) => a.id - b.id);
  const size = { width: 1, height: 1, channels: 1 as const };
  const pixels = new Uint8Array(images.length);
  const set = {
    ...size,
    hash: stimulusSetHash({ ...size, images, pixels }),
    source: 'imported' as const,
    provenance: {},
    original: null,
  };
  const classes = Array.from({ length: 10 }, (_, k) => String(k));
  storage.stimulusSets.put({ ...set, classes, pixels: storage.blobs.put(pixels), images }, 1);
  storage.studies.useStimuli(storage.studies.put(studyName, { ...study(), name: studyName }, 1), set.hash, 1);
}

const fixture = fileURLToPath(new URL('../../fixtures/shared-fixture-3', import.meta.url));

test('panels of shared-fixture-3, imported and exported, are analyzed to the same numbers', async () => {
  const bench = newBench();
  addFixtureStudy(bench.storage);
  const folder = join(temporaryFolder(), 'exported');
  cpSync(fixture, folder, { recursive: true });
  for (const name of ['design.json', 'table.json', 'meta.json', 'multiplicity.json', 'training.json'])
    rmSync(join(folder, name), { force: true });
  for (const [name, kind] of [
    ['counts', 'counts'],
    ['abstain', 'abstain'],
    ['sets', 'set'],
    ['graded', 'graded'],
  ] as const) {
    await importResponses(bench, studyName, join(fixture, `${name}.csv`), { kind, total: null });
    const [panel] = panelsOf(bench.storage).ofStudy(1);
    if (panel?.kind !== kind) throw new Error(`no panel of ${kind}`);
    writeFileSync(join(folder, `${name}.csv`), [...panelRows(bench.storage, panel)].join(''));
  }
  const { responses } = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8'));
  const found = JSON.parse(JSON.stringify(await analyzeFolder(folder)));
  expect(differences(found, { responses })).toEqual([]);

  // Of images between no two classes.
  const images = readFileSync(join(folder, 'images.csv'), 'utf8');
  writeFileSync(join(folder, 'images.csv'), images.replaceAll(/^([^,]*),.*$/gm, '$1'));
  const { graded, ...others } = JSON.parse(JSON.stringify(await analyzeFolder(folder))).responses;
  const { graded: _, ...wanted } = responses;
  expect(differences(others, wanted)).toEqual([]);
  expect(graded.score.mean.every((mean: number | null) => mean === null)).toBe(true);
  cpSync(join(fixture, 'design.json'), join(folder, 'design.json'));
  await expect(analyzeFolder(folder)).rejects.toThrow('Effects and tables need images between two classes');
  expect(() => exportPanel(bench, studyName, 1, folder)).toThrow('No model has predicted');
  expect(() => exportPanel(bench, studyName, 9, folder)).toThrow('There is no panel 9');
});

test('nothing is stored of tables whose images or people are not known, and of shares that stand for several counts', async () => {
  const { bench, take, used } = benchWithStimuli();
  const unknown = /not known which columns/;
  await expect(take('bild,zero,one,two\nimg_9.png,3,2,0\n')).rejects.toMatchObject(refused(unknown));
  await expect(take('image,wer,labels\n1,Eva,zero|one\n1,Ada,two|one\n')).rejects.toMatchObject(refused(unknown));
  await expect(take('zero,one,two\n3,2,0\n')).rejects.toMatchObject(refused(/has 1 rows while the last image is 32/));
  await expect(take('image,zero,one,two\n0,0.33,0.33,0.34\n', 'counts', 1000)).rejects.toMatchObject(
    refused(/2 digits after the point, too few for 1000 labels/),
  );
  // Half a unit of the last digit is half a label from here on.
  await expect(take('image,zero,one,two\n0,0.5,0.5,0\n', 'counts', 10)).rejects.toMatchObject(
    refused(/The shares have 1 digit after the point, too few for 10 labels/),
  );
  await expect(take('image,zero,one,two,n\n0,0.5,0.5,0,0\n')).rejects.toMatchObject(refused(/shares of 0 labels/));
  expect(listPanels(bench, studyName)).toEqual([]);
  // An empty cell is a share of 0.
  await take('image,zero,one,two\n0,0.5,0.5,\n', 'counts', 8);
  expect(used()).toMatchObject({ counts: { counts: expect.objectContaining({ 0: 4, 1: 4, 2: 0 }) } });
  await take('picture,worker_id,labels\n1,Eva,zero|one\n1,Ada,two\n');
  expect(listPanels(bench, studyName)[0]?.people).toBe(2);
});

test('the same import chooses the panel that it made before', async () => {
  const { bench, take } = benchWithStimuli();
  const table = 'image,zero,one,two\n0,1,0,0\n';
  await take(table);
  choosePanel(bench, studyName, null);
  await take(table);
  expect(listPanels(bench, studyName)).toMatchObject([{ id: 1, counts: true }]);
});

test('a table in another order, by its column of true classes, is refused', async () => {
  const bench = newBench();
  addStimuli(bench.storage, 11, studyName, undefined, { truth: Array.from({ length: 33 }, (_, id) => id % 3) });
  const text = (second: string) => `image,true_class,zero,one,two\n0,zero,1,0,0\n1,${second},1,0,0\n`;
  await expect(importResponses(bench, studyName, file(text('two')))).rejects.toMatchObject(
    refused(/Image 1 shows "two" in this table, but "one" in the study/),
  );
  await importResponses(bench, studyName, file(text('one')));
  expect(listPanels(bench, studyName)).toHaveLength(1);
});

test('whoever withdraws leaves every panel, with the lock renewed, and does not come back', async () => {
  const it = openLab();
  const { lab, client, dataFolder } = it;
  const { storage } = lab.workbench;
  addStimuli(storage);
  const [session] = await makeSessions(it, 1);
  await labelAll(it, session?.token ?? '');
  const table = file('image,labeler,labels\n0,Anna-Gone,zero|one\n0,Bert,zero\n1,Bert,two\n');
  await importResponses(lab.workbench, studyName, table);
  choosePanel(lab.workbench, studyName, 1);
  const { hash } = await client.labeling.lock.set({ study: studyName });
  await expect(importResponses(lab.workbench, studyName, file('image,zero,one,two\n0,1,0,0\n'))).rejects.toMatchObject({
    code: 'labeling.locked',
  });
  expect(() => choosePanel(lab.workbench, studyName, null)).toThrow('locked');
  const others = await client.labeling.others.list({ study: studyName });
  const gone = others.find(({ pseudonym }) => pseudonym === 'Anna-Gone');
  expect(filesWith(dataFolder, 'Anna-Gone').length).toBeGreaterThan(0);
  await client.labeling.others.withdraw({ study: studyName, labeler: gone?.labeler ?? 0 });
  const answers = inUse(storage);
  expect(answers).toMatchObject({ kind: 'set', labelers: ['Bert'], answers: [{ labels: [0] }, { labels: [2] }] });
  expect(filesWith(dataFolder, 'Anna-Gone')).toEqual([]);
  const { lock } = await client.labeling.state({ study: studyName });
  expect(lock).toMatchObject({ reason: 'withdrawal' });
  expect(lock?.hash).not.toBe(hash);
  await client.labeling.lock.open({ study: studyName });
  const other = file('image,labeler,labels\n2,Anna-Gone,zero|one\n2,Bert,zero\n');
  await importResponses(lab.workbench, studyName, other);
  choosePanel(lab.workbench, studyName, 2);
  expect(inUse(storage)).toMatchObject({ labelers: ['Bert'] });
  expect(listPanels(lab.workbench, studyName)[0]?.findings.withdrawn).toBe(1);

  // Its last person withdraws: the study still goes out and comes in.
  const [bert] = panelsOf(storage)
    .people(1)
    .filter(({ pseudonym }) => pseudonym === 'Bert');
  for (const { id } of panelsOf(storage).people(1))
    await client.labeling.others.withdraw({ study: studyName, labeler: id });
  expect(bert?.pseudonym).toBe('Bert');
  expect(listPanels(lab.workbench, studyName).map(({ people }) => people)).toEqual([0, 0]);
  const elsewhere = newBench();
  await importArchive(elsewhere, await archiveOf(it));
  expect(
    panelsOf(elsewhere.storage)
      .ofStudy(1)
      .map(({ people }) => people),
  ).toEqual([0, 0]);
});

test('an archive takes panels along, older versions refuse it, and a study deleted for good leaves nothing of them', async () => {
  const it = openLab();
  const { storage, folder } = { storage: it.lab.workbench.storage, folder: it.dataFolder };
  addStimuli(storage);
  const plain = await archiveOf(it);
  expect(schemaOf(plain)).toBe('boundary-workbench/archive/2');
  await importResponses(it.lab.workbench, studyName, file('image,labeler,label,rating\n5,A,zero,0.25\n5,B,one,1\n'));
  await importResponses(it.lab.workbench, studyName, file('image,zero,one,two\n0,1,0,0\n'));
  const archive = await archiveOf(it);
  expect(schemaOf(archive)).toBe(answersArchiveSchemaName);

  const other = newBench();
  await importArchive(other, archive);
  const [counts, graded] = panelsOf(other.storage).ofStudy(1);
  expect([counts?.kind, counts?.inUse, graded?.kind, graded?.inUse]).toEqual(['counts', true, 'graded', false]);
  const own = panelsOf(storage).ofStudy(1);
  for (const [at, panel] of panelsOf(other.storage).ofStudy(1).entries())
    expect(answersOf(other.storage, panel)).toEqual(answersOf(storage, own[at]));
  expect(other.storage.labelers.ofStudy(1)).toEqual([]);

  await removeStudy(it, 1);
  expect(sql(folder, 'SELECT * FROM panel')).toEqual([]);
  expect(sql(folder, 'SELECT * FROM panel_answer')).toEqual([]);
  expect(sql(folder, 'SELECT * FROM labeler')).toEqual([]);
});
