import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { predictionsToInput } from '../../../main/contributions/folders/tables/analysis-tables.ts';
import { readPredictionsCsv } from '../../../main/contributions/folders/tables/predictions-csv-reader.ts';
import { predictionsCsv, writePredictionsCsv } from '../../../main/files/tables/predictions-csv.ts';
import { fixturePath, fixtures } from '../../fixtures/fixtures.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { csvFile } from '../../files/tables/csv-file.ts';
import { nobody } from '../../../main/analysis/labels/answers.ts';
import { cases } from '../../thorough.ts';

const model = { name: 'CNN1', architecture: 'CNN', target: 97.5, repeat: null, seed: null };
const one = {
  images: [{ id: 3 }, { id: 5 }],
  classes: 2,
  models: [model],
  labels: [0, 1],
  softmax: Float32Array.of(1, 0, 0.25, 0.75),
};

describe('writePredictionsCsv', () => {
  it('writes the layout of the fixtures', () => {
    const path = csvFile('');
    writePredictionsCsv(path, { ...one, models: [{ ...model, repeat: 2, seed: 12 }] });
    expect(readFileSync(path, 'utf8')).toBe(
      'image,model,architecture,target_accuracy,repeat,seed,label,p0,p1\n' +
        '3,CNN1,CNN,97.5,2,12,0,1,0\n5,CNN1,CNN,97.5,2,12,1,0.25,0.75\n',
    );
  });

  it('writes each model with its own rows, in memory as in a file', () => {
    const predictions = {
      images: [{ id: 3 }, { id: 5 }],
      classes: 3,
      labels: [0, 1, 2, 0],
      models: [model, { ...model, name: 'b', repeat: 0, seed: 0 }],
      softmax: Float64Array.of(1, 0, 0, 0, 1, 0, 0.25, 0.25, 0.5, 0.75, 0.125, 0.125),
    };
    const text = [
      'image,model,architecture,target_accuracy,repeat,seed,label,p0,p1,p2',
      '3,CNN1,CNN,97.5,,,0,1,0,0',
      '5,CNN1,CNN,97.5,,,1,0,1,0',
      '3,b,CNN,97.5,0,0,2,0.25,0.25,0.5',
      '5,b,CNN,97.5,0,0,0,0.75,0.125,0.125',
      '',
    ].join('\n');
    expect(predictionsCsv('a.csv', predictions).toString()).toBe(text);
    const path = csvFile('');
    writePredictionsCsv(path, predictions);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(() => predictionsCsv('a.csv', { ...one, models: [{ ...model, architecture: '=1' }] })).toThrow(
      expect.objectContaining({ code: 'csv.formula', where: 'a.csv' }),
    );
  });

  it('ends with the true class where any is known, and is read back as without it', async () => {
    const path = csvFile('');
    writePredictionsCsv(path, { ...one, images: [{ id: 3, truth: 1 }, { id: 5 }] });
    expect(
      readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => line.split(',').slice(-2).join()),
    ).toEqual([...['p1,truth', '0,1', '0.75,'], '']);
    expect(await readPredictionsCsv(path)).toMatchObject({ classes: 2, images: [{ id: 3 }, { id: 5 }], warnings: [] });
  });

  it.each(fixtures)('gives %s back cell for cell', async (fixture) => {
    const original = fixturePath(fixture, 'predictions.csv');
    const { images, models, labels, softmax, classes } = await readPredictionsCsv(original);
    const path = csvFile('');
    writePredictionsCsv(path, { images, models, labels, softmax, classes });
    expect(numbersOf(path)).toEqual(numbersOf(original));
  });

  it('gives float32 values back exactly, whatever the names', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => /^[^=+\-@\s\p{Cc}][^\p{Cc}]*$/u.test(text));
    await fc.assert(
      fc.asyncProperty(name, fc.float({ min: 0, max: 1, noNaN: true }), async (text, p) => {
        const softmax = Float32Array.of(p, 1 - p, 1 - p, p);
        const path = csvFile('');
        writePredictionsCsv(path, { ...one, models: [{ ...model, name: text }], softmax });
        const table = await readPredictionsCsv(path);
        expect([...table.softmax]).toEqual([...softmax]);
        expect(table.models).toEqual([{ ...model, name: text }]);
        const images = predictionsToInput(table).images;
        const direct = { images, classes: 2, people: nobody(2, 2), models: table.models };
        expect(analyze(predictionsToInput(table))).toEqual(
          analyze({ ...direct, modelLabels: Int16Array.of(0, 1), softmax }),
        );
      }),
      { numRuns: cases(50) },
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('refuses the name %j, which a spreadsheet would run', (name) => {
    const path = csvFile('before');
    expect(() => writePredictionsCsv(path, { ...one, models: [{ ...model, name }] })).toThrow(
      expect.objectContaining({ name: 'UserError', code: 'csv.formula', where: path }),
    );
    expect(() => writePredictionsCsv(path, { ...one, models: [{ ...model, architecture: name }] })).toThrow();
    expect(readFileSync(path, 'utf8')).toBe('before');
  });

  it('says so when the path cannot be written, and leaves nothing', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const path = join(file, 'predictions.csv');
    expect(() => writePredictionsCsv(path, one)).toThrow(expect.objectContaining({ name: 'UserError' }));
    expect(existsSync(path)).toBe(false);
  });
});

/** The cells of a file, numbers as numbers: 98 and 98.0 are the same. */
function numbersOf(path: string): (string | number)[][] {
  const lines = readFileSync(path, 'utf8').trimEnd().split(/\r?\n/);
  return lines.map((line) =>
    line.split(',').map((cell) => (cell === '' || Number.isNaN(Number(cell)) ? cell : Number(cell))),
  );
}
