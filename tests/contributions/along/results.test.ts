import { alongPart, groupAlong, peopleAlong } from '../../../main/contributions/along/analysis/part.ts';
import { expect, onTestFinished, test } from 'vitest';
import { analyze } from '../../../main/analysis/groups/analyze.ts';
import type { Group } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { compareNumbers } from '../../services/report/same-numbers.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { importPeople, leaveNobody, leaveNoNetwork, openResults } from '../../services/results/people.ts';
import { asking, figureOf, tableOf } from '../../services/results/section-tables.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { alongAlone } from './with-along.ts';

const people = { study: 'sample', labelers: null };
const group: Group = { kind: 'diverse', target: 97.5 };
const view = { ...people, group };

async function openAlong() {
  const { workbench, results } = await openResults(alongAlone);
  onTestFinished(() => workbench.storage.close());
  return { workbench, results };
}

test('shares and flip points along alpha are those of the analysis', async () => {
  const { workbench, results } = await openAlong();
  const analysis = analyze(readStudyData(workbench, findStudy(workbench, 'sample').id)!.input, { parts: [alongPart] });
  const along = results.tables(asking('along', view));
  const flipPoints = tableOf(along, 'flip-points');
  const { pairs } = results.overview({ study: 'sample' });
  expect(pairs).toHaveLength(15);
  const drawn = figureOf(results.tables(asking('pairs', view)), 'along-alpha').charts;
  const { mean, std, n } = groupAlong(analysis.diverse['97.5']!).alpha_star.abs_delta_star;
  const distances = tableOf(along, 'flip-distances');
  expect(distances.rows.map(([networks]) => networks)).toEqual(['All recipes at 97.5 %']);
  expect(quantityAt(distances, 0, 'abs_star')).toMatchObject({ value: mean, std, n, of: 'pairs of classes' });
  expect(flipPoints.rows).toHaveLength(2 * 15);
  for (const [at, pair] of pairs.entries()) {
    expect(pair.images).toBe(11);
    const chart = drawn[at];
    const [ofPeople] = chart?.kind === 'lines' ? chart.series : [];
    expect([chart?.title, ofPeople?.points.length]).toEqual([`Share of ${pair.j} from ${pair.i} to ${pair.j}`, 11]);
    const name = `${pair.i}${pair.j}`;
    const flips = groupAlong(analysis.diverse['97.5']!).alpha_star.pairs[name]!;
    const ofRaters = [peopleAlong(analysis.humans).alpha_star[name]!, flips];
    expect([0, 1].map((rater) => flipPoints.rows[2 * at + rater]?.slice(0, 2))).toEqual([
      [`${pair.i} to ${pair.j}`, 'simulated labelers'],
      [`${pair.i} to ${pair.j}`, 'All recipes at 97.5 %'],
    ]);
    ofRaters.forEach(({ majority, individuals, cross }, rater) => {
      const cell = (key: string) => quantityAt(flipPoints, 2 * at + rater, key)!;
      expect(cell('star')).toMatchObject({ value: majority?.alpha_star ?? null });
      expect(cell('star').undefined === null).toBe(majority?.alpha_star !== null);
      expect(cell('star').note).toBe(majority!.n_flips > 1 ? `${majority!.n_flips} flips` : undefined);
      const { mean, std, n } = individuals!;
      expect(cell('alone')).toMatchObject({ value: mean, std, n, of: rater === 0 ? 'labelers' : 'models' });
      expect(cell('cross').value).toBe(cross.alpha_cross);
      const { lo = null, hi = null, n: units = null } = cell('cross').interval ?? {};
      expect(units).toBe(cross.alpha_cross === null ? null : [10, 9][rater]);
      if (lo !== null) expect(lo).toBeLessThanOrEqual(hi!);
    });
    for (const key of ['delta_star', 'delta_cross'] as const) {
      expect(quantityAt(flipPoints, 2 * at, key)).toBeNull();
      expect(quantityAt(flipPoints, 2 * at + 1, key)!.value).toBe(flips[key]);
    }
  }
});

test('curves are of what the page chooses, and of softmax where it chooses nothing that is known', async () => {
  const { results } = await openAlong();
  const drawn = (choice?: string) => results.tables({ ...asking('pairs', view), choice }).figures;
  const of = { softmax: drawn('softmax'), votes: drawn('votes'), fitted: drawn('fitted') };
  expect(new Set(Object.values(of).map((figures) => JSON.stringify(figures))).size).toBe(3);
  expect(drawn()).toEqual(of.softmax);
  expect(drawn('of another version')).toEqual(of.softmax);
});

test('without networks, flips and curves of people are the same', async () => {
  const { workbench, results } = await openAlong();
  const ask = () => [results.tables(asking('along', people)), results.tables(asking('pairs', people))];
  const beside = ask();
  leaveNoNetwork(workbench);
  expect(ask()).toEqual(beside);
  const flips = tableOf(results.tables(asking('along', people)), 'flip-points');
  expect(flips.rows.map(([, raters]) => raters)).toEqual(new Array(15).fill('simulated labelers'));
  expect(quantityAt(flips, 0, 'alone')).toMatchObject({ value: expect.any(Number), of: 'labelers' });
});

test('without people, flips are of networks', async () => {
  const { workbench, results } = await openAlong();
  leaveNobody(workbench);
  const flips = tableOf(results.tables(asking('along', view)), 'flip-points');
  expect(flips.rows.map(([, raters]) => raters)).toEqual(new Array(15).fill('All recipes at 97.5 %'));
  expect(flips.columns.map(({ key }) => key)).not.toContain('delta_star');
});

test('a pair without labels has no flip point, and says that nobody labeled it', async () => {
  const { workbench, results } = await openAlong();
  leaveNoNetwork(workbench);
  importPeople(workbench, 3, (_, place) => (place < 11 ? null : place % 3));
  const flips = tableOf(results.tables(asking('along', people)), 'flip-points');
  const [chart] = figureOf(results.tables(asking('pairs', people)), 'along-alpha').charts;
  expect(chart).toMatchObject({ kind: 'lines', series: [] });
  expect(quantityAt(flips, 0, 'star')).toMatchObject({
    value: null,
    undefined: 'Nobody labeled an image of this pair.',
  });
  expect(quantityAt(flips, 1, 'star')!.undefined).not.toMatch(/nobody labeled/i);
});

test('a page and a report of three targets with seed groups have the same numbers', async () => {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  onTestFinished(() => workbench.storage.close());
  addSeedStudy(workbench);
  expect(compareNumbers(workbench, seedDesign.name, 98, alongAlone)).toEqual(
    expect.arrayContaining(['flip-points', 'flip-distances', 'curve-means']),
  );
});

test('without this contribution, pages that still ask for its parts are told so', async () => {
  const { workbench, results } = await openResults();
  onTestFinished(() => workbench.storage.close());
  expect(() => results.tables(asking('pairs', view))).toThrow(
    expect.objectContaining({ code: 'results.unknown-part', message: 'This program shows no "pairs" among results' }),
  );
  expect(results.tables(asking('along', view))).toMatchObject({ tables: [], figures: [] });
});
