import { temporaryFolder } from '../../temporary-folder.ts';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { safeFileName } from '../../../main/domain/data/file-names.ts';
import { uncalibrated } from '../../../main/services/estimates/forecast.ts';
import { studyCost } from '../../../main/services/estimates/study-cost.ts';
import { freeName } from '../../../main/services/workbench/find.ts';
import { reportFolder } from '../../../main/services/workbench/workbench.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { presets } from '../../../main/services/studies/studies.ts';
import { startImport } from '../../../main/contributions/archives/jobs.ts';
import { repository } from '../../architecture/tools.ts';
import { samplePath } from '../../contributions/archives/archive-helper.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';
import { smallStudy } from '../study/small-study.ts';

const quick = { kind: 'preset', preset: 'quick' } as const;

test('studies are made from presets, each with a name of its own', async () => {
  const { client } = openLab();
  expect(await client.studies.create({ source: quick, name: null, title: null })).toEqual({ name: 'quick' });
  expect(await client.studies.create({ source: quick, name: null, title: 'Mine' })).toEqual({ name: 'quick 2' });
  const taken = client.studies.create({ source: quick, name: 'quick', title: null });
  await expect(taken).rejects.toMatchObject({ code: 'REFUSED', data: { code: 'study.name-taken' } });
  const bad = client.studies.create({ source: quick, name: '../x', title: null });
  await expect(bad).rejects.toMatchObject({ data: { code: 'study.bad-name' } });
  const { studies } = await client.studies.list({});
  expect(studies.map(({ name, title, state, models }) => [name, title, state, models])).toEqual(
    expect.arrayContaining([['quick 2', 'Mine', 'none', { done: 0, planned: 9 }]]),
  );
});

test('names that differ in capitals only are one name, and names that are no folder everywhere get one that is', async () => {
  const { client, lab } = openLab();
  await client.studies.create({ source: quick, name: 'Mine', title: null });
  const twin = client.studies.create({ source: quick, name: 'mine', title: null });
  await expect(twin).rejects.toMatchObject({
    data: { code: 'study.name-taken', what: expect.stringContaining('"Mine"') },
  });
  expect(freeName(lab.workbench.storage, 'MINE')).toBe('MINE 2');
  const folders = ['mine', 'nul', 'CON', 'a.', 'a..', 'a '].map((name) =>
    basename(dirname(reportFolder('data', name))),
  );
  expect(folders[0]).toBe('mine');
  for (const folder of folders) expect(safeFileName(folder)).toBe(folder);
  expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(folders.length);
  const content = { bytes: Buffer.from('x') };
  const address = lab.downloads.offer({ name: 'nul.zip', type: 'application/zip', content });
  expect(lab.downloads.find(address)?.name).toBe('_nul.zip');
});

