import { describe, expect, it } from 'vitest';
import { crossing } from '../../../main/analysis/responses/crossing.ts';
import { flipPoint } from '../../../main/contributions/along/analysis/flip-point.ts';

/** Labels at alpha 0, 0.1, 0.2, ...; i = 3, j = 8. `null`: left out. */
const flip = (labels: (number | null)[]) =>
  flipPoint(
    labels.flatMap((label, at) => (label === null ? [] : [{ alpha: at / 10, label }])),
    3,
    8,
  );

describe('flipPoint', () => {
  it.each<[string, (number | null)[], object]>([
    ['one clean flip', [3, 3, 8, 8], { alpha_star: 0.15, width: 0, n_flips: 1, multiple: false }],
    ['a gap where people were tied', [3, 3, null, 8], { alpha_star: 0.2, width: 0, n_points: 3 }],
    ['a third class between', [3, 3, 5, 8], { alpha_out: 0.15, alpha_in: 0.25, n_third: 1, third_labels: [5] }],
    ['back and forth', [3, 8, 3, 8], { alpha_out: 0.05, alpha_in: 0.25, n_flips: 3, multiple: true }],
    ['never left', [3, 3, 3], { alpha_star: null, alpha_out: null, alpha_in: null, width: null, n_flips: 0 }],
    ['always the second', [8, 8], { alpha_star: null, alpha_in: null }],
    ['ends elsewhere', [3, 8, 5], { alpha_out: 0.05, alpha_in: null, alpha_star: null }],
    ['begins elsewhere', [5, 3, 8], { alpha_out: null, alpha_in: 0.15, alpha_star: null }],
    ['third labels, each once', [9, 3, 9, 1, 8], { n_third: 3, third_labels: [1, 9] }],
  ])('%s', (_, labels, expected) => {
    const found = flip(labels);
    for (const [name, value] of Object.entries(expected)) {
      const actual = found?.[name as keyof typeof found];
      if (typeof value === 'number') expect(actual).toBeCloseTo(value, 12);
      else expect(actual).toEqual(value);
    }
  });

  it('is null without a point', () => {
    expect(flip([null])).toBeNull();
  });
});

describe('crossing', () => {
  const cross = (differences: number[]) =>
    crossing(differences.map((difference, at) => ({ alpha: at / 10, difference })));

  it.each<[string, number[], number | null, number]>([
    ['interpolates', [-0.6, 0.2], 0.075, 1],
    ['a run of zeros between unlike signs counts once, at its middle', [-1, 0, 0, 1], 0.15, 1],
    ['zeros between like signs do not count', [-1, 0, -1, 1], 0.25, 1],
    ['zeros at an end do not count', [0, 0, 1], null, 0],
    ['first and last of three', [-1, 1, -1, 1], 0.15, 3],
    ['from j to i counts too', [1, -1], 0.05, 1],
    ['nothing at all', [], null, 0],
  ])('%s', (_, differences, expected, n) => {
    const found = cross(differences);
    expect(found.n).toBe(n);
    if (expected === null) expect(found.alpha_cross).toBeNull();
    else expect(found.alpha_cross).toBeCloseTo(expected, 12);
  });
});
