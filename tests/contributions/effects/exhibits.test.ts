import { describe, expect, test } from 'vitest';
import { findOutcome } from '../../../main/contributions/effects/analysis/outcomes.ts';
import {
  type EffectData,
  type EffectQuestion,
  studyEffects,
} from '../../../main/contributions/effects/analysis/study.ts';
import { heterogeneity } from '../../../main/contributions/contrasts/analysis/heterogeneity.ts';
import { countHumans } from '../../../main/analysis/raters/humans.ts';
import { noReference } from '../../../main/analysis/labels/labels.ts';
import type { Cell } from '../../../main/contract/results/exhibit.ts';
import { isQuantity } from '../../../main/domain/results/exhibits.ts';
import type { Factor } from '../../../main/contributions/effects/analysis/factors.ts';
import { designNotes, effectsExhibit, rankingText } from '../../../main/contributions/effects/exhibits/tables.ts';
import { meansFigure } from '../../../main/contributions/effects/exhibits/figures.ts';
import { overStudiesExhibit, type StudyEffect } from '../../../main/contributions/effects/exhibits/over-studies.ts';

const factor = (key: string, ...values: string[]): Factor => ({
  key,
  title: key,
  with: [],
  within: false,
  scale: null,
  levels: values.map((value) => ({ value, text: value.toUpperCase(), x: null })),
});
const kind = factor('kind', 'a', 'b');
const width = factor('width', 'small', 'large');
const pairwise = findOutcome('pairwise') ?? expect.fail('no such outcome');
const question: EffectQuestion = {
  outcome: pairwise,
  factor: kind,
  reference: 'a',
  second: width,
  people: 'fixed',
  m: 2,
  images: 'all',
};

describe('an effect over studies', () => {
  const effect = (study: string, estimate: number | null, se: number | null): StudyEffect => ({
    study,
    targets: '98 %',
    simulated: false,
    runs: [],
    estimate,
    se,
    why: estimate === null ? 'None.' : null,
    lo: estimate,
    hi: estimate,
  });
  const table = (...studies: StudyEffect[]) => {
    const found = heterogeneity(studies.map(({ study: name, estimate, se }) => ({ name, estimate, se })));
    return overStudiesExhibit({ rehearsal: false }, { question, level: 'b', m: 2 }, studies, found);
  };
  const values = (rows: Cell[][], column: number) =>
    rows.map((row) => row[column]).map((cell) => (isQuantity(cell) ? cell.value : cell));

  test('weighs each study by 1 / (its variance + tau²), in percent: by hand', () => {
    // Differences of 0 and 4 with errors of 1 and 3: Q is 1 where tau² = 3, so the weights are 1/4 and 1/12.
    const { columns, rows } = table(effect('near', 0, 1), effect('far', 4, 3), effect('none', null, null));
    expect(columns[5]?.name).toBe('Weight');
    expect(values(rows, 5)).toEqual([expect.closeTo(75, 6), expect.closeTo(25, 6), null, null, null]);
    // 0.75 * 0 + 0.25 * 4, in points.
    expect(values(rows, 2)[3]).toBeCloseTo(100, 5);
  });

  test('weighs them by their variances alone where they differ by no more than chance', () => {
    const { rows } = table(effect('x', 1, 1), effect('y', 1, 2), effect('z', 1, 4));
    expect(values(rows, 5).slice(0, 3)).toEqual([
      expect.closeTo(1600 / 21, 6),
      expect.closeTo(400 / 21, 6),
      expect.closeTo(100 / 21, 6),
    ]);
  });
});

