import { expect, test } from 'vitest';
import { multiplicityExhibits } from '../../main/exhibits/multiplicity.ts';
import type { StudyNumbers } from '../../main/exhibits/study-numbers.ts';
import { quantityAt } from '../../main/domain/exhibits.ts';

/** Three pairs with anchors of their own, four images each. */
const images = Array.from({ length: 12 }, (_, id) => {
  const pair = Math.floor(id / 4);
  return { id, pairI: pair, pairJ: 3, alpha: (id % 4) / 3, anchorI: `${pair}`, anchorJ: `${pair}` };
});
/** Two MLPs that differ on images 0 and 4, and two CNNs that are alike and differ from the first MLP on 8 as well. */
const labels = [[0, 4], [], [8], [8]].map((odd) => images.map((_, image) => (odd.includes(image) ? 1 : 0)));
const group = {
  ...{ title: '98 %', names: ['M1', 'M2', 'C1', 'C2'], architectures: ['MLP', 'MLP', 'CNN', 'CNN'] },
  labels: { raters: 4, images: 12, classes: 4, values: Int16Array.from(labels.flat()) },
};
const disagreed = [0, 4, 5];
const study = {
  ...{ rehearsal: false, labelers: 5 },
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
