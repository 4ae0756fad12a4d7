import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SourceOf } from '../../../main/domain/data/data-sources.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { gatherTables, inspectToolbox } from '../../../main/contributions/answers/toolbox/answers.ts';
import { modelsMapping, peopleMapping } from '../../../main/contributions/answers/toolbox/mappings.ts';
import type { DataSetRecord } from '../../../main/contract/api/data-sets.ts';
import { hash } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { categories, writeToolboxFolder } from './toolbox-folder.ts';

/** A category that only a model named is a class, too. */
const folders = [...categories, 'oven'];

/** The small folder of model-vs-human, maybe changed, and what it says of its twelve images. */
function setUp() {
  const root = temporaryFolder();
  writeToolboxFolder(root);
  const path = join(root, 'datasets', 'colour');
  const tables = join(root, 'raw-data', 'colour');
  const files = readdirSync(join(path, 'dnn', 'session-1')).sort();
  const source: SourceOf<'folder'> = {
    source: 'folder',
    name: 'colour',
    path,
    layout: 'model-vs-human',
    channels: 3,
    width: 16,
    height: 16,
    resize: 'fit',
    background: '#000000',
    split: { testShare: 0.2, seed: 1 },
    folders,
    classes: null,
  };
  const record: DataSetRecord = {
    hash: hash(1),
    name: 'colour',
    width: 16,
    height: 16,
    channels: 3,
    trainCount: 0,
    testCount: 12,
    source,
    classes: ['Bear', 'Boat', 'Cat', 'Oven'],
    mean: [0.5, 0.5, 0.5],
    std: [0.2, 0.2, 0.2],
  };
  const blobs = new BlobStore(join(root, 'blobs'));
  const add = (table: string, ...rows: string[]) =>
    appendFileSync(join(tables, `colour_${table}.csv`), `${rows.join('\n')}\n`);
  return {
    path,
    tables,
    files,
    source,
    record,
    blobs,
    add,
    inspect: (people: string[] | null = null, of = files) =>
      inspectToolbox({ path, record, source, files: of }, people, blobs),
  };
}

const row = (name: string, answer: string, image: string, condition = 'cr') =>
  [name, 1, 1, 'NaN', answer, 'bear', condition, image].join(',');

test('tables beside images say who answers, how much and how well, and in which conditions', async () => {
  const { inspect, tables, blobs } = setUp();
  const found = await inspect();
  const people = { isPerson: true, leftOut: null };
  expect(found).toEqual({
    path: tables,
    table: found.table,
    tables: 4,
    rows: 46,
    problem: null,
    unanswered: 0,
    answerers: [
      { name: 'subject-01', ...people, answers: 11, none: 1, right: 100 },
      // Of twelve images six are `bw`, of which only cats are called cats.
      { name: 'subject-02', ...people, answers: 12, none: 0, right: expect.closeTo(200 / 3, 9) },
      // Boats are ovens.
      { name: 'resnet50', isPerson: false, leftOut: null, answers: 12, none: 0, right: expect.closeTo(200 / 3, 9) },
      { name: 'vgg16', isPerson: false, leftOut: 'it has no answer for 2 images', answers: 10, none: 0, right: 100 },
    ],
    others: { count: 1, examples: ['accuracies.csv'] },
    conditions: [
      { name: 'cr', rows: 23 },
      { name: 'bw', rows: 23 },
    ],
    unknownImages: { count: 0, names: [] },
  });
  const lines = blobs.get(found.table).toString().trimEnd().split('\n');
  expect(lines).toHaveLength(47);
  expect(lines[0]).toMatch(/^subj,session,trial,rt,object_response,category,condition,imagename/);
  expect(lines.filter((line) => line.includes(',na,'))).toHaveLength(1);
});

