import { expect, onTestFinished, test } from 'vitest';
import type { Group } from '../../../main/contract/results/exhibit.ts';
import type { Target } from '../../../main/contract/recipes/recipes.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import type { ResultsService } from '../../../main/services/results/service.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { leaveNobody } from '../../services/results/people.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';
import { asking, tableOf } from '../../services/results/section-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { compareIn } from './compare-in.ts';

const group: Group = { kind: 'diverse', target: 97.5 };
const view = { study: 'sample', labelers: null, group };
const inSeeds = { study: seedDesign.name, labelers: null };
const seeds = (architecture: string, target: Target, repeat: number): Group => ({
  kind: 'seeds',
  architecture,
  target,
  repeat,
});

/** The sample study. */
async function openCompare() {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  onTestFinished(() => workbench.storage.close());
  return { workbench, ...compareIn(workbench) };
}

/** Beside it one of three architectures, three targets and three repeats of four seeds. */
async function openSeeds() {
  const opened = await openCompare();
  addSeedStudy(opened.workbench);
  return opened;
}

/** The networks of one architecture. */
function mlps(results: ResultsService): Group {
  const { models } = results.overview({ study: 'sample' });
  return {
    kind: 'chosen',
    models: models.filter(({ architecture }) => architecture === 'MLP').map(({ key }) => key),
  };
}

test('a group does not differ from itself; two groups differ', async () => {
  const { results, compare } = await openCompare();
  const same = compare({ a: view, b: view });
  expect(same).toMatchObject({ images: 165, changed: [], undefined: null });
  for (const test of same.tests) {
    expect(test).toMatchObject({ difference: null, p: null, holm: null });
    expect(test.undefined).toMatch(/^Both sides/);
  }
  const { models } = results.overview({ study: 'sample' });
  const of = (architecture: string): Group => ({
    kind: 'chosen',
    models: models.filter((model) => model.architecture === architecture).map(({ key }) => key),
  });
  const two = compare({
    a: { ...view, group: of('MLP') },
    b: { ...view, group: of('ViT') },
  });
  const moved = two.transitions.filter(({ a, b }) => a !== b).flatMap(({ images }) => images);
  expect(moved.sort((a, b) => a - b)).toEqual(two.changed.map(({ image }) => image));
  for (const { p, holm } of two.tests) if (p !== null) expect(holm).toBeGreaterThanOrEqual(p);
});

test('without people, only what is of networks alone is tested', async () => {
  const { workbench, results, compare } = await openCompare();
  leaveNobody(workbench);
  const { tests } = compare({ a: view, b: { ...view, group: mlps(results) } });
  const tested = tests.filter(({ p }) => p !== null).map(({ name }) => name);
  expect(tested).toEqual(['networks disagree', 'pairwise disagreement']);
});

test('one network compared with two: no image changed type, as none has a type on both sides', async () => {
  const { results, compare } = await openCompare();
  const keys = results.overview({ study: 'sample' }).models.map(({ key }) => key);
  const one: Group = { kind: 'chosen', models: keys.slice(0, 1) };
  const two: Group = { kind: 'chosen', models: keys.slice(1, 3) };
  const compared = compare({ a: { ...view, group: one }, b: { ...view, group: two } });
  expect(compared).toMatchObject({ images: 165, typed: 0, changed: [], transitions: [] });
  expect(compared.typedOnce.first).toEqual([]);
  expect(compared.typedOnce.second).toHaveLength(165);
});

test('identical statistics are neither tested nor counted in the adjustment', async () => {
  const { results, compare } = await openCompare();
  const { tests } = compare({ a: view, b: { ...view, group: mlps(results) } });
  const ofPeople = tests.find(({ name }) => name === 'people disagree')!;
  expect(ofPeople).toMatchObject({ p: null, holm: null, difference: null });
  expect(ofPeople.undefined).toBe('Both sides have the same labelers.');
  const tested = tests.filter(({ p }) => p !== null);
  expect(tested).toHaveLength(7);
  const least = tested.toSorted((a, b) => a.p! - b.p!)[0]!;
  expect(least.holm).toBeCloseTo(Math.min(1, 7 * least.p!), 12);
  const all = results.overview({ study: 'sample' }).people.map(({ id }) => id);
  const half = compare({ a: view, b: { ...view, labelers: all.slice(0, 5) } });
  expect(half.tests.filter(({ p }) => p === null).map(({ name }) => name)).toEqual([
    'networks disagree',
    'pairwise disagreement',
  ]);
});

test('each difference has its interval, and the images that differ', async () => {
  const { results, compare } = await openCompare();
  const { tests } = compare({ a: view, b: { ...view, group: mlps(results) } });
  for (const { p, interval, difference, discordant, n } of tests) {
    if (p === null) continue;
    expect(interval!.lo!).toBeLessThanOrEqual(difference!);
    expect(interval!.hi!).toBeGreaterThanOrEqual(difference!);
    expect(interval!.claim).toBe('anchors');
    if (discordant) expect(difference).toBeCloseTo((100 * (discordant.first.length - discordant.second.length)) / n, 9);
  }
});

test('groups of one size: differences equal those of their shares', async () => {
  const { results, compare } = await openSeeds();
  for (const [one, two] of [
    [seeds('CNN', 98, 1), seeds('ViT', 98, 1)],
    [{ kind: 'diverse', target: 97.5 } as const, { kind: 'diverse', target: 98 } as const],
  ] as const) {
    const [a, b] = [
      { ...inSeeds, group: one },
      { ...inSeeds, group: two },
    ];
    const { tests, changed } = compare({ a, b });
    const shares = [a, b].map(
      (side) => quantityAt(tableOf(results.tables(asking('types', side)), 'table-1'), 0, 'type_a_pct')!.value!,
    );
    const typeA = tests.find(({ name }) => name === 'type A')!;
    expect(typeA.difference).toBeCloseTo(shares[0]! - shares[1]!, 9);
    expect(typeA.sizes).toBeNull();
    expect(changed.length).toBeGreaterThan(0);
  }
});
