import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { distances } from '../../../main/analysis/statistics/distances.ts';
import { modelConsistency } from '../../../main/contributions/consistency/analysis/error-consistency.ts';
import { EffectEstimator } from '../../../main/contributions/contrasts/analysis/effects.ts';
import { missing } from '../../../main/analysis/labels/labels.ts';
import type { EffectsInput, EffectsResult } from '../../../main/contributions/effects/contract/effects.ts';
import type { EffectNumber } from '../../../main/contract/results/exhibit.ts';
import { isQuantity, quantityAt } from '../../../main/domain/results/exhibits.ts';
import { readStudyData, type StudyData } from '../../../main/services/analysis-input.ts';
import { withCosts } from '../../../main/contributions/contrasts/size-costs.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { ChangeFeed } from '../../../main/services/workbench/change-feed.ts';
import { Settings } from '../../../main/services/workbench/settings.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { figureRows } from '../../figure-rows.ts';
import { askEffectsOf } from './ask.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { addSeedStudy, seedDesign } from '../../services/results/seed-study.ts';
import { labelsOf } from '../../../main/analysis/labels/labels.ts';
import { withLabels } from '../../analysis/people.ts';

/** Labels of each person, an image each. */
function labelRows({ input }: StudyData): Int16Array[] {
  const { labelers, labels } = withLabels(input.people);
  return labelers.map((_, labeler) => labelsOf(labels, labeler));
}

const folder = mkdtempSync(join(tmpdir(), 'boundary-test-'));
let results: ReturnType<typeof askEffectsOf>;
let data: StudyData;
let workbench: Workbench;
let tools: Parameters<typeof withCosts>[0];
const rowsOf = ({ differences }: Pick<EffectsResult, 'differences'>) => figureRows(differences);

const asked = (question: Partial<EffectsInput> = {}): EffectsInput => ({
  study: seedDesign.name,
  labelers: null,
  outcome: null,
  factor: null,
  reference: null,
  second: null,
  target: null,
  images: 'all',
  people: 'fixed',
  m: null,
  ...question,
});
const [mlp, vit] = ['"mlp"', '"vit"'];

beforeAll(async () => {
  workbench = openSample(await sampleFolder(folder));
  addSeedStudy(workbench);
  addSeedStudy(workbench, { ...seedDesign, name: 'copy' });
  tools = { workbench, settings: new Settings(workbench, new ChangeFeed()) };
  results = askEffectsOf(workbench.storage);
  data = readStudyData(workbench, findStudy(workbench, seedDesign.name).id)!;
});

afterAll(() => {
  workbench.storage.close();
  rmSync(folder, { recursive: true, force: true });
});

it('effects of architecture equal those of the estimator with the same runs', () => {
  const people = labelRows(data);
  const images = data.set.images.length;
  const runs = data.models.map(({ record, input }) => ({
    name: input.name,
    block: `${record.runId}`,
    levels: { architecture: record.architecture, target: `${record.target}` },
  }));
  const matrix = (rows: readonly ArrayLike<number | null>[]) => ({
    raters: rows.length,
    images,
    classes: 10,
    values: Int16Array.from(rows.flatMap((row) => Array.from(row, (label) => label ?? missing))),
  });
  const estimator = new EffectEstimator(
    {
      images: data.input.images,
      runs,
      within: ['target'],
      values: null,
      labels: matrix(data.models.map(({ labels }) => labels)),
      people: matrix(people),
    },
    { type: 'wrong', people: 'fixed' },
  );
  const { effect } = estimator.estimate({ type: 'marginal', factor: 'architecture', level: 'vit', reference: 'mlp' });
  const { table, undefined: why, ...answer } = results.result(asked({ outcome: 'misclassified', reference: mlp }));
  const row = rowsOf(answer).find(({ name }) => name === 'ViT')!;
  expect(why).toBeNull();
  expect(row.value).toBeCloseTo(100 * effect.estimate!, 9);
  expect(row.interval).toEqual([expect.closeTo(100 * effect.lo!, 9), expect.closeTo(100 * effect.hi!, 9)]);
  expect(row.wider![0]).toBeLessThan(row.interval![0]);
  expect(quantityAt(table!, 1, 'difference')?.interval).toMatchObject({ claim: 'networks', units: 'anchors', n: 10 });
  const { variance } = results.result(asked({ outcome: 'misclassified' }));
  for (const row of variance!.rows) {
    const shares = row.slice(1, 4).map((cell) => (isQuantity(cell) ? (cell.value ?? Number.NaN) : Number.NaN));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, 9);
  }
});

