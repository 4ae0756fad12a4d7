import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { safe } from '@orpc/server';
import { analyze, type Analysis } from '../../../main/analysis/groups/analyze.ts';
import { type Group, typeNames } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { readStudyData, type StudyData } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { asking, figureOf, matrixOf, tableOf } from './section-tables.ts';
import { callsOf } from '../../calls.ts';

/** The sample study that comes with the product: nine networks at 97.5 %, ten simulated labelers, 165 images. */
const folder = mkdtempSync(join(tmpdir(), 'boundary-test-'));
let lab: Lab;
let data: StudyData;
let analysis: Analysis;
const group: Group = { kind: 'diverse', target: 97.5 };
const view = { study: 'sample', labelers: null, group };
const defects: unknown[] = [];
const client = () => callsOf({ lab, log: (error) => void defects.push(error) });

beforeAll(async () => {
  process.env.BOUNDARY_CACHE = join(folder, 'cache');
  const resources = join(repository, 'resources');
  const workbench = openWorkbench({ root: repository, resources, dataFolder: join(folder, 'data') });
  lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  const progress = { update: () => undefined, signal: new AbortController().signal };
  await importArchive(workbench, join(resources, 'samples', 'sample-study.zip'), progress);
  data = readStudyData(workbench, findStudy(workbench, 'sample').id)!;
  analysis = analyze(data.input);
});

afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

