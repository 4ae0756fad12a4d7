import { shownPlanSchema } from '../../../../main/contributions/sessions/contract/shown-plan.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';

const options = [
  { choice: 0, name: 'Zero', key: '1' },
  { choice: 1, name: 'One', key: '2' },
  { choice: 2, name: 'Two', key: '3' },
];

/** What a page knows of a session of six images; `change` says more. */
export function viewOf(change: Partial<VolunteerView> = {}): VolunteerView {
  const trials = change.trials ?? 6;
  return {
    state: 'ready',
    pseudonym: 'P-17',
    ...shownPlanSchema.parse({
      question: 'Which digit is it?',
      instructions: '',
      grid: { columns: 3, rows: 2 },
      size: { unit: 'px', value: 80 },
      interpolation: 'pixelated',
      fixationMs: 0,
    }),
    consented: false,
    options,
    image: { width: 4, height: 4, channels: 1 },
    trials,
    practice: 0,
    breaks: [],
    answers: new Array<null>(trials).fill(null),
    timedOut: [],
    leftMs: null,
    next: 0,
    hasPin: false,
    ...change,
  };
}
