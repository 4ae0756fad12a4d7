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
import { designNotes } from '../../../main/contributions/effects/exhibits/tables.ts';
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
      absent: runs.slice(known),
    };
    return designNotes({ data, question, found: studyEffects(data, question) }).filter((note) => note.includes('cell'));
  };
  expect(notesOf(6)).toEqual([]);
  expect(notesOf(5)).toEqual(['1 cell has no network with predictions, and is listed as missing.']);
  expect(notesOf(4)).toEqual(['2 cells have no network with predictions, and are listed as missing.']);
  expect(notesOf(3)).toEqual(['3 cells have no network with predictions, and are listed as missing.']);
});
