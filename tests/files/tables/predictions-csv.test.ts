import { describe, expect, it } from 'vitest';
import { tablesToInput } from '../../../main/files/tables/analysis-tables.ts';
import { readHumansCsv } from '../../../main/files/tables/humans-csv.ts';
import { readPredictionsCsv } from '../../../main/files/tables/predictions-csv.ts';
import { fixturePath } from '../../fixtures/fixtures.ts';
import { csvFile, refusal } from './csv-file.ts';

const header = 'image,model,architecture,target_accuracy,repeat,seed,label,p0,p1,p2';
const rows = [
  '0,A,CNN,98,,,0,0.5,0.3,0.2',
  '1,A,CNN,98,,,2,0.1,0.1,0.8',
  '0,B,ViT,98.0,,,1,0.2,0.6,0.2',
  '1,B,ViT,98,,,2,0,0,1',
  '1,S,CNN,97.5,1,7,0,1,0,0',
  '0,S,CNN,97.5,1,7,0,1e0,0.,.0',
];
const text = [header, ...rows, ''].join('\n');
const read = (content: string) => readPredictionsCsv(csvFile(content, 'predictions.csv'));

describe('tablesToInput', () => {
  const people = 'image,pair_i,pair_j,alpha,labeler,label\n';
  const both = async (humans: string, predictions: string) =>
    tablesToInput(await readHumansCsv(csvFile(people + humans, 'humans.csv')), await read(predictions));

  it('puts the labels of people in the order of the predictions; an image without a row is unlabelled', async () => {
    const humans = '1,0,1,0.5,Bo,1\n0,0,1,0,Bo,2\n5,1,2,1,Bo,0\n1,0,1,0.5,Al,2\n0,0,1,0,Al,0\n5,1,2,1,Al,1\n';
    const predictions = [header, '5,A,CNN,98,,,0,1,0,0', '1,A,CNN,98,,,1,0,1,0', '7,A,CNN,98,,,2,0,0,1', ''].join('\n');
    const { input, warnings } = await both(humans, predictions);
    expect(input.images).toMatchObject([
      { id: 5, pairI: 1, pairJ: 2, alpha: 1 },
      { id: 1, pairI: 0, pairJ: 1, alpha: 0.5 },
      { id: 7, pairI: null, pairJ: null, alpha: null },
    ]);
    expect(input.labelers).toEqual(['Bo', 'Al']);
    expect(input.humanLabels).toEqual(Int16Array.of(0, 1, -1, 1, 2, -1));
    expect(input.modelLabels).toEqual(Int16Array.of(0, 1, 2));
    expect(warnings).toMatchObject([
      { code: 'humans.image-without-row', message: expect.stringMatching(/^1 image\(s\), such as 7, have no row in /) },
    ]);
  });

  it('refuses an image that people do not have and only some models have', async () => {
    // B is no group of its own without image 9, so only A is analysed.
    const predictions = [header, '0,A,CNN,98,,,0,1,0,0', '9,A,CNN,98,,,0,1,0,0', '0,B,CNN,97,,,0,1,0,0', ''].join('\n');
    await expect(both('0,0,1,0,Al,0\n', predictions)).rejects.toMatchObject({
      code: 'predictions.unknown-image',
    });
  });
});

describe('numbers of a row', () => {
  const row = (change: string): string => `${text}${change}\n`;

  it.each([
    ['seeds up to 2^32 - 1', '0,S,CNN,97.5,0,4294967295,0,1,0,0', null],
    ['a larger seed', '0,T,CNN,97.5,1,4294967296,0,1,0,0', /seed is 4294967296, out of range/],
    ['a target of 0', '0,T,CNN,0,2,1,0,1,0,0', null],
    ['a target of 100', '0,T,CNN,100,2,1,0,1,0,0', null],
    ['a target above 100', '0,T,CNN,100.1,2,1,0,1,0,0', /target_accuracy is 100.1, out of range/],
    ['a probability above 1', '0,T,CNN,99,2,1,0,1.01,0,0', /p0 is 1.01, out of range/],
    ['a negative probability', '0,T,CNN,99,2,1,0,1,-0.01,0', /p1 is -0.01, out of range/],
    ['a sum that is not 1', '0,T,CNN,99,2,1,0,0.9,0.0123456789,0', /The softmax values sum to 0.9123457, not to 1/],
  ])('%s', async (_, line, refused) => {
    const outcome = await read(row(line)).then(
      () => null,
      (error: Error) => error.message,
    );
    if (refused) expect(outcome).toMatch(refused);
    else if (outcome !== null) expect(outcome).not.toMatch(/out of range|sum/);
  });
});