test('a model that answers an image twice is left out, people are not; images that are not there are named', async () => {
  const { inspect, add, files } = setUp();
  const unknown = Array.from({ length: 25 }, (_, n) => `0001_cl_dnn_cr_bear_99_x${n}.png`);
  add(
    'resnet50_session-1',
    row('resnet50', 'bear', files[0] ?? ''),
    ...unknown.map((image) => row('resnet50', 'bear', image)),
  );
  add('subject-02_session_1', row('subject-02', 'bear', files[0] ?? '', 'new'));
  const found = await inspect();
  expect(found.answerers.map(({ name, leftOut }) => [name, leftOut])).toEqual([
    ['subject-01', null],
    ['subject-02', null],
    ['resnet50', 'it answers an image twice'],
    ['vgg16', 'it has no answer for 2 images'],
  ]);
  expect(found.unknownImages).toEqual({ count: 25, names: unknown.slice(0, 20) });
  expect(found.conditions.map(({ name }) => name)).toEqual(['cr', 'bw', 'new']);
  expect(found.rows).toBe(46 + 26 + 1);
  // Who answers an image twice cannot be imported as a person.
  expect(found.problem).toMatchObject({ what: expect.stringContaining('subject-02') });
});

test('who is a person is what its user says, else the toolbox’s rule, else everybody', async () => {
  const { inspect, tables } = setUp();
  const isPerson = async (people: string[] | null) =>
    Object.fromEntries((await inspect(people)).answerers.map((each) => [each.name, each.isPerson]));
  expect(await isPerson(['vgg16', 'subject-01'])).toEqual({
    'subject-01': true,
    'subject-02': false,
    resnet50: false,
    vgg16: true,
  });
  for (const name of ['subject-01', 'subject-02'])
    writeFileSync(join(tables, `colour_${name}_session_1.csv`), 'model,accuracy\n');
  expect(await isPerson(null)).toEqual({ resnet50: true, vgg16: true });
});

test('images that nobody answers are counted; answers about other images, or of no class, are a problem', async () => {
  const { inspect, files, add } = setUp();
  const more = [...files, '0099_cl_dnn_cr_bear_40_n07_7.png', '0100_cl_dnn_cr_cat_40_n07_8.png'];
  const found = await inspect(null, more);
  expect(found.unanswered).toBe(2);
  expect(found.answerers.map(({ leftOut }) => leftOut)).toEqual([
    ...[null, null, 'it has no answer for 2 images', 'it has no answer for 4 images'],
  ]);
  expect(found.problem).toBeNull();
  const others = await inspect(null, ['0001_cl_dnn_cr_bear_99_n9.png']);
  expect(others.problem?.what).toMatch(/^No answer is about an image of this folder; the tables have images such as “/);
  expect(others.answerers.map(({ answers, right }) => [answers, right])).toEqual(
    Array.from({ length: 4 }, () => [0, null]),
  );
  add('resnet50_session-1', row('alexnet', 'fox', files[0] ?? ''));
  add('resnet50_session-1', ...files.slice(1).map((file) => row('alexnet', 'cat', file)));
  expect((await inspect()).problem?.what).toBe('The label "fox" has no class');
  const empty = temporaryFolder();
  await expect(gatherTables(empty, new BlobStore(join(empty, 'blobs')))).rejects.toThrow();
});

test('more than a thousand people and models, and more than a hundred conditions, are too many', async () => {
  const { inspect, add, files } = setUp();
  // With the four that are there.
  const some = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => row(`m${from + n}`, 'bear', files[0] ?? '', `c${from + n}`));
  add('resnet50_session-1', ...some(0, 996));
  const found = await inspect();
  expect(found.answerers).toHaveLength(1000);
  expect(found.conditions).toHaveLength(100);
  expect(found.conditions.reduce((sum, { rows }) => sum + rows, 0)).toBe(46 + 98);
  add('resnet50_session-1', ...some(996, 997));
  await expect(inspect()).rejects.toThrow('more than 1,000 people and models');
});

test('answers are read as the classes of their categories, whatever the study calls these', () => {
  const { source, record } = setUp();
  const classes = { bear: 0, boat: 1, cat: 2, oven: 3 };
  expect(peopleMapping(source, record.classes, ['x'])).toMatchObject({
    kind: 'abstain',
    image: 'imagename',
    labeler: 'subj',
    label: 'object_response',
    aside: ['x'],
    words: { ...classes, na: null },
  });
  expect(modelsMapping(source, record.classes, ['y'])).toEqual({
    image: 'imagename',
    model: 'subj',
    name: 'model',
    aside: ['y'],
    label: 'object_response',
    classes,
    confidence: null,
    softmax: null,
    normalise: false,
  });
  expect(modelsMapping({ ...source, folders: null }, ['a', 'b'], []).classes).toEqual({ a: 0, b: 1 });
});
