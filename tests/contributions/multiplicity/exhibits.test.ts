import { expect, test } from 'vitest';
import { multiplicityExhibits } from '../../../main/contributions/multiplicity/exhibits/multiplicity.ts';
import type { StudyNumbers } from '../../../main/exhibits/parts/study-numbers.ts';
import { agreementLine } from '../../../main/contributions/multiplicity/analysis/multiplicity.ts';
import type { TestAnswers } from '../../../main/analysis/outcomes/test-answers.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';

/** Three pairs with anchors of their own, four images each. */
const images = Array.from({ length: 12 }, (_, id) => {
  const pair = Math.floor(id / 4);
  return { id, pairI: pair, pairJ: 3, alpha: (id % 4) / 3, anchorI: `${pair}`, anchorJ: `${pair}` };
});
/** Two MLPs that differ on images 0 and 4, and two CNNs that are alike and differ from the first MLP on 8 as well. */
const labels = [[0, 4], [], [8], [8]].map((odd) => images.map((_, image) => (odd.includes(image) ? 1 : 0)));
const group = {
  title: '98 %',
  names: ['M1', 'M2', 'C1', 'C2'],
  architectures: ['MLP', 'MLP', 'CNN', 'CNN'],
  labels: { raters: 4, images: 12, classes: 4, values: Int16Array.from(labels.flat()) },
  certainty: [0.8, 0.9, 0.7, 0.8],
  ece: [0.1, 0.1, 0.2, 0.2],
  test: new Array<TestAnswers | null>(4).fill(null),
};
const disagreed = [0, 4, 5];
const study = {
  rehearsal: false,
  labelers: 5,
  humans: { status: images.map((_, image) => (disagreed.includes(image) ? 'disagree' : 'agree')) },
} as unknown as StudyNumbers;
const right = new Int16Array(12);

test('the deferral curve lies between chance and the best, and churn is what architectures add to seeds', () => {
  const { table, deferral, churn, consistency } = multiplicityExhibits(study, images, right, [group]);
  const line = (key: string) => deferral.rows.map((_, row) => quantityAt(deferral, row, key)?.value);
  expect(deferral.rows).toHaveLength(12);
  expect(line('random')).toEqual(deferral.rows.map(() => 25));
  expect(line('best').slice(0, 4)).toEqual([25, expect.closeTo(200 / 11, 9), 10, 0]);
  // Image 8 has two against two and goes first; then 0 and 4 are tied.
  expect(line('networks').slice(0, 4)).toEqual([
    ...[25, expect.closeTo(300 / 11, 9), expect.closeTo(20, 9), expect.closeTo(100 / 9, 9)],
  ]);
  const area = table.rows[0]?.at(-1) as { value: number };
  const mean = line('networks').reduce<number>((sum, value) => sum + (value ?? 0), 0) / 12;
  expect(area.value).toBeCloseTo(mean, 9);
  expect(churn.rows[0]?.slice(0, 2)).toEqual(['98 %', 'MLP and CNN']);
  const share = (key: string) => quantityAt(churn, 0, key)?.value;
  expect([share('between'), share('first'), share('second'), share('excess')].map((of) => of && 0.12 * of)).toEqual([
    ...[expect.closeTo(2, 9), expect.closeTo(2, 9), 0, expect.closeTo(1, 9)],
  ]);
  // Always right: no chance to err alike.
  expect(quantityAt(consistency, 0, 'kappa')?.value).toBe(0);
  expect(quantityAt(consistency, 5, 'kappa')?.value).toBe(1);
});

test('a curve of more than 50 images lists at most 50 points at equal steps; a page writes a group once', () => {
  const many = Array.from({ length: 120 }, (_, id) => ({ ...images[0]!, id, pairI: id % 3 }));
  const values = Int16Array.from({ length: 4 * 120 }, (_, at) => (at % 120 === 7 && at > 240 ? 1 : 0));
  const { deferral, churn, consistency } = multiplicityExhibits(
    { ...study, humans: { status: many.map(({ id }) => (id < 30 ? 'disagree' : 'agree')) } } as unknown as StudyNumbers,
    many,
    new Int16Array(120),
    [{ ...group, labels: { raters: 4, images: 120, classes: 4, values } }],
  );
  // 120 / 50 is 2.4: every third image.
  expect(deferral.rows.map((row) => row[1])).toEqual(Array.from({ length: 40 }, (_, place) => 3 * place));
  expect(quantityAt(deferral, 39, 'left')?.value).toBeCloseTo((100 * 117) / 120, 9);
  expect([deferral, churn, consistency].map(({ rows }) => rows.length)).toEqual([40, 1, 6]);
  for (const { rows, columns, heads } of [deferral, churn, consistency]) {
    expect(new Set(rows.map((row) => row[0]))).toEqual(new Set(['98 %']));
    expect([columns[0]?.groups, heads]).toEqual([true, 2]);
  }
});

