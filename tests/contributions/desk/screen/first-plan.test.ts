import { expect, test } from 'vitest';
import { firstPlan } from '../../../../renderer/contributions/desk/plan-part.tsx';
import { plan } from '../../../services/labeling/labeling-helper.ts';

test('the form begins with what was saved, and has an answer for every class of the stimuli', () => {
  const saved = plan({ question: 'Ours?', names: ['nil', 'uno', 'due'] });
  const proposal = plan({ names: ['zero', 'one', 'two'] });
  expect(firstPlan(saved, proposal)).toEqual(saved);
  expect(firstPlan(null, proposal)).toEqual(proposal);
  expect(firstPlan(saved, null)).toEqual(saved);
  const fewer = plan({ names: ['zero', 'one'] });
  expect(firstPlan(saved, fewer)).toEqual({ ...saved, names: ['zero', 'one'] });
});
