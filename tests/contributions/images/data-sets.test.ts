import { existsSync, linkSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Inspection } from '../../../main/contributions/formats/contract/inspection.ts';
import type { DataSetSource } from '../../../main/contract/studies/study.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { classNames } from '../../../main/services/declaration/data-set.ts';
import { remarks } from '../../../main/contributions/formats/stored-images.ts';
import { cleanUp } from '../../../main/contributions/machine/disk.ts';
import { planModelRuns } from '../../../main/services/queue/queue.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { folderSource } from '../../folder-source.ts';
import { pets, picture, png, writeFiles } from '../formats/image-folder.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { smallModels } from '../../services/study/small-study.ts';

type From = Parameters<TestLab['client']['images']['inspect']>[0]['from'];

async function inspect({ client }: TestLab, from: From, choice = {}): Promise<Inspection> {
  for await (const part of await client.images.inspect({ from, choice })) if (part.type === 'found') return part.found;
  throw new Error('the stream ended early');
}

/** @returns `read`: what was reported of images that were read, such as `48 of 48 images` */
async function prepare({ client }: TestLab, source: DataSetSource, again = false) {
  const read: string[] = [];
  for await (const part of await client.images.prepare({ source, again })) {
    if (part.type === 'ready') return { prepared: part, read };
    if (/^\d+ of /.test(part.note)) read.push(part.note);
  }
  throw new Error('the stream ended early');
}

/** A study of one network that trains for a moment. */
const modelsOnly = (dataSet: DataSetSource, targets = [50]): object => ({
  dataSet,
  generator: null,
  reference: null,
  labelers: { source: 'none' },
  stimuli: { source: 'imported', path: '/nowhere' },
  models: [
    {
      name: 'MLP1',
      group: 'diverse',
      seed: 1,
      recipe: {
        architecture: smallModels.mlp,
        optimiser: { stepSize: 1e-3 },
        batch: 4,
        targets,
        tolerance: 5,
        maxEpochs: 2,
      },
    },
  ],
});

const hour = 3600_000;

/** A lab, and a folder of pictures that a page has inspected: as it is, and to be used in gray. */
async function inspectedPets() {
  const lab = openLab();
  const { storage } = lab.lab.workbench;
  const folder = writeFiles(await pets(['train/', 'test/'], 12));
  const found = await inspect(lab, { kind: 'path', path: folder });
  const wanted = { channels: 1, width: 28, height: 28, resize: 'pad' } as const;
  const gray = await inspect(lab, { kind: 'path', path: folder }, wanted);
  return { lab, storage, folder, found, gray };
}

test('a folder is inspected, and prepared once', async () => {
  const { lab, storage, folder, found, gray } = await inspectedPets();
  const proposed = { source: 'folder', path: folder, channels: 3, width: 8, height: 8, resize: 'fit' };
  expect(found.source).toMatchObject(proposed);
  expect(found).toMatchObject({
    classes: [
      { name: 'cat', train: 12, test: 12 },
      { name: 'dog', train: 12, test: 12 },
    ],
    kind: 'Image folder',
    isSplit: false,
    isColored: true,
    sizes: [
      { width: 8, height: 8 },
      { width: 8, height: 8 },
    ],
    preview: { images: { count: 16, channels: 3 }, labels: [...Array(8).fill(0), ...Array(8).fill(1)] },
  });
  expect(gray.source).toMatchObject({ channels: 1, width: 28, resize: 'pad' });
  expect(Buffer.from(gray.preview.images.pixels, 'base64')).toHaveLength(16 * 28 * 28);

  // The same images under another name: whoever reads them first does not take them from others.
  await prepare(lab, { ...gray.source, name: 'twins' } as DataSetSource);
  // Of large images, as many are shown as a page can take.
  const large = await inspect(lab, { kind: 'path', path: folder }, { channels: 3, width: 1024, height: 1024 });
  expect(large.preview.images).toMatchObject({ count: 1, width: 1024 });
  expect(Buffer.from(large.preview.images.pixels, 'base64')).toHaveLength(3 * 2 ** 20);

  const { prepared, read } = await prepare(lab, gray.source);
  expect(read).toContain('48 of 48 images');
  expect(prepared).toMatchObject({ train: 24, test: 24, channels: 1, findings: { leftOut: [] }, preparedAt: null });
  // A set that somebody looked at only is not in use; a study's is.
  const unused = await prepare(lab, found.source);
  addSmallStudy(lab, modelsOnly(gray.source, [45, 55, 65]));
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
  expect((await prepare(lab, gray.source)).read).toEqual([]);
});