test('one architecture has no churn, people who agree no curve, unknown labels no error consistency', () => {
  const agreed = { ...study, humans: { status: images.map(() => 'agree') } } as unknown as StudyNumbers;
  const alike = { ...group, architectures: ['MLP', 'MLP', 'MLP', 'MLP'] };
  const { deferral, churn, consistency } = multiplicityExhibits(agreed, images, new Int16Array(12).fill(-1), [alike]);
  expect([deferral, churn, consistency].map(({ rows }) => rows.length)).toEqual([0, 0, 0]);
  const single = { ...group, architectures: ['MLP', 'CNN', 'CNN', 'CNN'] };
  const first = multiplicityExhibits(study, images, right, [single]).churn;
  expect(quantityAt(first, 0, 'first')).toMatchObject({
    value: null,
    undefined: expect.stringMatching(/two networks/),
  });
});

/** Of 20 test images: each network has another label on those of its own. */
const answers = (odd: readonly number[], more: Partial<TestAnswers> = {}): TestAnswers => ({
  dataSet: 'a',
  accuracy: 0.95,
  certainty: 0.9,
  ece: 0.03,
  labels: Array.from({ length: 20 }, (_, image) => (odd.includes(image) ? 1 : 0)),
  ...more,
});
const test4 = [answers([0]), answers([0, 1, 2]), answers([3]), answers([4, 5, 6, 7])];

test('on test images: numbers of networks with answers, and a line through their pairs', () => {
  const table = (test: readonly (TestAnswers | null)[]) =>
    multiplicityExhibits(study, images, right, [{ ...group, test }]).testImages;
  const cell = (test: readonly (TestAnswers | null)[], key: string) => quantityAt(table(test), 0, key);
  const rows = test4.map((one) => Array.from(one.labels ?? []));
  const differ = (a: number, b: number) => rows[a]?.filter((label, image) => label !== rows[b]?.[image]).length ?? 0;
  const line = agreementLine(group.labels, { images: 20, agreement: (a, b) => 1 - differ(a, b) / 20 });
  expect(line.se_slope).not.toBeNull();
  expect(cell(test4, 'slope')?.value).toBeCloseTo(line.slope ?? Number.NaN, 12);
  expect(cell(test4, 'se')?.value).toBeCloseTo(line.se_slope ?? Number.NaN, 12);
  expect(cell(test4, 'intercept')?.value).toBeCloseTo(line.intercept ?? Number.NaN, 12);
  expect(cell(test4, 'r2')?.value).toBeCloseTo(line.r2 ?? Number.NaN, 12);
  expect(cell(test4, 'accuracy')).toMatchObject({ value: 95, n: 4, of: 'models' });
  expect(cell(test4, 'own-certainty')?.value).toBeCloseTo(0.8, 12);
  // Two of four: the same two on the images of the study, and no line.
  const two = [null, test4[1]!, null, test4[3]!];
  expect(table(two).rows[0]?.slice(1, 3)).toEqual([4, 2]);
  expect(cell(two, 'own-certainty')?.value).toBeCloseTo(0.85, 12);
  expect(cell(two, 'slope')?.undefined).toMatch(/^There are fewer than 3 pairs .* “boundary runs evaluate”\.$/);
  expect(table(two).notes.at(-1)).toMatch(/networks with answers/);
  const none = [null, null, null, null];
  expect(cell(none, 'accuracy')?.undefined).toMatch(/not computed yet.*Results, Agreement/);
  expect(cell(none, 'own-certainty')?.value).toBeCloseTo(0.8, 12);
  // Of three networks there is a line without an error; other data sets are not compared; too many images are not kept.
  expect(cell([...test4.slice(0, 3), null], 'se')?.undefined).toMatch(/four networks/);
  expect(
    cell(
      test4.map((one, n) => ({ ...one, dataSet: `${n}` })),
      'slope',
    )?.undefined,
  ).toMatch(/^There are fewer/);
  expect(cell([answers([], { labels: null }), ...test4.slice(1)], 'r2')?.undefined).toMatch(
    /^Labels of more than 1,000,000/,
  );
});