it('a cell’s mean is the mean over pairs of its networks; missing networks stand as missing', () => {
  const { cells, factors } = results.result(asked({ outcome: 'pairwise' }));
  const labels = data.models
    .filter(({ record }) => record.architecture === 'vit' && record.target === 98)
    .map((model) => model.labels);
  const differ = labels.flatMap((a, first) =>
    labels.slice(first + 1).map((b) => a.filter((label, image) => label !== b[image]).length / a.length),
  );
  const place = cells!.rows.findIndex(([architecture, target]) => architecture === 'ViT' && target === '98 %');
  const mean = differ.reduce((sum, share) => sum + share, 0) / differ.length;
  expect(quantityAt(cells!, place, 'mean')?.value).toBeCloseTo(100 * mean, 9);
  expect(cells!.rows.map(([, , networks, absent]) => [networks, absent])).toContainEqual([13, 2]);
  expect(factors[0]?.levels.map(({ text, networks, absent }) => [text, networks, absent])).toEqual([
    ['CNN', 41, 4],
    ['MLP', 41, 4],
    ['ViT', 45, 0],
  ]);
});

it('error consistency of two networks of a cell is the mean of the tables', () => {
  const { cells, asked: answered } = results.result(asked({ outcome: 'consistency', target: '98' }));
  expect(answered).toMatchObject({ unit: 'κ', m: null });
  const reference = Int16Array.from(data.set.images, (_, image) => {
    const counts = new Array<number>(10).fill(0);
    for (const labels of labelRows(data)) counts[labels[image]!]!++;
    const top = Math.max(...counts);
    return counts.filter((count) => count === top).length === 1 ? counts.indexOf(top) : missing;
  });
  const known = data.models.filter(({ record }) => record.architecture === 'vit' && record.target === 98);
  const { kappa } = modelConsistency(
    {
      raters: known.length,
      images: data.set.images.length,
      classes: 10,
      values: Int16Array.from(known.flatMap(({ labels }) => [...labels])),
    },
    known.map(({ input }) => input.name),
    reference,
  );
  const place = cells!.rows.findIndex(([architecture]) => architecture === 'ViT');
  expect(quantityAt(cells!, place, 'mean')?.value).toBeCloseTo(kappa.mean!, 9);
});

it('the divergence of a network is that of the tables', () => {
  const { cells } = results.result(asked({ outcome: 'divergence', target: '98' }));
  const known = data.models.filter(({ record }) => record.architecture === 'vit' && record.target === 98);
  const counts = Array.from(data.set.images, (_, image) => {
    const own = new Array<number>(10).fill(0);
    for (const labels of labelRows(data)) own[labels[image]!]!++;
    return own;
  });
  const values = known.flatMap(({ softmax }) =>
    counts.map((own, image) => distances(own, softmax.subarray(10 * image, 10 * image + 10))!.js_bits),
  );
  const place = cells!.rows.findIndex(([architecture]) => architecture === 'ViT');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // Softmax of float32 adds up to 1 but for its rounding.
  expect(quantityAt(cells!, place, 'mean')?.value).toBeCloseTo(mean, 6);
});

it('every number opens the networks that it is of, and the images on which it is not 0', () => {
  const of = (is: EffectNumber, question: Partial<EffectsInput> = {}) => {
    const { groups, images, apart } = results.source({
      ...asked({ outcome: 'misclassified', ...question }),
      of: is,
    });
    expect([images.length, apart.length > 0, apart.length < 165]).toEqual([165, true, true]);
    return groups.map(({ title, networks }) => [title, networks.length]);
  };
  const second = 'target';
  expect(of({ kind: 'difference', level: vit }, { target: '98' })).toEqual([
    ['ViT', 15],
    ['CNN', 14],
  ]);
  expect(of({ kind: 'mean', at: { 'architecture.kind': vit, target: '98' } })).toEqual([['ViT, 98 %', 15]]);
  expect(of({ kind: 'interaction', level: vit, level2: '98' }, { second })).toEqual([
    ['ViT, 98 %', 15],
    ['CNN, 98 %', 14],
    ['ViT, 97.5 %', 15],
    ['CNN, 97.5 %', 14],
  ]);
  expect(of({ kind: 'slope' }, { factor: 'target' }).length).toBe(3);
  expect(() => of({ kind: 'mean', at: { batch: '1' } })).toThrow(/No network with predictions/);
  const all = results.result(asked({ outcome: 'misclassified', second }));
  const numbers = [all.table!, all.cells!, all.interaction!].flatMap(({ rows }) => rows.flat().filter(isQuantity));
  for (const { value, effect } of numbers.filter(({ interval }) => interval !== null)) {
    expect([value, effect]).toEqual([expect.any(Number), expect.anything()]);
    expect(results.source({ ...asked({ outcome: 'misclassified', second }), of: effect! }).groups).not.toEqual([]);
  }
});

