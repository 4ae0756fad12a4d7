import { expect, test } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import { scoreNames } from '../../../main/analysis/labels/scores.ts';
import { type Group, typeNames } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { typeTitle } from '../../../main/domain/stimuli/image-types.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { loadResults } from '../../../main/services/results/contributed-results.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { offered } from '../../calls.ts';
import { compareNumbers } from '../../services/report/same-numbers.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';
import { importPeople, leaveNobody, openResults } from '../../services/results/people.ts';
import { asking, figureOf, tableOf } from '../../services/results/section-tables.ts';

const contributed = await loadResults(offered.resultModules ?? []);
const group: Group = { kind: 'diverse', target: 97.5 };
const view = { study: 'sample', labelers: null, group };
const own = ['softmax-quartiles', 'calibration', 'divergence'];

test('a page and a report have the same numbers, of one target and of three with seed groups', async () => {
  const { workbench } = await openResults(contributed);
  addSeedStudy(workbench);
  expect(compareNumbers(workbench, 'sample', 97.5, contributed)).toEqual(expect.arrayContaining(own));
  expect(compareNumbers(workbench, seedDesign.name, 98, contributed)).toEqual(expect.arrayContaining(own));
});

test('quartiles are of the largest softmax of each network, and scores those of the analysis', async () => {
  const { workbench, results } = await openResults(contributed);
  const { input, models } = readStudyData(workbench, findStudy(workbench, 'sample').id)!;
  const expected = analyze(input).diverse['97.5']!;
  const { rows } = results.images(view);
  const tables = results.tables(asking('softmax', view));
  expect(tables.order).toEqual(['table-4', 'calibration', 'softmax-by-type', 'softmax-quartiles', 'reliability']);
  const [quartiles, scores] = [tableOf(tables, 'softmax-quartiles'), tableOf(tables, 'calibration')];
  const tops = rows.map(({ id }) => models.map(({ softmax }) => Math.max(...softmax.subarray(10 * id, 10 * id + 10))));
  for (const [at, type] of typeNames.entries()) {
    const images = rows.flatMap((row) => (row.type === type ? [row.id] : []));
    const sorted = images.flatMap((id) => tops[id]!).sort((a, b) => a - b);
    const [name, n, least, , median, , largest] = quartiles.rows[at]!;
    expect([name, n]).toEqual([typeTitle(type, 'simulated labelers'), images.length * 9]);
    expect([least, largest]).toEqual([sorted[0], sorted.at(-1)]);
    const middle = sorted.length / 2;
    expect(median).toBeCloseTo((sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2, 12);
  }
  const [first] = Object.values(expected.scores.per_model);
  expect(figureOf(tables, 'reliability').charts[0]?.n).toContain(`n = ${first?.n} images with a majority`);
  const { over_models: over, ensemble } = expected.scores;
  scoreNames.forEach((name, at) => {
    // Two more errors of calibration follow the expected one.
    const row = at < 2 ? at : at + 2;
    const { mean, std } = over[name];
    expect(quantityAt(scores, row, 'networks')).toMatchObject({ value: mean, std, n: 9 });
    expect(scores.rows[row]?.at(-1)).toBe(ensemble[name]);
  });
  const divergence = tableOf(results.tables(asking('certainty', view)), 'divergence');
  expect(quantityAt(divergence, 0, 'all')?.value).toBe(expected.divergence.mean.js_bits);
  expect(divergence.rows).toHaveLength(6);
});

test('a bin of calibration counts the images that it opens', async () => {
  const { results } = await openResults(contributed);
  const ids = (which: Parameters<typeof results.which>[0]['which']) => results.which({ ...view, which }).images;
  const [chart] = figureOf(results.tables(asking('softmax', view)), 'reliability').charts;
  const [, ensemble, single] = chart?.kind === 'lines' ? chart.series : [];
  expect(ensemble!.points.length).toBeGreaterThan(0);
  for (const { n, opens } of ensemble!.points)
    expect(opens?.kind === 'which' ? ids(opens.which) : null).toHaveLength(n!);
  // A value each of nine networks.
  for (const { n, opens } of single!.points)
    expect(9 * (opens?.kind === 'which' ? ids(opens.which).length : 0)).toBeGreaterThanOrEqual(n!);
});

test('without people calibration is not defined, and says why', async () => {
  const { workbench, results } = await openResults(contributed);
  leaveNobody(workbench);
  expect(figureOf(results.tables(asking('softmax', view)), 'reliability')).toMatchObject({
    charts: [],
    notes: ['Calibration is not defined. Nobody has labeled these images yet.'],
  });
});

test('scores against all labels give the number of labeled images and do not need a majority', async () => {
  const { workbench, results } = await openResults(contributed);
  // 100 images are a tie of two, 30 have one label, which is a majority.
  importPeople(workbench, 2, (person, place) => (place < 100 ? person : place < 130 && person === 0 ? 3 : null));
  const reliability = () => figureOf(results.tables(asking('softmax', view)), 'reliability');
  expect(reliability()).toMatchObject({ charts: [{ n: expect.stringMatching(/^n = 30 images/) }], notes: [] });
  leaveNobody(workbench);
  importPeople(workbench, 2, (person) => person);
  const scores = tableOf(results.tables(asking('softmax', view)), 'calibration');
  expect(reliability()).toMatchObject({
    charts: [],
    notes: ['Calibration is not defined. On no image is one label more frequent than all others.'],
  });
  const number = expect.any(Number);
  expect(scores.rows).toMatchObject([
    ['Cross-entropy with people’s labels, nats', 165, { value: number, undefined: null }, number],
    ['Brier score against people’s labels', 165, { value: number, undefined: null }, number],
  ]);
});

test('the interval of the Jensen–Shannon divergence uses all labeled images, like its value', async () => {
  const { workbench, results } = await openResults(contributed);
  // Only ten images are determined, and there the divergence is another than of all labeled ones.
  importPeople(workbench, 2, (person, place) => (person === 0 ? 1 : place < 10 ? 1 : null));
  const js = quantityAt(tableOf(results.tables(asking('certainty', view)), 'divergence'), 0, 'all');
  expect(js).toMatchObject({ n: 165, interval: { claim: 'anchors', n: 10 } });
  expect(js!.interval!.lo!).toBeLessThanOrEqual(js!.value!);
  expect(js!.interval!.hi!).toBeGreaterThanOrEqual(js!.value!);
});
