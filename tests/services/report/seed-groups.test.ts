import { figureRows } from '../../figure-rows.ts';
import { expect, it } from 'vitest';
import { type ReportChoice, reportChoiceSchema, wholeReport } from '../../../main/contract/api/report.ts';
import { reportEffectsExhibit } from '../../../main/exhibits/report-effects.ts';
import type { ReportData } from '../../../main/exhibits/report-data.ts';
import { narrowed, reportView } from '../../../main/exhibits/view.ts';
import { reportBundle } from '../../../main/reports/bundle.ts';
import { predictionFiles } from '../../../main/reports/predictions.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { modelsCsv } from '../../../main/reports/tables.ts';
import { findStudy } from '../../../main/services/tools/find.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { lastChoice } from '../../../main/services/report/choose.ts';
import { planPredictions } from '../../../main/services/declaration/plan.ts';
import type { Workbench } from '../../../main/services/tools/workbench.ts';
import { textOf } from '../../reports/page.ts';
import { environment } from '../../storage/records.ts';
import { started } from '../../storage/run-helper.ts';
import { openResults } from '../results/people.ts';
import { addSeedStudy, queue, seedDesign } from '../results/seed-study.ts';

/** Every network of the study is asked about its stimuli by a run, as workers do it; those of `failing` fail. */
function askByRuns(workbench: Workbench, failing: readonly string[]): void {
  const { storage } = workbench;
  const { id } = findStudy(workbench, 'seeds');
  for (const { model, runId } of storage.studyRuns.list(id)) {
    const result = storage.runs.get(runId)?.result;
    if (!model || result?.kind !== 'classifier') continue;
    const { modelName, ...rest } = model;
    for (const planned of planPredictions({ ...rest, name: modelName }, result.snapshots, {
      channels: 1,
      pixels: 'd'.repeat(64),
    })) {
      const run = queue(workbench, id, planned);
      storage.runs.claimNext(['wasm'], environment, 2, id, [planned.role]);
      storage.runs.applyEvent(run, started, 2);
      const message = 'No weights\n  where: /home/lovelace/blobs\n  fix:   Restore them.';
      if (failing.includes(modelName)) storage.runs.applyEvent(run, { type: 'failed', message, detail: '' }, 3);
    }
  }
}

it('a report of chosen seed groups has those alone, as results number them', async () => {
  const { workbench } = await openResults();
  addSeedStudy(workbench, { ...seedDesign, targets: [97.5, 98, 'epochs 5'] });
  const all = buildReport(workbench, 'seeds');
  expect(all.notChosen).toEqual([]);
  const effects = reportEffectsExhibit(reportView(all)).rows.map((cells) => [...cells.slice(0, 4), cells.at(-1)]);
  expect(effects).toContainEqual(['Two networks disagree', 'Architecture', 'ViT', 'CNN', 'higher']);
  expect(new Set(effects.map(([, factor]) => factor))).toEqual(new Set(['Architecture', 'Target']));
  const choice = { ...wholeReport, repeats: [1, 3], architectures: ['CNN'] };
  const data = buildReport(workbench, 'seeds', choice);
  expect(new Set(data.models.map(({ repeat }) => repeat))).toEqual(new Set([null, 1, 3]));
  expect(Object.keys(data.analysis!.fig4)).toEqual(['CNN']);
  expect(Object.keys(data.analysis!.fig4.CNN!['97.5']!)).toEqual(['1', '3']);
  expect(data.analysis!.fig4.CNN!['97.5']!['3']).toEqual(all.analysis!.fig4.CNN!['97.5']!['3']);
  // What the second group missed is not missing here.
  expect(all.missed.map(({ repeat }) => repeat)).toContain(2);
  expect(data.missed).toEqual([]);
  const page = textOf(renderReport(data, choice));
  expect(page).toContain('Differences between levels');
  expect(page).toContain('networks of the architecture MLP; networks of the architecture ViT; seed group 2.');
  const whole = textOf(renderReport(all));
  expect(whole).toContain('Snapshots at 5 epochs were taken by budget');
  expect(whole).toContain('8 networks at 5 epochs');
  expect(whole).not.toContain('NaN');
  const none = buildReport(workbench, 'seeds', { ...wholeReport, repeats: [] });
  expect(none.analysis!.fig2).toEqual({});
  expect(none.analysis!.diverse).toEqual(all.analysis!.diverse);
  expect(() => buildReport(workbench, 'seeds', { ...wholeReport, repeats: [4] })).toThrow(
    expect.objectContaining({ code: 'report.unknown-group', remedy: 'Choose from: 1, 2, 3.' }),
  );
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
  const data = buildReport(workbench, 'seeds');
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
  expect(buildReport(workbench, 'seeds', without).ownGroups).toBeUndefined();

  putApart(() => true);
  const all = textOf(renderReport(buildReport(workbench, 'seeds')));
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
  const data = buildReport(workbench, 'seeds', choice);
  const rowsOf = data.overStudies!.map(({ figure }) => figureRows(figure));
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
  expect(buildReport(workbench, 'seeds', { ...choice, overStudies: [] }).overStudies).toBeUndefined();
});

