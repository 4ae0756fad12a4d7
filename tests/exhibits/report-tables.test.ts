import { expect, test } from 'vitest';
import { analyze } from '../../main/analysis/groups/analyze.ts';
import { isQuantity } from '../../main/domain/results/exhibits.ts';
import { pooledExhibit } from '../../main/exhibits/kinds.ts';
import { runsText } from '../../main/exhibits/records.ts';
import type { StudyNumbers } from '../../main/exhibits/parts/study-numbers.ts';
import { sampleData } from '../reports/sample.ts';

test('runs of a recipe: how many networks, or how many groups of which size', () => {
  const [recipe] = sampleData({ networks: 1, pairs: 1 }).recipes;
  if (!recipe) throw new Error('no recipe');
  const text = (group: 'diverse' | 'seeds', groups: number[], waiting = 0) =>
    runsText({ ...recipe, group, groups, waiting });
  expect(text('seeds', [10, 10, 8], 2)).toBe('3 groups of 8 and 10, 2 not begun');
  expect(text('seeds', [10])).toBe('1 group of 10');
  expect(text('diverse', [3, 1])).toBe('4 networks');
  expect(text('diverse', [1], 1)).toBe('1 network, 1 not begun');
});

test('an average person has no error consistency while nobody labeled, or if all are always right', () => {
  const images = [0, 1, 2].map((id) => ({ id, pairI: 0, pairJ: 1, alpha: id / 2 }));
  /** Why κ of two average people is undefined, of so many labels of class 0 an image. */
  const why = (labels: number) => {
    const analysis = analyze({
      images,
      classes: 2,
      people: {
        kind: 'counts',
        counts: {
          images: 3,
          classes: 2,
          counts: Uint32Array.from([labels, 0, labels, 0, labels, 0]),
          present: Uint32Array.from([labels, labels, labels]),
        },
      },
      models: [],
      modelLabels: new Int16Array(),
      softmax: new Float64Array(),
    });
    const study = { rehearsal: false, labelers: analysis.meta.n_labelers, humans: analysis.humans, groups: [] };
    const cell = pooledExhibit(study as unknown as StudyNumbers).rows[0]?.[2];
    return isQuantity(cell) ? cell.undefined : cell;
  };
  expect(why(0)).toBe('Nobody has labeled these images yet.');
  for (const labels of [1, 4]) expect(why(labels)).toMatch(/Or no image has a majority among all others\.$/);
});
