import { findTeaching, removeTeaching, restoreTeaching } from '../teaching/list.ts';
import { declareTargets } from '../teaching/declare.ts';
import { api } from './base.ts';

export const teachersHandlers = {
  list: api.teachers.list.handler(({ input, context }) => findTeaching(context.lab, input.study)),
  choices: api.teachers.choices.handler(({ input, context: { lab }, signal }) =>
    lab.teaching.choices(input.study, signal),
  ),
  enough: api.teachers.enough.handler(({ input: { study, teaching }, context: { lab }, signal }) =>
    lab.teaching.enough(study, teaching, signal),
  ),
  plan: api.teachers.plan.handler(({ input: { study, ...design }, context: { lab }, signal }) =>
    lab.teaching.plan(study, design, signal),
  ),
  make: api.teachers.make.handler(async ({ input: { study, ...design }, context: { lab } }) => {
    const stored = await lab.teaching.store(study, design);
    await declareTargets(lab, study, stored);
    return stored.plan;
  }),
  restore: api.teachers.restore.handler(async ({ input: { study, teaching }, context: { lab } }) => {
    await restoreTeaching(lab, study, teaching);
    return null;
  }),
  remove: api.teachers.remove.handler(({ input, context }) => removeTeaching(context.lab, input.study)),
};