describe('results of the sample study', () => {
  it('overview lists all choices', async () => {
    const overview = await client().results.overview({ study: 'sample' });
    expect(overview).toMatchObject({ images: 165, determined: 165, rehearsal: true, missing: null, paper: true });
    expect(overview.people).toHaveLength(10);
    expect(overview.models).toHaveLength(9);
    expect(overview.diverse).toEqual([{ target: 97.5, models: 9, planned: 9 }]);
    expect(overview.leftOut).toEqual([]);
    expect(overview.pairs).toHaveLength(15);
    expect(overview.alphas).toHaveLength(11);
  });

  it('types: every image is in one cell; counts and shares equal those of the analysis', async () => {
    const types = await client().results.tables(asking('types', view));
    const table1 = tableOf(types, 'table-1');
    const expected = analysis.diverse['97.5']!;
    const all: number[] = [];
    for (const type of typeNames) {
      const count = quantityAt(table1, 0, type)!;
      const share = quantityAt(table1, 0, `${type}_pct`)!;
      const { images } = await client().results.which({ ...view, ...count.counts! });
      all.push(...images);
      expect(count.value).toBe(expected.types!.counts[type]);
      expect(images).toHaveLength(expected.types!.counts[type]);
      expect(share.value).toBeCloseTo((100 * images.length) / 165, 9);
      expect(share.n).toBe(165);
    }
    expect(all.sort((a, b) => a - b)).toEqual(analysis.meta.images);
    for (const type of typeNames) {
      const share = quantityAt(table1, 0, `${type}_pct`)!;
      const { lo, hi } = expected.intervals![`${type}_pct`]!;
      expect(share.interval).toMatchObject({ lo, hi, claim: 'anchors', units: 'anchors', n: 10 });
    }
    expect(quantityAt(table1, 0, 'type_a_pct')?.paper).toEqual({ mean: 15.2, std: null });
    expect(quantityAt(table1, 0, 'type_a')?.paper?.mean).toBe(25);
    expect(types.rehearsal).toBe(true);
  });

  it('tables: the numbers of Tables 2 to 4 with those of the paper', async () => {
    const of = async (section: 'types' | 'softmax' | 'seeds') => client().results.tables(asking(section, view));
    const [table2, table3] = [tableOf(await of('types'), 'table-2'), tableOf(await of('types'), 'table-3')];
    const [table4, table5] = [tableOf(await of('softmax'), 'table-4'), tableOf(await of('seeds'), 'table-5')];
    const expected = analysis.diverse['97.5']!;
    expect(quantityAt(table2, 0, 'pairwise_disagreement_pct')).toMatchObject({
      value: expected.table2.pairwise_disagreement_pct.mean,
      n: 36,
      paper: { mean: 11.3, std: 2.9 },
    });
    expect(quantityAt(table3, 0, 'type_c_pct')?.value).toBe(expected.types?.type_c_pct);
    expect(quantityAt(table4, 0, 'both_agree')?.value).toBeCloseTo(expected.table4.both_agree.mean!, 12);
    expect(table5.rows.map(([name]) => name)).toEqual(['Images']);
    expect(quantityAt(table2, 1, 'pairwise_disagreement_pct')).toMatchObject({ n: 45, paper: { mean: 9.3, std: 2.2 } });
    expect(quantityAt(table2, 1, 'all_disagree_pct')?.value).toBe(analysis.humans.disagree_pct);
  });

  it('images, softmax and certainty agree with each other', async () => {
    const expected = analysis.diverse['97.5']!;
    const { rows } = await client().results.images(view);
    expect(rows.map(({ type }) => type)).toEqual(expected.image_class);
    expect(rows.map(({ divergence }) => divergence)).toEqual(expected.divergence.per_image.js_bits);
    const tables = await client().results.tables(asking('softmax', view));
    const [bars] = figureOf(tables, 'softmax-by-type').charts;
    const drawn = bars?.kind === 'bars' ? bars.categories.flatMap((category) => category.bars) : [];
    const types = typeNames.map((type) => ({
      type,
      images: rows.flatMap((row) => (row.type === type ? [row.id] : [])),
    }));
    const images = types.flatMap((type) => type.images);
    expect(drawn.reduce((sum, bar) => sum + (bar?.n ?? 0), 0)).toBe(images.length * 9);
    const ofCertainty = await client().results.tables(asking('certainty', view));
    const certainty = tableOf(ofCertainty, 'certainty');
    expect(quantityAt(certainty, 0, 'pearson_vote')).toMatchObject({ value: expected.entropy.pearson_vote, n: 165 });
  });

  it.each(['cohen', 'same'] as const)('agreement: a symmetric matrix of %s', async (measure) => {
    const { raters, values } = matrixOf(await client().results.tables({ ...asking('matrix', view), measure }));
    expect(raters).toHaveLength(19);
    expect(new Set(raters.map(({ name }) => name)).size).toBe(19);
    values.forEach((row, a) => row.forEach((value, b) => expect(value).toBe(values[b]?.[a])));
    const tables = await client().results.tables(asking('agreement', view));
    const coefficients = tableOf(tables, 'agreement');
    expect(quantityAt(coefficients, 0, 'krippendorff')?.value).toBe(analysis.humans.krippendorff_alpha);
    // The mean over pairs of networks is that of their cells.
    const cells = values.flatMap((row, a) =>
      row.flatMap((value, b) => (a < b && raters[a]?.of === 'model' && raters[b]?.of === 'model' ? (value ?? []) : [])),
    );
    expect(quantityAt(coefficients, 1, measure)?.value).toBeCloseTo(cells.reduce((a, b) => a + b, 0) / 36, 12);
    expect(quantityAt(coefficients, 1, 'cohen')?.value).toBe(analysis.diverse['97.5']!.cohen.kappa.mean);
  });

  it('a subset of labelers gives the same results as a study with only these', async () => {
    const { people } = await client().results.overview({ study: 'sample' });
    const two = people.slice(0, 2).map(({ id }) => id);
    const ofTwo = await client().results.people({ study: 'sample', labelers: two });
    expect(ofTwo.labelers).toBe(2);
    expect(ofTwo.leaveOneOut.map(({ disagree }) => disagree)).toEqual([0, 0]);
    const alone = { ...view, labelers: [two[0]!] };
    const table1 = tableOf(await client().results.tables(asking('types', alone)), 'table-1');
    for (const type of typeNames) {
      const share = quantityAt(table1, 0, `${type}_pct`);
      expect(share).toMatchObject({ value: null, undefined: 'No image was labeled by at least two labelers.' });
    }
    const { undetermined } = await client().results.people({ study: 'sample', labelers: alone.labelers });
    expect(undetermined).toHaveLength(165);
  });

  it('image: every label and prediction, and the type in each group', async () => {
    const id = analysis.meta.images[5]!;
    const image = await client().results.image({ study: 'sample', labelers: null, image: id });
    expect(image).toMatchObject({ id, i: 0, j: 1, alpha: 0.5 });
    expect(image.z).toHaveLength(100);
    expect(image.labels).toHaveLength(10);
    expect(image.predictions).toHaveLength(9);
    expect(image.groups[0]?.type).toBe(analysis.diverse['97.5']!.image_class[5]);
    for (const { softmax } of image.predictions) expect(softmax!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
  });

  it('refuses unknown studies, groups, labelers and images with a message', async () => {
    const refusal = async (answer: Promise<unknown>) => (await safe(answer)).error;
    expect(await refusal(client().results.images({ ...view, group: { kind: 'diverse', target: 12 } }))).toMatchObject({
      code: 'REFUSED',
      data: { code: 'results.unknown-group' },
    });
    expect(await refusal(client().results.images({ ...view, labelers: [999] }))).toMatchObject({
      data: { code: 'results.unknown-labeler' },
    });
    expect(await refusal(client().results.overview({ study: 'nothing' }))).toMatchObject({
      data: { code: 'study.not-found' },
    });
  });

  it('sends a request again when its process is killed', async () => {
    const pid = lab.analysis.pid!;
    const asked = client().results.images(view);
    process.kill(pid, 'SIGKILL');
    expect((await asked).rows).toHaveLength(165);
    expect(lab.analysis.pid).not.toBe(pid);
  });
});