test('a study trains on a folder without its originals, and an archive with weights has its images', async () => {
  const { lab, storage, folder, gray } = await inspectedPets();
  const { prepared } = await prepare(lab, gray.source);
  const name = addSmallStudy(lab, modelsOnly(gray.source, [45, 55, 65]));
  rmSync(folder, { recursive: true });
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
    for await (const part of await lab.client.evaluation.snapshot({ id: run?.runId ?? 0, target }))
      classes.push(part.evaluation.classes);
    return classes;
  };
  expect(new Set((await evaluated()).map(String))).toEqual(new Set(['cat,dog']));
  expect(await evaluated()).toEqual([['cat', 'dog']]);
  // Elsewhere nothing needs the folder.
  const [lean, full] = ['lean.zip', 'full.zip'].map((file) => join(temporaryFolder(), file));
  const { workbench } = lab.lab;
  await exportArchive(workbench, { study: name, path: lean ?? '', weights: false });
  await exportArchive(workbench, { study: name, path: full ?? '', weights: true });
  const other = openLab();
  await importArchive(other.lab.workbench, lean ?? '');
  expect(other.lab.workbench.storage.blobs.has(prepared.hash)).toBe(false);
  const { job: started } = await other.client.work.start({ study: name, goal: 'models' });
  expect(JSON.stringify(await jobEnded(other, started))).toContain('an archive that was exported with weights');
  // What was read from that path meanwhile is not what the study was trained on.
  writeFiles(await pets(['train/', 'test/'], 3), folder);
  const { prepared: others } = await prepare(other, gray.source);
  expect(others.hash).not.toBe(prepared.hash);
  rmSync(folder, { recursive: true });
  const { job: alone } = await other.client.work.start({ study: name, goal: 'models' });
  expect(JSON.stringify(await jobEnded(other, alone))).toContain('an archive that was exported with weights');
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
  expect(after.classes.map(({ name: called }) => called)).toEqual(['bird', 'cat', 'dog']);
  const trained = storage.studies.byName(name) ?? expect.fail('no study');
  expect(planModelRuns(workbench, trained).map(({ task }) => task)).toMatchObject([{ dataSetHash: prepared.hash }]);
  expect(classNames(workbench, trained)).toEqual(['cat', 'dog']);
  const second = await lab.client.work.start({ study: name, goal: 'models' });
  await jobEnded(lab, second.job);
  expect(storage.studyRuns.list(trained.id)).toMatchObject([{ runId: run?.runId }]);
});

test('files are read again where their size or time has changed, or a person asks for it', async () => {
  const lab = openLab();
  const folder = writeFiles(await pets(['train/', 'test/'], 2));
  const source = folderSource(folder);
  const [file, old] = [join(folder, 'train/cat/0.png'), new Date('2020-05-01')];
  utimesSync(file, old, old);
  const first = await prepare(lab, source);
  const later = await prepare(lab, source);
  expect(later).toMatchObject({ read: [], prepared: { hash: first.prepared.hash, preparedAt: expect.any(Number) } });
  expect(later.prepared.findings).toEqual(first.prepared.findings);
  // Another picture of the same size, under the old time.
  const bytes = readFileSync(file);
  const write = (seed: number) => picture(seed).png({ compressionLevel: 0 }).toBuffer();
  const [one, other] = [await write(50), await write(51)];
  expect(one).toHaveLength(other.length);
  for (const data of [one, other]) {
    writeFileSync(file, data);
    utimesSync(file, old, old);
    if (data === one) await prepare(lab, source);
  }
  const unnoticed = await prepare(lab, source);
  const again = await prepare(lab, source, true);
  expect(unnoticed.read).toEqual([]);
  expect(again.read).toContain('8 of 8 images');
  expect(again.prepared.hash).not.toBe(unnoticed.prepared.hash);
  // The time alone has everything read, to the same data set.
  utimesSync(file, new Date(), new Date());
  const touched = await prepare(lab, source);
  expect(touched).toMatchObject({ read: expect.arrayContaining(['8 of 8 images']), prepared: { preparedAt: null } });
  expect(touched.prepared.hash).toBe(again.prepared.hash);
  // A study that has not trained yet takes what its files have become.
  writeFileSync(file, bytes);
  const name = addSmallStudy(lab, modelsOnly(source));
  const { job } = await lab.client.work.start({ study: name, goal: 'models' });
  expect((await jobEnded(lab, job)).messages).toContainEqual(
    expect.stringContaining('have changed since they were read'),
  );
  const { storage } = lab.lab.workbench;
  const [run] = storage.studyRuns.list(storage.studies.byName(name)?.id ?? 0);
  expect(storage.runs.get(run?.runId ?? 0)?.task).toMatchObject({ dataSetHash: first.prepared.hash });
});

test('studies keep the names of their classes where another source has the same images under other names', async () => {
  const lab = openLab();
  const files = await pets(['train/', 'test/'], 2);
  const renamed = Object.fromEntries(
    Object.entries(files).map(([name, data]) => [name.replace('cat', 'kitten').replace('dog', 'puppy'), data] as const),
  );
  const [ours, theirs] = [writeFiles(files), writeFiles(renamed)];
  const source = folderSource(ours);
  const other = await prepare(lab, folderSource(theirs));
  const { prepared } = await prepare(lab, source);
  expect(prepared.hash).toBe(other.prepared.hash);
  const name = addSmallStudy(lab, modelsOnly(source));
  await jobEnded(lab, (await lab.client.work.start({ study: name, goal: 'models' })).job);
  writeFiles({ 'train/eel/0.png': await png(90), 'test/eel/0.png': await png(91) }, ours);
  await prepare(lab, source);
  const { workbench } = lab.lab;
  const study = workbench.storage.studies.byName(name) ?? expect.fail('no study');
  expect(classNames(workbench, study)).toEqual(['cat', 'dog']);
  // Elsewhere too, where the images came under other names first.
  // One that has not run yet has its images in an archive too.
  const [archive, elsewhere] = [join(temporaryFolder(), 'study.zip'), openLab()];
  await exportArchive(workbench, { study: name, path: archive, weights: true });
  await prepare(elsewhere, folderSource(theirs));
  await importArchive(elsewhere.lab.workbench, archive);
  const there = elsewhere.lab.workbench;
  expect(classNames(there, there.storage.studies.byName(name) ?? expect.fail('no study'))).toEqual(['cat', 'dog']);
});