describe('readPredictionsCsv', () => {
  it('reads models, labels and softmax; K comes from the columns', async () => {
    expect(await read(text)).toMatchObject({
      classes: 3,
      images: [
        { id: 0, row: 2, everywhere: true },
        { id: 1, row: 3, everywhere: true },
      ],
      models: [
        { name: 'A', architecture: 'CNN', target: 98, repeat: null, seed: null },
        { name: 'B', architecture: 'ViT', target: 98, repeat: null, seed: null },
        { name: 'S', architecture: 'CNN', target: 97.5, repeat: 1, seed: 7 },
      ],
      labels: Int16Array.of(0, 2, 1, 2, 0, 0),
      softmax: Float64Array.of(0.5, 0.3, 0.2, 0.1, 0.1, 0.8, 0.2, 0.6, 0.2, 0, 0, 1, 1, 0, 0, 1, 0, 0),
      warnings: [],
    });
  });

  it('reads what Excel makes of it', async () => {
    const { path: _, ...expected } = await read(text);
    const excel = `\uFEFF${text.replaceAll(',', ';').replaceAll('.', ',').replaceAll('\n', '\r\n')}`;
    expect(await read(excel)).toMatchObject(expected);
  });

  it('knows a model by its name within its group', async () => {
    const { models } = await read(`${text}0,A,CNN,97,,,0,1,0,0\n1,A,CNN,97,,,0,1,0,0\n`);
    expect(models.filter(({ name }) => name === 'A').map(({ target }) => target)).toEqual([98, 97]);
  });

  it('reads the fixtures', async () => {
    const { models, images, classes, warnings } = await readPredictionsCsv(
      fixturePath('shared-fixture-2', 'predictions.csv'),
    );
    expect([models.length, images.length, classes, warnings.length]).toEqual([612, 12, 10, 0]);
  });

  it('warns once of labels that are not the argmax, the lowest in a tie, and keeps them', async () => {
    const tied = text
      .replace('0,A,CNN,98,,,0,0.5,0.3,0.2', '0,A,CNN,98,,,1,0.4,0.4,0.2')
      .replace('98,,,2,0,0,1', '98,,,0,0,0,1');
    const { labels, warnings } = await read(tied);
    expect([...labels.subarray(0, 4)]).toEqual([1, 2, 1, 0]);
    expect(warnings).toMatchObject([
      {
        code: 'predictions.not-argmax',
        message: expect.stringContaining('In 2 row(s)'),
        where: expect.stringMatching(/row 2$/),
      },
    ]);
  });
});

describe('readPredictionsCsv leaves a group out, with a warning,', () => {
  it('when a model lacks a row for an image', async () => {
    const { models, warnings, images } = await read(text.replace(`${rows[3]}\n`, ''));
    expect(models.map(({ name }) => name)).toEqual(['S']);
    expect(images.map(({ everywhere }) => everywhere)).toEqual([true, false]);
    expect(warnings).toMatchObject([
      {
        code: 'predictions.group-rejected',
        message:
          'A group is left out, because it is not complete: diverse group at 98 %: model B has no row for image 1',
      },
    ]);
  });

  it('when a model has an image twice', async () => {
    const { models, warnings, labels } = await read(`${text}0,S,CNN,97.5,1,7,2,0,0,1\n`);
    expect(models.map(({ name }) => name)).toEqual(['A', 'B']);
    expect([...labels]).toEqual([0, 2, 1, 2]);
    expect(warnings).toMatchObject([
      {
        code: 'predictions.group-rejected',
        message: expect.stringContaining('seed group CNN at 97.5 %, repeat 1: model S has a second row for image 0'),
        where: expect.stringMatching(/predictions\.csv, row 8$/),
      },
    ]);
  });

  it('and refuses the file when none is left', async () => {
    const error = await refusal(read(`${text}9,S,CNN,97.5,1,7,0,1,0,0\n0,S,CNN,97.5,1,7,2,0,0,1\n`));
    expect(error).toMatchObject({
      code: 'predictions.no-complete-group',
      what: 'No group is complete: diverse group at 98 %: model A has no row for image 9',
      where: 'predictions.csv, row 2',
    });
  });
});

