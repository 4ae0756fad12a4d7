import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageClasses } from '../../../main/analysis/outcomes/image-types.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { softmaxQuartilesExhibit } from '../../../main/contributions/calibration/exhibits/quartiles.ts';
import calibration from '../../../main/contributions/calibration/results.ts';
import type { ReportData } from '../../../main/exhibits/report-data.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { cellsOf, files, labeled } from '../../reports/exhibit-files.ts';
import { drawn, drawnData } from '../../reports/drawn.ts';
import { frameOf, textOf } from '../../reports/page.ts';
import { sampleData } from '../../reports/sample.ts';

const withScores = (data: ReportData): ReportData => ({ ...data, added: calibration });
const data = withScores(sampleData({ targets: [97.5, 98], repeats: 2, labelers: 'real' }));

test('quartiles of the largest softmax stand in files and on the page, by target and type', () => {
  const { rows, columns } = softmaxQuartilesExhibit(reportView(data));
  expect(columns.map(({ name }) => name)).toEqual([
    ...['Target %', 'Type', 'n', 'Least', '25 %', 'Median', '75 %', 'Largest'],
  ]);
  const counts = reportView(data).groups.flatMap(({ target, group }) =>
    imageClasses.flatMap((name) => (group.table4[name].n === 0 ? [] : [[Number(target), group.table4[name].n]])),
  );
  expect(rows.map(([target, , n]) => [target, n])).toEqual(counts);
  for (const row of rows) {
    const cuts = row.slice(3).map(Number);
    expect(cuts).toEqual(cuts.toSorted((a, b) => a - b));
    expect(cuts.at(-1)).toBeLessThanOrEqual(1);
  }
  const all = files(data);
  expect(all.get('csv/softmax-quartiles.csv')?.split('\n')[0]).toMatch(/^Target %,Type,n,Least,25 %,Median/);
  expect(all.get('json/softmax-quartiles.json')).toContain('"Quartiles of the largest softmax"');
  expect(all.get('latex/softmax-quartiles.tex')).toContain('Median');
  expect(textOf(frameOf(all.get('index.html') ?? '', 'softmax-quartiles'))).toContain('n, values Minimum');
});

test('tables and figures stand where they belong among those of the core', () => {
  const all = files(data);
  const names = [...all.keys()].flatMap((name) => /^csv\/(.*)\.csv$/.exec(name)?.[1] ?? []);
  const of = (first: string, last: string) => names.slice(names.indexOf(first), names.indexOf(last) + 1);
  expect(of('softmax-by-type', 'entropy')).toEqual([
    ...['softmax-by-type', 'softmax-quartiles', 'reliability', 'calibration', 'entropy'],
  ]);
  expect(of('certainty', 'divergence')).toEqual(['certainty', 'divergence']);
  const page = all.get('index.html') ?? '';
  const frames = [...page.matchAll(/<figure id="([^"]+)"/g)].map(([, id = '']) => id);
  const from = frames.indexOf('table-4');
  expect(frames.slice(from, from + 8)).toEqual([
    ...['table-4', 'softmax-by-type', 'softmax-quartiles', 'reliability', 'calibration'],
    ...['entropy', 'certainty', 'divergence'],
  ]);
});

test('each score says of how many images it is', () => {
  // 100 images are a tie of two, 30 have one label, 35 none.
  const whole = sampleData({ targets: [97.5], labelers: 'real' });
  const some = labeled(whole, 2, (person, image) => (image < 100 ? person : image < 130 && person === 0 ? 3 : -1));
  const rows = cellsOf(files(withScores(some)), 'calibration');
  expect(rows.map((row) => row.Images)).toEqual([30, 30, 30, 30, 30, 30, 130, 130]);
});

test('distances say that nobody labeled where nobody has', () => {
  const page = files(withScores(sampleData({ labelers: 'none' }))).get('index.html') ?? '';
  expect(textOf(frameOf(page, 'divergence'))).toContain('Nobody has labeled these images yet.');
  expect(textOf(frameOf(page, 'divergence'))).not.toContain('No image is of this type');
});

test('the figure of calibration is drawn as it was', async () => {
  const [[, svg] = ['', '']] = drawn(withScores(drawnData()), ['reliability']);
  expect(svg).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
  await expect(svg).toMatchFileSnapshot(join(import.meta.dirname, 'reliability.svg'));
});

test('a report without the section has none of them', () => {
  const names = [...files(data, { ...wholeReport, sections: ['types'] }).keys()];
  expect(names).toContain('csv/table-4.csv');
  expect(names.filter((name) => /quartiles|reliability|calibration|divergence/.test(name))).toEqual([]);
});
