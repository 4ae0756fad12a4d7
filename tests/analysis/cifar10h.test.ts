import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimedValue } from '../../main/analysis/claims/claims.ts';
import type { Types } from '../../main/analysis/outcomes/image-types.ts';
import { GroupJackknife } from '../../main/analysis/claims/jackknife.ts';
import { type LabelCounts, tally } from '../../main/analysis/labels/labels.ts';
import type { RarefiedTypes } from '../../main/analysis/responses/response-counts.ts';
import { analyzeCounts } from '../../main/contributions/folders/counted-responses.ts';
import { readCsv } from '../../main/files/tables/reading/csv-reader.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** docs/findings-cifar10h.mjs counts what the findings say of people without the product's code: both must agree. */

const root = join(import.meta.dirname, '../..');
/** Published data, not kept here: https://github.com/jcpeterson/cifar-10h, as a table with a row for each test image. */
const published = process.env.BOUNDARY_CIFAR10H ?? join(root, '../shared/data/cifar10/cifar10h-counts.csv');

const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
/** Counts of names, as the image's own class and others get them: unanimous, split, tied, at the end of the names. */
const kept: [file: string, counts: number[]][] = [
  ['truck/0001.jpg', [0, 1, 0, 0, 0, 0, 0, 0, 0, 49]],
  ['cat/0000.jpg', [0, 1, 1, 48, 0, 1, 0, 0, 0, 0]],
  ['airplane/0000.jpg', [51, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['deer/0000.jpg', [0, 0, 20, 5, 20, 0, 0, 6, 0, 0]],
  ['truck/0000.jpg', [0, 0, 0, 0, 0, 0, 0, 0, 0, 12]],
  ['bird/0000.jpg', [9, 0, 8, 7, 6, 5, 4, 3, 2, 1]],
  ['ship/0000.jpg', [30, 0, 0, 0, 0, 0, 0, 0, 21, 0]],
];
/** Labels of three networks, by the image's place among the sorted files. */
const networks = [
  [0, 2, 3, 2, 8, 9, 9],
  [0, 2, 5, 2, 8, 9, 1],
  [0, 2, 3, 2, 0, 9, 9],
];

async function readCounts(path: string): Promise<LabelCounts & { truths: number[] }> {
  const rows: string[][] = [];
  await readCsv(path, () => (cells: readonly string[]) => rows.push([...cells]));
  rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const counts = Uint32Array.from(rows.flatMap((row) => row.slice(2).map(Number)));
  const present = Uint32Array.from(rows, (row) => row.slice(2).reduce((sum, cell) => sum + Number(cell), 0));
  const truths = rows.map(([, truth = '']) => names.indexOf(truth));
  return { images: rows.length, classes: names.length, counts, present, truths };
}

const script = (...paths: string[]): Record<string, unknown> =>
  JSON.parse(
    execFileSync(process.execPath, [join(root, 'docs/findings-cifar10h.mjs'), ...paths], { encoding: 'utf8' }),
  );

const mean = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / values.length;

/** The same figures by the product's analysis. @param labels of networks, `[network][image]` */
async function analyzed(path: string, labels: readonly (readonly number[])[]) {
  const { truths, ...counts } = await readCounts(path);
  const { images, classes } = counts;
  const matrix = { raters: labels.length, images, classes, values: Int16Array.from(labels.flat()) };
  const members = labels.map((_, index) => index);
  const group = { members, names: members.map(String), labels: matrix, votes: tally(matrix) };
  const found = analyzeCounts(counts, group, [10]);
  const ten = found.rarefaction['10'];
  const people = {
    images,
    labels: counts.present.reduce((sum, n) => sum + n, 0),
    agree_pct: 100 - (found.disagree_pct ?? Number.NaN),
    entropy_bits: mean(found.entropy_bits),
    certainty_pct: mean(found.certainty_pct),
    mode_is_truth_pct: 100 * mean(found.modal_labels.map(([first], image) => Number(first === truths[image]))),
    expected_pairwise_disagreement_pct: found.expected_pairwise_disagreement_pct,
    ten_agree_pct: ten?.unanimous_pct,
    names_of_ten: ten?.distinct_mean,
  };
  const jackknife = new GroupJackknife({
    images: truths.map((_, id) => ({ id, pairI: null, pairJ: null, alpha: null, independent: true })),
    people: counts,
    networks: matrix,
    blocks: group.names,
    readSoftmax: null,
  });
  const errorOf = (of: GroupJackknife, value: 'type_a_pct' | 'type_c_pct') =>
    claimedValue(value, [{ jackknife: of, sample: false }]).claims.anchors.se ?? 0;
  const types = (
    of: GroupJackknife,
    shares: Pick<Types, 'type_a_pct' | 'type_c_pct'> | RarefiedTypes | null | undefined,
  ) => ({
    a: { pct: shares?.type_a_pct, se: errorOf(of, 'type_a_pct') },
    c: { pct: shares?.type_c_pct, se: errorOf(of, 'type_c_pct') },
  });
  return {
    people,
    types: () => ({ all: types(jackknife, found.types), ten: types(jackknife.ifAsked(10, counts), ten) }),
  };
}

/** Numbers that agree to 9 decimals; sums are taken in different orders. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, one: unknown) => (typeof one === 'number' ? Number(one.toFixed(9)) : one));

test('the script beside the findings counts people and types as the analysis does', async () => {
  const folder = temporaryFolder();
  const [counts, predictions] = [join(folder, 'counts.csv'), join(folder, 'predictions.csv')];
  const rows = kept.map(([file, counted]) => [file, file.split('/')[0], ...counted].join(','));
  writeFileSync(counts, [['file', 'true_class', ...names].join(','), ...rows, ''].join('\n'));
  const said = networks.flatMap((labels, model) =>
    labels.map((label, image) => `${image},M${model},cnn,50,,1,${label}`),
  );
  writeFileSync(predictions, ['image,model,architecture,target_accuracy,repeat,seed,label', ...said, ''].join('\n'));
  const { people, types } = await analyzed(counts, networks);
  expect(people).toMatchObject({ images: 7, agree_pct: expect.closeTo((100 * 2) / 7, 9) });
  expect(rounded(script(counts, predictions))).toEqual(rounded({ ...people, types: { 50: types() } }));
});

test('the script counts the published labels of CIFAR-10H as the analysis does', async ({ skip }) => {
  if (!existsSync(published)) skip(`CIFAR-10H is not here: name its table in BOUNDARY_CIFAR10H`);
  const { people } = await analyzed(published, []);
  // Known from its authors' order of images.
  expect(people).toMatchObject({ images: 10_000, mode_is_truth_pct: expect.closeTo(99.21, 9) });
  expect(rounded(script(published))).toEqual(rounded(people));
});
