/** The same table by the calls of the screen, by the command line and by a study file. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { placesOf } from '../../../main/services/workbench/places.ts';
import { ReadingProcess } from '../../../main/contributions/answers/reading-process.ts';
import { provideLabels, storeLabels } from '../../../main/contributions/answers/provide-labels.ts';
import { readForStudy } from '../../../main/contributions/answers/panels/read.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench/workbench.ts';
import { newBench } from '../archives/archive-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { boundary } from '../../services/study/command-line.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addStimuli, classes, studyName, upload } from '../../services/labeling/labeling-helper.ts';

const root = join(import.meta.dirname, '../../..');

const fromFile = (path: string) => ({ source: 'csv' as const, path });

/** Every response of a study's labelers, by pseudonym. */
function labelsOf({ storage }: Pick<Workbench, 'storage'>, name: string) {
  const id = storage.studies.byName(name)?.id ?? 0;
  const setHash = storage.studies.stimuli(id) ?? '';
  return storage.labelers
    .ofStudy(id)
    .map(({ id: labeler, pseudonym, source, simulated }) => ({
      pseudonym,
      source,
      simulated,
      labels: storage.responses.log(setHash, labeler).map(({ imageId, label }) => [imageId, label]),
    }))
    .sort((a, b) => (a.pseudonym < b.pseudonym ? -1 : 1));
}

/** Imports a table into the study `small` as the screen does, into `second` by the command line, and into `third` as its study file. */
async function importedThrice(text: string, name: string, options: string[] = [], named = classes) {
  const it = openLab();
  for (const study of [studyName, 'second', 'third']) addStimuli(it.lab.workbench.storage, 11, study, named);
  const file = await upload(it, name, text);
  const { answers } = it.client;
  const { mapping, problem } = await answers.inspectTable({
    study: studyName,
    upload: file,
    kind: null,
    mapping: null,
  });
  if (!mapping) throw new Error('no mapping');
  const screen = problem ?? (await answers.importTable({ study: studyName, upload: file, names: 'keep', mapping }));
  await it.lab.close();

  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  const line = await boundary(['--data', it.dataFolder, 'responses', 'import', 'second', path, ...options]);

  const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder: it.dataFolder });
  onTestFinished(() => workbench.storage.close());
  const { id = 0 } = workbench.storage.studies.byName('third') ?? {};
  const setHash = workbench.storage.studies.stimuli(id) ?? '';
  const provided = await readForStudy(workbench, 'third', { path, name }, { kind: 'single', mapping: null })
    .then((read) =>
      storeLabels(
        workbench,
        { id, name: 'third', spec: fromFile(path) },
        setHash,
        { ...read, file: { name } },
        vi.fn(),
      ),
    )
    .catch((error: unknown) => error);
  return { workbench, screen, line, provided, mapping };
}

const tables: [string, string, string, string[]?][] = [
  [
    'other names of columns, absent rows and blank labels',
    'a.csv',
    'image_id,annotator,answer\n0,ann,zero\n1,ann,two\n0,bob,\n32,bob,ONE\n',
  ],
  [
    'the six columns of humans.csv',
    'humans.csv',
    'image,pair_i,pair_j,alpha,labeler,label\n0,0,1,0,ann,0\n1,0,1,0.1,ann,2\n1,0,1,0.1,bob,1\n0,0,1,0,bob,0\n',
  ],
  ['three columns', 'humans.csv', 'image,labeler,label\n0,ann,0\n1,ann,2\n'],
  ['simulated labelers', 'humans.csv', 'image,labeler,label,simulated\n0,R1,0,yes\n1,R1,2,yes\n'],
  [
    'real trials of a log',
    'log.csv',
    'stimulus,worker,response,trial_kind\n0,ann,zero,real\n0,ann,one,real\n1,ann,two,practice\n',
  ],
];

test.each(tables)('%s: the same labels by screen, command line and study file', async (_, name, text) => {
  const { workbench, line, screen } = await importedThrice(text, name);
  expect(line).toMatchObject({ code: 0, stderr: '' });
  const labels = labelsOf(workbench, studyName);
  expect(labels.length).toBeGreaterThan(0);
  expect(screen).toMatchObject({ kind: 'single', labelers: labels.length });
  expect(labelsOf(workbench, 'second')).toEqual(labels);
  expect(labelsOf(workbench, 'third')).toEqual(labels);
});

test('the command line prints its guess, and takes columns and classes in its place', async () => {
  const text = 'bild,wer,antwort\n0,ann,nil\n1,ann,uno\n';
  const options = ['--map', 'image=bild', '--map', 'labeler=wer', '--map', 'label=antwort'];
  const { workbench, line, screen } = await importedThrice(text, 'a.csv', [...options, '--class', 'nil=zero', 'uno=1']);
  expect(screen).toMatchObject({ what: 'It is not known which columns have the images, the people and the labels' });
  expect(line.stdout).toBe(
    'Columns: image=bild, labeler=wer, label=antwort\n1 labeler, 2 labels; exports, reports and archives name them as the table does\n',
  );
  expect(labelsOf(workbench, 'second')).toMatchObject([
    {
      pseudonym: 'ann',
      labels: [
        [0, 0],
        [1, 1],
      ],
    },
  ]);
  const dataFolder = workbench.storage.folder;
  workbench.storage.close();
  const path = join(temporaryFolder(), 'a.csv');
  writeFileSync(path, text);
  for (const [wrong, what] of [
    ['label', '"label" names no column'],
    ['rating=antwort', '"rating" is no part of such a table'],
    ['label=answer', 'The table has no column "answer"'],
  ] as const) {
    const refused = await boundary([
      '--data',
      dataFolder,
      'responses',
      'import',
      'second',
      path,
      ...options,
      '--map',
      wrong,
    ]);
    expect(refused.code, wrong).not.toBe(0);
    expect(refused.stderr).toContain(what);
  }
});

