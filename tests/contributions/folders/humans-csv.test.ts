import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHumansCsv } from '../../../main/contributions/folders/tables/humans-csv-reader.ts';
import { writeHumansCsv } from '../../../main/contributions/answers/tables/humans-csv.ts';
import { fixturePath } from '../../fixtures/fixtures.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { csvFile, refusal } from '../../files/tables/csv-file.ts';
import { labelMatrix } from '../../analysis/people.ts';

const header = 'image,pair_i,pair_j,alpha,labeler,label';
const rows = ['0,0,1,0.0,H1,0', '0,0,1,0.0,H2,1', '1,0,1,0.5,H1,', '1,0,1,0.5,H2,1'];
const text = [header, ...rows, ''].join('\n');

describe('readHumansCsv', () => {
  it('reads images, labelers and labels; blank cells are missing', async () => {
    const path = csvFile(text, 'humans.csv');
    expect(await readHumansCsv(path)).toEqual({
      path,
      classes: 2,
      images: [
        { id: 0, pairI: 0, pairJ: 1, alpha: 0 },
        { id: 1, pairI: 0, pairJ: 1, alpha: 0.5 },
      ],
      labelers: ['H1', 'H2'],
      labels: {
        ...labelMatrix(
          [
            [0, null],
            [1, 1],
          ],
          2,
        ),
        unanswered: Uint8Array.of(0, 1, 0, 0),
      },
      simulated: false,
    });
  });

  it('refuses a table with a new labeler in every row when it gets too large', async () => {
    const labels = Array.from({ length: 10_001 }, (_, index) => `0,0,1,0,H${index},0`);
    const error = await refusal(readHumansCsv(csvFile([header, ...labels].join('\n'), 'humans.csv')));
    expect(error).toMatchObject({ code: 'csv.too-large', where: 'humans.csv, row 10002' });
  });

  it('takes an absent row as a missing label', async () => {
    const all = await readHumansCsv(csvFile(text));
    const without = await readHumansCsv(csvFile(text.replace('1,0,1,0.5,H1,\n', '')));
    expect(without.labels.values).toEqual(all.labels.values);
    // But the image was not shown.
    expect(without.labels.unanswered).toEqual(Uint8Array.of(0, 0, 0, 0));
  });

  it.each([
    ['byte order mark', `\uFEFF${text}`],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['CR', text.replaceAll('\n', '\r')],
    ['mixed line ends', text.replace('\n', '\r\n')],
    ['no line end at the end', text.trimEnd()],
    ['empty lines', text.replaceAll('\n', '\n\n')],
    ['quoted cells', text.replaceAll(/[^,\n]+/g, '"$&"')],
    ['semicolons', text.replaceAll(',', ';')],
    ['semicolons and decimal commas', text.replaceAll(',', ';').replaceAll('.', ',')],
    ['tabs', text.replaceAll(',', '\t')],
    ['all of Excel', `\uFEFF${text.replaceAll(',', ';').replaceAll('.', ',').replaceAll('\n', '\r\n')}`],
    ['whole numbers with a decimal, as pandas writes them', text.replaceAll(/(?<=H\d,)\d/g, '$&.0')],
    ['blanks around column names', text.replace(header, header.replaceAll(',', ' , '))],
    [
      'other columns, in another order',
      [
        'note,label,labeler,alpha,pair_j,pair_i,image',
        ...rows.map((row) => `"a, b",${row.split(',').reverse().join()}`),
      ].join('\n'),
    ],
  ])('reads the same with %s', async (_, content) => {
    const { path: _path, ...expected } = await readHumansCsv(csvFile(text));
    expect(await readHumansCsv(csvFile(content))).toMatchObject(expected);
  });

  it('takes alphas that programs rounded differently as the same alpha, and keeps the first', async () => {
    const rounded = `${text}1,0,1,0.5000001,H3,0\n`;
    expect((await readHumansCsv(csvFile(rounded))).images).toMatchObject([{ alpha: 0 }, { alpha: 0.5 }]);
  });

  it('keeps names as they are, quotes, delimiters and all', async () => {
    const path = csvFile(`${header}\n0,0,1,0,"Ann ""A"", ü 😀",0\n0,0,1,0,__proto__,0\n`);
    expect((await readHumansCsv(path)).labelers).toEqual(['Ann "A", ü 😀', '__proto__']);
  });

  it('knows simulated labelers by their mark', async () => {
    const marked = (mark: string): string =>
      text.replaceAll('\n', `,${mark}\n`).replace(`${header},${mark}`, `${header},simulated`);
    expect((await readHumansCsv(csvFile(marked('yes')))).simulated).toBe(true);
    const capital = marked('yes').replace('simulated', ' Simulated');
    expect((await readHumansCsv(csvFile(capital))).simulated).toBe(true);
    for (const no of ['no', '', 'FALSE']) expect((await readHumansCsv(csvFile(marked(no)))).simulated).toBe(false);
    expect(await refusal(readHumansCsv(csvFile(marked('maybe'))))).toMatchObject({ code: 'csv.not-yes-or-no' });
  });

  it('reads the fixtures', async () => {
    const { images, labelers, classes } = await readHumansCsv(fixturePath('shared-fixture-2', 'humans.csv'));
    expect([images.length, labelers.length, classes]).toEqual([12, 10, 10]);
  });
});

