import { describe, expect, test } from 'vitest';
import { styleSeries } from '../../../renderer/charts/series.ts';
import { paint } from '../../../renderer/features/results/map-grid.tsx';
import { contrast, difference, themeColors, visions } from './color-vision.ts';

/** Two colors that stand for different things and differ in nothing else are to be at least so far apart. */
const apart = 12;

const types = ['type_a', 'both_disagree', 'both_agree', 'type_c'] as const;

test('the simulation: identity for normal vision; red and green that a deuteranope takes for one', () => {
  expect(difference('#000000', '#ffffff', 'normal')).toBeCloseTo(100, 1);
  expect(contrast('#000000', '#ffffff', 'normal')).toBeCloseTo(21, 2);
  expect(difference('#7b3200', '#3a5000', 'deuteranopia')).toBeLessThan(difference('#7b3200', '#3a5000', 'normal') / 4);
  for (const vision of visions) expect(difference('#808080', '#808080', vision)).toBe(0);
});

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const colors = themeColors(theme);
  const cells = types.flatMap((type) => [2, 3, 4, 5].map((shade) => ({ type, ...paint({ type, shade }, colors) })));

  test.each(visions)('Figure 4 can be read with %s', (vision) => {
    for (const a of cells) {
      for (const b of cells) {
        if (a.type === b.type) continue;
        const letters = [a.mark.charAt(0), b.mark.charAt(0)];
        const told = letters[0] !== letters[1] || difference(a.ground ?? '', b.ground ?? '', vision) >= apart;
        expect(told, `${a.type} ${a.ground} and ${b.type} ${b.ground}`).toBe(true);
      }
      if (a.mark !== '') expect(contrast(a.ground ?? '', a.ink, vision), a.mark).toBeGreaterThanOrEqual(3);
    }
  });

  test.each(visions)('blue is never taken for red with %s, whatever the shade', (vision) => {
    const [blue, red] = (['type_a', 'type_c'] as const).map((type) => cells.filter((cell) => cell.type === type));
    for (const a of blue!)
      for (const c of red!) expect(difference(a.ground!, c.ground!, vision)).toBeGreaterThanOrEqual(apart);
  });

  test.each(visions)('curves of one dash differ in color with %s', (vision) => {
    const series = styleSeries(Array.from({ length: 8 }, (_, at) => ({ id: String(at), name: '', points: [] })));
    series.forEach((a, at) => {
      for (const b of series.slice(at + 1)) {
        const told = a.dash !== b.dash || difference(colors(a.color), colors(b.color), vision) >= apart;
        expect(told, `${a.color} and ${b.color}`).toBe(true);
      }
    });
  });

  test.each(visions)('people and networks are told apart with %s', (vision) => {
    expect(difference(colors('var(--people)'), colors('var(--networks)'), vision)).toBeGreaterThanOrEqual(apart);
    expect(difference(colors('var(--people-3)'), colors('var(--networks-3)'), vision)).toBeGreaterThanOrEqual(apart);
  });
});
