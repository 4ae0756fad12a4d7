import { expect, test } from 'vitest';
import { shownInterval } from '../../../main/analysis/claims/claims.ts';
import { humanModelKappa, kappas, pooledKappa } from '../../../main/contributions/consistency/analysis/statistics.ts';
import { checkLeftOut } from '../../analysis/left-out.ts';
import { manyRaters } from '../../analysis/many-raters.ts';

checkLeftOut([...kappas, pooledKappa]);

test('an interval that would take minutes is refused', () => {
  const side = { jackknife: manyRaters(), sample: true };
  expect(shownInterval(humanModelKappa, [side], 'people').reason).toBe('too_long');
});
