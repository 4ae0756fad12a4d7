import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import { type ReportChoice, wholeReport } from '../../main/contract/api/report.ts';
import { UserError } from '../../main/contract/wire/errors.ts';
import { narrowed } from '../../main/exhibits/view.ts';
import { readHumansCsv } from '../../main/contributions/folders/tables/humans-csv-reader.ts';
import { readPredictionsCsv } from '../../main/contributions/folders/tables/predictions-csv-reader.ts';
import { renderReport } from '../../main/reports/render.ts';
import { reportFiles, writeReport } from '../../main/reports/write.ts';
import { renamePeople, sampleData } from './sample.ts';
import { withLabels, labeling } from '../analysis/people.ts';

const folders: string[] = [];
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-report-'));
  folders.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('writeReport', () => {
  it('writes the page and its data, and nothing else, into a folder that it makes', () => {
    const folder = join(temporaryFolder(), 'study', 'report');
    const data = sampleData();
    expect(writeReport(folder, data)).toBe(join(folder, 'index.html'));
    expect(readdirSync(folder).sort()).toEqual([
      'humans.csv',
      'index.html',
      'models.csv',
      'predictions.csv',
      'tables.json',
    ]);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe(renderReport(data));
  });

  it('leaves predictions out that are too many, says so, and keeps none of an earlier report', () => {
    const folder = temporaryFolder();
    const data = sampleData();
    writeReport(folder, data);
    const [first] = data.predictions;
    // Each is of 165 images and 10 classes.
    const many = { ...data, predictions: Array.from({ length: 12_122 }, () => first!) };
    const choice: ReportChoice = { ...wholeReport, sections: ['images'], formats: ['csv'] };
    const { files, leftOut } = reportFiles(many, choice);
    expect(files.map(({ name }) => name)).not.toContain('predictions.csv');
    expect(leftOut).toEqual([
      'predictions.csv: 12,122 snapshots on 165 images have 20,001,300 softmax values, and a report holds at most ' +
        '20,000,000. `boundary predictions export` writes them to a file by themselves.',
    ]);
    writeReport(folder, many, choice);
    expect(readdirSync(folder).sort()).toEqual(['humans.csv', 'index.html', 'models.csv', 'tables.json']);
    expect(reportFiles(data, choice).leftOut).toEqual([]);
  });

  it('writes CSV files that give the same analysis again', async () => {
    const folder = temporaryFolder();
    const data = sampleData({ targets: [97.5, 98], repeats: 2, labelers: 'real' });
    writeReport(folder, data);
    const humans = await readHumansCsv(join(folder, 'humans.csv'));
    const predictions = await readPredictionsCsv(join(folder, 'predictions.csv'));
    const again = analyze({
      images: humans.images,
      classes: 10,
      people: labeling(humans.labelers, humans.labels),
      models: predictions.models,
      modelLabels: predictions.labels,
      softmax: predictions.softmax,
    });
    expect(again).toEqual(data.analysis);
    const { analysis, rehearsal } = JSON.parse(readFileSync(join(folder, 'tables.json'), 'utf8'));
    expect(analysis).toEqual(JSON.parse(JSON.stringify(data.analysis)));
    expect(rehearsal).toBe(false);
  });

  it('holds the chosen targets only, in every file', async () => {
    const data = sampleData({ targets: [97.5, 98], repeats: 1, labelers: 'real' });
    const choice: ReportChoice = { ...wholeReport, targets: [97.5], sections: ['types'] };
    const folder = temporaryFolder();
    writeReport(folder, data, choice);
    for (const { name, bytes } of reportFiles(data, choice).files)
      if (!name.includes('/')) writeFileSync(join(folder, name), bytes);
    const { models } = await readPredictionsCsv(join(folder, 'predictions.csv'));
    expect(new Set(models.map(({ target }) => target))).toEqual(new Set([97.5]));
    expect(models).toHaveLength(9 + 12);
    expect(readFileSync(join(folder, 'models.csv'), 'utf8')).not.toContain('-98');
    const { analysis } = JSON.parse(readFileSync(join(folder, 'tables.json'), 'utf8'));
    expect(Object.keys(analysis.diverse)).toEqual(['97.5']);
    expect(analysis.paired_tests).toEqual({});
  });

  it('holds the tests between chosen targets, of budgets too', () => {
    const data = sampleData({ targets: [97.5, 98], labelers: 'real' });
    const [tests] = Object.values(data.analysis!.paired_tests);
    const pairs = ['97.5 vs epochs 10', 'epochs 10 vs epochs 20', '97.5 vs 98'];
    const analysis = { ...data.analysis!, paired_tests: Object.fromEntries(pairs.map((pair) => [pair, tests!])) };
    const { analysis: chosen } = narrowed({ ...data, analysis }, [97.5, 'epochs 10', 'epochs 20']);
    expect(Object.keys(chosen!.paired_tests)).toEqual(pairs.slice(0, 2));
  });

  it('marks a rehearsal in every file that holds labels, and leaves missing labels out', () => {
    const folder = temporaryFolder();
    const data = sampleData();
    const people = withLabels(data.labelers?.people);
    const values = people.labels.values.map((label, cell) => (cell < 2 ? -1 : label));
    const withGaps = { ...people, labels: { ...people.labels, values } };
    writeReport(folder, { ...data, labelers: data.labelers && { ...data.labelers, people: withGaps } });
    const [header, ...rows] = readFileSync(join(folder, 'humans.csv'), 'utf8').trim().split('\n');
    expect(header).toBe('image,pair_i,pair_j,alpha,labeler,label,simulated');
    expect(rows).toHaveLength(1650 - 2);
    expect(rows.every((row) => row.endsWith(',yes'))).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'tables.json'), 'utf8')).rehearsal).toBe(true);
  });

  it('does not let a name become a formula of a spreadsheet', () => {
    const folder = temporaryFolder();
    const data = sampleData({ labelers: 'real' });
    const labelers = data.labelers && renamePeople(data.labelers, (name, at) => (at === 0 ? '=HYPERLINK("x")' : name));
    writeReport(folder, { ...data, labelers });
    expect(readFileSync(join(folder, 'humans.csv'), 'utf8')).not.toMatch(/,"?=/);
  });

  it('says which path cannot be written, and keeps an earlier report', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'not a folder');
    const attempt = () => writeReport(join(folder, 'file', 'report'), sampleData());
    expect(attempt).toThrow(UserError);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('not a folder');
  });
});

/** Two missing labels: null, and a negative number. */
