import { expect, test } from 'vitest';
import { shownInterval } from '../../main/analysis/claims/claims.ts';
import { tableValues } from '../../main/analysis/claims/jackknife.ts';
import { checkLeftOut } from './left-out.ts';
import { manyRaters } from './many-raters.ts';

checkLeftOut(tableValues);

test('an interval of sums over images is not refused where there are very many raters', () => {
  const side = { jackknife: manyRaters(), sample: true };
  expect(shownInterval('human_disagree_pct', [side], 'people').reason).not.toBe('too_long');
});
