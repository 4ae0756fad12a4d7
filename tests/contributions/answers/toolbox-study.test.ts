import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { studyWithStimuli } from '../../../main/services/labels/find.ts';
import { takenFrom } from '../../../main/contributions/answers/toolbox/taken-from.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { jobEnded, openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { categories, writeToolboxFolder } from './toolbox-folder.ts';
import { outsideModelsOf } from '../../../main/contributions/answers/models/outside-models.ts';
import { panelsOf } from '../../../main/contributions/answers/storage/panels.ts';

/** The last part of a stream. */
async function last<Part extends { type: string }>(stream: AsyncIterable<Part>) {
  let found: Part | undefined;
  for await (const part of stream) found = part;
  if (found === undefined || found.type === 'progress') throw new Error('the stream ended without a result');
  return found as Exclude<Part, { type: 'progress' }>;
}

test('a folder of model-vs-human becomes a study of its images with people and models, and nothing of it is trained', async () => {
  const lab = openLab();
  const { client } = lab;
  const root = temporaryFolder();
  writeToolboxFolder(root);
  const { found } = await last(await client.images.inspect({ from: { kind: 'path', path: root } }));
  const { source } = found;
  // A category that only a model named is a class, too.
  expect(source).toMatchObject({ layout: 'model-vs-human', width: 16, channels: 3, folders: [...categories, 'oven'] });
  const images = await last(await client.images.prepare({ source }));
  expect(images).toMatchObject({ train: 0, test: 12, findings: { leftOut: [] } });

  const from = join(root, 'datasets', 'colour');
  const answers = await client.answers.answersBeside({ source, from, people: null });
  expect(answers).toMatchObject({
    problem: null,
    tables: 4,
    rows: 46,
    unanswered: 0,
    unknownImages: { count: 0 },
    others: { count: 1, examples: ['accuracies.csv'] },
    conditions: [
      { name: 'cr', rows: 23 },
      { name: 'bw', rows: 23 },
    ],
  });
  expect(
    answers.answerers.map(({ name, isPerson, answers: count, none, leftOut }) => [
      name,
      isPerson,
      count,
      none,
      leftOut,
    ]),
  ).toEqual([
    ['subject-01', true, 11, 1, null],
    ['subject-02', true, 12, 0, null],
    ['resnet50', false, 12, 0, null],
    ['vgg16', false, 10, 0, 'it has no answer for 2 images'],
  ]);
  expect(takenFrom(answers)).toEqual({ people: ['subject-01', 'subject-02'], models: ['resnet50'] });

  const labelers = {
    source: 'model-vs-human',
    path: answers.path,
    table: answers.table,
    ...takenFrom(answers),
  } as const;
  const { name } = await client.answers.createStudy({ source, name: 'colour', title: null, labelers });
  // What was read is what is imported.
  appendFileSync(join(root, 'raw-data', 'colour', 'colour_resnet50_session-1.csv'), 'x,y\n');
  const run = async () => jobEnded(lab, (await client.work.start({ study: name, goal: 'report' })).job);
  expect(await run()).toMatchObject({ state: 'done', messages: [] });
  const { storage } = lab.lab.workbench;
  const study = storage.studies.byName(name);
  const panels = panelsOf(storage).ofStudy(study?.id ?? 0);
  expect(panels).toMatchObject([{ kind: 'abstain', people: 2, answers: 23, inUse: true }]);
  const read = panelsOf(storage).readWithPeople(panels[0]?.id ?? 0).answers;
  if (read?.kind !== 'abstain') throw new Error('no labels');
  expect(read.labelers).toEqual(['subject-01', 'subject-02']);
  const { set } = studyWithStimuli(lab.lab.workbench, name);
  expect([set.images.length, set.classes]).toEqual([12, [...categories, 'oven']]);
  expect(outsideModelsOf(storage).ofStudy(study?.id ?? 0)).toMatchObject([
    {
      name: 'resnet50',
      kind: 'table',
      prediction: { softmax: null, confidence: null },
      tested: { images: 12, errors: 4 },
    },
  ]);
  expect(readFileSync(join(lab.dataFolder, 'studies', name, 'report', 'index.html'), 'utf8')).toContain('resnet50');
  // Running it again imports nothing twice.
  expect(await run()).toMatchObject({ state: 'done' });
  expect(panelsOf(storage).ofStudy(study?.id ?? 0)).toHaveLength(1);
  expect(lab.defects).toEqual([]);
});

test('an uploaded zip of one becomes a study as well, which an archive takes elsewhere with people, models and images', async () => {
  const lab = openLab();
  const { client } = lab;
  const root = temporaryFolder();
  writeToolboxFolder(root);
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(root, path)).isFile(),
  );
  const files = paths.map((path) => [path.replaceAll('\\', '/'), new Uint8Array(readFileSync(join(root, path)))]);
  const bytes = Buffer.from(zipSync(Object.fromEntries(files) as Record<string, Uint8Array>));
  const upload = await lab.lab.uploads.take('toolbox.zip', Readable.from([bytes]));
  const { found } = await last(await client.images.inspect({ from: { kind: 'upload', upload } }));
  if (found.source.source !== 'folder') throw new Error('a zip of images is a folder');
  const { source } = await last(await client.images.prepare({ source: found.source }));
  const answers = await client.answers.answersBeside({ source, from: found.source.path, people: null });
  expect(answers).toMatchObject({ problem: null, tables: 4, rows: 46, unanswered: 0 });
  const labelers = {
    source: 'model-vs-human' as const,
    path: answers.path,
    table: answers.table,
    ...takenFrom(answers),
  };
  const { name } = await client.answers.createStudy({ source, name: 'colour', title: null, labelers });
  lab.lab.uploads.discard(upload);
  const { job } = await client.work.start({ study: name, goal: 'report' });
  expect(await jobEnded(lab, job)).toMatchObject({ state: 'done', messages: [] });

  const [archive, elsewhere] = [join(temporaryFolder(), 'study.zip'), openLab()];
  await exportArchive(lab.lab.workbench, { study: name, path: archive, weights: true });
  await importArchive(elsewhere.lab.workbench, archive);
  expect(knownOf(elsewhere, name)).toEqual(knownOf(lab, name));
  expect([...lab.defects, ...elsewhere.defects]).toEqual([]);
});

/** All that a study knows of its people and models. */
function knownOf({ lab }: TestLab, study: string) {
  const { storage } = lab.workbench;
  const { study: record, set } = studyWithStimuli(lab.workbench, study);
  const panel = panelsOf(storage).inUse(record.id);
  return {
    panel: panelsOf(storage).readWithPeople(panel?.id ?? 0),
    set: [set.hash, set.classes, set.images.length],
    models: outsideModelsOf(storage)
      .ofStudy(record.id)
      .map(({ name, identity, tested, prediction }) => ({ name, identity, tested, prediction })),
  };
}
