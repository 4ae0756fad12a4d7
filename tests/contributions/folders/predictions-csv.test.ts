import { describe, expect, it } from 'vitest';
import {
  humansToInput,
  predictionsToInput,
  tablesToInput,
} from '../../../main/contributions/folders/tables/analysis-tables.ts';
import { readHumansCsv } from '../../../main/contributions/folders/tables/humans-csv-reader.ts';
import { readPredictionsCsv } from '../../../main/contributions/folders/tables/predictions-csv-reader.ts';
import { fixturePath } from '../../fixtures/fixtures.ts';
import { csvFile, refusal } from '../../files/tables/csv-file.ts';
import { nobody } from '../../../main/analysis/labels/answers.ts';
import { labeling, labelMatrix } from '../../analysis/people.ts';

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

  it('puts the labels of people in the order of the predictions; an image without a row is unlabeled', async () => {
    const humans = '1,0,1,0.5,Bo,1\n0,0,1,0,Bo,2\n5,1,2,1,Bo,0\n1,0,1,0.5,Al,2\n0,0,1,0,Al,0\n5,1,2,1,Al,1\n';
    const predictions = [header, '5,A,CNN,98,,,0,1,0,0', '1,A,CNN,98,,,1,0,1,0', '7,A,CNN,98,,,2,0,0,1', ''].join('\n');
    const { input, warnings } = await both(humans, predictions);
    expect(input.images).toMatchObject([
      { id: 5, pairI: 1, pairJ: 2, alpha: 1 },
      { id: 1, pairI: 0, pairJ: 1, alpha: 0.5 },
      { id: 7, pairI: null, pairJ: null, alpha: null },
    ]);
    expect(input.people).toMatchObject({
      kind: 'single',
      labelers: ['Bo', 'Al'],
      labels: { raters: 2, images: 3, values: Int16Array.of(0, 1, -1, 1, 2, -1) },
    });
    expect(input.modelLabels).toEqual(Int16Array.of(0, 1, 2));
    expect(warnings).toMatchObject([
      { code: 'humans.image-without-row', message: expect.stringMatching(/^1 image without a row in .*, such as 7: /) },
    ]);
  });

  it('refuses an image that people do not have and only some models have', async () => {
    // B is no group of its own without image 9, so only A is analyzed.
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
        message: expect.stringContaining('In 2 rows, '),
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

describe('what the analysis takes', () => {
  it('from predictions alone, and from people alone', async () => {
    const table = await read(text);
    const unpaired = { pairI: null, pairJ: null, alpha: null };
    expect(predictionsToInput(table)).toEqual({
      images: [0, 1].map((id) => ({ id, ...unpaired })),
      classes: 3,
      people: nobody(2, 3),
      models: table.models,
      modelLabels: table.labels,
      softmax: table.softmax,
    });
    const people = 'image,pair_i,pair_j,alpha,labeler,label\n4,0,2,0.5,H,1\n';
    expect(humansToInput(await readHumansCsv(csvFile(people)))).toEqual({
      images: [{ id: 4, pairI: 0, pairJ: 2, alpha: 0.5 }],
      classes: 3,
      people: labeling(['H'], { ...labelMatrix([[1]], 3), unanswered: Uint8Array.of(0) }),
      models: [],
      modelLabels: new Int16Array(0),
      softmax: new Float64Array(0),
    });
  });

  it('from both, with the first image that people do not have', async () => {
    const people = csvFile('image,pair_i,pair_j,alpha,labeler,label\n0,0,1,0,H,1\n', 'humans.csv');
    const humans = await readHumansCsv(people);
    const rowsOf = (model: string, ids: number[]): string[] => ids.map((id) => `${id},${model},CNN,98,,,0,1,0,0`);
    const both = async (...lines: string[]) => tablesToInput(humans, await read([header, ...lines].join('\n')));
    expect((await both(...rowsOf('A', [0]))).warnings).toEqual([]);
    expect((await both(...rowsOf('A', [0, 7, 8]), ...rowsOf('B', [0, 7, 8]))).warnings).toEqual([
      {
        code: 'humans.image-without-row',
        message: `2 images without a row in ${people}, such as 7: counted as unlabeled`,
        where: expect.stringMatching(/predictions\.csv, row 3$/),
      },
    ]);
    await expect(both(...rowsOf('A', [0, 7, 8]), '0,B,CNN,97,,,0,1,0,0', '7,B,CNN,97,,,0,1,0,0')).rejects.toMatchObject(
      {
        message: `There is no image 8 in ${people}, and not every model has it`,
        where: expect.stringMatching(/predictions\.csv, row 4$/),
      },
    );
  });
});

describe('models and images of a predictions.csv', () => {
  it('come in any order, many of them', async () => {
    const ids = Array.from({ length: 150 }, (_, k) => 1000 - 2 * k);
    const p = (id: number, model: number): number[] => {
      const first = ((id * 7 + model * 13) % 50) / 100;
      return [first, 1 - first, 0];
    };
    const lines = [0, 1, 2].flatMap((model) =>
      (model === 1 ? ids.toReversed() : ids).map(
        (id) => `${id},M${model},CNN,98,,,1,${p(id, model).map(String).join()}`,
      ),
    );
    const table = await read([header, ...lines].join('\n'));
    expect(table.images).toEqual(ids.map((id, k) => ({ id, row: k + 2, everywhere: true })));
    expect(table.models.map(({ name }) => name)).toEqual(['M0', 'M1', 'M2']);
    expect([...table.softmax]).toEqual([0, 1, 2].flatMap((model) => ids.flatMap((id) => p(id, model))));
    expect([...table.labels]).toEqual(new Array(450).fill(1));
    expect(table.warnings).toEqual([]);
  });

  it('of rejected groups are named with their rows; the rest keeps its values', async () => {
    const lines = [
      ...rows,
      '0,C,CNN,90,,,0,1,0,0',
      '1,D,CNN,97.5,2,7,0,1,0,0',
      '0,D,CNN,97.5,2,7,0,1,0,0',
      '0,D,CNN,97.5,2,7,1,0,1,0',
      '1,D,CNN,97.5,2,7,1,0,1,0',
    ];
    const table = await read([header, ...lines].join('\n'));
    const rejected = (why: string, row: number) => ({
      code: 'predictions.group-rejected',
      message: `A group is left out, because it is not complete: ${why}`,
      where: `${table.path}, row ${row}`,
    });
    expect(table.warnings).toEqual([
      rejected('diverse group at 90 %: model C has no row for image 1', 8),
      rejected('seed group CNN at 97.5 %, repeat 2: model D has a second row for image 0', 11),
    ]);
    expect(table.images).toEqual([
      { id: 0, row: 2, everywhere: true },
      { id: 1, row: 3, everywhere: false },
    ]);
    const whole = await read(text);
    for (const part of ['models', 'labels', 'softmax'] as const) expect(table[part]).toEqual(whole[part]);
  });

  it('have one architecture and seed in a group', async () => {
    for (const row of ['1,S,CNN,97.5,1,8,0,1,0,0', '1,A,ViT,98,,,0,1,0,0', '1,A,CNN,98,,3,0,1,0,0']) {
      const { what } = await refusal(read(`${text}${row}\n`));
      expect(what).toMatch(/^Model "[SA]" has a different architecture or seed in row [26]$/);
    }
    const { models } = await read(`${text}0,S,CNN,97.5,2,9,0,1,0,0\n1,S,CNN,97.5,2,9,0,1,0,0\n`);
    expect(models.at(-1)).toEqual({ name: 'S', architecture: 'CNN', target: 97.5, repeat: 2, seed: 9 });
  });

  it.each([
    ['0', '0', null],
    ['4294967295', '4294967295', null],
    [' ', ' ', null],
    ['4294967296', '0', 'repeat is 4294967296, out of range'],
    ['0', '4294967296', 'seed is 4294967296, out of range'],
    ['-1', '0', 'repeat is "-1", a negative number'],
    ['0', '-1', 'seed is "-1", a negative number'],
  ])('have repeat %j and seed %j', async (repeat, seed, refused) => {
    const table = read(`${header}\n0,A,CNN,98,${repeat},${seed},0,1,0,0\n`);
    if (refused) expect((await refusal(table)).what).toBe(refused);
    else expect((await table).models).toMatchObject([{ repeat: repeat === ' ' ? null : Number(repeat) }]);
  });

  it('have targets from 0 to 100', async () => {
    for (const target of ['0', '100', '0.5']) {
      expect((await read(`${header}\n0,A,CNN,${target},,,0,1,0,0\n`)).models[0]?.target).toBe(Number(target));
    }
    for (const target of ['100.01', '-0.01']) {
      const error = await refusal(read(`${header}\n0,A,CNN,${target},,,0,1,0,0\n`));
      expect(error).toMatchObject({ code: 'csv.out-of-range', where: 'predictions.csv, row 2' });
    }
  });
});

describe('softmax values', () => {
  const columns = (classes: number): string =>
    [header.replace(/,p0.*/, ''), ...Array.from({ length: classes }, (_, k) => `p${k}`)].join();
  const one = (classes: number): string => `${columns(classes)}\n0,A,CNN,98,,,0,1${',0'.repeat(classes - 1)}\n`;

  it('are of 2 to 1000 classes', async () => {
    for (const classes of [2, 3, 1000]) expect((await read(one(classes))).classes).toBe(classes);
    for (const classes of [1, 1001]) {
      expect(await refusal(read(one(classes)))).toEqual({
        code: 'predictions.classes',
        what: `There are ${classes} columns of softmax values`,
        where: 'predictions.csv, row 1',
        remedy: 'Name one column a class, p0, p1, ...: 2 to 1000.',
      });
    }
  });

  it('may sum to 1e-4 less or more than 1, with the rounding of the sum', async () => {
    const outcome = (p0: string, p1 = '0') =>
      read(`${header}\n0,A,CNN,98,,,0,${p0},${p1},0\n`).then(
        () => 'read',
        (error: Error) => error.message,
      );
    expect(await outcome('0.9998999999995')).toBe('read');
    expect(await outcome('0.9998999999985')).toBe('The softmax values sum to 0.9999, not to 1');
    expect(await outcome('1', '0.0001000000005')).toBe('read');
    expect(await outcome('1', '0.0001000000015')).toBe('The softmax values sum to 1.0001, not to 1');
    expect(await outcome('0.5', '0.25')).toBe('The softmax values sum to 0.75, not to 1');
  });

  it('of 2^27 cells fit, and no more', async () => {
    const row = (model: number, image: number): string => `${image},M${model},CNN,98,,,0,1${',0'.repeat(511)}`;
    const models = Array.from({ length: 512 }, (_, model) => row(model, 0));
    const images = Array.from({ length: 511 }, (_, image) => row(0, image + 1));
    const table = (...more: string[]) => refusal(read([columns(512), ...models, ...images, ...more].join('\n')));
    expect((await table()).code).toBe('predictions.no-complete-group');
    expect(await table(row(0, 512))).toMatchObject({ code: 'csv.too-large', where: 'predictions.csv, row 1025' });
  });

  it('of equal size make the lowest class the largest', async () => {
    const warnings = async (label: number, values: string) =>
      (await read(`${header}\n0,A,CNN,98,,,${label},${values}\n`)).warnings.length;
    expect(await warnings(0, '0.5,0.5,0')).toBe(0);
    expect(await warnings(1, '0.5,0.5,0')).toBe(1);
    expect(await warnings(1, '0,0.5,0.5')).toBe(0);
    expect(await warnings(2, '0,0.5,0.5')).toBe(1);
    expect(await warnings(2, '0.3,0.3,0.4')).toBe(0);
  });
});