test('an uploaded zip is a folder too, and its study needs it no more', async () => {
  const lab = openLab();
  const files = await pets([''], 4);
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [name, Buffer.from(data)])));
  const upload = await lab.lab.uploads.take('My pets.zip', Readable.from([Buffer.from(bytes)]));
  const found = await inspect(lab, { kind: 'upload', upload });
  expect(found.source).toMatchObject({ source: 'folder', name: 'My pets' });
  const { prepared } = await prepare(lab, found.source);
  const idx = Buffer.from(zipSync({ 'MNIST/train-images-idx3-ubyte': new Uint8Array(4) }));
  const other = await lab.lab.uploads.take('MNIST.zip', Readable.from([idx]));
  // What was read of an upload stays; another form needs the file.
  lab.lab.uploads.discard(upload);
  const stored = await prepare(lab, found.source);
  expect(stored).toMatchObject({ read: [], prepared: { hash: prepared.hash, preparedAt: expect.any(Number) } });
  const inOtherForm = prepare(lab, { ...found.source, width: 9 } as DataSetSource);
  await expect(inOtherForm).rejects.toThrow('The uploaded file was already removed');
  await expect(prepare(lab, found.source, true)).rejects.toThrow('The uploaded file was already removed');
  await expect(inspect(lab, { kind: 'upload', upload: other })).rejects.toThrow('These are IDX files');
  const { prepared: same } = await prepare(lab, folderSource(writeFiles(files), { resize: 'fit' }));
  expect(same.hash).toBe(prepared.hash);
  expect(same.findings && remarks(same.findings)).toEqual([expect.stringContaining('20 % of each class')]);

  // A study names the file as the user does, and nothing of it is a path of this computer.
  const path = `uploaded:${prepared.hash.slice(0, 12)}/My pets.zip`;
  expect(stored.prepared.source).toEqual({ ...found.source, path });
  const { workbench } = lab.lab;
  const name = addSmallStudy(lab, modelsOnly(stored.prepared.source));
  const place = { isStored: true, files: [{ found: false, uploaded: 'My pets.zip' }] };
  expect(await lab.client.studies.dataSet({ study: name })).toMatchObject(place);
  const copy = (await lab.client.studies.duplicate({ study: name, name: null })).name;
  await jobEnded(lab, (await lab.client.work.start({ study: copy, goal: 'models' })).job);
  const { id } = workbench.storage.studies.byName(copy) ?? expect.fail('no study');
  expect(workbench.storage.studyRuns.list(id)).toMatchObject([{ role: 'models/MLP1', state: 'done' }]);
  const [archive, elsewhere] = [join(temporaryFolder(), 'study.zip'), openLab()];
  await exportArchive(workbench, { study: name, path: archive, weights: true });
  const texts = Object.values(unzipSync(readFileSync(archive))).map((data) => Buffer.from(data).toString('latin1'));
  expect(texts.filter((text) => text.includes('uploads/'))).toEqual([]);
  await importArchive(elsewhere.lab.workbench, archive);
  expect(await elsewhere.client.studies.dataSet({ study: name })).toMatchObject(place);
  const { storage } = elsewhere.lab.workbench;
  storage.blobs.remove(prepared.hash);
  const { job } = await elsewhere.client.work.start({ study: name, goal: 'models' });
  expect((await jobEnded(elsewhere, job)).messages).toEqual([
    expect.stringContaining('came in the uploaded file “My pets.zip” and are not in this data folder'),
  ]);
});

test('whoever leaves a preparation stores nothing', async () => {
  const lab = openLab();
  const folder = writeFiles({ 'cat/0.jpg': await picture(1, 1200, 900).jpeg().toBuffer(), 'dog/0.jpg': 'x' });
  for (let k = 1; k < 400; k++) linkSync(join(folder, 'cat/0.jpg'), join(folder, `${k % 2 ? 'cat' : 'dog'}/${k}.jpg`));
  writeFileSync(join(folder, 'dog/0.jpg'), 'no image');
  const source = folderSource(folder);
  for await (const part of await lab.client.images.prepare({ source })) {
    if (part.type === 'progress' && part.share !== null) break;
  }
  const { storage } = lab.lab.workbench;
  expect(storage.dataSets.prepared(source)).toBeUndefined();
  expect(storage.dataSets.list()).toEqual([]);
  expect(existsSync(storage.blobs.folder) && readdirSync(storage.blobs.folder)).toBe(false);
});
