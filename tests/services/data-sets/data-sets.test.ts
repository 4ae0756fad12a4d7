import { existsSync, linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Inspection, Prepared } from '../../../main/contract/api/data-sets.ts';
import { exportArchive } from '../../../main/services/archive/export-archive.ts';
import { importArchive } from '../../../main/services/archive/import-archive.ts';
import { classNames } from '../../../main/services/declaration/data-set.ts';
import { cleanUp } from '../../../main/services/machine/disk.ts';
import { planModelRuns } from '../../../main/services/queue/queue.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { folderSource, pets, picture, png, writeFiles } from '../../training/data/sources/image-folder.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../lab/lab-helper.ts';
import { smallModels } from '../study/small-study.ts';

type From = Parameters<TestLab['client']['dataSets']['inspect']>[0]['from'];

async function inspect({ client }: TestLab, from: From, choice = {}): Promise<Inspection> {
  for await (const part of await client.dataSets.inspect({ from, choice }))
    if (part.type === 'found') return part.found;
  throw new Error('the stream ended early');
}

async function prepare({ client }: TestLab, source: Prepared['source'], again = false) {
  const notes: string[] = [];
  for await (const part of await client.dataSets.prepare({ source, again })) {
    if (part.type === 'prepared') return { prepared: part.prepared, notes };
    notes.push(part.note);
  }
  throw new Error('the stream ended early');
}

const hour = 3600_000;

test('a folder is inspected, prepared once, and trained on without its originals', async () => {
  const lab = openLab();
  const { storage } = lab.lab.workbench;
  const folder = writeFiles(await pets(['train/', 'test/'], 12));
  const found = await inspect(lab, { kind: 'path', path: folder });
  const proposed = { source: 'folder', path: folder, channels: 3, width: 8, height: 8, resize: 'fit' };
  expect(found.source).toMatchObject(proposed);
  expect(found).toMatchObject({
    classes: [
      { name: 'cat', train: 12, test: 12 },
      { name: 'dog', train: 12, test: 12 },
    ],
    ...{
      kind: 'Image folder',
      isSplit: false,
      isColored: true,
      sizes: [
        { width: 8, height: 8 },
        { width: 8, height: 8 },
      ],
    },
    preview: { images: { count: 16, channels: 3 }, labels: [...Array(8).fill(0), ...Array(8).fill(1)] },
  });
  const gray = await inspect(
    lab,
    { kind: 'path', path: folder },
    { channels: 1, width: 28, height: 28, resize: 'pad' },
  );
  expect(gray.source).toMatchObject({ channels: 1, width: 28, resize: 'pad' });
  expect(Buffer.from(gray.preview.images.pixels, 'base64')).toHaveLength(16 * 28 * 28);

  // The same images under another name: whoever reads them first does not take them from others.
  await prepare(lab, { ...gray.source, name: 'twins' } as Prepared['source']);
  // Of large images, as many are shown as a page can take.
  const large = await inspect(lab, { kind: 'path', path: folder }, { channels: 3, width: 1024, height: 1024 });
  expect(large.preview.images).toMatchObject({ count: 1, width: 1024 });
  expect(Buffer.from(large.preview.images.pixels, 'base64')).toHaveLength(3 * 2 ** 20);

  const { prepared, notes } = await prepare(lab, gray.source);
  expect(notes).toContain('48 of 48 images');
  expect(prepared).toMatchObject({ trainCount: 24, testCount: 24, channels: 1, findings: { leftOut: [] } });
  // A set that somebody looked at only is not in use; a study's is.
  const unused = await prepare(lab, found.source);
  const name = addSmallStudy(lab, {
    dataSet: gray.source,
    ...{
      generator: null,
      reference: null,
      stimuli: { source: 'imported', path: '/nowhere' },
      labelers: { source: 'none' },
    },
    models: [
      {
        ...{ name: 'MLP1', group: 'diverse', seed: 1 },
        recipe: {
          architecture: smallModels.mlp,
          optimiser: { stepSize: 1e-3 },
          batch: 8,
          targets: [45, 55, 65],
          tolerance: 5,
          maxEpochs: 2,
        },
      },
    ],
  });
  const folders = { dataFolder: lab.dataFolder, cacheFolder: temporaryFolder() };
  expect(
    cleanUp(
      folders,
      () => Date.now() + 2 * hour,
      () => undefined,
    ).files,
  ).toBe(1);
  expect([prepared.hash, unused.prepared.hash].map((hash) => storage.blobs.has(hash))).toEqual([true, false]);

  rmSync(folder, { recursive: true });
  expect((await prepare(lab, gray.source)).notes).toEqual([]);
  const place = {
    kind: 'Image folder',
    isStored: true,
    files: [{ path: folder, found: false, label: 'Folder or zip file' }],
  };
  expect(await lab.client.studies.dataSet({ study: name })).toMatchObject(place);
  const { job } = await lab.client.work.start({ study: name, goal: 'models' });
  await jobEnded(lab, job);
  const study = storage.studies.byName(name);
  const [run] = storage.studyRuns.list(study?.id ?? 0);
  expect(storage.runs.get(run?.runId ?? 0)).toMatchObject({ state: 'done', task: { dataSetHash: prepared.hash } });
  // Names of classes are those of the folders, in the stored evaluation too.
  const [{ target } = expect.fail('no snapshot')] = storage.runHistory.snapshots(run?.runId ?? 0);
  const evaluated = async () => {
    const classes: string[][] = [];
    for await (const part of await lab.client.runs.evaluate({ id: run?.runId ?? 0, target }))
      classes.push(part.evaluation.classes);
    return classes;
  };
  expect(new Set((await evaluated()).map(String))).toEqual(new Set(['cat,dog']));
  expect(await evaluated()).toEqual([['cat', 'dog']]);
  // With weights, an archive has the images; elsewhere nothing needs the folder.
  const [lean, full] = ['lean.zip', 'full.zip'].map((file) => join(temporaryFolder(), file));
  const { workbench } = lab.lab;
  await exportArchive(workbench, { study: name, path: lean ?? '', weights: false });
  await exportArchive(workbench, { study: name, path: full ?? '', weights: true });
  const other = openLab();
  await importArchive(other.lab.workbench, lean ?? '');
  expect(other.lab.workbench.storage.blobs.has(prepared.hash)).toBe(false);
  await importArchive(other.lab.workbench, full ?? '');
  expect(other.lab.workbench.storage.blobs.get(prepared.hash)).toEqual(storage.blobs.get(prepared.hash));
  const there = () => other.lab.workbench.storage.studies.byName(name) ?? expect.fail('no study');
  expect(classNames(other.lab.workbench, there())).toEqual(['cat', 'dog']);
  const moved = writeFiles(await pets(['train/', 'test/'], 1));
  await other.client.studies.changeDataSet({ study: name, files: [{ file: 'path', path: moved }] });
  expect(classNames(other.lab.workbench, there())).toEqual(['cat', 'dog']);
  // Reading it again needs the originals.
  await expect(prepare(lab, gray.source, true)).rejects.toMatchObject({ code: 'REFUSED' });
  // What has been added to the folder since is of new studies. The one that has trained keeps its images.
  const birds = { 'train/bird/0.png': await png(90), 'test/bird/0.png': await png(91) };
  writeFiles({ ...(await pets(['train/', 'test/'], 2)), ...birds }, folder);
  const { prepared: after } = await prepare(lab, gray.source, true);
  expect(after.classes).toEqual(['bird', 'cat', 'dog']);
  const trained = storage.studies.byName(name) ?? expect.fail('no study');
  expect(planModelRuns(workbench, trained).map(({ task }) => task)).toMatchObject([{ dataSetHash: prepared.hash }]);
  expect(classNames(workbench, trained)).toEqual(['cat', 'dog']);
  const second = await lab.client.work.start({ study: name, goal: 'models' });
  await jobEnded(lab, second.job);
  expect(storage.studyRuns.list(trained.id)).toMatchObject([{ runId: run?.runId }]);
});