it('names no run of a network that was not chosen, of its training or of its answers', async () => {
  const { workbench } = await openResults();
  addSeedStudy(workbench);
  askByRuns(workbench, ['MLP1', 'CNN1', 'CNN-r02-s0']);
  const choice = { ...wholeReport, repeats: [1, 3], architectures: ['CNN'] };
  const data = buildReport(workbench, 'seeds', choice);
  const names = data.runs.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['models/CNN1', 'predictions/CNN1/97.5', 'predictions/CNN-r03-s1/98']));
  expect(data.warnings.join('\n')).toContain('predictions of CNN1-97.5 failed');
  const others = /MLP|ViT|CNN-r02/;
  expect(data.warnings.filter((warning) => others.test(warning))).toEqual([]);
  const all = reportBundle(data, choice);
  for (const name of ['csv/runs.csv', 'json/runs.json', 'csv/recipes.csv', 'models.csv']) {
    const bytes = all.find((file) => file.name === name)!.bytes;
    expect(
      Buffer.from(bytes)
        .toString('utf8')
        .match(/\b(predictions|models)\/(MLP|ViT|CNN-r02)[^,"]*/g),
      name,
    ).toBeNull();
  }
  const whole = buildReport(workbench, 'seeds').warnings.join('\n');
  expect(whole).toMatch(/MLP1-97.5 failed \(No weights\); [\s\S]*CNN-r02-s0-98 failed/);
  // A report goes to others.
  expect(whole).not.toContain('lovelace');
});

it('knows the targets of the whole study, whatever networks were chosen', async () => {
  const { workbench } = await openResults();
  addSeedStudy(workbench);
  const { id } = findStudy(workbench, 'seeds');
  const first = workbench.storage.studyRuns.list(id).find(({ role }) => role === 'models/MLP1');
  const task = workbench.storage.runs.get(first!.runId)!.task;
  if (task.kind !== 'classifier') throw new Error('MLP1 is trained');
  const higher = { ...task, recipe: { ...task.recipe, targets: [99] } };
  const model = { name: 'MLP4', group: 'diverse' as const, repeat: 0, seed: 5 };
  queue(workbench, id, { role: 'models/MLP4', label: 'MLP4', task: higher, priority: 1, model });
  const choice = { ...wholeReport, architectures: ['CNN'], targets: [99] };
  const page = textOf(renderReport(buildReport(workbench, 'seeds', choice), choice));
  expect(page).toContain('None of the chosen networks has predicted the stimuli');
  expect(() => buildReport(workbench, 'seeds', { ...choice, targets: [96] })).toThrow(
    expect.objectContaining({ code: 'report.unknown-target', remedy: 'Choose from: 97.5, 98, 98.5, 99.' }),
  );
});

it('takes of a saved choice what is still there, and no seed groups where none were chosen', async () => {
  const { workbench } = await openResults();
  addSeedStudy(workbench);
  const { id } = findStudy(workbench, 'seeds');
  const lastOf = (choice: Partial<ReportChoice>): Partial<ReportChoice> => {
    workbench.storage.settings.setOfStudy(id, 'report', { ...wholeReport, ...choice }, workbench.now());
    const { targets, architectures, repeats } = lastChoice(workbench, 'seeds');
    return { targets, architectures, repeats };
  };
  expect(lastOf({ targets: [97.5, 91], architectures: ['CNN', 'RNN'], repeats: [2, 9] })).toEqual({
    targets: [97.5],
    architectures: ['CNN'],
    repeats: [2],
  });
  expect(lastOf({ targets: [91], architectures: ['RNN'], repeats: [] })).toEqual({
    targets: null,
    architectures: null,
    repeats: [],
  });
});
