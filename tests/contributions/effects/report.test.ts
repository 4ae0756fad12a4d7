import { expect, it } from 'vitest';
import { reportChoiceSchema, wholeReport } from '../../../main/contract/api/report.ts';
import type { Figure } from '../../../main/contract/results/figure.ts';
import effectsResults from '../../../main/contributions/effects/results.ts';
import type { ReportData } from '../../../main/exhibits/report-data.ts';
import { narrowed } from '../../../main/exhibits/view.ts';
import { reportBundle } from '../../../main/reports/bundle.ts';
import { predictionFiles } from '../../../main/reports/predictions.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { modelsCsv } from '../../../main/reports/tables.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { figureRows } from '../../figure-rows.ts';
import { textOf } from '../../reports/page.ts';
import { openResults } from '../../services/results/people.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';

const contributed = new Map([['effects', effectsResults]]);

/** Figures over studies, part by part. */
const partsOverStudies = ({ contributed: parts }: ReportData): (readonly Figure[])[] =>
  parts.flatMap(({ figures, saysSample }) => (saysSample && figures.length > 0 ? [figures] : []));

it('has effects of all networks that were chosen', async () => {
  const { workbench } = await openResults();
  addSeedStudy(workbench, { ...seedDesign, targets: [97.5, 98, 'epochs 5'] });
  const all = buildReport(workbench, 'seeds', wholeReport, contributed);
  const rows = all.contributed.flatMap(({ tables }) => tables.flatMap((table) => table.rows));
  const effects = rows.map((cells) => [...cells.slice(0, 4), cells.at(-1)]);
  expect(effects).toContainEqual(['Two networks disagree', 'Architecture', 'ViT', 'CNN', 'higher']);
  expect(new Set(effects.map(([, factor]) => factor))).toEqual(new Set(['Architecture', 'Target']));
  const choice = { ...wholeReport, repeats: [1, 3], architectures: ['CNN'] };
  const page = textOf(renderReport(buildReport(workbench, 'seeds', choice, contributed), choice));
  expect(page).toContain('Differences between levels');
});

it('has networks of groups of their own where it has effects', async () => {
  const { workbench } = await openResults();
  addSeedStudy(workbench);
  const { spec } = findStudy(workbench, 'seeds');
  const putApart = (isApart: (name: string) => boolean): void => {
    const models = spec.models.map((entry) => (isApart(entry.name) ? { ...entry, collection: 'a grid' } : entry));
    workbench.storage.studies.put('seeds', { ...spec, models }, 2);
  };
  putApart((name) => /^CNN[23]$/.test(name));
  const data = buildReport(workbench, 'seeds', wholeReport, contributed);
  const names = (of: ReportData): string[] =>
    (of.ownGroups ?? []).flatMap(({ recipes }) => recipes.flatMap(({ models }) => models.map(({ name }) => name)));
  expect(data.ownGroups?.map(({ name, recipes }) => [name, recipes.map((recipe) => recipe.name)])).toEqual([
    ['a grid', ['CNN2', 'CNN3']],
  ]);
  expect(names(data)).toEqual(['CNN2', 'CNN3'].flatMap((name) => [97.5, 98, 98.5].map((at) => `${name}-${at}`)));
  expect(names(narrowed(data, [98]))).toEqual(['CNN2-98', 'CNN3-98']);
  expect(data.models.map(({ name }) => name)).not.toContain('CNN2-98');
  expect(modelsCsv(data).match(/^CNN2-98,CNN,a grid,/gm)).toHaveLength(1);
  const files = new Map(predictionFiles(data).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]));
  expect(files.get('predictions.csv')).not.toContain(',CNN2-98,');
  const lines = files.get('group-predictions.csv')!.split('\n');
  expect(lines.filter((line) => /^\d+,CNN2-98,/.test(line))).toHaveLength(data.stimuli.items.length);
  expect(textOf(renderReport(data))).toContain('Networks of the group a grid');
  const without = { ...wholeReport, sections: wholeReport.sections.filter((section) => section !== 'effects') };
  expect(buildReport(workbench, 'seeds', without, contributed).ownGroups).toBeUndefined();

  putApart(() => true);
  const all = textOf(renderReport(buildReport(workbench, 'seeds', wholeReport, contributed)));
  const says = (text: RegExp): boolean => text.test(all);
  expect(says(/\d+ networks were compared by what they differ in/)).toBe(true);
  expect(says(/Networks of the group a grid/)).toBe(true);
  expect(says(/No network has been trained yet/)).toBe(false);
  expect(says(/no diverse networks to compare at any target/)).toBe(false);
});

it('combines an effect over studies, and says which cannot be', async () => {
  const { workbench } = await openResults();
  addSeedStudy(workbench);
  const question = {
    outcome: 'misclassified',
    factor: 'architecture.kind',
    reference: '"mlp"',
    level: '"vit"',
    target: null,
    images: 'all',
    people: 'fixed',
    m: null,
    studies: [{ study: 'sample' }],
    title: 'Errors of ViT',
  } as const;
  const overStudies = [question, { ...question, studies: [{ study: 'gone' }] }, { ...question, factor: 'batch' }];
  const choice = reportChoiceSchema.parse({ ...wholeReport, sections: ['effects'], overStudies });
  const data = buildReport(workbench, 'seeds', choice, contributed);
  const rowsOf = partsOverStudies(data).map(([figure]) => figureRows(figure ?? null));
  expect(rowsOf.map((rows) => rows.map(({ name, wider }) => [name, wider !== null]))).toEqual([
    [
      ['seeds', false],
      ['sample', false],
      ['Mean over studies', true],
    ],
  ]);
  expect(data.warnings.join(' ')).toMatch(/There is no study "gone".*do not differ in batch/);
  const files = new Map(reportBundle(data, choice).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]));
  const drawn = files.get('svg/effect-studies-1-figure-1.svg');
  expect(drawn).toContain('Mean over studies');
  expect(files.get('csv/effect-studies-1.csv')).toContain('Another study like these');
  expect(files.get('latex/effect-studies-1.tex')).toContain('Mean over studies');
  const written = renderReport(data, choice);
  // The name of a study is written as it is.
  expect(String(written)).toContain('<th scope="row" class="words">seeds</th>');
  const page = textOf(written);
  expect(page).toContain('held in 87 to 90 % only. Two studies say almost nothing about a third.');
  expect(page).toContain('The labelers of seeds and sample are simulated');
  expect(partsOverStudies(buildReport(workbench, 'seeds', { ...choice, overStudies: [] }, contributed))).toEqual([]);
});
