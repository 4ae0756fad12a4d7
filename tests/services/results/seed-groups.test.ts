import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyze, type Analysis } from '../../../main/analysis/groups/analyze.ts';
import type { Group } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openSample, sampleFolder } from '../report/sample-lab.ts';
import { addSeedStudy, astray, seedDesign } from './seed-study.ts';
import type { Target } from '../../../main/contract/recipes/recipes.ts';
import { asking, tableOf } from './section-tables.ts';
import { callsOf } from '../../calls.ts';
import { designedGroups, groupTitle } from '../../../renderer/results/choice.tsx';

/** Three architectures, three targets, three repeats of four seeds, beside nine diverse networks; some runs end astray. */
const folder = mkdtempSync(join(tmpdir(), 'boundary-test-'));
const people = { study: seedDesign.name, labelers: null };
const seeds = (architecture: string, target: Target, repeat: number): Group => ({
  kind: 'seeds',
  architecture,
  target,
  repeat,
});
let lab: Lab;
let analysis: Analysis;
const defects: unknown[] = [];
const client = () => callsOf({ lab, log: (error) => void defects.push(error) });

beforeAll(async () => {
  process.env.BOUNDARY_CACHE = join(folder, 'cache');
  const workbench = openSample(await sampleFolder(folder));
  addSeedStudy(workbench);
  lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  analysis = analyze(readStudyData(workbench, findStudy(workbench, seedDesign.name).id)!.input);
});

afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

it('overview: every group, with its current and planned number of networks', async () => {
  const { diverse, seeds: cells } = await client().results.overview({ study: seedDesign.name });
  expect(diverse).toEqual([
    { target: 97.5, models: 9, planned: 9 },
    { target: 98, models: 9, planned: 9 },
    { target: 98.5, models: 8, planned: 9 },
  ]);
  expect(cells.map(({ architecture, target }) => `${architecture} ${target}`)).toEqual(
    ['CNN', 'MLP', 'ViT'].flatMap((name) => seedDesign.targets.map((target) => `${name} ${target}`)),
  );
  const models = (cell: number) => cells[cell]?.repeats.map((repeat) => `${repeat.models} of ${repeat.planned}`);
  expect(models(1)).toEqual(['4 of 4', '4 of 4', '3 of 4']);
  expect(models(2)).toEqual(['4 of 4', '3 of 4', '3 of 4']);
  expect(models(3)).toEqual(['4 of 4', '4 of 4', '3 of 4']);
  expect(models(8)).toEqual(['4 of 4', '4 of 4', '4 of 4']);
});

it('groups stand in one order on Results, where the first is shown, and wherever the program chooses the first', async () => {
  const overview = await client().results.overview({ study: seedDesign.name });
  const { groups } = await client().results.image({ ...people, image: 0 });
  expect(groups.map(({ title }) => title)).toEqual(
    designedGroups(overview).map(({ group }) => groupTitle(group, overview)),
  );
});

