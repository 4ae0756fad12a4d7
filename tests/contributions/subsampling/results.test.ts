import { expect, onTestFinished, test } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import type { Group } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { importPeople, leaveNobody, leaveNoNetwork, openResults } from '../../services/results/people.ts';
import { asking, tableOf } from '../../services/results/section-tables.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { compareIn } from '../groups/compare-in.ts';
import { curvesOf } from './curves-of.ts';
import { subsamplingAlone } from './with-subsampling.ts';

const people = { study: 'sample', labelers: null };
const group: Group = { kind: 'diverse', target: 97.5 };
const view = { ...people, group };

async function openSubsampling() {
  const { workbench, results } = await openResults(subsamplingAlone);
  onTestFinished(() => workbench.storage.close());
  return { workbench, results };
}

/** Beside the sample, a study of three targets with seed groups. */
async function openSeeds() {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  onTestFinished(() => workbench.storage.close());
  addSeedStudy(workbench);
  return compareIn(workbench, subsamplingAlone);
}

test('the last point equals the statistic of all raters', async () => {
  const { workbench, results } = await openSubsampling();
  const analysis = analyze(readStudyData(workbench, findStudy(workbench, 'sample').id)!.input);
  const curves = curvesOf(results.tables(asking('subsampling', view)));
  const end = (name: string, along: string) =>
    curves.find((curve) => curve.name === name && curve.along === along)?.points.at(-1)?.y;
  const { types } = analysis.diverse['97.5']!;
  expect(end('people disagree', 'labelers')).toBeCloseTo(analysis.humans.disagree_pct!, 9);
  expect(end('networks disagree', 'models')).toBeCloseTo(types!.nn_disagree_pct!, 9);
  for (const along of ['labelers', 'models']) {
    expect(end('type a', along)).toBeCloseTo(types!.type_a_pct!, 9);
    expect(end('type c', along)).toBeCloseTo(types!.type_c_pct!, 9);
  }
});

test('the last interval is that of the table under the claim `anchors`', async () => {
  const { results } = await openSubsampling();
  const anchors = { ...view, claim: 'anchors' as const };
  const { figures } = results.tables(asking('subsampling', anchors));
  const curves = curvesOf({ figures });
  const tables = results.tables(asking('types', anchors));
  const [table2, table3] = [tableOf(tables, 'table-2'), tableOf(tables, 'table-3')];
  const ofTypes = ['labelers', 'models'].flatMap((along) => [
    ['type a', along, quantityAt(table3, 0, 'type_a_pct')] as const,
    ['type c', along, quantityAt(table3, 0, 'type_c_pct')] as const,
  ]);
  const shown = [
    ['networks disagree', 'models', quantityAt(table2, 0, 'all_disagree_pct')] as const,
    ['people disagree', 'labelers', quantityAt(table2, 1, 'all_disagree_pct')] as const,
    ...ofTypes,
  ];
  for (const [name, along, quantity] of shown) {
    const point = curves.find((curve) => curve.name === name && curve.along === along)!.points.at(-1)!;
    expect(point.interval![0], `${name}, ${along}`).toBeCloseTo(quantity!.interval!.lo!, 9);
    expect(point.interval![1], `${name}, ${along}`).toBeCloseTo(quantity!.interval!.hi!, 9);
  }
  expect(figures[0]!.notes.find((note) => note.startsWith('Bands'))).toMatch(
    /^Bands: 95 % intervals for other anchors and pairs of classes drawn in the same way, with these very networks/,
  );
  for (const { points } of curves)
    for (const { y, interval } of points) {
      expect(interval?.[0] ?? y).toBeLessThanOrEqual(y);
      expect(interval?.[1] ?? y).toBeGreaterThanOrEqual(y);
    }
});

test('of people alone, curves are those beside networks without the types', async () => {
  const { workbench, results } = await openSubsampling();
  const curves = curvesOf(results.tables(asking('subsampling', view)));
  leaveNoNetwork(workbench);
  const own = curves.filter(({ along, name }) => along === 'labelers' && !name.startsWith('type'));
  const { figures, tables, ...header } = results.tables(asking('subsampling', { ...people, group: null }));
  expect(tables).toEqual([]);
  expect(own.length).toBeGreaterThan(0);
  expect(curvesOf({ figures })).toEqual(own);
  expect(figures[0]!.notes.find((note) => note.startsWith('Bands'))).toMatch(
    /^Bands: 95 % intervals for other anchors and pairs .* simulated labelers.*\. Sample size: 10 anchors/,
  );
  expect(header).toEqual({
    rehearsal: true,
    response: 'single',
    labelers: 10,
    counted: null,
    order: ['fewer-people-figure'],
  });
});

test('without people, networks have their curve', async () => {
  const { workbench, results } = await openSubsampling();
  leaveNobody(workbench);
  const curves = curvesOf(results.tables(asking('subsampling', view)));
  expect(curves.find(({ name }) => name === 'networks disagree')!.points[0]!.n).toBe(165);
});

test('with labels missing, each point has its number of images', async () => {
  const { workbench, results } = await openSubsampling();
  importPeople(workbench, 3, (person, place) => (person < 2 ? place % 2 : place < 40 ? 1 : null));
  const curve = curvesOf(results.tables(asking('subsampling', view))).find(
    ({ name, along }) => name === 'people disagree' && along === 'labelers',
  )!;
  expect(curve.points.map(({ x, n }) => [x, n])).toEqual([
    [2, 165],
    [3, 40],
  ]);
});

test('one network has no curve, and the figure says why', async () => {
  const { results } = await openSubsampling();
  const [first] = results.overview({ study: 'sample' }).models;
  const one: Group = { kind: 'chosen', models: [first!.key] };
  const { figures } = results.tables(asking('subsampling', { ...view, group: one }));
  expect(figures[1]).toMatchObject({ charts: [], notes: ['Disagreement needs at least two networks.'] });
});

test('curves start with two raters', async () => {
  const { results } = await openSeeds();
  const seeds: Group = { kind: 'seeds', architecture: 'CNN', target: 98, repeat: 1 };
  const curves = curvesOf(
    results.tables(asking('subsampling', { study: seedDesign.name, labelers: null, group: seeds })),
  );
  expect(curves.length).toBeGreaterThan(2);
  for (const { name, points } of curves) expect(points[0]?.x, name).toBe(name === 'classes an image' ? 1 : 2);
});

test('of groups with 9 and 8 networks, both are compared at 8, as the curve by number of networks has it', async () => {
  const { results, compare } = await openSeeds();
  const of = (target: number) => ({
    study: seedDesign.name,
    labelers: null,
    group: { kind: 'diverse' as const, target },
  });
  const { tests } = compare({ a: of(97.5), b: of(98.5) });
  const values = [of(97.5), of(98.5)].map((side) => {
    const curve = curvesOf(results.tables(asking('subsampling', side))).find(
      ({ name, along }) => name === 'networks disagree' && along === 'models',
    );
    return curve?.points.find(({ x }) => x === 8)?.y ?? Number.NaN;
  });
  const compared = tests.find(({ name }) => name === 'networks disagree')!;
  expect(compared.difference).toBeCloseTo(values[0]! - values[1]!, 9);
  expect(compared).toMatchObject({ discordant: null, sizes: expect.stringContaining('8 of 9 networks') });
});