describe('readPredictionsCsv refuses, naming file, row and remedy:', () => {
  const withRow = (row: string): string => `${text}${row}\n`;
  it.each([
    ['missing columns', text.replace('repeat', 'again'), 'csv.missing-columns', 1],
    ['a gap in the softmax columns', text.replace('p1', 'p9'), 'csv.missing-columns', 1],
    ['no softmax columns', text.replace('p0,p1,p2', 'a,b,c'), 'predictions.classes', 1],
    ['a label beyond K', withRow('2,A,CNN,98,,,3,1,0,0'), 'predictions.label-out-of-range', 8],
    ['a blank label', withRow('2,A,CNN,98,,,,1,0,0'), 'csv.not-a-number', 8],
    ['softmax that sums to less than 1', withRow('2,A,CNN,98,,,0,0.9998,0,0'), 'predictions.softmax-sum', 8],
    ['softmax that sums to more than 1', withRow('2,A,CNN,98,,,0,1,0.0002,0'), 'predictions.softmax-sum', 8],
    ['logits', withRow('2,A,CNN,98,,,0,7.5,-3.2,0.1'), 'csv.out-of-range', 8],
    ['softmax NaN', withRow('2,A,CNN,98,,,0,NaN,0,1'), 'csv.not-a-number', 8],
    ['softmax 1e999', withRow('2,A,CNN,98,,,0,1e999,0,0'), 'csv.not-a-number', 8],
    ['softmax -Infinity', withRow('2,A,CNN,98,,,0,-Infinity,0,1'), 'csv.not-a-number', 8],
    ['a blank softmax value', withRow('2,A,CNN,98,,,0,1,,0'), 'csv.not-a-number', 8],
    ['a negative id', withRow('-1,A,CNN,98,,,0,1,0,0'), 'csv.out-of-range', 8],
    ['a blank model', withRow('2,,CNN,98,,,0,1,0,0'), 'csv.bad-name', 8],
    ['a blank target', withRow('2,A,CNN,,,,0,1,0,0'), 'csv.not-a-number', 8],
    ['a target beyond 100 %', withRow('2,A,CNN,101,,,0,1,0,0'), 'csv.out-of-range', 8],
    ['a repeat that is no number', withRow('2,T,CNN,98,first,,0,1,0,0'), 'csv.not-a-number', 8],
    ['another architecture of a model', withRow('2,A,MLP,98,,,0,1,0,0'), 'predictions.inconsistent-model', 8],
    ['another seed of a model', withRow('2,S,CNN,97.5,1,8,0,1,0,0'), 'predictions.inconsistent-model', 8],
    ['no rows', header, 'csv.no-rows', null],
  ])('%s', async (_, content, code, row) => {
    const { where, remedy, ...error } = await refusal(read(content));
    expect(error.code).toBe(code);
    expect(where).toBe(row === null ? 'predictions.csv' : `predictions.csv, row ${row}`);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('takes a sum that is off by 1e-4, not more', async () => {
    const off = (p: string): string => text.replace('1,0,0\n', `${p},0,0\n`);
    expect((await read(off('0.9999'))).models).toHaveLength(3);
    expect((await refusal(read(off('0.99989')))).code).toBe('predictions.softmax-sum');
  });

  it('more softmax values than fit, before they are held', async () => {
    const classes = 1000;
    const columns = Array.from({ length: classes }, (_, k) => `p${k}`);
    const row = (model: number, image: number): string => `${image},M${model},CNN,98,,,0,1${',0'.repeat(classes - 1)}`;
    const models = Array.from({ length: 200 }, (_, model) => row(model, 0));
    const images = Array.from({ length: 700 }, (_, image) => row(0, image + 1));
    const wide = [`${header.replace(/,p0.*/, '')},${columns.join()}`, ...models, ...images].join('\n');
    expect(await refusal(read(wide))).toMatchObject({
      code: 'csv.too-large',
      what: expect.stringContaining('672 images times 200 models times 1000 classes'),
    });
  });
});
