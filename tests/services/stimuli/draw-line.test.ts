import { expect, test } from 'vitest';
import { drawnLine } from '../../../main/contributions/draws/draw-command.ts';

test('the line of one draw states no deviation and no range', () => {
  const drawn = { group: '97.5 %', networks: 9, measure: 'any_differ_pct', own: 20 } as const;
  expect(drawnLine({ ...drawn, values: [12.34] })).toBe(
    '9 networks at 97.5 %, any networks differ: 12.3 %, one draw; this study 20.0 %',
  );
  expect(drawnLine({ ...drawn, values: [10, 12] })).toBe(
    '9 networks at 97.5 %, any networks differ: 11.0 ± 1.4 %, 10.1 to 11.9 % in 95 % of 2 draws; this study 20.0 %',
  );
  expect(drawnLine({ ...drawn, values: [] })).toBeNull();
});