it('without people: outcomes of networks alone, and why there are no others', () => {
  const alone = results.result(asked({ labelers: [] }));
  expect(alone.undefined).toBeNull();
  expect(alone.outcomes.filter(({ missing: why }) => why === null).map(({ key }) => key)).toEqual(
    expect.arrayContaining(['pairwise', 'any', 'certainty']),
  );
  for (const outcome of ['type_c', 'consistency'])
    expect(alone.outcomes.find(({ key }) => key === outcome)?.missing).toBe('Nobody has labeled these images yet.');
  expect(() => results.result(asked({ outcome: 'nonsense' }))).toThrow(/no outcome/);
});

it('people like these widen what depends on people; every outcome has numbers or a reason', () => {
  const width = (people: 'fixed' | 'random'): number => {
    const [first] = rowsOf(results.result(asked({ outcome: 'type_c', people, target: '97.5', m: 4 })));
    return first!.interval![1] - first!.interval![0];
  };
  expect(width('random')).not.toBe(width('fixed'));
  for (const { key } of results.result(asked()).outcomes) {
    const answer = results.result(asked({ outcome: key, factor: 'target' }));
    const rows = rowsOf(answer);
    for (const row of rows) expect(row.value === null || row.interval === null ? row.undefined : null).not.toBe('');
    expect(answer.undefined === null ? rows.length : answer.undefined).toBeTruthy();
  }
});

it('plans: fewer seeds with more pairs, and none where pairs decide', () => {
  const question = { ...asked({ outcome: 'misclassified' }), level: vit, difference: 3 };
  const plan = results.plan(question);
  expect(plan.undefined).toBeNull();
  // Ten classes have 45 pairs.
  expect(plan.rows.map(({ pairs }) => pairs)).toEqual([15, 20, 25, 30, 35, 40, 45]);
  expect(plan.rows[0]).toMatchObject({ pairs: 15, seeds: null, people: null });
  const needed = plan.rows.flatMap(({ seeds }) => seeds ?? []);
  expect([...needed].sort((a, b) => b - a)).toEqual(needed);
  for (const { low, half, high } of plan.rows)
    expect([low, half, high]).toEqual([low, half, high].sort((a, b) => a - b));
  const { advice, rows } = withCosts(tools, question, plan);
  expect(advice).toMatch(
    /^To see a difference of 3 percentage points between ViT and CNN you need about \d+ pairs with fresh anchors and \d+ seeds of each cell\. More seeds alone won’t help: with 15 pairs, as now, not even 200 seeds show it/,
  );
  expect(rows.every(({ minutes }) => minutes! > 0)).toBe(true);
  const small = withCosts(tools, { ...question, difference: 0.1 }, results.plan({ ...question, difference: 0.1 }));
  expect(small.advice).toMatch(
    /^Not even 45 pairs and 200 seeds show .* The smallest that they show is about \d\.\d\.$/,
  );
});

it('plans groups of networks, and people like these beside networks', () => {
  const question = { ...asked({ outcome: 'type_c', people: 'random', m: 4 }), level: vit, difference: 5 };
  const plan = results.plan(question);
  expect(plan.people).toBe(10);
  expect(plan.curves.map(({ by }) => by)).toEqual(['pairs', 'seeds', 'people']);
  for (const { series } of plan.curves)
    for (const { points } of series)
      expect(points.map(({ half }) => half)).toEqual(points.map(({ half }) => half).sort((a, b) => b - a));
  expect(withCosts(tools, question, plan).advice).toMatch(/\d+ labelers/);
  const errors = { ...asked({ outcome: 'consistency' }), level: vit, difference: 0.1 };
  const planned = withCosts(tools, errors, results.plan(errors));
  expect(planned.advice).toMatch(/ a difference of 0\.100 κ between ViT and CNN/);
  expect(planned.rows[0]).toMatchObject({ minutes: expect.any(Number), people: null });
  const alone = results.plan({ ...asked({ outcome: 'pairwise' }), level: vit, difference: 5 });
  expect(withCosts(tools, question, alone).rows[0]).toMatchObject({ minutes: null, people: null });
});

