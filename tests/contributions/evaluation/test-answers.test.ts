import { expect, test } from 'vitest';
import { agreementLine } from '../../../main/contributions/multiplicity/analysis/multiplicity.ts';
import { testAgreement } from '../../../main/analysis/outcomes/test-answers.ts';
import type { SnapshotEvaluation } from '../../../main/contract/results/evaluation.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { evaluationOf } from '../../../main/contributions/evaluation/opened.ts';
import { computeTestAnswers } from '../../../main/contributions/evaluation/test-answers.ts';
import { studyMultiplicity } from '../../../main/contributions/multiplicity/exhibits/multiplicity.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { hasBrowser, openPage, startHost, violations } from '../../renderer/harness.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { jobEnded, openLab } from '../../services/lab/lab-helper.ts';
import { sampleFolder } from '../../services/report/sample-lab.ts';
import { madeUpEvaluation } from '../../services/runs/made-up-evaluation.ts';

const study = 'sample';

test('networks answer test images one after another, until somebody stops it, and what is stored gives a line', async () => {
  const { lab, client } = openLab(await sampleFolder(temporaryFolder()));
  const { storage } = lab.workbench;
  const records = () => storage.evaluations.ofStudy(findStudy(lab.workbench, study).id);
  const keep = (name: string, { answers, ...evaluation }: SnapshotEvaluation, isOld = false): void => {
    const { weights, dataSet } = records().find(({ modelName }) => modelName === name)!;
    storage.evaluations.put(weights, dataSet, isOld ? evaluation : { ...evaluation, answers }, 1);
  };
  const tested = () => studyMultiplicity(reportView(buildReport(lab.workbench, study))).testImages;
  const answered = (): string[] => records().flatMap(({ modelName, hasAnswers }) => (hasAnswers ? [modelName] : []));

  // Weights that an archive left out.
  storage.blobs.remove(records().find(({ modelName }) => modelName === 'ViT3')!.weights);
  const plan = await client.evaluation.plan({ study });
  expect(plan).toEqual({ networks: 9, open: 8, withoutWeights: 1, seconds: expect.any(Number) });
  expect(quantityAt(tested(), 0, 'ece')?.undefined).toMatch(/not computed yet/);

  // An evaluation of an earlier version has no answers.
  keep('MLP1', madeUpEvaluation('MLP1'), true);
  for (const name of ['CNN1', 'CNN2']) keep(name, madeUpEvaluation(name));
  expect(await client.evaluation.plan({ study })).toMatchObject({ open: 6, withoutWeights: 1 });
  expect(quantityAt(tested(), 0, 'slope')?.undefined).toMatch(/^There are fewer than 3 pairs/);

  for (const name of ['CNN3', 'ViT1', 'ViT2', 'ViT3']) keep(name, madeUpEvaluation(name));
  const stop = new AbortController();
  const { evaluation: process } = await evaluationOf(lab);
  const stopped = computeTestAnswers({ workbench: lab.workbench, evaluation: process }, study, {
    signal: stop.signal,
    report: (note) => {
      if (note.startsWith('MLP2')) stop.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(answered()).toEqual(['CNN1', 'CNN2', 'CNN3', 'MLP1', 'ViT1', 'ViT2', 'ViT3']);

  const { job } = await client.evaluation.answer({ study });
  expect(await client.evaluation.answer({ study })).toEqual({ job });
  expect(await jobEnded({ lab }, job)).toMatchObject({
    state: 'done',
    messages: ['2 networks answered the test images.'],
  });
  expect(await client.evaluation.plan({ study })).toMatchObject({ networks: 9, open: 0 });

  const { id } = findStudy(lab.workbench, study);
  const { models } = readStudyData(lab.workbench, id)!;
  const tests = models.map((model) => model.test()!);
  const mlp = at(
    tests,
    models.findIndex(({ record }) => record.modelName === 'MLP1'),
  );
  expect(mlp.labels).toHaveLength(10_000);
  expect(mlp.accuracy).toBeCloseTo(0.975, 2);
  const [first] = models;
  const values = Int16Array.from(models.flatMap(({ labels }) => Array.from(labels)));
  const labels = { raters: 9, images: first!.labels.length, classes: 10, values };
  const line = agreementLine(labels, testAgreement(tests)!);
  const exhibit = tested();
  expect(line.n_pairs).toBe(36);
  for (const [key, value] of [
    ['slope', line.slope],
    ['se', line.se_slope],
    ['r2', line.r2],
  ] as const)
    expect(quantityAt(exhibit, 0, key)?.value, key).toBeCloseTo(value!, 9);
  const report = buildReport(lab.workbench, study);
  expect(report.predictions.map(({ test: of }) => of?.certainty)).toEqual(tests.map(({ certainty }) => certainty));
  // The answers stay where they are used.
  const { runId } = records()[0]!;
  for await (const { evaluation } of await client.evaluation.snapshot({ id: runId, target: 97.5 }))
    expect(evaluation).not.toHaveProperty('answers');
});

test.skipIf(!hasBrowser)('Agreement offers to compute what its table of test images lacks', async () => {
  const host = await startHost({ dataFolder: await sampleFolder(temporaryFolder()) });
  const page = await openPage(host, { route: '/studies/sample/results/agreement', height: 1600 });
  await page.getByRole('heading', { name: /^On test images/ }).waitFor();
  await page.getByRole('button', { name: /^Compute answers to test images \(9 networks, about \d+ / }).waitFor();
  expect(await violations(page)).toEqual([]);
});