const head = 'image,pair_i,pair_j,alpha,labeler,label';
test.each([
  ['another alpha', `${head}\n0,0,1,0.35,ann,0\n`, 'Image 0 has alpha "0.35" in this table, but 0'],
  ['an unknown image', `${head}\n0,0,1,0,ann,0\n7000,0,1,0,ann,0\n`, 'no image "7000"'],
  ['a label of no class', `${head}\n0,0,1,0,ann,3\n`, '"3" has no class'],
  ['two labels of one image', `${head}\n0,0,1,0,ann,0\n0,0,1,0,ann,1\n`, 'Image 0 of labeler "ann" occurs twice'],
  ['only a header', `${head}\n`, 'This table contains no labels'],
  ['columns of other meanings', 'a,b\n1,2\n', 'It is not known which columns'],
])('%s: the same refusal by screen, command line and study file, and nothing is stored', async (_, text, what) => {
  const { workbench, screen, line, provided } = await importedThrice(text, 'humans.csv');
  if (!('what' in screen)) throw new Error('it was imported');
  expect(screen.what).toContain(what);
  expect(line.stderr).toContain(screen.what);
  expect(line.stderr).toContain(`fix:   ${screen.remedy}`);
  expect(provided).toMatchObject({ code: 'labeling.table', message: screen.what, remedy: screen.remedy });
  for (const study of [studyName, 'second', 'third']) expect(labelsOf(workbench, study)).toEqual([]);
});

test('indexes in a humans.csv without places are no names, though classes are called like numbers', async () => {
  const text = 'image,labeler,label\n0,ann,1\n1,ann,2\n';
  const { workbench } = await importedThrice(text, 'humans.csv', [], ['1', '2', '7']);
  for (const study of [studyName, 'second', 'third'])
    expect(labelsOf(workbench, study)).toMatchObject([
      {
        labels: [
          [0, 1],
          [1, 2],
        ],
      },
    ]);
});

test('labels that a study file names are read in a process of their own, and stored as they are in the file', async () => {
  const folder = temporaryFolder();
  const workbench = newBench(join(folder, 'data'));
  const { storage } = workbench;
  const setHash = addStimuli(storage);
  const reading = new ReadingProcess({ launcher: new ForkLauncher() });
  onTestFinished(() => reading.close());
  const stimuli = storage.stimulusSets.images(setHash);
  const people = Array.from({ length: 60 }, (_, k) => `person ${k}`);
  const label = (image: number, person: number): number | null =>
    (image + person) % 7 === 0 ? null : (image * person) % 3;
  const lines = people.flatMap((name, person) =>
    stimuli.map(({ id, pairI, pairJ, alpha }) => [id, pairI, pairJ, alpha, name, label(id, person) ?? ''].join(',')),
  );
  const path = join(folder, 'humans.csv');
  writeFileSync(path, `${head}\n${lines.join('\n')}\n`);
  const places = placesOf(workbench);
  const read = (given: string) =>
    reading.readTable({
      ...places,
      path: given,
      name: given,
      study: studyName,
      wanted: { kind: 'single', mapping: null },
    });
  const there = await read(path);
  expect(there.source).toBe(`csv:${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
  const { id = 0 } = storage.studies.byName(studyName) ?? {};
  const study = { id, name: studyName, spec: fromFile('humans.csv'), folder };
  const provide = () => provideLabels({ workbench, launcher: new ForkLauncher() }, study, setHash, vi.fn());
  const given = await provide();
  const labels = people.flatMap((_, person) => stimuli.filter(({ id: image }) => label(image, person) !== null)).length;
  expect(given).toEqual({
    name: 'Labels',
    detail: `60 labelers, ${labels.toLocaleString('en-US')} labels; exports, reports and archives name them as the table does`,
  });
  for (const { pseudonym, labels: own } of labelsOf(workbench, studyName)) {
    const person = people.indexOf(pseudonym);
    expect(own).toEqual(stimuli.map(({ id: image }) => [image, label(image, person)]));
  }
  const before = labelsOf(workbench, studyName);
  await provide();
  expect(labelsOf(workbench, studyName)).toEqual(before);

  for (const [name, content, code] of [
    ['quote.csv', `${head}\n0,0,1,0,"ann,0\n`, 'csv.syntax'],
    ['bytes.csv', Buffer.from('image,labeler,label\n\0'), 'csv.binary'],
    ['none.csv', null, 'file.not-found'],
  ] as const) {
    const bad = join(folder, name);
    if (content !== null) writeFileSync(bad, content);
    await expect(read(bad), name).rejects.toMatchObject({ code, where: expect.stringContaining(bad) });
  }
  mkdirSync(join(folder, 'a.csv'));
  await expect(read(join(folder, 'a.csv'))).rejects.toMatchObject({ code: expect.stringMatching(/^file\./) });
});