test('notes count the cells that have no network with predictions, and no others', () => {
  const runs = [
    ...['a small', 'a small', 'a small', 'a large', 'b small'],
    // Planned only.
    ...['b large'],
  ].map((text) => text.split(' '));
  const images = Array.from({ length: 4 }, (_, id) => ({ id, pairI: 0, pairJ: 1, alpha: id / 3 }));
  const notesOf = (known: number) => {
    const data: EffectData = {
      factors: [kind, width],
      images,
      pairs: [],
      reference: noReference(4),
      labels: { raters: known, images: 4, classes: 2, values: new Int16Array(4 * known) },
      humans: countHumans({ raters: 0, images: 4, classes: 2, values: new Int16Array() }, { kind: 'single' }),
      right: { labels: new Int16Array(4), isTruth: true },
      readSoftmax: () => new Float32Array(8).fill(0.5),
      testAccuracy: () => 1,
      networks: runs.slice(0, known).map((levels, n) => ({ name: `${n}`, block: `${n}`, levels })),
      absent: runs.slice(known).map((levels, n) => ({ name: `missing ${n}`, levels, why: 'missed' })),
    };
    return designNotes({ data, question, found: studyEffects(data, question) }).filter((note) => note.includes('cell'));
  };
  expect(notesOf(6)).toEqual([]);
  expect(notesOf(5)).toEqual(['1 cell has no network with predictions, and is listed as missing.']);
  expect(notesOf(4)).toEqual(['2 cells have no network with predictions, and are listed as missing.']);
  expect(notesOf(3)).toEqual(['3 cells have no network with predictions, and are listed as missing.']);
});

/** Three widths of two kinds; of the second kind, one missed its target and one is not planned. */
function unmatched(): EffectData {
  const widths = factor('width', 'small', 'large', 'wide');
  const runs = ['a small', 'a large', 'a wide', 'b small', 'b small'].map((text) => text.split(' '));
  const wrong = [0, 1, 1, 1, 0];
  const images = Array.from({ length: 4 }, (_, id) => ({ id, pairI: 0, pairJ: 1, alpha: id / 3 }));
  return {
    factors: [kind, widths],
    images,
    pairs: [],
    reference: noReference(4),
    labels: { raters: 5, images: 4, classes: 2, values: Int16Array.from(wrong.flatMap((is) => [is, 0, 0, 0])) },
    humans: countHumans({ raters: 2, images: 4, classes: 2, values: new Int16Array(8) }, { kind: 'single' }),
    right: { labels: new Int16Array(4), isTruth: true },
    readSoftmax: () => new Float32Array(8).fill(0.5),
    testAccuracy: () => 1,
    networks: runs.map((levels, n) => ({ name: `n${n}`, block: `n${n}`, levels })),
    absent: [{ name: 'B2-97.5', levels: ['b', 'large'], why: 'missed' }],
  };
}

test('a difference, both of its means and their networks are of the combinations that have both levels', () => {
  const data = unmatched();
  const asked = { ...question, outcome: findOutcome('misclassified')!, second: null };
  const answered = { data, question: asked, found: studyEffects(data, asked) };
  const { columns, rows, notes } = effectsExhibit({ rehearsal: false }, answered);
  const at = (name: string) => rows[0]?.[columns.findIndex((column) => (column.key ?? column.name) === name)];
  const value = (name: string): number => {
    const cell = at(name);
    return isQuantity(cell) ? (cell.value ?? Number.NaN) : Number(cell);
  };
  // By hand: one of two b small errs on one of four images; a small on none. Of all a, two of three do.
  expect([value('networks'), value('Networks of the other')]).toEqual([2, 1]);
  expect([value('mean'), value('reference'), value('difference')]).toEqual([12.5, 0, 12.5]);
  expect(notes).toContain(
    'B and A are compared in 1 of 3 combinations of the other settings; the rest have networks of one of them only. Without predictions: B2-97.5 (missed the target).',
  );
  const figure = meansFigure({ rehearsal: false }, answered);
  const [chart] = figure?.charts ?? [];
  expect(figure?.notes).toEqual([
    'Means of 3 of 5 networks: those of combinations of the other settings at which every level was trained.',
  ]);
  expect(chart).toMatchObject({ kind: 'lines', n: '3 networks', series: [{ joined: false }] });
  expect(chart).not.toHaveProperty('intervalName');
  const points = chart?.kind === 'lines' ? (chart.series[0]?.points.map(({ y }) => y) ?? []) : [];
  expect(points).toEqual([0, 12.5]);
  expect(rankingText(answered)).toMatch(
    /^No ranking: it compares 3 networks, .* none of their differences has an interval\.$/,
  );
});
