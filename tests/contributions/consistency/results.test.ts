import { expect, test } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { consistencyPart, groupConsistency } from '../../../main/contributions/consistency/analysis/part.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { importPeople, leaveNoNetwork, openResults } from '../../services/results/people.ts';
import { asking, matrixOf, tableOf } from '../../services/results/section-tables.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { compareNumbers } from '../../services/report/same-numbers.ts';
import { consistencyAlone } from './with-consistency.ts';

const view = { study: 'sample', labelers: null, group: { kind: 'diverse', target: 97.5 } } as const;

test('the table of agreement has its means, a matrix every pair, and both are shown unless another measure is asked for', async () => {
  const { workbench, results } = await openResults(consistencyAlone);
  const { input } = readStudyData(workbench, findStudy(workbench, 'sample').id)!;
  const group = groupConsistency(analyze(input, { parts: [consistencyPart] }).diverse['97.5']!);
  const { raters, values } = matrixOf(results.tables({ ...asking('matrix', view), measure: 'errors' }));
  expect(matrixOf(results.tables(asking('matrix', view)))).toEqual({
    ...matrixOf(results.tables({ ...asking('matrix', view), measure: 'errors' })),
  });
  expect(raters).toHaveLength(19);
  values.forEach((row, a) => row.forEach((value, b) => expect(value).toBe(values[b]?.[a])));
  const table = tableOf(results.tables(asking('agreement', view)), 'agreement');
  expect(table.columns.map(({ name }) => name).slice(4)).toEqual([
    ...['Cohen’s κ, pairs', 'Error consistency κ, pairs', 'Equal labels, pairs'],
  ]);
  const { model_model: within, human_model: between } = group.error_consistency;
  expect(quantityAt(table, 1, 'errors')).toMatchObject({ value: within.kappa.mean, std: within.kappa.std, n: 36 });
  expect(quantityAt(table, 2, 'errors')).toMatchObject({ value: between!.kappa.mean, n: 90 });
  expect(quantityAt(table, 0, 'cohen')?.interval).toMatchObject({ claim: 'people', lo: expect.any(Number) });
});

test('without it the table has neither its column nor intervals of kappas', async () => {
  const { results } = await openResults();
  const table = tableOf(results.tables(asking('agreement', view)), 'agreement');
  expect(table.columns.map(({ name }) => name).slice(4)).toEqual(['Cohen’s κ, pairs', 'Equal labels, pairs']);
  expect(quantityAt(table, 0, 'cohen')?.interval).toBeNull();
  expect(results.tables(asking('agreement', view)).tables.map(({ exhibit }) => exhibit.id)).toEqual(['agreement']);
});

test('of two people it takes a third to say who is right', async () => {
  const { workbench, results } = await openResults(consistencyAlone);
  leaveNoNetwork(workbench);
  importPeople(workbench, 2, () => 1);
  const table = tableOf(results.tables(asking('agreement', { ...view, group: null })), 'agreement');
  expect(quantityAt(table, 0, 'errors')).toMatchObject({
    value: null,
    undefined: 'Who is right takes a majority of those who are not in the pair: at least 3 people.',
  });
});

test('a page and a report have the same numbers', async () => {
  const { workbench } = await openResults(consistencyAlone);
  expect(compareNumbers(workbench, 'sample', 97.5, consistencyAlone)).toContain('agreement');
});