test('an uploaded zip is a folder too', async () => {
  const lab = openLab();
  const files = await pets();
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [name, Buffer.from(data)])));
  const upload = await lab.lab.uploads.take('My pets.zip', Readable.from([Buffer.from(bytes)]));
  const found = await inspect(lab, { kind: 'upload', upload });
  expect(found.source).toMatchObject({ source: 'folder', name: 'My pets' });
  const { prepared } = await prepare(lab, found.source);
  const idx = Buffer.from(zipSync({ 'MNIST/train-images-idx3-ubyte': new Uint8Array(4) }));
  const other = await lab.lab.uploads.take('MNIST.zip', Readable.from([idx]));
  const ready = (source: Prepared['source']) => lab.client.newStudy.prepare({ source });
  for await (const part of await ready(found.source)) if (part.type === 'ready') expect(part.hash).toBe(prepared.hash);
  // What was read of an upload stays; another form needs the file.
  lab.lab.uploads.discard(upload);
  for await (const part of await ready(found.source)) if (part.type === 'ready') expect(part.hash).toBe(prepared.hash);
  const inOtherForm = async () => {
    for await (const _ of await ready({ ...found.source, width: 9 } as Prepared['source']));
  };
  await expect(inOtherForm()).rejects.toThrow('The uploaded file was already removed');
  await expect(inspect(lab, { kind: 'upload', upload: other })).rejects.toThrow('These are IDX files');
  const { prepared: same } = await prepare(lab, folderSource(writeFiles(files), { resize: 'fit' }));
  expect(same.hash).toBe(prepared.hash);
  expect(same.remarks).toEqual([expect.stringContaining('20 % of each class')]);
});

test('whoever leaves a preparation stores nothing', async () => {
  const lab = openLab();
  const folder = writeFiles({ 'cat/0.jpg': await picture(1, 1200, 900).jpeg().toBuffer(), 'dog/0.jpg': 'x' });
  for (let k = 1; k < 400; k++) linkSync(join(folder, 'cat/0.jpg'), join(folder, `${k % 2 ? 'cat' : 'dog'}/${k}.jpg`));
  writeFileSync(join(folder, 'dog/0.jpg'), 'no image');
  const source = folderSource(folder);
  for await (const part of await lab.client.dataSets.prepare({ source })) {
    if (part.type === 'progress' && part.share !== null) break;
  }
  const { storage } = lab.lab.workbench;
  expect(storage.dataSets.findings(source)).toBeNull();
  expect(storage.dataSets.list()).toEqual([]);
  expect(existsSync(storage.blobs.folder) && readdirSync(storage.blobs.folder)).toBe(false);
});
