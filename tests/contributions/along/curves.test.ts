import { expect, test } from 'vitest';
import {
  curveMeansExhibit,
  curvesExhibit,
  fitCurves,
  networkCurves,
  peopleCurves,
  pooledCurves,
} from '../../../main/contributions/along/exhibits/curves.ts';
import type { StudyView } from '../../../main/exhibits/parts/study-view.ts';
import type { StudyNumbers } from '../../../main/exhibits/parts/study-numbers.ts';
import type { Exhibit } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { curvePoints } from '../../../main/contributions/along/analysis/drawn-curve.ts';

const alphas = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Fresh anchors for each of three pairs. */
const pairs = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
const images = pairs.flatMap(([pairI, pairJ], pair) =>
  alphas.map((alpha, place) => ({
    id: pair * alphas.length + place,
    pairI,
    pairJ,
    alpha,
    anchorI: `${pair}`,
    anchorJ: `${pair}`,
  })),
);
const data = { images, classes: 3 };
const study = { rehearsal: false, labelers: 1000, response: 'single' } as unknown as StudyNumbers;
const chance = (centre: number, slope: number, alpha: number): number =>
  1 / (1 + Math.exp(-4 * slope * (alpha - centre)));
const softmax = (centers: readonly number[], slope: number): Float64Array =>
  Float64Array.from(
    images.flatMap(({ pairI, pairJ, alpha }, image) => {
      const ofJ = chance(centers[Math.floor(image / alphas.length)] ?? 0, slope, alpha);
      return [0, 1, 2].map((k) => (k === pairJ ? 0.9 * ofJ : k === pairI ? 0.9 * (1 - ofJ) : 0.1));
    }),
  );
const counts = softmax([0.5, 0.55, 0.6], 3).map((p) => (p === 0.1 ? 0 : Math.round((1000 * p) / 0.9)));
const votes = { classes: 3, images: images.length, counts, present: new Uint32Array(images.length).fill(1000) };

const number = (exhibit: Exhibit, row: number, key: string): number | null | undefined =>
  quantityAt(exhibit, row, key)?.value;

test('curves of people and networks stand pair by pair, and their means with intervals and differences', () => {
  const networks = [softmax([0.4, 0.5, 0.5], 5), softmax([0.4, 0.5, 0.5], 5)];
  const fitted = fitCurves(data, [
    peopleCurves(study, data, votes),
    networkCurves('MLPs', data, { mean: networks[0]!, networks, none: null }),
  ]);
  const exhibit = curvesExhibit(study, fitted, ['0 to 1', '0 to 2', '1 to 2']);
  expect(exhibit.rows.map(([pair, raters]) => `${String(pair)} ${String(raters)}`)).toEqual([
    ...['0 to 1 People', '0 to 1 MLPs', '0 to 2 People', '0 to 2 MLPs', '1 to 2 People', '1 to 2 MLPs'],
  ]);
  expect([0, 1].map((row) => number(exhibit, row, 'centre'))).toEqual([expect.closeTo(0.5, 2), expect.closeTo(0.4, 5)]);
  expect([0, 1].map((row) => number(exhibit, row, 'slope'))).toEqual([expect.closeTo(3, 1), expect.closeTo(5, 3)]);
  expect(exhibit.rows[1]?.[5]).toMatchObject({ value: expect.closeTo(0.4, 5), std: expect.closeTo(0, 9), n: 2 });
  const means = curveMeansExhibit(study, fitted);
  expect(number(means, 1, 'distance')).toBeCloseTo((0.1 + 0.05 + 0.1) / 3, 2);
  expect(quantityAt(means, 0, 'centre')).toMatchObject({
    value: expect.closeTo(0.55, 2),
    n: 3,
    interval: { claim: 'anchors', units: 'pairs', n: 3, about: 'people' },
  });
  // Student's t of three independent pairs.
  const { lo, hi } = quantityAt(means, 0, 'centre')?.interval ?? { lo: null, hi: null };
  expect((hi ?? 0) - (lo ?? 0)).toBeCloseTo((2 * 4.3027 * 0.05) / Math.sqrt(3), 2);
});

test('ratings have no curve, and a step has a center alone, drawn as one', () => {
  const step = softmax([0.45, 0.45, 0.45], 1000);
  const fitted = fitCurves(data, [
    peopleCurves({ ...study, response: 'graded' }, data, votes),
    networkCurves('MLPs', data, { mean: step, networks: [], none: null }),
  ]);
  const exhibit = curvesExhibit(study, fitted, ['0 to 1', '0 to 2', '1 to 2']);
  expect(quantityAt(exhibit, 0, 'centre')).toMatchObject({ value: null, undefined: expect.stringMatching(/ratings/) });
  expect(number(exhibit, 1, 'centre')).toBeCloseTo(0.45, 9);
  expect(quantityAt(exhibit, 1, 'slope')).toMatchObject({ value: null, undefined: expect.stringMatching(/steeper/) });
  const drawn = curvePoints({ centre: 0.45, slope: null, lapse: null }, [0, 1]);
  expect(drawn).toEqual([
    [0, 0],
    [0.45, 0],
    [0.45, 1],
    [1, 1],
  ]);
  const smooth = curvePoints({ centre: 0.5, slope: 4, lapse: 0.1 }, [0, 1]);
  expect(smooth[30]).toEqual([0.5, expect.closeTo(0.5, 12)]);
  expect(((smooth[31]?.[1] ?? 0) - (smooth[29]?.[1] ?? 0)) * 30).toBeCloseTo(4, 1);
});

test('curves of groups alone read the softmax of no network', () => {
  const view = () => ({
    answers: 'softmax',
    softmax: { ensemble: { mean: softmax([0.4, 0.5, 0.5], 5) } },
    group: { members: [0, 1] },
  });
  const readSoftmax = () => expect.fail('a network was read');
  const context = () => ({ input: { images, classes: 3, readSoftmax }, humans: { votes } });
  const { raters, fitted } = pooledCurves({
    ...study,
    groups: [{ raters: 'MLPs', view }],
    context,
  } as unknown as StudyView);
  expect(raters.map(({ title }) => title)).toEqual(['People', 'MLPs']);
  expect(fitted[0]?.map(({ all, each }) => [all.centre, each])).toEqual([
    [expect.closeTo(0.5, 2), null],
    [expect.closeTo(0.4, 5), null],
  ]);
});
