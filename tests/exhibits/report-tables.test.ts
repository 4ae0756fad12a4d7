import { expect, test } from 'vitest';
import { analyze } from '../../main/analysis/analyze.ts';
import { isQuantity } from '../../main/domain/exhibits.ts';
import { pooledExhibit } from '../../main/exhibits/kinds.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit } from '../../main/contributions/subsampling/exhibits/rarefaction.ts';
import { runsText } from '../../main/exhibits/records.ts';
import type { StudyNumbers } from '../../main/exhibits/study-numbers.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { exhibitLatex } from '../../main/reports/formats/as-latex.ts';
import { sampleData } from '../reports/sample.ts';
import { labelsOf } from '../../main/analysis/labels.ts';
import { withLabels } from '../analysis/people.ts';

test('fewer raters: shares of images to a tenth of a percent, each with its interval', () => {
  const data = sampleData({ networks: 2 });
  const view = reportView(data);
  const given = withLabels(data.labelers?.people);
  const raters = given.labelers.map((_, rater) => labelsOf(given.labels, rater));
  const images = data.stimuli.items.length;
  /** Percent of the images on which two raters differ, on average. */
  const share = (all: readonly ArrayLike<number | null>[]): number => {
    const pairs = all.flatMap((a, at) => all.slice(at + 1).map((b) => [a, b] as const));
    const differ = pairs.map(([a, b]) => Array.from(a).filter((label, image) => label !== b[image]).length);
    return (100 * differ.reduce((sum, n) => sum + n, 0)) / pairs.length / images;
  };
  const people = share(raters);
  const networks = share(data.predictions.map(({ labels }) => labels));
  for (const [exhibit, value] of [
    [fewerPeopleExhibit(view), people],
    [fewerNetworksExhibit(view), networks],
  ] as const) {
    const cell = exhibit.rows[0]?.[1];
    const { lo, hi } = (isQuantity(cell) && cell.interval) || expect.fail('no interval');
    const ends = [lo, hi].map((end) => (end ?? Number.NaN).toFixed(1)).join('$, $');
    expect(exhibitLatex(exhibit, false)).toContain(`$2$ & $${value.toFixed(1)}$ [$${ends}$]`);
  }
});

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
