import { expect, test } from 'vitest';
import { teachingFigure } from '../../../main/contributions/teaching/outcomes/figure.ts';
import type { TeachingOutcomes } from '../../../main/contributions/teaching/outcomes/tables.ts';

test('a figure of teaching says where there is neither floor nor ceiling, and why', () => {
  const known: TeachingOutcomes['directions'][number]['floor'] = {
    n: 4,
    nll_floor: 1,
    nll_ceiling: 2,
    brier_floor: 1,
    brier_ceiling: 2,
    js_floor: 1,
    js_ceiling: 2,
  };
  const unknown = { ...known, nll_floor: null, brier_floor: null, js_floor: null };
  const direction = (teachers: 'a' | 'b', floor: typeof known): TeachingOutcomes['directions'][number] => ({
    teachers,
    people: { teaching: 1, examining: 1 },
    images: 4,
    order: 2,
    floor,
    arms: [],
    own: null,
  });
  const notesOf = (...directions: TeachingOutcomes['directions']): string =>
    teachingFigure({ rehearsal: true }, [
      {
        target: 98,
        reference: 'majority',
        outcome: 'nll',
        halvesOf: 'people',
        directions,
      } as unknown as TeachingOutcomes,
    ]).notes.join(' ');
  expect(notesOf(direction('a', known))).not.toContain('neither floor nor ceiling');
  expect(notesOf(direction('a', known), direction('b', unknown))).toContain(
    'Half b teaches: no image has two labels of the simulated labelers who examine, so there is neither floor nor ceiling.',
  );
});
