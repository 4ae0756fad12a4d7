import { randomUUID } from 'node:crypto';
import type { LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import { answer, plan, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';

/** Makes sessions of a new plan; gives their rows. */
export async function makeSessions(
  { client }: Pick<TestLab, 'client'>,
  count = 1,
  change: Partial<LabelingPlan> = {},
  medium: 'screen' | 'kit' | 'paper' = 'screen',
) {
  await client.desk.plan.save({ study: studyName, plan: plan(change) });
  return client.desk.sessions.create({ study: studyName, count, medium });
}

/** Labels all of a session by a rule, and finishes it. */
export async function labelAll(
  { client }: Pick<TestLab, 'client'>,
  token: string,
  choose: (trial: number) => number = (trial) => trial % 3,
) {
  const sitting = randomUUID();
  const view = await client.desk.volunteer.open({ token, sitting, screen });
  const events = Array.from({ length: view.trials }, (_, trial) => answer(trial, trial, choose(trial)));
  await client.desk.volunteer.addEvents({ token, sitting, events });
  await client.desk.volunteer.finish({ token, sitting, leaveBlank: false });
  return view;
}