it('over studies: the same question to each, and what the answers amount to', () => {
  const question = { study: seedDesign.name, factor: 'architecture.kind', level: vit, reference: mlp };
  expect(results.studies(question).studies).toEqual(['sample', 'copy']);
  expect(results.studies({ ...question, level: '"mixer"' }).studies).toEqual([]);
  const input = asked({ outcome: 'misclassified', factor: question.factor, reference: mlp });
  const own = rowsOf(results.result(input)).find(({ name }) => name === 'ViT')!;
  const found = results.overStudies({ ...input, level: vit, studies: [{ study: 'sample' }, { study: 'copy' }] });
  const rows = figureRows(found.figure);
  expect(rows.map(({ name }) => name)).toEqual([seedDesign.name, 'sample', 'copy', 'Mean over studies']);
  expect(rows[0]).toMatchObject({ value: own.value, interval: own.interval });
  const known = rows.slice(0, -1).flatMap(({ value, interval }) => (interval === null ? [] : [value!]));
  expect(found.combined).toBe(known.length);
  const { value, interval, wider } = rows.at(-1)!;
  expect(value).toBeGreaterThanOrEqual(Math.min(...known));
  expect(value).toBeLessThanOrEqual(Math.max(...known));
  expect(wider![0]).toBeLessThanOrEqual(interval![0]);
  expect(found.table.rows.map(([name]) => name)).toEqual([
    ...[seedDesign.name, 'sample', 'copy', 'Mean over studies', 'Another study like these'],
  ]);
  expect(found.table.notes.join(' ')).toContain('seeds and copy have 29 trainings in common');
  expect(() => results.overStudies({ ...input, factor: 'batch', level: vit, studies: [{ study: 'copy' }] })).toThrow(
    /do not differ in batch/,
  );
});

it('over studies: one that cannot answer is left out, with the reason', () => {
  const input = asked({ outcome: 'pairwise', factor: 'target', reference: '97.5' });
  const { figure, combined, table } = results.overStudies({
    ...input,
    level: '98',
    studies: [{ study: 'sample' }, { study: 'gone' }],
  });
  expect(figureRows(figure).map(({ undefined: why }) => why)).toEqual([
    ...[null, 'The networks do not differ in target.', 'There is no study "gone" in this data folder.'],
  ]);
  expect(combined).toBeLessThan(2);
  expect(table.notes.join(' ')).toContain('2 studies are left out.');
});

it('over studies: one from an archive counts as if it had been made here', async () => {
  const [own, theirs] = [
    { name: 'own', targets: [97, 98], repeats: 1, seeds: 2 },
    { name: 'theirs', targets: [97.5, 98.5], repeats: 1, seeds: 2 },
  ];
  for (const design of [own, theirs]) addSeedStudy(workbench, design);
  const path = join(folder, 'theirs.zip');
  await exportArchive(workbench, { study: theirs.name, path, weights: false });
  const other = openSample(await sampleFolder(join(folder, 'other')));
  try {
    addSeedStudy(other, own);
    await importArchive(other, path);
    const answers = [workbench, other].map(({ storage }) => {
      const service = askEffectsOf(storage);
      const [factor, studies] = ['architecture.kind', [{ study: theirs.name }]];
      const question = { study: own.name, factor, level: vit, reference: mlp };
      expect(service.studies(question).studies).toContain(theirs.name);
      return ['misclassified', 'type_c', 'certainty'].map((outcome) =>
        service.overStudies({ ...asked({ ...question, outcome }), level: vit, studies }),
      );
    });
    expect(answers[0]!.every(({ combined }) => combined === 2)).toBe(true);
    expect(answers[1]).toEqual(answers[0]);
  } finally {
    other.storage.close();
  }
});