it('overview: snapshots missing from the results are named with the reason', async () => {
  const { leftOut } = await client().results.overview({ study: seedDesign.name });
  const of = (model: string) => leftOut.filter((each) => each.model === model);
  expect(of(astray.missed)).toEqual([
    expect.objectContaining({ target: 98.5, why: 'missed', detail: 'the epochs are over; nearest 98.30 %' }),
  ]);
  expect(of(astray.failed).map(({ target, why, detail }) => [target, why, detail])).toEqual(
    seedDesign.targets.map((target) => [target, 'failed', 'The loss is not a number']),
  );
  expect(of(astray.waiting).map(({ why }) => why)).toEqual(['unfinished', 'unfinished', 'unfinished']);
  expect(of(astray.silent)).toEqual([expect.objectContaining({ name: 'MLP1-98.5', why: 'unasked' })]);
  expect(leftOut).toHaveLength(8);
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Certainty of every seed group on every image, percent, by `CNN 98 1 27`: from its votes for single images. */
async function seedCertainties(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const architecture of ['CNN', 'MLP', 'ViT'])
    for (const target of seedDesign.targets)
      for (const repeat of [1, 2, 3]) {
        const { rows } = await client().results.images({ ...people, group: seeds(architecture, target, repeat) });
        for (const { id, votes } of rows)
          found.set(
            `${architecture} ${target} ${repeat} ${id}`,
            (100 * Math.max(...votes)) / votes.reduce((sum, count) => sum + count, 0),
          );
      }
  return found;
}

it('Figure 2 and Table 5 equal the analysis: mean and population std over the repeats', async () => {
  const seeds = await client().results.tables(asking('seeds', people));
  const [figure2, table5] = [tableOf(seeds, 'figure-2'), tableOf(seeds, 'table-5')];
  const table2 = tableOf(await client().results.tables(asking('types', people)), 'table-2');
  const sizes = table2.rows.map(([target], row) => [target, quantityAt(table2, row, 'networks')]);
  expect(sizes.slice(0, 3)).toMatchObject([
    [97.5, { value: 9 }],
    [98, { value: 9 }],
    [98.5, { value: 8 }],
  ]);
  expect(sizes[2]![1]).toMatchObject({ note: expect.stringContaining('MLP1 without predictions yet') });
  expect(figure2.rows).toHaveLength(9);
  for (const [row, [architecture, target]] of figure2.rows.entries()) {
    const expected = analysis.fig2[String(architecture)]![String(target)]!;
    for (const key of ['type_a_pct', 'type_c_pct'] as const) {
      const { mean: average, std } = expected[key];
      const perRepeat = [1, 2, 3].map((repeat) => quantityAt(figure2, row, `${key} ${repeat}`)!.value!);
      expect(perRepeat).toEqual(expected[key].per_repeat);
      expect(quantityAt(figure2, row, key)).toMatchObject({ value: average, std, n: 3 });
      const variance = mean(perRepeat.map((value) => (value - mean(perRepeat)) ** 2));
      expect(average).toBeCloseTo(mean(perRepeat), 9);
      expect(std).toBeCloseTo(Math.sqrt(variance), 9);
    }
  }
  expect(table5.rows).toHaveLength(1 + 9);
  const certainties = await seedCertainties();
  for (const [row, [architecture, target]] of table5.rows.entries()) {
    if (row === 0) continue;
    const expected = analysis.table5[String(architecture)]![String(target)]!;
    for (const [certainty, own] of Object.entries(expected)) {
      const key = `certainty_${certainty}`;
      const cell = quantityAt(table5, row, key)!;
      expect([cell.value, cell.std]).toEqual([own.mean, own.std]);
      expect(cell.undefined === null).toBe(own.n_images > 0);
      expect(quantityAt(table5, 0, key)!.value).toBe(own.n_images);
      const { images } = await client().results.which({ ...people, ...cell.counts! });
      expect(images).toHaveLength(own.n_images);
      if (images.length === 0) continue;
      const perRepeat = [1, 2, 3].map((repeat) =>
        mean(images.map((id) => certainties.get(`${String(architecture)} ${Number(target)} ${repeat} ${id}`)!)),
      );
      perRepeat.forEach((value, at) => expect(value).toBeCloseTo(own.per_repeat[at]!, 9));
      expect(cell.value).toBeCloseTo(mean(perRepeat), 9);
      expect(cell.std).toBeCloseTo(Math.sqrt(mean(perRepeat.map((value) => (value - mean(perRepeat)) ** 2))), 9);
      expect(cell.n).toBe(3);
    }
  }
});

it.each([
  ['CNN', 98, 2],
  ['ViT', 97.5, 1],
  ['CNN', 98.5, 3],
] as const)('%s at %s, repeat %s: types and maps of the group alone', async (architecture, target, repeat) => {
  const group = seeds(architecture, target, repeat);
  const table1 = tableOf(await client().results.tables(asking('types', { ...people, group })), 'table-1');
  const at = analysis.fig2[architecture]![String(target)]!;
  const share = (type: string) => quantityAt(table1, 0, `${type}_pct`);
  expect(share('type_a')?.value).toBeCloseTo(at.type_a_pct.per_repeat[repeat - 1]!, 9);
  expect(share('type_c')?.value).toBeCloseTo(at.type_c_pct.per_repeat[repeat - 1]!, 9);
  expect(share('type_a')?.paper).toBeNull();
  const { rows } = await client().results.images({ ...people, group });
  const map = analysis.fig4[architecture]![String(target)]![String(repeat)]!;
  const colors = { type_a: 'blue', type_c: 'red', both_agree: 'gray', both_disagree: 'white' } as const;
  expect(rows.map(({ type }) => (type ? colors[type] : 'undetermined'))).toEqual(map.category);
  expect(rows.map(({ shade }) => shade)).toEqual(map.shade);
  expect(rows.map(({ exception }) => exception)).toEqual(map.exception);
});

it('an image has the same type and divergence in a seed group as in that group’s rows', async () => {
  const id = analysis.meta.images[27]!;
  const { groups } = await client().results.image({ ...people, image: id });
  expect(groups).toHaveLength(3 + 27);
  for (const { architecture, target, repeat, type, divergence, votes } of groups.slice(3, 8)) {
    const { rows } = await client().results.images({ ...people, group: seeds(architecture!, target!, repeat!) });
    const row = rows.find((each) => each.id === id)!;
    expect([type, votes]).toEqual([row.type, row.votes]);
    expect(divergence).toBeCloseTo(row.divergence!, 6);
  }
});

it('models of a collection are a group of their own, and in none of the design', async () => {
  const { storage, now } = lab.workbench;
  const { spec } = findStudy(lab.workbench, seedDesign.name);
  const apart = (name: string): object => (/^CNN[23]$/.test(name) ? { collection: 'CNN grid' } : {});
  storage.studies.put(
    seedDesign.name,
    { ...spec, models: spec.models.map((entry) => ({ ...entry, ...apart(entry.name) })) },
    now(),
  );
  try {
    const { diverse, models } = await client().results.overview({ study: seedDesign.name });
    expect(diverse[0]).toEqual({ target: 97.5, models: 7, planned: 7 });
    const own = models.filter(({ collection, target }) => collection === 'CNN grid' && target === 97.5);
    expect(own.map(({ name }) => name)).toEqual(['CNN2-97.5', 'CNN3-97.5']);
    expect(own[0]?.recipe).toContain('batch 128');
    const chosen = { kind: 'chosen' as const, models: own.map(({ key }) => key) };
    const table1 = tableOf(await client().results.tables(asking('types', { ...people, group: chosen })), 'table-1');
    expect(quantityAt(table1, 0, 'type_a_pct')?.value).not.toBeNull();
    // Tables and reports are of the design alone.
    const names = readStudyData(lab.workbench, findStudy(lab.workbench, seedDesign.name).id)!.input.models;
    expect(names.filter(({ name }) => /^CNN[23]-/.test(name))).toEqual([]);
  } finally {
    storage.studies.put(seedDesign.name, spec, now());
  }
});
