import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { safe } from '@orpc/server';
import { expect, test } from 'vitest';
import type { Exhibit } from '../../../main/contract/results/exhibit.ts';
import { isQuantity, quantityAt } from '../../../main/domain/results/exhibits.ts';
import { canonicalJson } from '../../../main/domain/plans/identity.ts';
import { sha256 } from '../../../main/files/blobs.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { Sources, type SourceModel } from '../../../main/services/analysis-input.ts';
import { previewAnswers, readAnswers } from '../../../main/contributions/answers/models/model-answers.ts';
import { listOutsideModels } from '../../../main/contributions/outside/outside-models.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { findStimuli, findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { reportBundle } from '../../../main/reports/bundle.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { pageTables } from '../../../main/exhibits/all.ts';
import type { ReportData } from '../../../main/exhibits/report-data.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { loadResults } from '../../../main/services/results/contributed-results.ts';
import { offered } from '../../calls.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import {
  benchWithSample,
  type Files,
  filesOf,
  jsonOf,
  newBench,
  pack,
  putJson,
  relist,
} from '../archives/archive-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { boundary } from '../../services/study/command-line.ts';
import { asking, tableOf } from '../../services/results/section-tables.ts';

const study = 'sample';
const sets = new WeakMap<Workbench, ReturnType<typeof setOf>>();

function setOf(workbench: Workbench) {
  const set = findStimuli(workbench, findStudy(workbench, study).id);
  if (!set) throw new Error('the sample has stimuli');
  return set;
}

const setIn = (workbench: Workbench) => {
  const set = sets.get(workbench) ?? setOf(workbench);
  sets.set(workbench, set);
  return set;
};

/** A report with what contributions add. */
const reportOf = async (workbench: Workbench) =>
  buildReport(workbench, study, wholeReport, await loadResults(offered.resultModules ?? []));

/** Tables of outside models in a report. */
function tablesOf(data: ReportData): Exhibit[] {
  const view = reportView(data, wholeReport);
  return data.contributed.flatMap((part) => pageTables(view, part));
}

function written(text: string | Uint8Array, name: string) {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return { path, name };
}

/** Two of the sample's own networks, as others would have published them. */
function ownNetworks(workbench: Workbench): SourceModel[] {
  const source = new Sources(workbench.storage).read(findStudy(workbench, study));
  return source?.models.filter(({ outside }) => outside === null).slice(0, 2) ?? [];
}