test('a study file is taken as it is, or refused with a remedy; a relative path is named', async () => {
  const { client } = openLab();
  const create = (content: unknown) =>
    client.studies.create({
      source: { kind: 'text', text: typeof content === 'string' ? content : JSON.stringify(content), file: 'my.json' },
      name: null,
      title: null,
    });
  await expect(create('{')).rejects.toMatchObject({ data: { code: 'study.not-json', where: 'my.json' } });
  // A refusal says where.
  const nameless = { kind: 'text' as const, text: '{', file: '' };
  await expect(client.studies.create({ source: nameless, name: null, title: null })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  await expect(client.jobs.dismiss({ id: '' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(create({ name: 'x' })).rejects.toMatchObject({ data: { code: 'study.invalid' } });
  await expect(create(smallStudy())).rejects.toMatchObject({
    data: { code: 'study.relative-path', where: 'my.json, dataSet.trainImages' },
  });
  expect(await create(smallStudy({ name: 'digits', dataSet: { source: 'mnist' } }))).toEqual({ name: 'digits' });
  expect((await client.studies.list({})).studies.map(({ name }) => name)).toEqual(['digits']);
});

test('a study is deleted, restored, and deleted for good with its runs and report, but not with runs of others', async () => {
  const test = openLab();
  const { client, lab } = test;
  const { job } = await client.archives.openSample({});
  await jobEnded(test, job ?? '');
  const { name: copy } = await client.studies.duplicate({ study: 'sample', name: null });
  expect(copy).toBe('sample copy');
  const cards = async () => (await client.studies.list({})).studies;
  expect((await cards()).find(({ name }) => name === copy)).toMatchObject({
    models: { done: 9, planned: 9 },
    stimuli: 165,
    labelers: { count: 0 },
  });
  await client.studies.setDeleted({ study: 'sample', deleted: true });
  expect((await cards()).map(({ name }) => name)).toEqual([copy]);
  await expect(client.work.start({ study: 'sample', goal: 'report' })).rejects.toMatchObject({
    data: { code: 'study.deleted' },
  });
  await client.studies.setDeleted({ study: 'sample', deleted: false });
  expect((await cards()).length).toBe(2);
  await expect(client.studies.purge({ study: 'sample' })).rejects.toMatchObject({
    data: { code: 'study.not-deleted' },
  });
  // Searches and draws work with its runs too.
  let stops = 0;
  const about = { kind: 'study', title: 'Find more candidates', study: 'sample', link: null } as const;
  const search = lab.jobs.add({ ...about, stop: () => (stops += 1) });
  await client.studies.setDeleted({ study: 'sample', deleted: true });
  expect(stops).toBe(1);
  await expect(client.studies.purge({ study: 'sample' })).rejects.toMatchObject({ data: { code: 'study.at-work' } });
  search.end('stopped');
  await client.studies.purge({ study: 'sample' });
  expect(lab.workbench.storage.runs.list().length).toBe(21);
  expect(existsSync(reportFolder(test.dataFolder, 'sample'))).toBe(false);
  await client.studies.setDeleted({ study: copy, deleted: true });
  await client.studies.purge({ study: copy });
  expect(lab.workbench.storage.runs.list()).toEqual([]);
  expect(await client.studies.list({})).toEqual({ studies: [], deleted: [] });
});

test('a new study has fresh anchors for every pair if asked; the paper’s presets are named, and declare what they did', async () => {
  const { client, lab, defects } = openLab();
  const design = (name: string) => {
    const stimuli = lab.workbench.storage.studies.byName(name)?.spec.stimuli;
    return stimuli?.source === 'generated' ? stimuli.anchorDesign : 'none';
  };
  const presets = await client.studies.presets({});
  expect(
    presets
      .filter(({ paper }) => paper)
      .map(({ preset }) => preset)
      .sort(),
  ).toEqual(['paper', 'replay']);
  const source = { kind: 'preset', preset: 'quick' } as const;
  const { name: fresh } = await client.studies.create({ source, name: null, title: null, freshAnchors: true });
  expect(design(fresh)).toEqual({ kind: 'fresh' });
  const { name: plain } = await client.studies.create({ source, name: 'plain', title: null });
  expect(design(plain)).toBeUndefined();
  expect(defects).toEqual([]);
});

test('presets are read once, and answered without their files from then on', () => {
  const { lab } = openLab();
  const resources = temporaryFolder();
  cpSync(join(repository, 'resources', 'studies'), join(resources, 'studies'), { recursive: true });
  const tools = { settings: lab.settings, workbench: { ...lab.workbench, resources } };
  const first = presets(tools);
  rmSync(resources, { recursive: true });
  expect(presets(tools)).toEqual(first);
  expect(first).toEqual(presets(lab));
});

test('a study is exported and imported as jobs; the archive can be fetched, and the upload is removed', async () => {
  const test = openLab();
  const { client, lab } = test;
  const study = addSmallStudy(test);
  const { job } = await client.archives.startExport({ study, weights: true });
  expect(await jobEnded(test, job)).toMatchObject({ state: 'done', kind: 'export' });
  const { address, bytes } = await client.archives.exported({ job });
  const found = lab.downloads.find(address ?? '');
  if (!found || !('path' in found.content)) throw new Error('no archive');
  expect(found.size).toBe(bytes);
  const upload = await lab.uploads.take('small.zip', Readable.from([readFileSync(found.content.path)]));
  const { job: second } = await client.archives.startImport({ upload });
  expect(await jobEnded(test, second)).toMatchObject({ state: 'done', link: '/studies/small%202' });
  expect(() => lab.uploads.get(upload)).toThrow('The uploaded file was already removed');
  // Dropped as soon as the job has begun: it ends with the archive all the same.
  const dropped = await lab.uploads.take('small.zip', Readable.from([readFileSync(found.content.path)]));
  const again = startImport(lab, dropped);
  const { path } = lab.uploads.get(dropped);
  lab.uploads.discard(dropped);
  expect(await jobEnded(test, again)).toMatchObject({ state: 'done', link: '/studies/small%203' });
  expect(existsSync(path)).toBe(false);
  const broken = await lab.uploads.take('no.zip', Readable.from([Buffer.from('no')]));
  const { job: third } = await client.archives.startImport({ upload: broken });
  expect(await jobEnded(test, third)).toMatchObject({ state: 'failed', messages: [expect.stringMatching(/zip/)] });
  await expect(client.archives.startImport({ upload: broken })).rejects.toMatchObject({
    data: { code: 'upload.gone' },
  });
});

test('the estimate of the quick study is what it took when it was measured, within a third', () => {
  const { study } = loadStudy('quick', join(repository, 'resources'), []);
  const minutes = (engine: 'tensorflow' | 'wasm'): number =>
    studyCost(study, uncalibrated({ engine, factor: 1, workers: 2 }), []).seconds / 60;
  // tests/bench/results/performance.md, study.
  expect(minutes('tensorflow') / 7.1).toBeGreaterThan(0.67);
  expect(minutes('tensorflow') / 7.1).toBeLessThan(1.33);
  expect(minutes('wasm') / 23.7).toBeGreaterThan(0.67);
  expect(minutes('wasm') / 23.7).toBeLessThan(1.33);
});

test('a damaged sample is refused and leaves nothing', async () => {
  const test = openLab();
  const resources = join(test.dataFolder, 'resources');
  mkdirSync(join(resources, 'samples'), { recursive: true });
  const bytes = readFileSync(samplePath);
  writeFileSync(join(resources, 'samples', 'sample-study.zip'), bytes.subarray(0, bytes.length - 1000));
  const workbench = { ...test.lab.workbench, resources };
  Object.assign(test.lab, { workbench });
  const { job } = await test.client.archives.openSample({});
  expect(await jobEnded(test, job ?? '')).toMatchObject({ state: 'failed' });
  expect((await test.client.studies.list({})).studies).toEqual([]);
});
