import { expect, it } from 'vitest';
import { type ReportChoice, wholeReport } from '../../../main/contract/api/report.ts';
import { reportBundle } from '../../../main/reports/bundle.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { lastChoice } from '../../../main/services/report/choose.ts';
import { planPredictions } from '../../../main/services/declaration/plan.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
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
