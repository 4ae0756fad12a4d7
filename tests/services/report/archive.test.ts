import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze, type Analysis } from '../../../main/analysis/groups/analyze.ts';
import { type ReportChoice, wholeReport } from '../../../main/contract/api/report.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { browserPrinter } from '../../../main/services/tools/printer.ts';
import { writeChosenReport } from '../../../main/services/report/write.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { readPdf } from '../../reports/pdf.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { boundary } from '../study/command-line.ts';
import { openSample, sampleFolder } from './sample-lab.ts';

const printer = browserPrinter();
const folder = mkdtempSync(join(tmpdir(), 'boundary-test-'));
let dataFolder: string;
let workbench: Workbench;
let analysis: Analysis;

beforeAll(async () => {
  dataFolder = await sampleFolder(folder);
  workbench = openSample(dataFolder);
  const input = readStudyData(workbench, findStudy(workbench, 'sample').id)?.input;
  if (!input) throw new Error('the sample has stimuli');
  analysis = analyze(input);
});

afterAll(() => {
  workbench.storage.close();
  rmSync(folder, { recursive: true, force: true });
});

async function archive(
  choice: ReportChoice,
  made = printer,
): Promise<{ path: string; files: Record<string, Uint8Array> }> {
  const path = join(temporaryFolder(), 'report.zip');
  await writeChosenReport(workbench, 'sample', choice, { archive: path, folder: null }, made);
  return { path, files: unzipSync(readFileSync(path)) };
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

describe('a report’s archive', () => {
  it('holds what was chosen, with the hash of each file, and is the same each time', async () => {
    const [first, second] = [await archive(wholeReport), await archive(wholeReport)];
    expect(readFileSync(first.path).equals(readFileSync(second.path))).toBe(true);
    const manifest = JSON.parse(text(first.files['manifest.json']));
    expect(manifest).toMatchObject({ study: 'sample', rehearsal: true, leftOut: [] });
    const named = manifest.files.map(({ name }: { name: string }) => name);
    expect([...named, 'manifest.json'].sort()).toEqual(Object.keys(first.files).sort());
    for (const { name, bytes, sha256 } of manifest.files) {
      const file = first.files[name] ?? new Uint8Array();
      expect([name, file.length, createHash('sha256').update(file).digest('hex')]).toEqual([name, bytes, sha256]);
    }
    for (const folder of ['csv/', 'json/', 'latex/', 'svg/'])
      expect(
        named.some((name: string) => name.startsWith(folder)),
        folder,
      ).toBe(true);
  });

  it('has the numbers of the analysis in each format', async () => {
    const { files } = await archive(wholeReport);
    const group = analysis.diverse['97.5'];
    const { counts } = group?.types ?? {};
    const row = text(files['csv/table-1.csv']).split('\n')[1]?.split(',');
    expect(row?.slice(3, 7).map(Number)).toEqual([
      counts?.type_a,
      counts?.both_disagree,
      counts?.both_agree,
      counts?.type_c,
    ]);
    const table2 = JSON.parse(text(files['json/table-2.json']));
    expect(table2.rows[0][3]).toEqual({
      mean: group?.table2.misclassified_per_model_pct.mean,
      std: group?.table2.misclassified_per_model_pct.std,
    });
    expect(text(files['latex/table-3.tex'])).toContain(`$${group?.types?.type_a_pct?.toFixed(1)}$`);
    expect(text(files['latex/table-3.tex'])).toContain('\\toprule');
    expect(text(files['csv/each-image.csv']).trim().split('\n')).toHaveLength(166);
    const alpha = group?.krippendorff_alpha ?? Number.NaN;
    expect(text(files['csv/agreement.csv'])).toContain(String(alpha));
    expect(text(files['index.html'])).toContain(`<data value="${alpha}">`);
    for (const [name, bytes] of Object.entries(files)) {
      if (name.startsWith('svg/'))
        expect(text(bytes), name).toMatch(/^<\?xml[^>]*>\n<svg xmlns="[^"]+" [\s\S]*<\/svg>\n$/);
    }
  });

  it('holds less where less was chosen', async () => {
    const { files } = await archive({
      ...wholeReport,
      sections: ['types'],
      formats: ['html', 'csv'],
      introduction: 'Mine <b>',
    });
    expect(
      Object.keys(files)
        .filter((name) => name.startsWith('csv/'))
        .sort(),
    ).toEqual(
      // What was done is in every report.
      ['figure-4', 'recipes', 'runs', 'table-1', 'table-2', 'table-3', 'table-4'].map((id) => `csv/${id}.csv`),
    );
    const page = text(files['index.html']);
    expect(page).toContain('<p>Mine &lt;b&gt;</p>');
    expect(page).not.toContain('id="part-agreement"');
    expect(page).toContain('id="methods"');
  });

  it('is of the chosen architectures alone, computed again, and says which are left out', async () => {
    const { files } = await archive({ ...wholeReport, architectures: ['MLP', 'ViT'] });
    const isChosen = ({ architecture }: { architecture: string }): boolean => architecture !== 'cnn';
    const input = readStudyData(workbench, findStudy(workbench, 'sample').id, isChosen)!.input;
    const own = JSON.parse(JSON.stringify(analyze(input)));
    expect(JSON.parse(text(files['tables.json'])).analysis).toEqual(own);
    expect(own.diverse['97.5'].n_models).toBe(6);
    for (const name of [
      'models.csv',
      'predictions.csv',
      'csv/recipes.csv',
      'csv/runs.csv',
      'json/runs.json',
      'csv/each-image.csv',
    ])
      expect(text(files[name]), name).not.toContain('CNN');
    const page = text(files['index.html']).replace(/\s+/g, ' ');
    expect(page).toContain('Not in this report, though in the study: networks of the architecture CNN.');
    expect(page).toContain('6 networks at 97.5 %, not 9');
    expect(JSON.parse(text(files['manifest.json'])).choice.architectures).toEqual(['MLP', 'ViT']);
    const refused = archive({ ...wholeReport, architectures: ['RNN'] });
    await expect(refused).rejects.toThrow('Study "sample" has no networks of the architecture RNN');
  });

  it('says what could not be made', async () => {
    const { files } = await archive(
      { ...wholeReport, formats: ['html', 'pdf'] },
      { missing: 'no browser', print: async () => undefined },
    );
    expect(JSON.parse(text(files['manifest.json'])).leftOut).toEqual([
      'report.pdf: no browser. Print index.html from a browser instead.',
    ]);
    expect(files['report.pdf']).toBeUndefined();
  });
});

describe.skipIf(printer.missing !== null)('a report as PDF (skipped where there is no browser)', () => {
  it.each([
    ['A4', 595, 842],
    ['Letter', 612, 792],
  ] as const)(
    'has numbered pages and the numbers of the analysis: %s',
    async (paperSize, width, height) => {
      const { files } = await archive({ ...wholeReport, formats: ['html', 'pdf'], paperSize });
      const { pages, sizes } = readPdf(Buffer.from(files['report.pdf'] ?? []));
      expect(pages.length).toBeGreaterThan(5);
      for (const size of sizes) expect(size.map(Math.round)).toEqual([width, height]);
      pages.forEach((page, at) => expect(page.replace(/\s/g, '')).toContain(`${at + 1}/${pages.length}`));
      const all = pages.join('\n').replace(/\s+/g, ' ');
      const { table2, types } = analysis.diverse['97.5'] ?? {};
      expect(all).toMatch(/rehearsal/i);
      expect(all).toContain(`${types?.type_a_pct?.toFixed(1)}`);
      expect(all).toContain(
        `${table2?.misclassified_per_model_pct.mean?.toFixed(1)} ± ${table2?.misclassified_per_model_pct.std?.toFixed(1)}`,
      );
    },
    60_000,
  );
});

it('boundary report takes words of the user’s own, architectures, and what was saved', async () => {
  const [words, path] = [join(temporaryFolder(), 'words.txt'), join(temporaryFolder(), 'out.zip')];
  writeFileSync(words, 'Why we <looked>.');
  const write = (...options: string[]) =>
    boundary(['--data', dataFolder, 'report', 'sample', '--archive', path, ...options]);
  const choiceIn = () => JSON.parse(text(unzipSync(readFileSync(path))['manifest.json'])).choice;
  expect((await write('--saved')).stderr).toContain('Nothing was chosen yet');
  const { id } = findStudy(workbench, 'sample');
  const saved: ReportChoice = { ...wholeReport, sections: ['types'], formats: ['html', 'json'], conclusion: 'So.' };
  workbench.storage.settings.setOfStudy(id, 'report', saved, workbench.now());
  const options = ['--saved', '--introduction', words, '--architectures', 'CNN,MLP', '--seed-groups', 'none'];
  expect(await write(...options)).toMatchObject({ code: 0 });
  expect(choiceIn()).toEqual({
    ...saved,
    introduction: 'Why we <looked>.',
    architectures: ['CNN', 'MLP'],
    repeats: [],
  });
  const page = text(unzipSync(readFileSync(path))['index.html']);
  expect(page).toContain('Why we &lt;looked&gt;.');
  expect(page).toContain('So.');
});

it('boundary report writes it without a screen, and refuses what it does not know', async () => {
  const path = join(temporaryFolder(), 'out.zip');
  const written = await boundary([
    '--data',
    dataFolder,
    'report',
    'sample',
    '--archive',
    path,
    '--formats',
    'csv,latex',
    '--sections',
    'types',
  ]);
  expect(written).toMatchObject({ code: 0, stdout: `${path}\n` });
  expect(Object.keys(unzipSync(readFileSync(path)))).toContain('latex/table-1.tex');
  const refused = await boundary(['--data', dataFolder, 'report', 'sample', '--formats', 'docx']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('There is no "docx"');
  const unknown = await boundary(['--data', dataFolder, 'report', 'sample', '--targets', '97.5,99']);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('Study "sample" has no networks at 99 %');
  expect(unknown.stderr).toContain('Choose from: 97.5.');
  const folder = join(temporaryFolder(), 'plain');
  expect(await boundary(['--data', dataFolder, 'report', 'sample', '--out', folder])).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, 'index.html'))).toBe(true);
});
