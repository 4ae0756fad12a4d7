import { consistencyPart, groupConsistency } from '../../../main/contributions/consistency/analysis/part.ts';
import { expect, test } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { loadResults } from '../../../main/services/results/contributed-results.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { offered } from '../../calls.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { compareNumbers } from '../../services/report/same-numbers.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';
import { asking, tableOf } from '../../services/results/section-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const contributed = await loadResults(offered.resultModules ?? []);
const own = ['multiplicity', 'deferral', 'churn', 'test-images', 'consistency-intervals'];

test('on the page, the sample study has the numbers of its analysis, in their order', async () => {
  const { lab, client } = openLab(await sampleFolder(temporaryFolder()));
  const analysis = analyze(readStudyData(lab.workbench, findStudy(lab.workbench, 'sample').id)!.input, {
    parts: [consistencyPart],
  });
  const view = { study: 'sample', labelers: null, group: { kind: 'diverse', target: 97.5 } } as const;
  const tables = await client.results.tables(asking('agreement', view));
  const { all_disagree_pct: differ } = analysis.diverse['97.5']!.table2;
  const table = tableOf(tables, 'multiplicity');
  const [churn, consistency] = [tableOf(tables, 'churn'), tableOf(tables, 'consistency-intervals')];
  expect(quantityAt(table, 0, 'ambiguity')?.value).toBeCloseTo(differ!, 9);
  expect(quantityAt(table, 0, 'auc')?.interval).toMatchObject({ claim: 'anchors', units: 'anchors', n: 10 });
  const [chart] = tables.figures[0]?.charts ?? [];
  const lines = chart?.kind === 'lines' ? chart.series.map(({ points }) => points.map(({ y }) => y)) : [];
  expect(lines.map(([first]) => first)).toEqual(new Array(3).fill(expect.closeTo(analysis.humans.disagree_pct!, 9)));
  expect(lines[2]!.at(-1)).toBe(0);
  expect(churn.rows.map(([, both]) => both)).toEqual(['CNN and MLP', 'CNN and ViT', 'MLP and ViT']);
  expect(consistency.rows).toHaveLength(36);
  const kappas = consistency.rows.map((_, row) => quantityAt(consistency, row, 'kappa')!.value!);
  const { kappa } = groupConsistency(analysis.diverse['97.5']!).error_consistency.model_model;
  expect(kappas.reduce((sum, value) => sum + value, 0) / 36).toBeCloseTo(kappa.mean!, 9);
  expect(quantityAt(consistency, 0, 'kappa')?.interval).toMatchObject({ about: 'networks', units: 'anchors' });
  expect(tables.order).toEqual([
    ...['agreement', 'multiplicity', 'deferral-figure', 'churn', 'test-images', 'consistency-intervals'],
  ]);
  await lab.close();
});

test('a page and a report have the same numbers, of one target and of three with seed groups', async () => {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  addSeedStudy(workbench);
  const ofSample = compareNumbers(workbench, 'sample', 97.5, contributed);
  expect(ofSample.filter((id) => own.includes(id))).toEqual(own);
  expect(compareNumbers(workbench, seedDesign.name, 98, contributed)).toEqual(
    expect.arrayContaining(own.filter((id) => id !== 'deferral')),
  );
  workbench.storage.close();
});