/** A NumPy array of version 1, in C order. */
function npy(descr: string, shape: readonly number[], data: Uint8Array): Buffer {
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = `${dictionary.padEnd(117)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), data]);
}

/** A CSV of these models' softmax; the numbers of float32 in full. */
function softmaxCsv(workbench: Workbench, models: readonly { name: string; softmax: Float32Array }[]): string {
  const { images, classes } = setIn(workbench);
  const rows = models.flatMap(({ name, softmax }) =>
    images.map(({ id }, at) => [
      name,
      `img_${id}.png`,
      ...softmax.subarray(at * classes.length, (at + 1) * classes.length),
    ]),
  );
  return [['model', 'file', ...classes.map((_, k) => `p${k}`)], ...rows].map((row) => row.join(',')).join('\n');
}

const labelsCsv = (workbench: Workbench, label: (at: number) => string): string =>
  ['image,label', ...setIn(workbench).images.map(({ id }, at) => `${id},${label(at)}`)].join('\n');

const undefinedReasons = ({ rows }: Exhibit): (string | null)[] =>
  rows.flat().flatMap((cell) => (isQuantity(cell) ? [cell.undefined] : []));

test('tables of answers are read whole or refused with what, where and how to mend it', async () => {
  const workbench = await benchWithSample();
  const set = setIn(workbench);
  const read = async (text: string | Uint8Array, change = {}) => {
    const file = written(text, 'answers.csv');
    const { guess } = await previewAnswers(file, set, change);
    return readAnswers(file, guess, set);
  };
  const own = ownNetworks(workbench).map(({ softmax, labels }, at) => ({
    name: `net ${at}`,
    softmax: softmax(),
    labels,
  }));
  const csv = softmaxCsv(workbench, own);
  const whole = await read(csv);
  expect(whole.models.map(({ name }) => name)).toEqual(['net 0', 'net 1']);
  for (const [at, { softmax, labels, confidence }] of whole.models.entries()) {
    expect(softmax).toEqual(own[at]?.softmax);
    expect([...labels]).toEqual([...(own[at]?.labels ?? [])]);
    expect(confidence).toBeNull();
  }
  // The same numbers as an array; and labels alone.
  const [count, k] = [set.images.length, set.classes.length];
  const bytes = Buffer.concat(own.map(({ softmax }) => Buffer.from(softmax.buffer)));
  expect((await read(npy('<f4', [2, count, k], bytes))).models.map(({ softmax }) => softmax)).toEqual(
    own.map(({ softmax }) => softmax),
  );
  const array = await read(
    npy(
      '|u1',
      [count],
      Uint8Array.from({ length: count }, (_, at) => at % k),
    ),
    { name: 'ints' },
  );
  expect(array.models).toMatchObject([{ name: 'ints', softmax: null, confidence: null }]);
  expect([...(array.models[0]?.labels ?? [])].slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  // Unknown images are set aside and named; a confidence beside the label is kept.
  const named = labelsCsv(workbench, (at) => `${set.classes[at % k]},0.5`).replace('label', 'label,confidence');
  const aside = await read(`${named}\n99999,3,0.5\nother.png,3,0.5`);
  expect(aside.unknown).toEqual({ rows: 2, examples: ['99999', 'other.png'] });
  expect(aside.models[0]?.confidence?.[7]).toBe(0.5);
  expect(aside.notes).toEqual(['2 rows of images that the study does not have were set aside.']);

  // People of a table in the layout of model-vs-human are no models.
  const persons = [
    ...labelsCsv(workbench, () => 'na')
      .split('\n')
      .slice(1),
    '',
  ]
    .join(',subject-01\n')
    .trim();
  const mixed = labelsCsv(workbench, () => '3')
    .split('\n')
    .slice(1)
    .join(',resnet\n');
  const layout = await read(`imagename,object_response,subj\n${mixed},resnet\n${persons}`);
  expect(layout.models.map(({ name }) => name)).toEqual(['resnet']);
  expect(layout.notes).toEqual(['165 rows of subject-01 were set aside.']);

  const lines = csv.split('\n');
  const faulty: [text: string | Uint8Array, error: RegExp, change?: object][] = [
    [[...lines, lines[5]].join('\n'), /"net 0" answers twice for image/],
    [lines.slice(0, -2).join('\n'), /"net 1" has no answer for 2 of 165 images/],
    [csv.replace(/^(net 0,img_\d+.png),[^,]*/m, '$1,NaN'), /"NaN", not a finite number/],
    [csv.replace(/^(net 0,img_\d+.png),[^,]*/m, '$1,0.9,'), /more or fewer cells/],
    [csv.replace(/^(net 0,img_\d+.png),[^,]*/m, '$1,0.77'), /add up to 0\.77\d+, not to 1/],
    ['image,label\n', /no answers/],
    ['image,label\n70000,3', /Every image of this table is unknown/],
    [labelsCsv(workbench, (at) => (at === 3 ? 'dog' : '1')), /The label "dog" has no class/],
    ['name,answer\nx,3', /No column is chosen for the image/],
    [npy('<f4', [count, k + 1], Buffer.alloc(count * (k + 1) * 4)), /This array has the shape \(165, 11\)/],
    [npy('<f8', [count, k], Buffer.alloc(count * k * 8, 255)), /A softmax value is NaN/],
    [npy('|O', [count], Buffer.alloc(8)), /not read/],
    [npy('<f4', [count, k], Buffer.alloc(12)), /cut short/],
    [Buffer.from('\x93NUMPY', 'latin1'), /not a NumPy array|cut short|not understood/],
    [Buffer.from([0, 1, 2, 3]), /zero bytes/],
  ];
  for (const [text, error, change] of faulty) await expect(read(text, change), String(error)).rejects.toThrow(error);
  const off = csv.replace(/^(net 0,img_\d+.png),[^,]*/m, '$1,0.77');
  expect((await read(off, { normalise: true })).notes).toEqual(['In 1 row, softmax was divided by its sum.']);
});

const people = { study, labelers: null };
const outside = { ...people, group: { kind: 'outside' as const } };
const unknown = 'Of a model of this group only its labels are known, not its softmax.';

/** A page on the sample with two tables: the softmax of two models, which is added, and labels of another. */
async function withPublished() {
  const bench = await benchWithSample();
  const set = setIn(bench);
  const k = set.classes.length;
  const own = ownNetworks(bench).map(({ softmax }, at) => ({ name: `net ${at}`, softmax: softmax() }));
  const csv = softmaxCsv(bench, own);
  const labels = labelsCsv(bench, (at) => String(at % k));
  bench.storage.close();
  const test = openLab(bench.storage.folder);
  const { lab, client } = test;
  const add = async (text: string, name: string) => {
    const upload = await lab.uploads.take(name, Readable.from([text]));
    const { guess } = await client.outside.previewAnswers({ study, upload, wanted: {} });
    return safe(client.outside.addAnswers({ study, upload, mapping: guess }));
  };
  expect((await add(csv, 'published.csv')).data).toMatchObject({ models: ['net 0', 'net 1'], known: 0 });
  const softmaxOfTypes = async () => tableOf(await client.results.tables(asking('softmax', people)), 'table-4');
  return { ...test, set, csv, labels, add, softmaxOfTypes };
}

/** The same with the labels added. */
async function withLabels() {
  const page = await withPublished();
  expect((await page.add(page.labels, 'labels.csv')).data?.models).toEqual(['labels']);
  return page;
}

test('models of a table are compared as a group of their own', async () => {
  const { client, softmaxOfTypes } = await withPublished();

  // Equal to the same two networks as chosen ones: only the group differs.
  const overview = await client.results.overview({ study });
  expect(overview.outside).toEqual({ models: 2, planned: 2, title: 'Outside models' });
  expect(overview.diverse).toEqual([{ target: 97.5, models: 9, planned: 9 }]);
  const keys = overview.models.slice(0, 2).map(({ key }) => key);
  const chosen = { ...people, group: { kind: 'chosen' as const, models: keys } };
  const [a, b] = [await client.results.images(outside), await client.results.images(chosen)];
  expect(a.rows).toEqual(b.rows);
  expect(overview.models.at(-1)).toMatchObject({ group: 'outside', target: null, accuracy: null, runId: null });
  const table2 = tableOf(await client.results.tables(asking('types', people)), 'table-2');
  expect(table2.rows.map(([head]) => head)).toEqual([97.5, 'Outside models', 'simulated labelers']);
  expect(quantityAt(await softmaxOfTypes(), 1, 'both_agree')?.value).not.toBeNull();
});

test('what needs softmax says so where only labels are known of a model', async () => {
  const { client, set, softmaxOfTypes } = await withLabels();
  const { models } = await client.results.overview({ study });
  const chosen = { ...people, group: { kind: 'chosen' as const, models: models.slice(0, 2).map(({ key }) => key) } };
  const rows = (await client.results.images(outside)).rows;
  expect(rows[0]).toMatchObject({ meanMaxSoftmax: null, predictiveEntropy: null, epistemic: null, divergence: null });
  expect(rows.every(({ votes }) => votes.reduce((sum, n) => sum + n, 0) === 3)).toBe(true);
  const table4 = (await softmaxOfTypes()).rows[1] ?? [];
  expect(table4.flatMap((cell) => (isQuantity(cell) ? (cell.undefined ?? []) : []))).toEqual([
    unknown,
    unknown,
    unknown,
    unknown,
  ]);
  const { figures } = await client.results.tables(asking('softmax', outside));
  for (const { charts, notes } of figures)
    expect([charts, notes.join()]).toEqual([[], expect.stringContaining(unknown)]);
  const certainty = await client.results.tables(asking('certainty', outside));
  for (const { exhibit } of certainty.tables.filter(({ exhibit: { id } }) => id !== 'certainty'))
    expect(undefinedReasons(exhibit).every((why) => why === unknown)).toBe(true);
  expect(undefinedReasons(tableOf(certainty, 'certainty')).slice(0, 5)).toEqual([
    null,
    null,
    unknown,
    unknown,
    unknown,
  ]);
  const isOfNetworks = ({ name }: { name: string }): boolean => name.startsWith('Outside models:');
  const ofNetworks = async (curves: 'softmax' | 'votes') => {
    const [chart] =
      (await client.results.tables({ ...asking('pairs', outside), choice: curves })).figures[0]?.charts ?? [];
    return chart?.kind === 'lines' ? chart.series.filter(isOfNetworks) : null;
  };
  expect(await ofNetworks('softmax')).toEqual([]);
  expect((await ofNetworks('votes'))?.[0]).toMatchObject({ name: 'Outside models: share of votes' });
  const compared = await client.groups.compare({ a: outside, b: chosen });
  expect(compared.tests.find(({ in: unit }) => unit === 'bits')?.undefined).toBe(unknown);
  const image = await client.results.image({ ...people, image: set.images[0]!.id });
  expect(image.groups.map(({ kind }) => kind)).toEqual(['diverse', 'outside']);
  expect(image.predictions.slice(-3).map(({ softmax }) => softmax === null)).toEqual([true, false, false]);
  const bins = { kind: 'softmax', type: 'both_agree', from: 0, to: 40 } as const;
  expect(await client.results.which({ ...outside, which: bins })).toEqual({ images: [] });
});

test('a table is taken completely or not at all, once, and its models can be taken out and brought back', async () => {
  const { client, csv, labels, add, defects } = await withLabels();
  // Another model of a name that is taken.
  const taken = await add(labels.replace(/^(\d+),\d$/m, '$1,9'), 'labels.csv');
  expect(taken.error).toMatchObject({ data: { code: 'outside.name-taken' } });
  const list = () => client.outside.list({ study });
  expect((await list()).models.map(({ name, answers }) => [name, answers])).toEqual([
    ['labels', 'labels'],
    ['net 0', 'softmax'],
    ['net 1', 'softmax'],
  ]);
  expect((await list()).models[0]).toMatchObject({ files: [], identity: expect.stringMatching(/^[0-9a-f]{64}$/) });
  // The same table again changes nothing.
  expect((await add(csv, 'published.csv')).data).toMatchObject({ known: 2 });

  // Taken out and brought back.
  const [first] = (await list()).models;
  await client.outside.remove({ study, ids: [first!.id] });
  expect((await client.results.overview({ study })).outside).toEqual({
    models: 2,
    planned: 2,
    title: 'Outside models',
  });
  expect((await safe(client.outside.remove({ study, ids: [first!.id] }))).error).toMatchObject({
    data: { code: 'outside.not-found' },
  });
  await client.outside.restore({ study, ids: [first!.id] });
  expect((await list()).models).toHaveLength(3);
  expect(defects).toEqual([]);
});

test('a report has a section of outside models, and all other numbers stay', async () => {
  const before = await reportOf(await benchWithSample());
  const { lab, defects } = await withLabels();
  const report = await reportOf(lab.workbench);
  expect(report.analysis).toEqual(before.analysis);
  expect(tablesOf(report)[0]?.rows.map(([name, , answers]) => [name, answers])).toEqual([
    ['labels', 'labels'],
    ['net 0', 'softmax'],
    ['net 1', 'softmax'],
  ]);
  const files = new Map(
    reportBundle(report, wholeReport).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
  );
  expect(files.get('index.html')).toMatch(/id="outside"/);
  expect(files.get('csv/outside-models.csv')).toContain('net 1,Table of answers,softmax,');
  expect(files.get('json/outside-table-4.json')).toContain(unknown);
  expect(defects).toEqual([]);
});

test('outside models come out of an archive as they went in, and a forged one is refused', async () => {
  const from = await benchWithSample();
  const folder = from.storage.folder;
  const own = ownNetworks(from).map(({ softmax }, at) => ({ name: `net ${at}`, softmax: softmax() }));
  const csv = written(softmaxCsv(from, own), 'published.csv');
  const labels = written(
    labelsCsv(from, () => '3'),
    'constant.csv',
  );
  from.storage.close();

  // By the command line, which tells what it did.
  const run = (...words: string[]) => boundary(['--data', folder, 'models', ...words]);
  const columns = `Columns: image=file, model=model, softmax=${Array.from({ length: 10 }, (_, k) => `p${k}`).join()}`;
  expect(await run('add', study, csv.path)).toMatchObject({ code: 0, stdout: `${columns}\nAdded 2 models.\n` });
  expect(await run('add', study, labels.path, '--name', 'always 3')).toMatchObject({ code: 0 });
  expect(await run('remove', study, 'net 1', 'nobody')).toMatchObject({ code: 2 });
  expect(await run('remove', study, 'net 1')).toMatchObject({ code: 0, stdout: 'Removed 1 model.\n' });
  expect((await run('list', study)).stdout).toMatch(
    /^always 3\tTable of answers\taccuracy unknown\tknows labels\t[0-9a-f]{12}\nnet 0\tTable of answers\t.*knows softmax/,
  );

  const [here, there] = [newBench(folder), newBench()];
  const path = join(temporaryFolder(), 'outside.zip');
  await exportArchive(here, { study, path, weights: false, at: 0 });
  const files = filesOf(path);
  expect(jsonOf(files, 'manifest.json').schema).toBe('boundary-workbench/archive/4');
  await importArchive(there, path);
  const stored = (bench: Workbench) => listOutsideModels(bench, study).models.map(({ id: _, ...model }) => model);
  expect(stored(there)).toEqual(stored(here));
  const tables = tablesOf(await reportOf(here));
  expect(tables).not.toEqual([]);
  expect(tablesOf(await reportOf(there))).toEqual(tables);
  const again = join(temporaryFolder(), 'again.zip');
  await exportArchive(there, { study, path: again, weights: false, at: 0 });
  expect(jsonOf(filesOf(again), 'study.json').outside).toEqual(jsonOf(files, 'study.json').outside);

  // Deleted for good: nothing of its outside models is left, unless another study has them.
  await importArchive(there, path);
  const hashes = () => [...there.storage.referencedHashes().all];
  const blob = (jsonOf(files, 'study.json').outside as { predictions: { labels: string }[] }[])[0]!.predictions[0]!
    .labels;
  for (const [name, left] of [
    [study, true],
    [`${study} 2`, false],
  ] as const) {
    there.storage.removals.markStudy(findStudy(there, name).id);
    for (const _ of there.storage.removals.steps());
    expect(hashes().includes(blob)).toBe(left);
  }

  interface Answers {
    labels: string;
    softmax: string | null;
  }
  interface Forged extends Record<string, unknown> {
    spec: object;
    predictions: Answers[];
  }
  const forge = (change: (model: Forged, files: Files) => void): string => {
    const copy = filesOf(path);
    const content = jsonOf(copy, 'study.json');
    change((content.outside as Forged[])[0]!, copy);
    putJson(copy, 'study.json', content);
    relist(copy);
    return pack(copy);
  };
  const forged = [
    forge((model) => (model.identity = 'a'.repeat(64))),
    forge((model) => Object.assign(model.predictions[0]!, { count: 3 })),
    forge((model) => (model.name = 'always 3')),
    // The identity of one table with the answers of another.
    forge((model, all) => {
      const others = (jsonOf(all, 'study.json').outside as Forged[])[1]!;
      model.predictions = others.predictions;
    }),
  ];
  for (const each of forged) await expect(importArchive(there, each)).rejects.toThrow('contradict each other');

  // Answers that no model can give, under an identity of their own.
  const impossible = (of: keyof Answers, content: Buffer): string =>
    forge((model, all) => {
      const hash = sha256(content);
      all[`blobs/${hash}`] = content;
      Object.assign(model.predictions[0]!, { [of]: hash });
      Object.assign(model.spec, { [of]: hash });
      model.identity = sha256(canonicalJson(model.spec));
    });
  const [images, classes] = [listOutsideModels(here, study).images, listOutsideModels(here, study).classes.length];
  const wrong = [
    impossible('labels', Buffer.alloc(2 * images, 255)),
    impossible('labels', Buffer.alloc(2 * images + 2)),
    impossible('softmax', Buffer.from(new Float32Array(images * classes).fill(Number.NaN).buffer)),
    impossible('softmax', Buffer.from(new Float32Array(images * classes).fill(2).buffer)),
  ];
  for (const each of wrong) await expect(importArchive(there, each)).rejects.toThrow('does not hold the answers');
});