describe('readHumansCsv refuses, naming file, row and remedy:', () => {
  const withRow = (row: string): string => `${text}${row}\n`;
  it.each([
    ['missing columns', text.replace('alpha', 'α').replace('labeler', 'who'), 'csv.missing-columns', 1],
    ['a column twice', text.replace('alpha', 'image'), 'csv.duplicate-column', 1],
    ['a second row for an image and labeler', withRow('1,0,1,0.5,H2,0'), 'humans.duplicate', 6],
    ['a second row for a blank label', withRow('1,0,1,0.5,H1,0'), 'humans.duplicate', 6],
    ['a label that is no number', withRow('2,0,1,1,H1,seven'), 'csv.not-a-number', 6],
    ['a negative label', withRow('2,0,1,1,H1,-1'), 'humans.label-out-of-range', 6],
    ['a label beyond any class', withRow('2,0,1,1,H1,1000'), 'humans.label-out-of-range', 6],
    ['half a label', withRow('2,0,1,1,H1,0.5'), 'csv.not-a-number', 6],
    ['a hexadecimal label', withRow('2,0,1,1,H1,0x1'), 'csv.not-a-number', 6],
    ['a negative id', withRow('-2,0,1,1,H1,0'), 'csv.out-of-range', 6],
    ['a blank id', withRow(',0,1,1,H1,0'), 'csv.not-a-number', 6],
    ['an id too long to be exact', withRow('12345678901234567890,0,1,1,H1,0'), 'csv.not-a-number', 6],
    ['alpha beyond 1', withRow('2,0,1,1.1,H1,0'), 'csv.out-of-range', 6],
    ['alpha NaN', withRow('2,0,1,NaN,H1,0'), 'csv.not-a-number', 6],
    ['alpha Infinity', withRow('2,0,1,Infinity,H1,0'), 'csv.not-a-number', 6],
    ['alpha 1e999', withRow('2,0,1,1e999,H1,0'), 'csv.not-a-number', 6],
    ['another alpha for an image', withRow('1,0,1,0.6,H3,0'), 'humans.inconsistent-image', 6],
    ['another pair for an image', withRow('1,0,2,0.5,H3,0'), 'humans.inconsistent-image', 6],
    ['a pair in the wrong order', withRow('2,1,0,1,H1,0'), 'humans.pair-order', 6],
    ['a pair of one class', withRow('2,1,1,1,H1,0'), 'humans.pair-order', 6],
    ['a blank labeler', withRow('2,0,1,1, ,0'), 'csv.bad-name', 6],
    ['control characters in a name', withRow('2,0,1,1,H\u001b[31m,0'), 'csv.bad-name', 6],
    ['a name without end', withRow(`2,0,1,1,${'x'.repeat(201)},0`), 'csv.bad-name', 6],
    ['too few cells', withRow('2,0,1,1,H1'), 'csv.syntax', 6],
    ['too many cells', withRow('2,0,1,1,H1,0,0'), 'csv.syntax', 6],
    ['a quote without end', withRow('2,0,1,1,"H1,0'), 'csv.syntax', null],
    ['text after a quote', withRow('2,0,1,1,"H1"x,0'), 'csv.syntax', 6],
    ['a record without end', withRow(`2,0,1,1,${'x'.repeat(2_000_000)},0`), 'csv.syntax', 6],
    ['no rows', `${header}\n`, 'csv.no-rows', null],
  ])('%s', async (_, content, code, row) => {
    const { where, remedy, ...error } = await refusal(readHumansCsv(csvFile(content, 'humans.csv')));
    expect(error.code).toBe(code);
    if (row === null) expect(where).toMatch(/^humans\.csv/);
    else expect(where).toBe(`humans.csv, row ${row}`);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('says which columns are missing', async () => {
    const error = await refusal(readHumansCsv(csvFile('image;pair_i;label\n0;1;1\n')));
    expect(error.what).toBe('The header lacks the columns pair_j, alpha, labeler');
    expect(error.remedy).toContain(header);
  });

  it('says which columns of a place are missing, and reads a table without any', async () => {
    const some = await refusal(readHumansCsv(csvFile('image,alpha,labeler,label\n0,0,a,1\n')));
    expect(some.what).toBe('The header lacks the columns pair_i, pair_j');
    const { images, classes } = await readHumansCsv(csvFile('image,labeler,label,truth\n7,a,1,2\n'));
    expect(images).toEqual([{ id: 7, pairI: null, pairJ: null, alpha: null, independent: true, truth: 2 }]);
    expect(classes).toBe(3);
  });

  it('a label beyond the classes that are known', async () => {
    const error = await refusal(readHumansCsv(csvFile(`${text}2,0,1,1,H1,2\n`), { classes: 2 }));
    expect(error).toMatchObject({ code: 'humans.label-out-of-range', remedy: 'Write a whole number from 0 to 1.' });
  });

  it('an image that is not in the stimulus set', async () => {
    const knownImages = { has: (id: number) => id === 0, source: 'the stimulus set' };
    const error = await refusal(readHumansCsv(csvFile(text), { knownImages }));
    expect(error).toMatchObject({ code: 'humans.unknown-image', where: 'table.csv, row 4' });
  });
});

describe('the classes of a humans.csv', () => {
  const one = (row: string, classes?: number) =>
    readHumansCsv(csvFile(`${header}\n${row}\n`, 'humans.csv'), classes === undefined ? {} : { classes });

  it.each([
    ['0,0,1,0,H,0', 2],
    ['0,0,1,0,H,', 2],
    ['0,0,1,0,H,1', 2],
    ['0,0,1,0,H,5', 6],
    ['0,2,7,0,H,0', 8],
    ['0,998,999,0,H,0', 1000],
    ['0,0,1,0,H,999', 1000],
  ])('are one more than the highest of %s', async (row, classes) => {
    expect((await one(row)).classes).toBe(classes);
    expect((await one(row, 1000)).classes).toBe(1000);
  });

  it.each([
    ['0,0,1000,0,H,0', undefined, 'csv.out-of-range'],
    ['0,1000,1001,0,H,0', undefined, 'csv.out-of-range'],
    ['0,0,1,0,H,1000', undefined, 'humans.label-out-of-range'],
    ['0,0,10,0,H,0', 10, 'csv.out-of-range'],
    ['0,10,11,0,H,0', 10, 'csv.out-of-range'],
    ['0,0,1,0,H,10', 10, 'humans.label-out-of-range'],
    ['0,-1,1,0,H,0', 10, 'csv.out-of-range'],
    ['0,0,0,0,H,0', 10, 'humans.pair-order'],
    ['0,0,1,1.0001,H,0', 10, 'csv.out-of-range'],
    ['0,0,1,-0.0001,H,0', 10, 'csv.out-of-range'],
    ['0,0,1,0,H,-1', 10, 'humans.label-out-of-range'],
  ])('do not allow %s where they are %j', async (row, classes, code) => {
    expect(await refusal(one(row, classes))).toMatchObject({ code, where: 'humans.csv, row 2' });
    expect((await one('0,8,9,1,H,9', classes)).labels.values).toEqual(Int16Array.of(9));
  });
});

describe('rows of a humans.csv', () => {
  it('are kept in the order of images and labelers, whatever the order of rows', async () => {
    const labelers = Array.from({ length: 3 }, (_, k) => `H${k}`);
    const ids = Array.from({ length: 150 }, (_, k) => 500 - 3 * k);
    const label = (id: number, labeler: number): number => (id + labeler * 7) % 10;
    const lines = labelers.flatMap((name, labeler) =>
      (labeler === 1 ? ids.toReversed() : ids).map((id) => `${id},0,9,0.5,${name},${label(id, labeler)}`),
    );
    const table = await readHumansCsv(csvFile([header, ...lines].join('\n')));
    expect(table.images.map(({ id }) => id)).toEqual(ids);
    expect(table.labelers).toEqual(labelers);
    expect([...table.labels.values]).toEqual(labelers.flatMap((_, labeler) => ids.map((id) => label(id, labeler))));
  });

  it('that contradict others are refused with the row of the first', async () => {
    const error = async (row: string) => refusal(readHumansCsv(csvFile(`${text}${row}\n`, 'humans.csv')));
    for (const row of ['1,0,2,0.5,H3,0', '1,1,2,0.5,H3,0', '1,0,1,0.51,H3,0']) {
      expect((await error(row)).what).toBe('Image 1 has a different pair or alpha in row 4');
    }
    expect((await error('0,0,1,0,H2,1')).what).toBe('This is a second row for image 0 and labeler "H2"');
    expect((await error('2,3,2,0,H2,1')).what).toBe('pair_i is 3 and pair_j is 2');
  });

  it('mark a simulated labeler in any row', async () => {
    const marked = (marks: string[]): string =>
      [`${header},simulated`, ...rows.map((row, k) => `${row},${marks[k]}`)].join('\n');
    const simulated = async (...marks: string[]) => (await readHumansCsv(csvFile(marked(marks)))).simulated;
    expect(await simulated('no', 'no', 'no', 'yes')).toBe(true);
    expect(await simulated('yes', 'no', '', 'no')).toBe(true);
    expect(await simulated('no', 'no', '', 'no')).toBe(false);
    const first = marked(['no', 'no', '', 'no']).replaceAll(/^(.*),(\w*)$/gm, '$2,$1');
    expect((await readHumansCsv(csvFile(first))).simulated).toBe(false);
    expect((await readHumansCsv(csvFile(first.replace('no,0', 'yes,0')))).simulated).toBe(true);
  });
});

describe('writeHumansCsv', () => {
  const images = [
    { id: 3, pairI: 0, pairJ: 1, alpha: 0.25 },
    { id: 5, pairI: 2, pairJ: 7, alpha: 1 },
  ];
  const labels = labelMatrix(
    [
      [1, 7],
      [null, 0],
    ],
    10,
  );
  const people = [
    { name: 'A, B', simulated: false },
    { name: 'C', simulated: false },
  ];

  it('writes a row for each label, and reads it again', async () => {
    const path = join(temporaryFolder(), 'humans.csv');
    writeHumansCsv(path, { images, labelers: people, labels });
    expect(readFileSync(path, 'utf8')).toBe(`${header}\n3,0,1,0.25,"A, B",1\n5,2,7,1,"A, B",7\n5,2,7,1,C,0\n`);
    expect(await readHumansCsv(path)).toMatchObject({
      images,
      labels: { values: Int16Array.of(1, 7, -1, 0) },
      simulated: false,
    });
    writeHumansCsv(path, { images, labelers: [people[0]!], labels: labelMatrix([[1, 7]], 10) });
    expect((await readHumansCsv(path)).labelers).toEqual(['A, B']);
  });

  it('marks each labeler if one is simulated', async () => {
    const path = join(temporaryFolder(), 'humans.csv');
    writeHumansCsv(path, { images, labelers: [people[0]!, { name: 'C', simulated: true }], labels });
    expect(readFileSync(path, 'utf8')).toBe(
      `${header},simulated\n3,0,1,0.25,"A, B",1,no\n5,2,7,1,"A, B",7,no\n5,2,7,1,C,0,yes\n`,
    );
    expect((await readHumansCsv(path)).simulated).toBe(true);
  });

  it('writes no name that a spreadsheet would run', () => {
    const path = join(temporaryFolder(), 'humans.csv');
    expect(() =>
      writeHumansCsv(path, { images, labelers: [people[0]!, { name: '=C', simulated: false }], labels }),
    ).toThrow(expect.objectContaining({ code: 'csv.formula', where: path }));
    expect(existsSync(path)).toBe(false);
  });
});
