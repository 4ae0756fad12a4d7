import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWithinHours } from '../../../main/services/workbench/settings.ts';

const at = (hour: number, minute = 0): Date => new Date(2026, 10, 25, hour, minute);
const hour = fc.integer({ min: 0, max: 23 });

test('hours may include midnight', () => {
  const night = { from: 20, to: 7 };
  expect([19, 20, 23, 0, 6, 7, 12].map((each) => isWithinHours(night, at(each, 59)))).toEqual([
    false,
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('without hours, or with equal ones, runs may always run', () => {
  fc.assert(
    fc.property(
      hour,
      hour,
      (now, both) => isWithinHours(null, at(now)) && isWithinHours({ from: both, to: both }, at(now)),
    ),
  );
});

test('each moment is either in these hours or in the others', () => {
  fc.assert(
    fc.property(hour, hour, hour, (now, from, to) => {
      fc.pre(from !== to);
      return isWithinHours({ from, to }, at(now)) !== isWithinHours({ from: to, to: from }, at(now));
    }),
  );
});
